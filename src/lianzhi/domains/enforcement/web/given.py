"""Given: what forms about a case say, read strictly."""

import datetime as dt
from typing import Any, NamedTuple

from starlette.datastructures import FormData

from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.law.discretion import Discretion
from lianzhi.kit.form_values import day, integer, text, texts, whole_number
from lianzhi.law.discretion.table import TableInput


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
        item=text(form, "item"),
        enterprise=text(form, "enterprise"),
        inspection=text(form, "inspection"),
        officers=texts(form, "officers", 20),
        act_day=day(text(form, "act_day"), "act_day"),
        fine=whole_number(text(form, "fine") or "0", "fine"),
        words=text(form, "words"),
        sanctions=texts(form, "sanctions", 20),
        grave=form.get("grave") == "true",
        unit=form.get("party", "unit") != "person",
        same_act_as=text(form, "same_act_as"),
    )


def parts_of(form: FormData) -> list[tuple[dt.date, int]]:
    """Instalments: days and whole yuan, in lines that were filled in. Raises RefusedError."""
    days, sums = form.getlist("due"), form.getlist("amount")
    found = []
    for given, amount in list(zip(days, sums, strict=False))[:60]:
        if not (str(given).strip() or str(amount).strip()):
            continue
        due = day(str(given).strip(), "due")
        if due is None:
            raise RefusedError("day", "due is empty; write 2026-01-31", day="")
        found.append((due, integer(str(amount).strip(), "amount")))
    return found


def facts_of(form: FormData, discretion: Discretion, item: str) -> dict[str, Any]:
    """The facts that the table of an item asks for, as `fact.<name>`; `subject` comes from the file
    itself. Raises RefusedError for a value that the table does not know."""
    found: dict[str, Any] = {}
    for one in discretion.inputs(item):
        given = text(form, f"fact.{one.name}")
        if given == "" or one.name == "subject":
            continue
        try:
            found[one.name] = _value(given, one.type)
        except ValueError:
            raise RefusedError("fact", f"{one.name} is {given!r:.80}", fact=one.name) from None
    if "age" not in found and (age := text(form, "age")):
        found["age"] = whole_number(age, "age")
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
