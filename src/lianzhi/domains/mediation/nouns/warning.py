"""Warning 预警: a case that may turn into a dispute, with the points that say why."""

import datetime as dt
from typing import Any, Literal, get_args

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.domains.mediation.warning import Level, Point
from lianzhi.record.entry import Entry

Status = Literal["open", "dismissed"]
STATUSES: tuple[Status, ...] = get_args(Status)

STEPS: Steps = {
    "warning.noted": (frozenset({START, "open"}), "open"),
    "warning.dismissed": (frozenset({"open"}), "dismissed"),
}


class CaseWarning(msgspec.Struct, frozen=True, kw_only=True):
    """One case with its points as of the newest import."""

    id: str
    """Id of the case at the authority."""
    party: str
    """Token of the vault, in place of the name."""
    field: str
    office: str
    officer: str = ""
    decided: dt.date | None = None
    level: Level = "none"
    score: float = 0.0
    points: tuple[Point, ...] = ()
    policy: str = ""
    """Version of the weights."""
    facts: dict[str, Any] = {}
    """The row as it came, without the party."""
    status: Status = "open"
    noted: dt.date | None = None
    index: int = 0

    @property
    def order(self) -> int:
        """Hundredths of a point, for the order of lists."""
        return round(self.score * 100)


def _fold(before: CaseWarning | None, entry: Entry, payload: Payload) -> CaseWarning:
    status = next_status(STEPS, entry.kind, before.status if before else START)
    if before is None or entry.kind == "warning.noted":
        fields = {**payload, "id": payload["warning"], "noted": payload["day"]}
        return msgspec.convert({**fields, "index": entry.index}, CaseWarning)
    return msgspec.structs.replace(before, status=status, index=entry.index)


WARNING = Noun(
    "warning",
    CaseWarning,
    STEPS,
    _fold,
    columns=("status", "level", "field", "office", "party", "order"),
    indexes=(("status", "order"), ("party",)),
)
