"""What desks and pages read of the tables."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from lianzhi.domains.oversight.nouns.instruction import OPEN, Instruction
from lianzhi.domains.oversight.nouns.platform import Platform
from lianzhi.domains.oversight.nouns.recheck import RecheckFile
from lianzhi.domains.oversight.queries import tables
from lianzhi.kit.noun_story import Step, noun_story
from lianzhi.kit.noun_tables import NounTable
from lianzhi.kit.noun_views import Page, page
from lianzhi.office.ports import Ledger


def listed(
    connection: Connection, table: NounTable[Any], where: Mapping[str, str], cursor: str = ""
) -> Page[Any]:
    """Nouns with some values of columns, an empty value being any; a page at a time, newest
    first."""
    wanted = [table.c[name] == value for name, value in where.items() if value]
    return page(connection, table, table.c["index"], wanted, cursor)


def platforms(connection: Connection, most: int) -> list[Platform]:
    """Platforms that run, the one of most users first."""
    table = tables.platform
    order = (table.c.users.desc(), table.c.id)
    return table.every(connection, table.c.status == "live", order=order, most=most)


def names(connection: Connection, instructions: Iterable[Instruction]) -> dict[str, Platform]:
    """Their platforms, by id."""
    return tables.platform.among(connection, list({each.platform for each in instructions}))


def of_platform(connection: Connection, platform: str) -> list[Instruction]:
    """Instructions to a platform, the newest first."""
    table = tables.instruction
    rows = table.every(connection, table.c.platform == platform, order=(table.c.index,))
    return rows[::-1]


def of_case(connection: Connection, case: str) -> list[Instruction]:
    """Instructions of a case, oldest first."""
    table = tables.instruction
    return table.every(connection, table.c.case == case, order=(table.c.index,))


def rechecks_of(connection: Connection, instruction: str) -> list[RecheckFile]:
    """Re-checks of an instruction, oldest first."""
    table = tables.recheck
    return table.every(connection, table.c.instruction == instruction, order=(table.c.index,))


def late(connection: Connection, today: dt.date) -> list[Instruction]:
    """Instructions without a reply whose last day is over, and of which that is not noted."""
    table = tables.instruction
    due = table.c.due < today.isoformat()
    issued = table.every(connection, table.c.status == "issued", due)
    return [each for each in issued if each.overdue is None]


def standing(instructions: Sequence[Instruction]) -> dict[str, int]:
    """How many instructions wait, were closed, were overturned, and ran out of time."""
    return {
        "open": sum(each.status in OPEN for each in instructions),
        "closed": sum(each.status == "closed" for each in instructions),
        "overturned": sum(each.status == "overturned" for each in instructions),
        "overdue": sum(each.overdue is not None for each in instructions),
    }


def story(ledger: Ledger, identity: str) -> list[Step]:
    """The entries of a noun, in order."""
    return noun_story(ledger, tables.step, identity)
