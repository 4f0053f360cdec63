"""Acts on a dispute. See `office.acts`."""

import re
from collections.abc import Mapping

from lianzhi.domains.mediation.desk.agreements import Agreements
from lianzhi.domains.mediation.desk.desk import Desk
from lianzhi.domains.mediation.desk.disputes import Disputes
from lianzhi.domains.mediation.desk.revisits import Revisits
from lianzhi.domains.mediation.desk.sessions import Sessions
from lianzhi.domains.mediation.nouns.dispute import CAUSES, LANGUAGES, STEPS
from lianzhi.domains.mediation.routes import FIELDS
from lianzhi.office.acts import DAY, Act, ActTable, Field, Opening, method_of, words

_STAFF = ("intake", "oversee")
_HANDS = ("intake", "oversee", "mediate")
_TERM = Field("term", "number", "dispute.term")


def _visit(desk: Desk, identity: str, by: str, *, answer: Mapping[str, str], words: str) -> None:
    """Records a visit; what is no number of points is refused with its question."""
    points = {
        key: int(value) if re.fullmatch(r"\d{1,2}", value) else -1 for key, value in answer.items()
    }
    desk.revisits.visit(identity, by, answers=points, words=words)


_OPENING = Opening(
    "receive",
    _STAFF,
    "received",
    lambda desk, by, **given: desk.disputes.receive(by, **given),
    (
        Field("party", "text", "dispute.party"),
        Field("unit", "flag", "dispute.unit"),
        words("dispute.words", max_length=5000),
        Field("field", "choice", "dispute.field", choices=FIELDS, family="mediation_field"),
        Field("cause", "choice", "dispute.cause", choices=CAUSES, family="dispute_cause"),
        Field("office", "text", "dispute.office"),
        Field("officer", "text", "dispute.officer", required=False),
        Field("amount", "number", "dispute.amount", required=False),
        Field(
            "language", "choice", "dispute.language", choices=LANGUAGES, family="dispute_language",
        ),
        Field("known", "day", "dispute.known", required=False),
        Field("review", "day", "dispute.review", required=False),
        Field("warning", "text", "dispute.warning", required=False),
    ),
)  # fmt: skip
_ACTS = (
    Act(
        "assign",
        _STAFF,
        ("assigned",),
        method_of("disputes", Disputes.assign),
        (Field("mediator", "text", "dispute.mediator"),),
    ),
    Act("open_session", ("mediate",), ("session_opened",), method_of("sessions", Sessions.open)),
    Act(
        "note",
        ("mediate",),
        ("noted",),
        method_of("sessions", Sessions.note),
        (words("dispute.note_words"),),
    ),
    Act(
        "offer",
        ("mediate",),
        ("offered",),
        method_of("sessions", Sessions.offer),
        (words("dispute.offer_words"),),
    ),
    Act("close_session", ("mediate",), ("session_closed",), method_of("sessions", Sessions.close)),
    Act(
        "stay",
        ("mediate",),
        ("stayed",),
        method_of("disputes", Disputes.stay),
        (
            Field("review", "day", "dispute.review", required=False),
            DAY,
            Field("consent", "flag", "dispute.consent"),
        ),
        lambda dispute, today: (
            all(stay.until for stay in dispute.stays) and dispute.field not in ("civil", "consumer")
        ),
    ),
    Act(
        "resume",
        ("mediate",),
        ("resumed",),
        method_of("disputes", Disputes.resume),
        (DAY,),
        lambda dispute, today: any(stay.until is None for stay in dispute.stays),
    ),
    Act(
        "agree",
        ("mediate",),
        ("agreed",),
        method_of("agreements", Agreements.agree),
        (
            Field("terms", "words", "dispute.terms_words", max_length=11_000),
            Field("amount", "number", "dispute.agreed_sum", required=False),
            Field("oral", "flag", "dispute.oral"),
            DAY,
        ),
    ),
    Act(
        "keep",
        _HANDS,
        ("kept",),
        method_of("agreements", Agreements.keep),
        (_TERM, DAY),
        powers=_STAFF,
    ),
    Act(
        "breach",
        _HANDS,
        ("broken",),
        method_of("agreements", Agreements.breach),
        (_TERM, DAY),
        lambda dispute, today: any(t.status == "open" and t.due < today for t in dispute.terms),
        powers=_STAFF,
    ),
    Act(
        "ask_confirmation",
        _HANDS,
        ("confirmation_asked",),
        method_of("agreements", Agreements.ask_confirmation),
        (Field("joint", "flag", "dispute.joint"), DAY),
        lambda dispute, today: not dispute.confirmation,
        powers=_STAFF,
    ),
    Act(
        "answer_confirmation",
        _HANDS,
        ("confirmation_answered",),
        method_of("agreements", Agreements.answer_confirmation),
        (
            Field(
                "result", "choice", "dispute.confirmation", choices=("confirmed", "refused"),
                family="dispute_confirmation",
            ),
            DAY,
        ),
        lambda dispute, today: dispute.confirmation == "asked",
        powers=_STAFF,
    ),
    Act(
        "settle",
        _HANDS,
        ("settled",),
        method_of("agreements", Agreements.settle),
        (words("dispute.settle_words"),),
        lambda dispute, today: all(term.status == "kept" for term in dispute.terms),
        powers=_STAFF,
    ),
    Act(
        "escalate",
        ("mediate", "oversee"),
        ("escalated",),
        method_of("disputes", Disputes.escalate),
        (words("dispute.escalate_words"),),
        lambda dispute, today: dispute.level == "front_line",
        powers=("oversee",),
    ),
    Act(
        "fail",
        _HANDS,
        ("failed",),
        method_of("agreements", Agreements.fail),
        (words("dispute.fail_words"), Field("notice", "flag", "dispute.told")),
        lambda dispute, today: dispute.status == "mediating"
        or any(term.status == "broken" for term in dispute.terms),
        powers=_STAFF,
    ),
    Act(
        "withdraw",
        _HANDS,
        ("withdrawn",),
        method_of("disputes", Disputes.withdraw),
        (words("dispute.withdraw_words"),),
        powers=_STAFF,
    ),
    Act(
        "visit",
        _STAFF,
        ("visited",),
        _visit,
        (
            Field("answer", "named", "dispute.answers"),
            words("dispute.visit_words", required=False),
        ),
        lambda dispute, today: dispute.settled is not None,
    ),
    Act(
        "reopen",
        _STAFF,
        ("reopened",),
        method_of("revisits", Revisits.reopen),
        (words("dispute.reopen_words"),),
    ),
)  # fmt: skip
DISPUTE = ActTable("dispute", "/disputes", STEPS, _ACTS, frozenset({"imported"}), opening=_OPENING)
