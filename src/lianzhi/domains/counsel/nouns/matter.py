"""Matter 法核事项: a petition, an application for disclosure or a complaint, whose answer passes
legal review before it goes out."""

import datetime as dt
from typing import ClassVar, Literal, get_args

from lianzhi.chain.life import START, Steps
from lianzhi.chain.noun import Noun
from lianzhi.domains.counsel.nouns.office_file import OfficeFile, folded
from lianzhi.domains.counsel.office_clock import Stay

Kind = Literal[
    "petition", "petition_review", "petition_recheck", "disclosure", "consumer_complaint", "other",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
Pause = Literal["completion", "consultation", "hearing"]
PAUSES: tuple[Pause, ...] = get_args(Pause)

_ANSWERABLE = frozenset({"open", "submitted", "reviewed"})
STEPS: Steps = {
    "matter.received": (frozenset({START}), "open"),
    "matter.accepted": (frozenset({"open"}), None),
    "matter.paused": (frozenset({"open"}), "paused"),
    "matter.resumed": (frozenset({"paused"}), "open"),
    "matter.extended": (_ANSWERABLE, None),
    "matter.submitted": (frozenset({"open"}), "submitted"),
    "matter.returned": (frozenset({"submitted"}), "open"),
    "matter.reviewed": (frozenset({"submitted"}), "reviewed"),
    "matter.answered": (_ANSWERABLE, "answered"),
}


class Matter(OfficeFile, frozen=True, kw_only=True):
    """One matter. What is asked, drafted and answered are texts of its entries."""

    CLOSED: ClassVar[frozenset[str]] = frozenset({"answered"})
    STILL: ClassVar[frozenset[str]] = frozenset({"paused"})
    kind: Kind
    handler: str
    """Who handles it, by user name."""
    ask_by: dt.date | None = None
    """Last day to ask for this re-review (信访工作条例 35, 36); None: it is none."""
    pause: Pause | None = None
    """Why its time stands still, or last stood still."""
    completion: bool = False
    """Whether completion has been asked for."""
    stays: tuple[Stay, ...] = ()
    """Days that do not count."""
    extra: int = 0
    """By how many units of the period it was extended."""


MATTER = Noun(
    "matter",
    Matter,
    STEPS,
    folded(Matter, "matter", STEPS),
    columns=("status", "kind", "handler", "person", "due", "order"),
    indexes=(("status", "order"), ("person",)),
)
