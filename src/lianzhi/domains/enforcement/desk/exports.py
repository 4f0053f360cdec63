"""Exports: everything that a bureau has on the record, as files of a town.

They are the files that an import reads, and beside them `steps`: every entry about a request,
inspection, file, permit, officer, letter or draw, with what it says and what is left of its texts.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from lianzhi.dispatch.requests.request import Request
from lianzhi.domains.enforcement.desk.export_rows import register_rows, work_rows
from lianzhi.domains.enforcement.desk.office import Office
from lianzhi.domains.enforcement.desk.requests import Requests
from lianzhi.domains.enforcement.importing.town_files import schema
from lianzhi.domains.enforcement.importing.town_rows import Penalty, TownDepartment, TownItem
from lianzhi.domains.enforcement.law.power import Power
from lianzhi.domains.enforcement.queries import steps, views
from lianzhi.tabular.codec import codec
from lianzhi.tabular.field_types import Moment
from lianzhi.tabular.writing import write, write_bytes, write_table

Rows = Mapping[str, tuple[Any, ...]]
#: Files of an export in their order; what is not a kind of an import is `steps`.
FILES = (
    *("departments", "items", "observers", "grids", "officers", "enterprises", "requests"),
    *("inspections", "penalties", "permits", "steps"),
)
_AT = codec(Moment)
_HEADER = ("of", "step", "at", "by", "entry", "said", "texts")


class Exports:
    """Writes the export files of a bureau."""

    def __init__(self, office: Office, requests: Requests) -> None:
        self._office, self._requests = office, requests

    def write(
        self,
        folder: Path,
        *,
        sheets: bool = False,
        watch: Callable[[str], None] = lambda file: None,
    ) -> dict[str, int]:
        """Write all files into a folder; returns how many rows each has.

        `sheets`: as .xlsx. `watch` hears of each file before it is written. Raises WriteError.
        """
        ending = ".xlsx" if sheets else ".csv"
        power = self._office.rules.power(self._office.today())
        rows = {**register_rows(self._office), **work_rows(self._office, self.due)}
        rows |= {"departments": _departments(power, rows), "items": _items(power, rows)}
        counts = {}
        for file in FILES:
            watch(file)
            if file == "grids":
                counts[file] = self._grids(folder / "grids.geojson")
            elif file == "steps":
                steps = list(self._steps())
                write_table(folder / f"steps{ending}", [_HEADER, *steps])
                counts[file] = len(steps)
            else:
                write(folder / f"{file}{ending}", schema(file), rows[file])
                counts[file] = len(rows[file])
        return counts

    def due(self, request: Request) -> int | None:
        """Until when a request is to be disposed of, by the policy of today."""
        clocks = self._requests.clocks(request)
        return next((clock.due for clock in clocks if clock.kind == "dispose"), None)

    def _grids(self, path: Path) -> int:
        """The newest map, as it was drawn; returns how many grids it has."""
        _, drawn = next(views.maps(self._office.ledger), (0, ""))
        if not drawn:
            return 0
        write_bytes(path, drawn.encode())
        return len(msgspec.json.decode(drawn)["features"])

    def _steps(self) -> Iterator[list[str | int]]:
        """Every entry of every noun, in the order of the record."""
        ledger = self._office.ledger
        with self._office.reading() as connection:
            rows = steps.entries(connection)
        known = {row.entry: row for row in rows if row.of != "map"}  # it is a file of its own
        for entry in ledger.entries(min(known, default=0)):
            if entry.index not in known:
                continue
            _, of, kind = known[entry.index]
            # A row that came in whole goes out whole, in the file of its kind.
            payload = {} if kind.endswith(".imported") else ledger.payload(entry.index) or {}
            texts = {
                name: ledger.vault.text(entry.index, name) for name in payload.pop("texts", {})
            }
            left = {name: text for name, text in texts.items() if text is not None}
            at, by = str(_AT.write(entry.at)), str(payload.pop("by", ""))
            yield [of, kind, at, by, entry.index, _json(payload), _json(left)]


def _json(value: dict[str, Any]) -> str:
    return msgspec.json.encode(value, order="deterministic").decode() if value else ""


def _departments(power: Power, rows_by_kind: Rows) -> tuple[TownDepartment, ...]:
    """Those of today, and by their keys alone those that only rows name: a town's own."""
    rows = [
        row
        for kind in ("officers", "inspections", "penalties", "permits")
        for row in rows_by_kind[kind]
    ]
    known = power.departments.values()
    named = tuple(
        TownDepartment(department.key, department.name.zh, department.name.en)
        for department in known
    )
    others = {row.department for row in rows} - power.departments.keys() - {""}
    return named + tuple(TownDepartment(key, key) for key in sorted(others))


def _items(power: Power, rows_by_kind: Rows) -> tuple[TownItem, ...]:
    """The power list of today, and those that only rows name, by their keys.

    Fines go from the least to the most of any of an item's ranges, or of what its files tell.
    """
    named = tuple(
        TownItem(
            id=item.key,
            department=item.department,
            title=item.title.zh,
            title_en=item.title.en,
            fine_least=Decimal(min(fine.fine_from for fine in item.fines)) if item.fines else None,
            fine_most=Decimal(max(fine.fine_to for fine in item.fines)) if item.fines else None,
        )
        for item in power
    )
    others = {
        row.item: row.department for kind in ("penalties", "permits") for row in rows_by_kind[kind]
    }
    visits = (
        (key, row.department) for row in rows_by_kind["inspections"] for key in row.violations
    )
    others = {**dict(visits), **others}
    unlisted = sorted(others.keys() - power.keys)
    ranges = _ranges(rows_by_kind["penalties"])
    return named + tuple(
        TownItem(key, others[key], key, "", *ranges.get(key, ())) for key in unlisted
    )


def _ranges(penalties: Iterable[Penalty]) -> dict[str, tuple[Decimal, Decimal]]:
    """Item -> the least and the most that its files say may be fined."""
    ranges: dict[str, tuple[Decimal, Decimal]] = {}
    for row in penalties:
        if row.fine_least is not None and row.fine_most is not None:
            least, most = ranges.get(row.item, (row.fine_least, row.fine_most))
            ranges[row.item] = min(least, row.fine_least), max(most, row.fine_most)
    return ranges
