"""The rows of a town while anomalies are planted, and which of them were touched."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from lianzhi.domains.enforcement.town.baseline.chance import Chance
from lianzhi.domains.enforcement.town.baseline.people import Staff
from lianzhi.domains.enforcement.town.baseline.rows import (
    Enterprise,
    Grid,
    Inspection,
    Penalty,
    Town,
)
from lianzhi.domains.enforcement.town.baseline.settings import Frame, Item, Plant

TABLES = ("officers", "requests", "inspections", "penalties")


class Bench:
    """Tables that may be changed, by id.

    A row that one anomaly has touched or used is spent: no other touches it, so that every defect
    has one cause.
    """

    def __init__(self, frame: Frame, staff: Staff, town: Town) -> None:
        self.frame, self.staff, self.town = frame, staff, town
        self.tables: dict[str, dict[str, Any]] = {
            name: {row.id: row for row in getattr(town, name)} for name in TABLES
        }
        self.parties: dict[str, Enterprise] = {
            enterprise.id: enterprise for enterprise in town.enterprises
        }
        self.grids: dict[str, Grid] = {grid.id: grid for grid in town.grids}
        self.spent: set[str] = set()

    def rows(self, table: str) -> tuple[Any, ...]:
        """A table in order of id."""
        return tuple(self.tables[table][key] for key in sorted(self.tables[table]))


class Planting:
    """State of one anomaly: its random stream, its strength, and the bench."""

    def __init__(self, bench: Bench, key: str, plant: Plant) -> None:
        self.bench, self.frame, self.plant = bench, bench.frame, plant
        self.chance = Chance(bench.frame.seed, f"anomaly {key}")
        self.touched: dict[str, set[str]] = {}
        size = self.frame.size
        part = min(1.0, size.enterprises * size.months / 24_000.0)
        self.count = max(1, round(plant.count * part))

    def free(self, table: str, test: Callable[[Any], bool] = lambda _: True) -> list[Any]:
        """Rows of a table that are not spent and pass the test."""
        spent = self.bench.spent
        return [row for row in self.bench.rows(table) if row.id not in spent and test(row)]

    def draw(self, table: str, test: Callable[[Any], bool]) -> list[Any]:
        """`count` of the free rows at random, in order of id; fewer where there are fewer."""
        return sorted(
            self.chance.sample(self.free(table, test), self.count), key=lambda row: row.id
        )

    def spend(self, ids: Sequence[str]) -> None:
        """Mark ids as spent without changing their rows."""
        self.bench.spent.update(ids)

    def change(self, table: str, row: Any, **fields: object) -> Any:
        """Change fields of a row, or add a new row to the table."""
        changed = msgspec.structs.replace(row, **fields)
        self.bench.tables[table][changed.id] = changed
        self._touch(table, changed.id)
        return changed

    def drop(self, table: str, name: str) -> None:
        """Remove a row from the table."""
        del self.bench.tables[table][name]
        self._touch(table, name)

    def _touch(self, table: str, name: str) -> None:
        self.touched.setdefault(table, set()).add(name)
        self.bench.spent.add(name)

    def differing(self) -> dict[str, tuple[str, ...]]:
        """File -> ids of touched rows that differ from the original; a fine already at the maximum
        cannot be raised.
        """
        differing = {}
        for table, ids in sorted(self.touched.items()):
            clean = {row.id: row for row in getattr(self.bench.town, table)}
            now = self.bench.tables[table]
            differing[table] = tuple(key for key in sorted(ids) if clean.get(key) != now.get(key))
        return {table: ids for table, ids in differing.items() if ids}

    def number(self, table: str, letter: str, day: dt.date, digits: int = 2) -> str:
        """The next number of a day that no row has had."""
        head = f"{letter}{day:%Y%m%d}-"
        ever = {*self.bench.tables[table], *(row.id for row in getattr(self.bench.town, table))}
        used = [int(key[len(head) :]) for key in ever if key.startswith(head)]
        return f"{head}{max(used, default=0) + 1:0{digits}}"

    def cases_of(self, visit: Inspection) -> list[Penalty]:
        """The cases that resulted from a visit."""
        return [row for row in self.bench.rows("penalties") if row.inspection == visit.id]

    def item(self, case: Penalty) -> Item:
        """The case's item on the town's power list."""
        return self.frame.settings.items[case.item]

    def officers(self, load: Callable[[str], int]) -> list[str]:
        """Field officers for an anomaly, in order of id: the busier half of those not spent, from
        untouched squads while there are any. Two planted officers who work together would blur each
        other's effect.
        """
        spent, squads = self.bench.spent, self.bench.staff.field.values()
        fresh = [squad for squad in squads if not spent.intersection(squad)]
        candidates = [
            officer for squad in fresh or squads for officer in squad if officer not in spent
        ]
        busiest = sorted(candidates, key=lambda officer: (-load(officer), officer))
        return sorted(busiest[: (len(candidates) + 1) // 2])
