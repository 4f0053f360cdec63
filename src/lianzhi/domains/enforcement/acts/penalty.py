"""Acts on a penalty file, in the order of a case. See `office.acts`.

A new step of a file is a field and a row of `nouns.penalty`, a row here, its gates in
`policy/gates/penalty.toml`, and its words in both languages.
"""

import datetime as dt

from lianzhi.chain.notice import WAYS
from lianzhi.domains.enforcement.desk.assignments import Assignments
from lianzhi.domains.enforcement.desk.desk import Desk
from lianzhi.domains.enforcement.desk.dues import Dues
from lianzhi.domains.enforcement.desk.penalties import Penalties
from lianzhi.domains.enforcement.law.money import account
from lianzhi.domains.enforcement.nouns.penalty import STEPS, Penalty
from lianzhi.office.acts import DAY, Act, ActTable, Field, Take, method_of, words


def _words(key: str) -> Field:
    return words(f"penalty_words.{key}")


def _record(step: str) -> Take:
    """Takes a step that is no more than its entry, with words and a day where it has them."""
    return lambda desk, identity, by, **given: desk.penalties.record(step, identity, by, **given)


def _penalties(method: Take) -> Take:
    return method_of("penalties", method)


def _assignments(method: Take) -> Take:
    return method_of("assignments", method)


def _review(desk: Desk, identity: str, by: str, *, result: str, words: str) -> None:
    desk.penalties.review(identity, result == "passed", by, words)


def _end_hearing(desk: Desk, identity: str, by: str, *, why: str, words: str) -> None:
    desk.penalties.end_hearing(identity, why == "absent", by, words)


def _answer(desk: Desk, identity: str, by: str, *, outcome: str, fine: int, words: str) -> None:
    desk.penalties.answer(identity, outcome == "upheld", by, words, fine)


def _late(file: Penalty, today: dt.date) -> bool:
    return bool(account(file, today).surcharge)


def _hearing_over(file: Penalty) -> bool:
    """Whether the hearing is over, held or not."""
    return file.heard is not None or file.hearing_ended is not None


_ACTS = (
    Act("evidence", ("enforce",), ("evidence_added",)),
    Act(
        "evidence_review",
        ("legal",),
        ("evidence_reviewed",),
        _penalties(Penalties.review_evidence),
        (
            Field("evidence", "choice", "penalty.evidence"),
            Field("passed", "flag", "review.passes"),
            words("act.why"),
        ),
        lambda file, today: bool(file.unreviewed),
    ),
    Act(
        "preserve",
        ("enforce",),
        ("preserved",),
        _record("preserved"),
        (_words("preserve"),),
        lambda file, today: file.preserved is None,
    ),
    Act(
        "settle",
        ("enforce",),
        ("preservation_settled",),
        _record("preservation_settled"),
        (_words("settle"),),
        lambda file, today: file.preserved is not None,
    ),
    Act(
        "release",
        ("enforce",),
        ("preservation_released",),
        _record("preservation_released"),
        (_words("release"),),
        lambda file, today: file.preserved is not None,
    ),
    Act(
        "order",
        ("enforce",),
        ("ordered",),
        _penalties(Penalties.order),
        (_words("order"), Field("until", "until", "penalty.order_until")),
        lambda file, today: file.ordered is None and file.rectified is None,
    ),
    Act(
        "rectify",
        ("enforce",),
        ("rectified",),
        _penalties(Penalties.rectify),
        (_words("rectify"), DAY),
        lambda file, today: file.rectified is None,
    ),
    Act("notice", ("enforce",), ("noticed",)),
    Act("defend", ("enforce",), ("defended",), _record("defended"), (_words("defend"), DAY)),
    Act(
        "waive",
        ("enforce",),
        ("defence_waived",),
        _record("defence_waived"),
        (_words("waive"),),
        lambda file, today: file.waived is None and file.defended is None,
    ),
    Act(
        "consider",
        ("enforce",),
        ("defence_considered",),
        _record("defence_considered"),
        (_words("consider"),),
        lambda file, today: file.defended is not None and file.considered is None,
    ),
    Act(
        "hearing_request",
        ("enforce",),
        ("hearing_requested",),
        _record("hearing_requested"),
        (),
        lambda file, today: file.told_hearing and file.hearing_requested is None,
    ),
    Act(
        "hearing_call",
        ("enforce",),
        ("hearing_called",),
        _penalties(Penalties.call_hearing),
        (Field("hearing", "until", "act.day"),),
        lambda file, today: file.hearing_requested is not None and not _hearing_over(file),
    ),
    Act(
        "hear",
        ("enforce",),
        ("heard",),
        _penalties(Penalties.hear),
        (Field("chair", "text", "penalty.chair"), words("penalty.hearing_record")),
        lambda file, today: file.hearing_day is not None and not _hearing_over(file),
    ),
    Act(
        "hearing_end",
        ("enforce",),
        ("hearing_ended",),
        _end_hearing,
        (
            Field(
                "why",
                "choice",
                "penalty.hearing_end_why",
                choices=("withdrawn", "absent"),
                family="hearing_end",
            ),
            _words("hearing_end"),
        ),
        lambda file, today: file.hearing_requested is not None and not _hearing_over(file),
    ),
    Act(
        "discuss",
        ("lead",),
        ("discussed",),
        _record("discussed"),
        (_words("discuss"),),
        lambda file, today: file.grave and file.discussed is None,
    ),
    Act(
        "submit",
        ("enforce",),
        ("submitted",),
        _record("submitted"),
        (),
        lambda file, today: file.submitted is None,
    ),
    Act(
        "review",
        ("legal",),
        ("review_passed", "review_failed"),
        _review,
        (
            Field(
                "result", "choice", "penalty.review", choices=("passed", "failed"), family="review"
            ),
            words("penalty.review_words"),
        ),
        lambda file, today: file.submitted is not None and not file.review,
    ),
    Act(
        "decide",
        ("lead",),
        ("decided",),
        _penalties(Penalties.decide),
        (Field("fine", "number", "penalty.fine"), words("penalty.decide_words")),
    ),
    Act(
        "serve",
        ("enforce",),
        ("served",),
        _penalties(Penalties.serve),
        (
            Field("way", "choice", "penalty.way", choices=WAYS, family="service"),
            Field("receipt", "text", "penalty.receipt"),
            DAY,
        ),
    ),
    Act(
        "pay",
        ("enforce",),
        ("paid",),
        _penalties(Penalties.pay),
        (Field("amount", "number", "penalty.amount"), DAY),
        lambda file, today: file.fine > file.paid or (file.fine > 0 and file.status == "served"),
    ),
    Act(
        "defer",
        ("lead",),
        ("deferred",),
        applies=lambda file, today: file.fine > file.paid and not _late(file, today),
    ),
    Act(
        "demand",
        ("enforce",),
        ("demanded",),
        method_of("dues", Dues.demand),
        (_words("demand"), Field("receipt", "text", "penalty.receipt"), DAY),
        lambda file, today: file.fine > file.paid and _late(file, today) and not file.suspended,
    ),
    Act(
        "contest",
        ("enforce",),
        ("contested",),
        _penalties(Penalties.contest),
        (
            Field(
                "route",
                "choice",
                "penalty.route",
                choices=("reconsideration", "litigation"),
                family="route",
            ),
            _words("contest"),
            DAY,
        ),
        lambda file, today: file.decided is not None and not file.suspended,
    ),
    Act(
        "answer",
        ("lead",),
        ("upheld", "overturned"),
        _answer,
        (
            Field(
                "outcome",
                "choice",
                "penalty.contested",
                choices=("upheld", "overturned"),
                family="answer",
            ),
            Field("fine", "number", "penalty.fine_left", required=False),
            words("act.why"),
        ),
        lambda file, today: file.suspended,
    ),
    Act(
        "publish",
        ("lead",),
        ("published",),
        _record("published"),
        (),
        lambda file, today: (
            file.decided is not None
            and (file.published is None or file.withdrawn is not None)
            and not (file.overturned and not file.fine)
        ),
    ),
    Act(
        "unpublish",
        ("lead",),
        ("unpublished",),
        _record("unpublished"),
        (_words("unpublish"),),
        lambda file, today: file.published is not None and file.withdrawn is None,
    ),
    Act("close", ("lead",), ("closed",), _penalties(Penalties.close), (_words("close"),)),
    Act("archive", ("lead",), ("archived",), _penalties(Penalties.archive)),
    Act(
        "revisit",
        ("enforce",),
        ("revisited",),
        _penalties(Penalties.revisit),
        (Field("again", "flag", "penalty.again"), words("penalty.revisit_words")),
        lambda file, today: file.revisited is None,
    ),
    Act(
        "assign",
        ("lead",),
        ("assigned",),
        _assignments(Assignments.assign),
        (Field("to", "choice", "penalty.assign_to"),),
    ),
    Act(
        "recuse",
        ("lead",),
        ("recused",),
        _assignments(Assignments.recuse),
        (
            Field("officer", "text", "penalty.recuse_who"),
            Field("instead", "choice", "penalty.recuse_instead", required=False),
            _words("recuse"),
        ),
    ),
    Act(
        "transfer",
        ("lead",),
        ("transferred",),
        _assignments(Assignments.transfer),
        (Field("to", "text", "penalty.transfer_to"), _words("transfer")),
    ),
    Act("drop", ("lead",), ("dropped",), _penalties(Penalties.drop), (_words("drop"),)),
)
_OTHER_STEPS = frozenset(
    {
        *("filed", "imported", "spot_filed", "adopted"),
        *("document_issued", "warned", "file_reviewed"),
    }
)
PENALTY = ActTable("penalty", "/penalties", STEPS, _ACTS, _OTHER_STEPS)
