"""Acts on a penalty file, in the order of a case. See `office.acts`.

A new step of a file is a field and a row of `nouns.penalty`, a row here, its gates in
`policy/gates/penalty.toml`, and its words in both languages.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from itertools import zip_longest

from lianzhi.chain.notice import WAYS
from lianzhi.chain.roles import Permission
from lianzhi.domains.enforcement.acts.case_fields import FACTS, KIND, facts_of
from lianzhi.domains.enforcement.acts.filing import FILE, SPOT
from lianzhi.domains.enforcement.desk.assignments import Assignments
from lianzhi.domains.enforcement.desk.desk import Desk
from lianzhi.domains.enforcement.desk.dues import Dues
from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.desk.penalties import Penalties
from lianzhi.domains.enforcement.law.money import account
from lianzhi.domains.enforcement.nouns.penalty import STEPS, Penalty
from lianzhi.office.acts import DAY, Act, ActTable, Field, Take, Upload, method_of, words
from lianzhi.office.files import KeptFile

_Applies = Callable[[Penalty, dt.date], bool]


def _words(key: str) -> Field:
    return words(f"penalty_words.{key}")


def _choice(name: str, label: str, family: str, *choices: str) -> Field:
    return Field(name, "choice", label, choices=choices, family=family)


def _when(after: str = "", before: str = "") -> _Applies:
    """Once all that `after` names has happened, and nothing that `before` names."""

    def applies(file: Penalty, today: dt.date) -> bool:
        there = all(getattr(file, name) is not None for name in after.split())
        return there and all(getattr(file, name) is None for name in before.split())

    return applies


_ALWAYS = _when()


def _act(
    key: str,
    needs: Permission,
    steps: str,
    take: Take,
    *fields: Field,
    applies: _Applies = _ALWAYS,
) -> Act:
    return Act(key, (needs,), tuple(steps.split()), take, fields, applies)


def _record(
    key: str, needs: Permission, step: str, *fields: Field, applies: _Applies = _ALWAYS
) -> Act:
    """An act that is no more than its entry, with words and a day where it has them."""

    def take(
        desk: Desk,
        identity: str,
        by: str,
        *,
        words: str | None = None,
        day: dt.date | None = None,
    ) -> None:
        desk.penalties.record(step, identity, by, words, day)

    return _act(key, needs, step, take, *fields, applies=applies)


def _penalties(method: Take) -> Take:
    return method_of("penalties", method)


def _assignments(method: Take) -> Take:
    return method_of("assignments", method)


def _evidence(
    desk: Desk,
    identity: str,
    by: str,
    *,
    kind: str,
    file: Upload | None,
    where: str,
    sha256: str,
    electronic: bool,
    words: str,
) -> None:
    """Adds a file, or a recording that is kept elsewhere."""
    with desk.office.reading() as connection:
        desk.office.penalty(connection, identity)
    keeping: AbstractContextManager[KeptFile]
    if file is None:
        keeping = nullcontext(desk.files.refer("", where, sha256))
    else:
        keeping = desk.files.keeping(file.name, file.body)
    with keeping as kept:
        desk.penalties.add_evidence(identity, kept, kind, by, words, electronic=electronic)


def _notice(
    desk: Desk,
    identity: str,
    by: str,
    *,
    fact: Mapping[str, str],
    fine: int,
    sanctions: tuple[str, ...],
    grave: bool,
    words: str,
) -> None:
    with desk.office.reading() as connection:
        file = desk.office.penalty(connection, identity)
    facts = file.facts | facts_of(fact, desk.office.rules.discretion, file.item)
    desk.penalties.notice(identity, facts, fine, by, words, sanctions=sanctions, grave=grave)


def _defer(
    desk: Desk,
    identity: str,
    by: str,
    *,
    due: tuple[dt.date | None, ...],
    amount: tuple[int, ...],
    words: str,
) -> None:
    parts = []
    for day, yuan in zip_longest(due, amount):
        if day is not None:
            parts.append((day, yuan or 0))
        elif yuan:
            raise RefusedError("day", "due is empty; write 2026-01-31", day="")
    desk.dues.defer(identity, parts, by, words)


def _review(desk: Desk, identity: str, by: str, *, result: str, words: str) -> None:
    desk.penalties.review(identity, result == "passed", by, words)


def _end_hearing(desk: Desk, identity: str, by: str, *, why: str, words: str) -> None:
    desk.penalties.end_hearing(identity, why == "absent", by, words)


def _answer(desk: Desk, identity: str, by: str, *, outcome: str, fine: int, words: str) -> None:
    desk.penalties.answer(identity, outcome == "upheld", by, words, fine)


def _owes(file: Penalty, today: dt.date) -> bool:
    return file.fine > file.paid


def _late(file: Penalty, today: dt.date) -> bool:
    return bool(account(file, today).surcharge)


def _publishable(file: Penalty, today: dt.date) -> bool:
    hidden = file.published is None or file.withdrawn is not None
    return file.decided is not None and hidden and not (file.overturned and not file.fine)


_RECEIPT = Field("receipt", "text", "penalty.receipt")
_ACTS = (
    _act(
        *("evidence", "enforce", "evidence_added", _evidence, KIND),
        Field("file", "file", "evidence.file", required=False),
        Field("where", "text", "evidence.where", required=False, under="evidence.elsewhere"),
        Field("sha256", "text", "evidence.sha256", required=False, under="evidence.elsewhere"),
        Field("electronic", "flag", "evidence.electronic"),
        words("evidence.words", required=False),
    ),
    _act(
        *("evidence_review", "legal", "evidence_reviewed", _penalties(Penalties.review_evidence)),
        Field("evidence", "choice", "penalty.evidence"),
        *(Field("passed", "flag", "review.passes"), words("act.why")),
        applies=lambda file, today: bool(file.unreviewed),
    ),
    _record(
        *("preserve", "enforce", "preserved", _words("preserve")),
        applies=_when(before="preserved"),
    ),
    _record(
        *("settle", "enforce", "preservation_settled", _words("settle")),
        applies=_when("preserved"),
    ),
    _record(
        *("release", "enforce", "preservation_released", _words("release")),
        applies=_when("preserved"),
    ),
    _act(
        *("order", "enforce", "ordered", _penalties(Penalties.order), _words("order")),
        Field("until", "until", "penalty.order_until"),
        applies=_when(before="ordered rectified"),
    ),
    _act(
        *("rectify", "enforce", "rectified", _penalties(Penalties.rectify)),
        *(_words("rectify"), DAY),
        applies=_when(before="rectified"),
    ),
    _act(
        *("notice", "enforce", "noticed", _notice, FACTS),
        Field("fine", "number", "penalty.fine", required=False),
        Field("sanctions", "text", "penalty.sanctions", required=False, several=True),
        *(Field("grave", "flag", "penalty.grave"), words("penalty.notice_words")),
    ),
    _record("defend", "enforce", "defended", _words("defend"), DAY),
    _record(
        *("waive", "enforce", "defence_waived", _words("waive")),
        applies=_when(before="waived defended"),
    ),
    _record(
        *("consider", "enforce", "defence_considered", _words("consider")),
        applies=_when("defended", before="considered"),
    ),
    _record(
        *("hearing_request", "enforce", "hearing_requested"),
        applies=lambda file, today: file.told_hearing and file.hearing_requested is None,
    ),
    _act(
        *("hearing_call", "enforce", "hearing_called", _penalties(Penalties.call_hearing)),
        Field("hearing", "until", "act.day"),
        applies=_when("hearing_requested", before="heard hearing_ended"),
    ),
    _act(
        *("hear", "enforce", "heard", _penalties(Penalties.hear)),
        *(Field("chair", "text", "penalty.chair"), words("penalty.hearing_record")),
        applies=_when("hearing_day", before="heard hearing_ended"),
    ),
    _act(
        *("hearing_end", "enforce", "hearing_ended", _end_hearing),
        _choice("why", "penalty.hearing_end_why", "hearing_end", "withdrawn", "absent"),
        _words("hearing_end"),
        applies=_when("hearing_requested", before="heard hearing_ended"),
    ),
    _record(
        *("discuss", "lead", "discussed", _words("discuss")),
        applies=lambda file, today: file.grave and file.discussed is None,
    ),
    _record("submit", "enforce", "submitted", applies=_when(before="submitted")),
    _act(
        *("review", "legal", "review_passed review_failed", _review),
        _choice("result", "penalty.review", "review", "passed", "failed"),
        words("penalty.review_words"),
        applies=lambda file, today: file.submitted is not None and not file.review,
    ),
    _act(
        *("decide", "lead", "decided", _penalties(Penalties.decide)),
        *(Field("fine", "number", "penalty.fine"), words("penalty.decide_words")),
    ),
    _act(
        *("serve", "enforce", "served", _penalties(Penalties.serve)),
        *(_choice("way", "penalty.way", "service", *WAYS), _RECEIPT, DAY),
    ),
    _act(
        *("pay", "enforce", "paid", _penalties(Penalties.pay)),
        *(Field("amount", "number", "penalty.amount"), DAY),
        applies=lambda file, today: (
            _owes(file, today) or (file.fine > 0 and file.status == "served")
        ),
    ),
    _act(
        *("defer", "lead", "deferred", _defer),
        Field("due", "until", "penalty.due", several=True),
        Field("amount", "number", "penalty.amount", required=False, several=True),
        _words("defer"),
        applies=lambda file, today: _owes(file, today) and not _late(file, today),
    ),
    _act(
        *("demand", "enforce", "demanded", method_of("dues", Dues.demand)),
        *(_words("demand"), _RECEIPT, DAY),
        applies=lambda file, today: (
            _owes(file, today) and _late(file, today) and not file.suspended
        ),
    ),
    _act(
        *("contest", "enforce", "contested", _penalties(Penalties.contest)),
        _choice("route", "penalty.route", "route", "reconsideration", "litigation"),
        *(_words("contest"), DAY),
        applies=lambda file, today: file.decided is not None and not file.suspended,
    ),
    _act(
        *("answer", "lead", "upheld overturned", _answer),
        _choice("outcome", "penalty.contested", "answer", "upheld", "overturned"),
        Field("fine", "number", "penalty.fine_left", required=False),
        words("act.why"),
        applies=lambda file, today: file.suspended,
    ),
    _record("publish", "lead", "published", applies=_publishable),
    _record(
        *("unpublish", "lead", "unpublished", _words("unpublish")),
        applies=_when("published", before="withdrawn"),
    ),
    _act("close", "lead", "closed", _penalties(Penalties.close), _words("close")),
    _act("archive", "lead", "archived", _penalties(Penalties.archive)),
    _act(
        *("revisit", "enforce", "revisited", _penalties(Penalties.revisit)),
        *(Field("again", "flag", "penalty.again"), words("penalty.revisit_words")),
        applies=_when(before="revisited"),
    ),
    _act(
        *("assign", "lead", "assigned", _assignments(Assignments.assign)),
        Field("to", "choice", "penalty.assign_to"),
    ),
    _act(
        *("recuse", "lead", "recused", _assignments(Assignments.recuse)),
        Field("officer", "text", "penalty.recuse_who"),
        Field("instead", "choice", "penalty.recuse_instead", required=False),
        _words("recuse"),
    ),
    _act(
        *("transfer", "lead", "transferred", _assignments(Assignments.transfer)),
        *(Field("to", "text", "penalty.transfer_to"), _words("transfer")),
    ),
    _act("drop", "lead", "dropped", _penalties(Penalties.drop), _words("drop")),
)
_OTHER_STEPS = frozenset({"imported", "adopted", "document_issued", "warned", "file_reviewed"})
PENALTY = ActTable(
    *("penalty", "/penalties", STEPS, _ACTS, _OTHER_STEPS, FILE),
    other_openings=(SPOT,),
)
