"""Fields of the forms for filing, notice and instalments, read strictly."""

import datetime as dt
from typing import Any, NamedTuple

from starlette.datastructures import FormData

from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.law.discretion import Discretion
from lianzhi.kit.form_values import day, integer, text, texts, whole_number
from lianzhi.law.discretion.table import TableInput


class CaseFields(NamedTuple):
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


def fields(form: FormData) -> CaseFields:
    """The fields. Raises RefusedError naming the first that can't be read."""
    return CaseFields(
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
    instalments = []
    for given, amount in list(zip(days, sums, strict=False))[:60]:
        if not (str(given).strip() or str(amount).strip()):
            continue
        due = day(str(given).strip(), "due")
        if due is None:
            raise RefusedError("day", "due is empty; write 2026-01-31", day="")
        instalments.append((due, integer(str(amount).strip(), "amount")))
    return instalments


def facts_of(form: FormData, discretion: Discretion, item: str) -> dict[str, Any]:
    """The facts that the table of an item asks for, as `fact.<name>`; `subject` comes from the file
    itself. Raises RefusedError for a value that the table does not know."""
    facts: dict[str, Any] = {}
    for fact in discretion.inputs(item):
        given = text(form, f"fact.{fact.name}")
        if given == "" or fact.name == "subject":
            continue
        try:
            facts[fact.name] = _value(given, fact.type)
        except ValueError:
            raise RefusedError("fact", f"{fact.name} is {given!r:.80}", fact=fact.name) from None
    if "age" not in facts and (age := text(form, "age")):
        facts["age"] = whole_number(age, "age")
    for name in discretion.recordable.faults(item, facts):
        message = f"{name} is {facts[name]!r:.80}; give a value that the table of {item} knows"
        raise RefusedError("fact_value", message, fact=name)
    return facts


def choices(fact: TableInput) -> tuple[str, ...]:
    """The values that a fact may have, where its table names them."""
    named = fact.type == "string" and not fact.domain.negated
    return tuple(str(name) for name in fact.domain.names) if named else ()


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
