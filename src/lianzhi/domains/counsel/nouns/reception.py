"""Reception 接待: a day or session on which visitors are heard, and what is promised to them."""

import datetime as dt
from typing import ClassVar, Literal, get_args

from lianzhi.chain.life import START, Steps
from lianzhi.chain.noun import Noun
from lianzhi.domains.counsel.nouns.office_file import OfficeFile, folded

Kind = Literal["reception_day", "field_visit", "listening"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Outcome = Literal["kept", "late", "broken"]

RECEPTION_STEPS: Steps = {
    "reception.opened": (frozenset({START}), "open"),
    "reception.heard": (frozenset({"open"}), None),
    "reception.closed": (frozenset({"open"}), "closed"),
}
COMMITMENT_STEPS: Steps = {
    "commitment.made": (frozenset({START}), "open"),
    "commitment.urged": (frozenset({"open"}), None),
    "commitment.kept": (frozenset({"open"}), "ended"),
    "commitment.broken": (frozenset({"open"}), "ended"),
    "commitment.told": (frozenset({"ended"}), "told"),
}


class Reception(OfficeFile, frozen=True, kw_only=True):
    """One reception day. Visitors' matters are texts of its entries."""

    CLOSED: ClassVar[frozenset[str]] = frozenset({"closed"})
    kind: Kind
    place: str
    receiver: str
    """Who receives, by user name."""
    matters: int = 0
    """Number of visitors' matters."""


class Commitment(OfficeFile, frozen=True, kw_only=True):
    """What the office promised a visitor, due on a day."""

    CLOSED: ClassVar[frozenset[str]] = frozenset({"told"})
    reception: str
    owner: str
    """Who has to keep it, by user name."""

    @property
    def outcome(self) -> Outcome | None:
        """How it ended; None: it is open."""
        if "broken" in self.days:
            return "broken"
        kept = self.days.get("kept")
        if kept is None:
            return None
        return "late" if self.due is not None and kept > self.due else "kept"

    def late(self, today: dt.date) -> bool:
        """Whether it is not kept after its last day."""
        return self.outcome is None and self.due is not None and today > self.due


RECEPTION = Noun(
    "reception",
    Reception,
    RECEPTION_STEPS,
    folded(Reception, "reception", RECEPTION_STEPS),
    columns=("status", "kind", "order"),
    indexes=(("status", "order"),),
)
COMMITMENT = Noun(
    "commitment",
    Commitment,
    COMMITMENT_STEPS,
    folded(Commitment, "commitment", COMMITMENT_STEPS),
    columns=("status", "reception", "owner", "person", "due", "outcome", "order"),
    indexes=(("status", "order"), ("reception",)),
)
