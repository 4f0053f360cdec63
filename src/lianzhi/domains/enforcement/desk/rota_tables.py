"""A rota from a table of duties: who, from when, until when; the rest is known here."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import msgspec

from lianzhi.dispatch.moments import CHINA, MINUTE
from lianzhi.dispatch.rota.rota import Cover, Extra, Officer, Rota
from lianzhi.domains.enforcement.importing.town_files import read
from lianzhi.domains.enforcement.importing.town_rows import Duty
from lianzhi.domains.enforcement.nouns.register import Officer as Registered
from lianzhi.domains.enforcement.words import words
from lianzhi.tabular.known_ids import KnownIds
from lianzhi.tabular.problem import Fault, Problem

#: In minutes.
_LONGEST = 24 * 60


class Table(msgspec.Struct, frozen=True):
    """What a table gave: a rota of the rows that are right, and what is wrong with the others."""

    rota: Rota
    duties: int
    problems: tuple[Problem, ...]


def table(
    name: str, data: bytes, registered: Iterable[Registered], covers: tuple[Cover, ...]
) -> Table:
    """A rota from a CSV or XLSX file of this name.

    People and their squads are those of the register; `covers`: how many each squad needs, which
    a table does not say.
    """
    people = {officer.id: officer for officer in registered}
    read_table = read(
        Path(name).with_stem("duties"), "duties", KnownIds({"officers": people.keys()}), data
    )
    good: list[Duty] = []
    problems = [*read_table.errors]
    for line, row in zip(read_table.lines, read_table.rows, strict=True):
        if 0 < row.ends // MINUTE - row.begins // MINUTE <= _LONGEST:
            good.append(row)
        else:
            problems.append(
                Problem(
                    read_table.file,
                    line,
                    "ends",
                    _time(row.ends),
                    Fault("duty_long", catalogue=words),
                )
            )
    officers = tuple(
        Officer(officer.id, officer.squad, officer.until, bool(officer.observer))
        for key in dict.fromkeys(row.officer for row in good)
        if (officer := people[key])
    )
    extras = tuple(
        Extra(officer=row.officer, day=_moment(row.begins).date(),
              begins=_time(row.begins), ends=_time(row.ends))
        for row in good
    )  # fmt: skip
    rota = Rota(officers=officers, patterns=(), covers=covers, extras=extras)
    return Table(rota, len(good), tuple(sorted(problems, key=lambda problem: problem.line)))


def _moment(ms: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(ms / 1000, CHINA)


def _time(ms: int) -> str:
    return f"{_moment(ms):%H:%M}"
