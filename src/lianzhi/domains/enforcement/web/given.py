"""Given: what forms about a case say, read strictly."""

import datetime as dt
from typing import Any, NamedTuple

from fastapi import HTTPException
from starlette.datastructures import FormData

from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.law.discretion import Discretion
from lianzhi.law.discretion.table import TableInput

_MOST = 20_000


class Said(NamedTuple):
    """Fields of the forms for filing and notice."""

    item: str
    enterprise: str
    inspection: str
    officers: tuple[str, ...]
    act_day: dt.date | None
    fine: int
    words: str
    sanctions: tuple[str, ...]
    grave: bool
    unit: bool
    same_act_as: str


def fields(form: FormData) -> Said:
    """The fields. Raises RefusedError naming the first that can't be read."""
    return Said(
        item=_line(form, "item"),
        enterprise=_line(form, "enterprise"),
        inspection=_line(form, "inspection"),
        officers=tuple(str(name) for name in form.getlist("officers"))[:20],
        act_day=_day(_line(form, "act_day"), "act_day"),
        fine=_whole(_line(form, "fine") or "0", "fine"),
        words=_line(form, "words").replace("\r\n", "\n"),
        sanctions=tuple(str(one) for one in form.getlist("sanctions"))[:20],
        grave=form.get("grave") == "true",
        unit=form.get("party", "unit") != "person",
        same_act_as=_line(form, "same_act_as"),
    )


def parts_of(form: FormData) -> list[tuple[dt.date, int]]:
    """Instalments: days and whole yuan, in lines that were filled in. Raises RefusedError."""
    days, sums = form.getlist("due"), form.getlist("amount")
    found = []
    for given, amount in list(zip(days, sums, strict=False))[:60]:
        if not (str(given).strip() or str(amount).strip()):
            continue
        day = _day(str(given).strip(), "due")
        if day is None:
            raise RefusedError("day", "due is empty; write 2026-01-31", day="")
        found.append((day, yuan(str(amount).strip(), "amount")))
    return found


def facts_of(form: FormData, discretion: Discretion, item: str) -> dict[str, Any]:
    """The facts that the table of an item asks for, as `fact.<name>`; `subject` comes from the file
    itself. Raises RefusedError for a value that the table does not know."""
    found: dict[str, Any] = {}
    for one in discretion.inputs(item):
        given = _line(form, f"fact.{one.name}")
        if given == "" or one.name == "subject":
            continue
        try:
            found[one.name] = _value(given, one.type)
        except ValueError:
            raise RefusedError("fact", f"{one.name} is {given!r:.80}", fact=one.name) from None
    if "age" not in found and (age := _line(form, "age")):
        found["age"] = _whole(age, "age")
    for name in discretion.recordable.faults(item, found):
        message = f"{name} is {found[name]!r:.80}; give a value that the table of {item} knows"
        raise RefusedError("fact_value", message, fact=name)
    return found


def choices(one: TableInput) -> tuple[str, ...]:
    """The values that a fact may have, where its table names them."""
    named = one.type == "string" and not one.domain.negated
    return tuple(str(name) for name in one.domain.names) if named else ()


def _value(given: str, kind: str) -> Any:
    if kind == "boolean":
        return {"true": True, "false": False}[given] if given in ("true", "false") else _bad(given)
    if kind == "integer":
        return int(given)
    if kind == "number":
        return float(given)
    return dt.date.fromisoformat(given) if kind == "date" else given


def _bad(given: str) -> Any:
    raise ValueError(given)


def _line(form: FormData, name: str) -> str:
    value = form.get(name, "")
    if not isinstance(value, str) or len(value) > _MOST:
        raise HTTPException(422)
    return value.strip()


def _day(given: str, name: str) -> dt.date | None:
    if not given:
        return None
    try:
        return dt.date.fromisoformat(given)
    except ValueError:
        raise RefusedError("day", f"{name} is {given!r}; write 2026-01-31", day=given) from None


def yuan(given: str, name: str) -> int:
    """Whole yuan as typed, below nought as well: whether it may be paid is for the desk to say.

    Raises RefusedError.
    """
    sign = -1 if given.startswith("-") else 1
    return sign * _whole(given.removeprefix("-"), name)


def _whole(given: str, name: str) -> int:
    if not given.isdecimal() or len(given) > 12:
        raise RefusedError("number", f"{name} is {given!r}; write whole yuan", value=given)
    return int(given)
