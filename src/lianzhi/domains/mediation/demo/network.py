"""The demo's network of mediators, a year of cases and disputes with one cause that recurs, the
note about it, and what parties sent from the public form."""

import datetime as dt
import tomllib
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any, Literal

import msgspec

from lianzhi.domains.mediation.case_row import CaseRow
from lianzhi.domains.mediation.desk import Desk
from lianzhi.domains.mediation.desk.filings import Sent
from lianzhi.domains.mediation.importing.dispute_row import DisputeRow
from lianzhi.domains.mediation.nouns.dispute import Cause, Level
from lianzhi.domains.mediation.routes import Field
from lianzhi.tabular.folder import Folder
from lianzhi.tabular.reading import ReadTable

_DAY = dt.timedelta(1)


class Series(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Disputes of one cause at an office, one party each, from so many days ago on, evenly until
    so many days ago."""

    field: Field
    cause: Cause
    office: str
    since: int
    until: int
    number: int
    level: Level = "front_line"
    outcome: Literal["settled", "not_settled"] = "settled"


def fill(desk: Desk, by: str, echo: Callable[[str], None]) -> None:
    """Put it on the record."""
    text = files(__package__).joinpath("network.toml").read_text("utf-8")
    world, today = tomllib.loads(text), desk.office.today()
    _register(desk, by, world["mediator"], today)
    every = msgspec.convert(world["series"], tuple[Series, ...])
    disputes = [row for n, series in enumerate(every) for row in _rows(n, series, today)]
    cases = [*_cases(**world["cases"], today=today)]
    tables: dict[str, ReadTable[Any]] = {
        "cases": ReadTable(tuple(cases), ()),
        "disputes": ReadTable(tuple(disputes), ()),
    }
    desk.imports.take(Folder(tables, ()), by)
    _write_note(desk, by, world["note"], today)
    for filing in world["filing"]:
        once = filing.pop("once")
        desk.filings.send(Sent(**filing), "zh", once)
    echo(f"{len(world['mediator'])} mediators, {len(disputes)} disputes, {len(cases)} cases")


def _register(desk: Desk, by: str, mediators: list[dict[str, Any]], today: dt.date) -> None:
    until = (today + 400 * _DAY).isoformat()
    for mediator in mediators:
        given = {k: tuple(v) if isinstance(v, list) else v for k, v in mediator.items()}
        desk.mediators.register(by, given | {"legal_until": until})


def _write_note(desk: Desk, by: str, note: dict[str, Any], today: dt.date) -> None:
    start, way = today - note.pop("back") * _DAY, note.pop("way")
    identity = desk.learning.write(by, start=start, **note)
    desk.learning.send(identity, by, way=way, day=None)


def _cases(field: Field, offices: list[str], each: int, today: dt.date) -> Iterator[CaseRow]:
    for place, office in enumerate(offices, 1):
        for number in range(each):
            yield CaseRow(
                id=f"案{place}{number:03}", party=f"企业{place}{number:03}", field=field,
                office=office, opened=today - (3 + 3 * number) * _DAY, **_facts(number, place),
            )  # fmt: skip


def _rows(number: int, series: Series, today: dt.date) -> Iterator[DisputeRow]:
    span = series.since - series.until
    for n in range(series.number):
        received = today - dt.timedelta(series.since - n * span // series.number)
        closed = min(received + 20 * _DAY, today)
        yield DisputeRow(
            id=f"S{number:02}-{n:02}", party=f"商户{number:02}{n:02}", field=series.field,
            cause=series.cause, office=series.office, received=received, assigned=received,
            mediator="mediator", level=series.level, outcome=series.outcome, closed=closed,
            settled=closed if series.outcome == "settled" else None,
            satisfaction=3 + n % 3 if series.outcome == "settled" else None,
        )  # fmt: skip


def _facts(number: int, office: int) -> dict[str, Any]:
    """Facts that make a few of the cases worth a warning."""
    if office == 1 and number % 9 == 4:
        return {"notice_missing": True, "objections": 2, "officer": "wang"}
    return {"defence_missing": True, "officer": "wang"} if number % 13 == 5 else {}
