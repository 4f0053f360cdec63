"""Review 行政复议: a reconsideration as the office that decides it handles it."""

import datetime as dt
from typing import ClassVar, Literal, get_args

import msgspec

from lianzhi.chain.life import START, Steps
from lianzhi.chain.noun import Noun
from lianzhi.domains.counsel.nouns.office_file import OfficeFile, folded
from lianzhi.domains.counsel.office_clock import Stay

Contested = Literal["spot", "warning", "disclosure", "penalty", "inaction", "agreement", "other"]
CONTESTED: tuple[Contested, ...] = get_args(Contested)
Procedure = Literal["ordinary", "simplified"]
PROCEDURES: tuple[Procedure, ...] = get_args(Procedure)
#: Grounds of a stay, in the order of 行政复议法 39(1).
Ground = Literal[
    "death", "incapacity", "missing", "entity_ended", "obstacle", "settling", "law_question",
    "other_case", "rule_review", "other",
]  # fmt: skip
GROUNDS: tuple[Ground, ...] = get_args(Ground)
#: Grounds on which the proceedings end, in the order of 行政复议法 41.
Ending = Literal["withdrawn", "heirs_waive", "successor_waives", "criminal", "stay_over"]
ENDINGS: tuple[Ending, ...] = get_args(Ending)
#: Decisions of 行政复议法 33 and 63 to 71.
Outcome = Literal[
    "changed", "annulled", "unlawful", "ordered", "void", "maintained", "claim_dismissed",
    "application_dismissed", "agreement",
]  # fmt: skip
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

#: What became of a normative document or basis under incidental review (行政复议法 59).
RuleFinding = Literal["lawful", "stopped", "other_authority"]
RULE_FINDINGS: tuple[RuleFinding, ...] = get_args(RuleFinding)

_AT = frozenset({"accepted"})
_ALL = _AT | {"suspended", "decided", "served", "settled", "ended"}
STEPS: Steps = {
    "review.received": (frozenset({START}), "received"),
    "review.completion_asked": (frozenset({"received"}), "incomplete"),
    "review.completed": (frozenset({"incomplete"}), "received"),
    "review.abandoned": (frozenset({"incomplete"}), "ended"),
    "review.refused": (frozenset({"received"}), "refused"),
    "review.accepted": (frozenset({"received"}), "accepted"),
    "review.copied": (_AT, None),
    "review.answered": (_AT, None),
    "review.parties_heard": (_AT, None),
    "review.hearing_told": (_AT, None),
    "review.hearing_held": (_AT, None),
    "review.inspected": (_AT, None),
    "review.suspended": (_AT, "suspended"),
    "review.resumed": (frozenset({"suspended"}), "accepted"),
    "review.rule_asked": (frozenset({"suspended"}), None),
    "review.rule_answered": (frozenset({"suspended"}), None),
    "review.rule_transferred": (frozenset({"suspended"}), None),
    "review.rule_settled": (frozenset({"suspended"}), None),
    "review.converted": (_AT, None),
    "review.extended": (_AT, None),
    "review.settled": (_AT, "settled"),
    "review.ended": (frozenset({"accepted", "suspended"}), "ended"),
    "review.decided": (_AT, "decided"),
    "review.served": (frozenset({"decided"}), "served"),
    "review.opinion_sent": (_ALL, None),
    "review.opinion_answered": (_ALL, None),
}


class Review(OfficeFile, frozen=True, kw_only=True):
    """One reconsideration. Requests, answers, records and reasons are texts of its entries."""

    CLOSED: ClassVar[frozenset[str]] = frozenset({"refused", "ended", "settled", "served"})
    STILL: ClassVar[frozenset[str]] = frozenset({"incomplete", "suspended", "decided"})
    respondent: str
    """The authority whose act is contested."""
    contested: Contested
    amount: int = 0
    """Yuan at issue; 0: none, or not known."""
    procedure: Procedure | None = None
    answer_due: dt.date | None = None
    """Last day for the respondent's answer."""
    hearing: dt.date | None = None
    ground: Ground | None = None
    """Ground of the latest stay."""
    stays: tuple[Stay, ...] = ()
    extra: int = 0
    """Days of extension."""
    decide_by: dt.date | None = None
    """Last day for the decision, once that was made."""
    ending: Ending | None = None
    outcome: Outcome | None = None
    opinion_to: str = ""
    opinion_due: dt.date | None = None
    """Last day to report what was corrected; None: no opinion waits for its answer."""

    rule_to: str = ""
    """Authority that was asked about a normative document, or to which it was transferred."""
    rule_clock: str = ""
    """Key of the period that runs for the document under review; empty: none."""
    rule_due: dt.date | None = None
    """Its last day; None: none runs, or the holidays of its year are not known."""
    transfer_due: dt.date | None = None
    """Last day to transfer it where another authority may decide; None once that is settled."""
    rule_finding: RuleFinding | None = None
    """What became of the document; None: it is under review, or there is none."""

    @property
    def order(self) -> int:
        """As of every file; during an incidental review by the last day of that."""
        if self.rule_due is None or self.closed:
            return super().order
        return msgspec.structs.replace(self, due=self.rule_due, rule_due=None).order

    @property
    def closed(self) -> bool:
        """Whether nothing is due: neither in the proceedings nor on an opinion."""
        return self.status in self.CLOSED and self.opinion_due is None


REVIEW = Noun(
    "review",
    Review,
    STEPS,
    folded(Review, "review", STEPS),
    columns=("status", "contested", "respondent", "outcome", "person", "due", "order"),
    indexes=(("status", "order"), ("person",)),
)
