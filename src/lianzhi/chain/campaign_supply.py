"""Weekly figures that are supplied to a campaign: what the harm is divided by, and a control.

No finding says how much there was to look at, so somebody has to supply it. The latest table that
was not withdrawn counts; each stays on the record with who supplied it and when.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.record.entry import Entry

Column = Literal["exposure", "control", "control_exposure"]
#: Columns of a table of weeks: items, visits or orders out of which the findings are; counts of
#: something alike that the campaign does not touch; out of which those are.
COLUMNS: tuple[Column, ...] = get_args(Column)

SUPPLY_STEPS: Steps = {
    "supply.given": (frozenset({START}), "given"),
    "supply.withdrawn": (frozenset({"given"}), "withdrawn"),
}


class Supply(msgspec.Struct, frozen=True, kw_only=True):
    """A table of whole weeks without a gap. Where the figures come from is a text of its entry."""

    id: str
    plan: str
    """The campaign."""
    first: dt.date
    """When its first week begins: on the same weekday as the campaign."""
    weeks: int
    columns: Mapping[Column, Sequence[float]]
    by: str
    at: int
    index: int
    status: str = "given"

    def values(self, name: Column, first: dt.date, weeks: int) -> Sequence[float] | None:
        """A column in so many weeks from a day on, all of which the table has; None without the
        column."""
        column = self.columns.get(name)
        before = (first - self.first).days // 7
        return None if column is None else column[before : before + weeks]


def _fold(before: Supply | None, entry: Entry, payload: Payload) -> Supply:
    status = next_status(SUPPLY_STEPS, entry.kind, before.status if before else START)
    if before is not None:
        return msgspec.structs.replace(before, status=status)
    fields = {"id": payload["supply"], "at": entry.at, "index": entry.index, "status": status}
    return msgspec.convert({**payload, **fields}, Supply)


SUPPLY = Noun(
    *("supply", Supply, SUPPLY_STEPS, _fold),
    columns=("plan", "status", "index"),
    indexes=(("plan", "index"),),
)
