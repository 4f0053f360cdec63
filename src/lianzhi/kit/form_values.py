"""Values of HTML forms, read strictly. What cannot be read is refused by the field's name."""

import datetime as dt
from typing import Annotated, Any

import msgspec
from fastapi import HTTPException
from pydantic import BeforeValidator
from starlette.datastructures import FormData

from lianzhi.office.refusal import Refusal
from lianzhi.office.written_lists import split_list

MAX_CHARACTERS = 20_000


def typed(text: str) -> str:
    """The text as it was meant: browsers count a line break as one character and send two."""
    return text.replace("\r\n", "\n").strip()


def _typed(value: object) -> object:
    """What is no text, such as a file in a field's place, is for the field to refuse."""
    return typed(value) if isinstance(value, str) else value


def _no_day(value: object) -> object:
    return None if value == "" else value


#: For `Annotated[str, Typed, Form(max_length=...)]`: the length that counts is the one they saw.
Typed = BeforeValidator(_typed)
#: A day; None where the field was left empty.
Day = Annotated[dt.date | None, BeforeValidator(_no_day)]


def text(form: FormData, name: str, longest: int = MAX_CHARACTERS) -> str:
    """A field; empty where it is missing. Raises HTTPException 422 for a file or a longer text."""
    value = form.get(name, "")
    if not isinstance(value, str) or len(value) > longest:
        raise HTTPException(422)
    return typed(value)


def texts(form: FormData, name: str, most: int, longest: int = MAX_CHARACTERS) -> tuple[str, ...]:
    """The values of a field that may be given several times. Raises Refusal `too_many` for more
    than `most`, HTTPException 422 for a file or a longer text."""
    values = form.getlist(name)
    if len(values) > most:
        message = f"{name} has {len(values)} values; give at most {most}"
        raise Refusal("too_many", message, field=name, values=len(values), most=most)
    if any(not isinstance(value, str) or len(value) > longest for value in values):
        raise HTTPException(422)
    return tuple(typed(str(value)) for value in values)


def prefixed(
    form: FormData, prefix: str, longest: int = MAX_CHARACTERS, most: int = 10_000
) -> dict[str, str]:
    """Fields such as `mark.3`, by what follows the prefix. Raises HTTPException 422 for too many,
    and as `text` does."""
    names = [name for name in form if name.startswith(prefix)]
    if len(names) > most:
        raise HTTPException(422)
    return {name.removeprefix(prefix): text(form, name, longest) for name in names}


def user_names(form: FormData, name: str, longest: int = 2000) -> tuple[str, ...]:
    """Names from several fields, or from one with separators. Raises HTTPException 422."""
    joined = ",".join(str(value) for value in form.getlist(name))
    if len(joined) > longest:
        raise HTTPException(422)
    return split_list(joined)


def day(value: str, name: str) -> dt.date | None:
    """A day such as 2026-01-31; None for an empty text. Raises Refusal `day`."""
    if not value:
        return None
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise Refusal(
            "day", f"{name} is {value!r:.80}; write 2026-01-31", field=name, day=value[:80]
        ) from None


def whole_number(value: str, name: str) -> int:
    """A whole number from 0, of up to 12 digits. Raises Refusal `number`."""
    if not value.isdecimal() or len(value) > 12:
        raise Refusal(
            "number", f"{name} is {value!r:.80}; write a whole number", field=name,
            number=value[:80],
        )  # fmt: skip
    return int(value)


def integer(value: str, name: str) -> int:
    """A whole number, below 0 as well: whether it fits is for the act. Raises Refusal `number`."""
    sign = -1 if value.startswith("-") else 1
    return sign * whole_number(value.removeprefix("-"), name)


def choice(literal: Any, value: str, rule: str) -> Any:
    """The value, where it is one of a Literal's. Raises Refusal by this rule."""
    try:
        return msgspec.convert(value, literal)
    except msgspec.ValidationError as error:
        raise Refusal(rule, f"{value[:80]!r}: {error}") from None
