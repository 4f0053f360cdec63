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
    power_list = desk.office.rules.power(desk.office.today())
    context = {
        "power": power_list,
        "groups": groups(power_list, department, q),
        "department": department,
        "q": q,
        "tables": tables_of(desk),
        "verdicts": discretion_words.verdicts(desk.office.rules.discretion),
    }
    return show(request, "lists.html", **context)


@router.get("/{item}")
def item_page(request: Request, desk: Desk, user: Reader, item: str) -> Response:
    """One item: its bases, its fines, the rows of its table, and what is wrong with them."""
    rules = desk.office.rules
    power_item = rules.named(item, desk.office.today())
    if power_item is None:
        raise missing()
    table = tables_of(desk).get(item)
    language = language_of(request)
    context = {
        "item": power_item,
        "power": rules.power(desk.office.today()),
        "table": table,
        "rows": [*discretion_words.rows(table, language, item)] if table else [],
        "faults": discretion_words.verdicts(rules.discretion).get(item, ()),
    }
    return show(request, "list_item.html", **context)


def tables_of(desk: Office) -> dict[str, Table]:
    """The discretion table of each item that has one."""
    tables = desk.office.rules.discretion.tables
    return {item: table for table in tables for item in table.items if item}


def groups(power_list: Power, department: str = "", query: str = "") -> list[Group]:
    """Items by department, in the order of the departments; `query`: in title, number or key."""
    phrase = query.strip().casefold()
    items = [
        item
        for item in power_list
        if department in ("", item.department) and (not phrase or phrase in _text(power_list, item))
    ]
    known = (Group(part, _of(items, part)) for part in power_list.departments.values())
    return [group for group in known if group.items]


def _of(items: Iterable[Item], part: power.Department) -> tuple[Item, ...]:
    return tuple(item for item in items if item.department == part.key)


def _text(power_list: Power, item: Item) -> str:
    part = power_list.departments[item.department].name
    texts = (item.key, item.number, item.title.zh, item.title.en, part.zh, part.en)
    return "\n".join(texts).casefold()
