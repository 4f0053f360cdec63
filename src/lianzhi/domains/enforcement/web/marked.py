"""Marked: what the forms of a visit say, read strictly."""

import datetime as dt
import re
from typing import Any, Literal

import msgspec
from fastapi import HTTPException
from starlette.datastructures import FormData

from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.desk.photos import Announced
from lianzhi.domains.enforcement.desk.visits import Coming, Marked
from lianzhi.domains.enforcement.nouns.visit import Reason, Result
from lianzhi.domains.enforcement.rulebook import scan

_MOST = 2000
_APART = re.compile(r"[\s,，、;；]+")


def text(form: FormData, name: str) -> str:
    """A field of one line, or of a note; 422 for a file or for more than anybody types."""
    value = form.get(name, "")
    if not isinstance(value, str) or len(value) > _MOST:
        raise HTTPException(422)
    return value.replace("\r\n", "\n").strip()


def coming(form: FormData, today: dt.date) -> Coming:
    """Who goes where. Raises RefusedError naming the first field that can't be read.

    The enterprise may be left out where its code was scanned: the code names it.
    """
    given = text(form, "code")
    day = text(form, "day")
    reason = _one_of(Reason, text(form, "reason") or "random", "visit_reason")
    try:
        on = dt.date.fromisoformat(day) if day else today
    except ValueError:
        raise RefusedError("day", f"day is {day!r}; write 2026-01-31", day=day) from None
    return Coming(
        enterprise=text(form, "enterprise") or scan.enterprise_of(given),
        day=on,
        reason=reason,
        officers=_people(form, "officers"),
        observers=_people(form, "observers"),
        code=given,
    )


def visited(form: FormData, by: str) -> list[Marked]:
    """What was marked, line by line; who is not named was the sender."""
    found = []
    for field in form:
        if not field.startswith("mark."):
            continue
        line, result = field.removeprefix("mark."), _one_of(Result, text(form, field), "line")
        items = tuple(str(one) for one in form.getlist(f"item.{line}"))[:50]
        who = text(form, f"by.{line}") or by
        found.append(Marked(line, result, who, items, text(form, f"note.{line}")))
    return found


def photographed(form: FormData) -> list[Announced]:
    """The photos that are announced, each as `<uuid>:<sha256>:<Unix ms>` under its line."""
    found = []
    for field, value in form.multi_items():
        if not field.startswith("photo.") or not isinstance(value, str):
            continue
        photo, _, rest = value[:200].partition(":")
        digest, _, taken = rest.partition(":")
        ms = int(taken) if taken.isdecimal() and len(taken) < 16 else 0
        found.append(Announced(photo, field.removeprefix("photo."), digest, ms))
    return found


def minutes(form: FormData) -> int:
    """How long it took; what is no number counts as not told."""
    given = text(form, "minutes")
    return int(given) if given.isdecimal() and len(given) < 6 else 0


def channel(form: FormData) -> Literal["volunteer", "grid"]:
    """As what an observer reports."""
    return "grid" if form.get("channel") == "grid" else "volunteer"


def _one_of(kind: Any, given: str, rule: str) -> Any:
    """The value, where it is one of a few words. Raises RefusedError by this rule."""
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        raise RefusedError(rule, f"{given[:80]!r}: {error}") from None


def _people(form: FormData, name: str) -> tuple[str, ...]:
    """Names, from several fields or in one with commas."""
    given = ",".join(str(one) for one in form.getlist(name))
    if len(given) > _MOST:
        raise HTTPException(422)
    return tuple(dict.fromkeys(one for one in _APART.split(given) if one))
