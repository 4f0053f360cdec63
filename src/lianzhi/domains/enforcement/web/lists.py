"""Lists: the power list and the discretion tables of today, and what the checker says of them."""

from collections.abc import Iterable
from typing import NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.enforcement.desk.desk import Desk as Office
from lianzhi.domains.enforcement.law import discretion_words, power
from lianzhi.domains.enforcement.law.power import Department, Item, Power
from lianzhi.domains.enforcement.web.page import Desk, Reader, show
from lianzhi.kit.page import QueryText, language_of, missing
from lianzhi.law.discretion.table import Table

router = APIRouter(prefix="/lists")


class Group(NamedTuple):
    """The items of one department."""

    department: Department
    items: tuple[Item, ...]


@router.get("")
def listed(
    request: Request, desk: Desk, user: Reader, department: QueryText = "", q: QueryText = ""
) -> Response:
    """The power list by department, with the verdict on each item's table."""
    found = desk.office.rules.power(desk.office.today())
    context = {
        "power": found,
        "groups": groups(found, department, q),
        "department": department,
        "q": q,
        "tables": tables_of(desk),
        "verdicts": discretion_words.verdicts(desk.office.rules.discretion),
    }
    return show(request, "lists.html", **context)


@router.get("/{item}")
def one(request: Request, desk: Desk, user: Reader, item: str) -> Response:
    """One item: its bases, its fines, the rows of its table, and what is wrong with them."""
    rules = desk.office.rules
    found = rules.named(item, desk.office.today())
    if found is None:
        raise missing()
    table = tables_of(desk).get(item)
    spoken = language_of(request)
    context = {
        "item": found,
        "power": rules.power(desk.office.today()),
        "table": table,
        "rows": [*discretion_words.rows(table, spoken, item)] if table else [],
        "faults": discretion_words.verdicts(rules.discretion).get(item, ()),
    }
    return show(request, "list_item.html", **context)


def tables_of(desk: Office) -> dict[str, Table]:
    """The discretion table of each item that has one."""
    tables = desk.office.rules.discretion.tables
    return {item: table for table in tables for item in table.items if item}


def groups(found: Power, department: str = "", query: str = "") -> list[Group]:
    """Items by department, in the order of the departments; `query`: in title, number or key."""
    asked = query.strip().casefold()
    items = [
        one
        for one in found
        if department in ("", one.department) and (not asked or asked in _text(found, one))
    ]
    known = (Group(part, _of(items, part)) for part in found.departments.values())
    return [group for group in known if group.items]


def _of(items: Iterable[Item], part: power.Department) -> tuple[Item, ...]:
    return tuple(one for one in items if one.department == part.key)


def _text(found: Power, one: Item) -> str:
    part = found.departments[one.department].name
    said = (one.key, one.number, one.title.zh, one.title.en, part.zh, part.en)
    return "\n".join(said).casefold()
