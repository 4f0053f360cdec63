"""Checklists of a deployment's agencies, merged by enterprise type.

One CSV file per agency. The shipped list is the fire checklist; an operator's own folder replaces
it, with as many lists as there are agencies that inspect.
"""

import datetime as dt
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.law.power import Power
from lianzhi.domains.enforcement.lists.checklist_table import schema
from lianzhi.domains.enforcement.lists.line import Line
from lianzhi.domains.enforcement.lists.merge import Checklist, MergeError, merge
from lianzhi.domains.enforcement.lists.policy import merging
from lianzhi.law.words import Words
from lianzhi.tabular.known_ids import KnownIds
from lianzhi.tabular.reading import read

_SHIPPED = Path(str(files("lianzhi.domains.enforcement"))) / "lists" / "shipped"


class Shelf:
    """Checklists by enterprise type. `folder`: an operator's lists; `policy`: its merging rules."""

    def __init__(self, folder: Path | None = None, policy: Path | None = None) -> None:
        self._folder, self._policy = folder or _SHIPPED, policy
        self.checklist = lru_cache(maxsize=256)(self._checklist)

    def places(self, day: dt.date) -> dict[str, Words]:
        """Names of the places by key."""
        return {place.key: place.name for place in merging(day, self._policy).places}

    def _checklist(self, enterprise_type: str, day: dt.date, power: Power) -> Checklist:
        """The merged list for a type of enterprise, by the power list and merging policy of a day.

        Raises PolicyError naming file, line and remedy where a list can't be used.
        """
        try:
            return merge(self.lists(day, power), power, merging(day, self._policy), enterprise_type)
        except MergeError as error:
            raise PolicyError(f"{self._folder}: {error}") from None

    def lists(self, day: dt.date, power: Power) -> list[tuple[Line, ...]]:
        """The lines of each list, by the power list and merging policy of a day.

        Raises PolicyError naming file, line and remedy where a list can't be read.
        """
        places = set(self.places(day))
        known = KnownIds({"items": power.keys, "departments": power.departments, "places": places})
        return [self._read(path, known) for path in sorted(self._folder.glob("*.csv"))]

    def _read(self, path: Path, known: KnownIds) -> tuple[Line, ...]:
        table = read(path, schema(), known)
        if table.errors:
            raise PolicyError(str(table.errors[0]))
        return table.rows
