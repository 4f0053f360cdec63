"""Draw 双随机抽查: who inspects whom, planned before the seed is known and revealed after."""

import datetime as dt
from typing import Literal

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.domains.enforcement.inspection import draw as drawing
from lianzhi.domains.enforcement.inspection.roster import Candidate, Certified, Rosters
from lianzhi.record.entry import Entry
from lianzhi.record.lots import Reveal

STEPS: Steps = {
    "draw.planned": (frozenset({START}), "planned"),
    "draw.revealed": (frozenset({"planned"}), "revealed"),
}


class RecordedDraw(msgspec.Struct, frozen=True, kw_only=True):
    """A draw as its entries tell it."""

    id: str
    status: Literal["planned", "revealed"]
    planned_at: int
    """When the plan went on the record, in Unix milliseconds."""
    plan: drawing.Plan
    digest: str
    enterprises: tuple[Candidate, ...]
    officers: tuple[Certified, ...]
    day: dt.date
    """On which the plan went on the record."""
    reveal: Reveal | None = None
    result: drawing.Draw | None = None

    @property
    def rosters(self) -> Rosters:
        """Rosters of enterprises and officers."""
        return Rosters(self.enterprises, self.officers)


def _fold(before: RecordedDraw | None, entry: Entry, payload: Payload) -> RecordedDraw:
    status = next_status(STEPS, entry.kind, before.status if before else START)
    if before is None:
        fields = {"id": payload["draw"], "planned_at": entry.at, "status": status}
        return msgspec.convert({**payload, **fields}, RecordedDraw)
    return msgspec.structs.replace(
        before,
        status="revealed",
        reveal=msgspec.convert(payload["reveal"], Reveal),
        result=msgspec.convert(payload["result"], drawing.Draw),
    )


DRAW = Noun("draw", RecordedDraw, STEPS, _fold, columns=("status", "planned_at"))
