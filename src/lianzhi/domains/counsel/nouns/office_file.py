"""Files of the office: what reception days, commitments, matters and reviews have in common."""

import datetime as dt
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Payload
from lianzhi.record.entry import Entry

#: Above the number of any day, so that open files come first in a falling order.
_FIRST = 10_000_000
#: Days after which a file without a known last day is taken to be due, for the order of lists.
_USUAL = 30


class OfficeFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file; what people wrote in it are texts of its entries."""

    CLOSED: ClassVar[frozenset[str]] = frozenset()
    """Statuses in which nothing is due."""
    STILL: ClassVar[frozenset[str]] = frozenset()
    """Statuses in which no time runs."""
    id: str
    status: str
    person: str = ""
    """Token of the vault: whom it is about; empty: nobody."""
    by: str = ""
    """Who began it."""
    days: dict[str, dt.date] = {}
    """The latest day of each step."""
    hands: dict[str, str] = {}
    """Who took each step last."""
    clock: str = ""
    """Key of the period that runs; empty: none."""
    since: dt.date | None = None
    """Day from which it runs."""
    due: dt.date | None = None
    """Last day in time; None: none, or the holidays of its year were not known."""
    index: int = 0
    """Entry that began it."""

    @property
    def began(self) -> dt.date:
        """Day of the first step."""
        return min(self.days.values())

    @property
    def latest(self) -> dt.date:
        """Day of the latest step."""
        return max(self.days.values())

    @property
    def order(self) -> int:
        """For lists: open files before closed ones, the earliest last day first."""
        if self.closed:
            return self.latest.toordinal()
        usual = dt.timedelta(_USUAL)
        return _FIRST - (self.due or (self.since or self.began) + usual).toordinal()

    @property
    def closed(self) -> bool:
        """Whether nothing is due any more."""
        return self.status in self.CLOSED

    @property
    def stands_still(self) -> bool:
        """Whether no time runs."""
        return self.status in self.STILL

    def late(self, today: dt.date) -> bool:
        """Whether it is open after its last day."""
        return not self.closed and self.due is not None and today > self.due


F = TypeVar("F", bound=OfficeFile)


def folded(form: type[F], name: str, steps: Steps) -> Callable[[F | None, Entry, Payload], F]:
    """A fold that puts the fields of an entry into those of the file, with the day of the step."""
    own = {*form.__struct_fields__} - {"id", "status", "by", "days", "hands", "index"}

    def fold(before: F | None, entry: Entry, payload: Payload) -> F:
        status = next_status(steps, entry.kind, before.status if before else START)
        step = entry.kind.rpartition(".")[2]
        known: dict[str, Any] = (
            {"id": payload[name], "by": payload["by"], "index": entry.index}
            if before is None
            else msgspec.to_builtins(before)
        )
        known |= {key: value for key, value in payload.items() if key in own}
        known["days"] = {**known.get("days", {}), step: payload["day"]}
        known["hands"] = {**known.get("hands", {}), step: payload["by"]}
        return msgspec.convert({**known, "status": status}, form)

    return fold
