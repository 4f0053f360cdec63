"""Case: which entry may follow which, and what it changes. The table is written out by hand."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.chain.case import TRANSITIONS, Case, fold
from lianzhi.chain.life import IllegalStepError

OPENING = {
    "case": "c1",
    "kind": "bullying.pile_on",
    "about": "p_1",
    "stage": "warn",
    "score": 9.5,
    "minor": True,
    "since": 5,
    "finding": "f1",
}
PAYLOADS: dict[str, dict[str, Any]] = {
    "case.joined": {"finding": "f2", "score": 12.0},
    "case.escalated": {"stage": "act"},
    "case.assigned": {"assignee": "li"},
    "case.noted": {},
    "case.linked": {"other": "c2"},
    "case.looked": {"tier": "tools", "found": True},
    "report.joined": {},
    "decision.proposed": {},
    "decision.made": {},
    "decision.confirmed": {},
    "decision.refused": {},
    "decision.reversed": {},
    "decision.partly_reversed": {},
    "appeal.filed": {},
    "appeal.answered": {},
    "review.held": {},
    "measure.proposed": {
        "key": "mute",
        "to": "inciter",
        "subjects": ["p_2"],
        "mode": "shadow",
        "hours": 72,
        "finding": "f1",
    },
    "protection.offered": {},
    "protection.granted": {"protection": "g1"},
    "protection.lifted": {"protection": "g1"},
    "protection.lapsed": {"protection": "g1"},
    "evidence.exported": {"sha256": "00" * 32, "size": 9, "lang": "zh"},
    "revisit.scheduled": {"due": 99},
    "revisit.held": {},
    "case.closed": {"outcome": "settled"},
    "case.reopened": {},
}
#: step -> status afterwards from (open, protected by g1, closed); None: refused
TABLE: dict[str, tuple[str | None, str | None, str | None]] = {
    "case.joined": ("open", "protected", None),
    "case.escalated": ("open", "protected", None),
    "case.assigned": ("open", "protected", None),
    "case.noted": ("open", "protected", "closed"),
    "case.linked": ("open", "protected", "closed"),
    "case.looked": ("open", "protected", "closed"),
    "report.joined": ("open", "protected", None),
    "decision.proposed": ("open", "protected", None),
    "decision.made": ("open", "protected", None),
    "decision.confirmed": ("open", "protected", None),
    "decision.refused": ("open", "protected", None),
    "decision.reversed": ("open", "protected", "closed"),
    "decision.partly_reversed": ("open", "protected", "closed"),
    "appeal.filed": ("open", "protected", "closed"),
    "appeal.answered": ("open", "protected", "closed"),
    "review.held": ("open", "protected", "closed"),
    "measure.proposed": ("open", "protected", None),
    "protection.offered": ("open", "protected", None),
    "protection.granted": ("protected", "protected", None),
    "protection.lifted": (None, "open", "closed"),
    "protection.lapsed": (None, "open", "closed"),
    "evidence.exported": ("open", "protected", "closed"),
    "revisit.scheduled": ("open", "protected", "closed"),
    "revisit.held": (None, None, "closed"),
    "case.closed": ("closed", "closed", None),
    "case.reopened": (None, None, "open"),
}


def step(case: Case | None, kind: str, at: int = 10) -> Case:
    return fold(case, kind, at, {"case": "c1", "by": "li", **PAYLOADS.get(kind, OPENING)})


def in_status(status: str) -> Case:
    case = fold(None, "case.opened", 1, OPENING)
    if status == "protected":
        return step(case, "protection.granted", 2)
    return step(case, "case.closed", 2) if status == "closed" else case


def test_the_table_is_complete() -> None:
    assert TABLE.keys() == PAYLOADS.keys() == TRANSITIONS.keys()


@pytest.mark.parametrize("status", ["open", "protected", "closed"])
@pytest.mark.parametrize("kind", TABLE)
def test_step(kind: str, status: str) -> None:
    case = in_status(status)
    after = TABLE[kind][("open", "protected", "closed").index(status)]
    if after is None:
        with pytest.raises(IllegalStepError, match=kind) as refused:
            step(case, kind)
        assert refused.value.status == status
    else:
        assert step(case, kind).status == after


def test_nothing_precedes_the_opening_and_it_comes_once() -> None:
    for kind in TABLE:
        with pytest.raises(IllegalStepError, match="not open"):
            step(None, kind)
    with pytest.raises(IllegalStepError, match="never"):
        fold(in_status("open"), "case.opened", 3, OPENING)
    with pytest.raises(IllegalStepError):
        step(in_status("open"), "case.unheard_of")


def test_what_each_entry_changes() -> None:
    case = in_status("open")
    assert (case.id, case.about, case.stage, case.minor, case.opened_at) == (
        *("c1", "p_1", "warn", True, 1),
    )
    case = step(case, "case.joined")
    assert (case.findings, case.score, case.updated_at) == (2, 12.0, 10)
    assert fold(case, "case.joined", 3, {"finding": "f3", "score": 1.0}).updated_at == 10
    assert step(case, "case.escalated").stage == "act"
    assert fold(case, "case.escalated", 3, {"stage": "watch"}).stage == "warn"
    assert step(case, "case.assigned").assignee == "li"
    assert step(case, "protection.offered").offered_at == 10
    assert step(step(case, "case.linked"), "case.linked").links == ("c2",)
    assert step(step(case, "decision.proposed"), "decision.made").decisions == 2
    assert step(case, "report.joined").reports == 1
    assert step(case, "revisit.scheduled").revisit_at == 99
    closed = step(case, "case.closed")
    assert (closed.closed_at, closed.outcome) == (10, "settled")
    reopened = step(closed, "case.reopened")
    assert (reopened.closed_at, reopened.outcome) == (None, None)


def test_a_proposal_made_anew_takes_the_place_of_the_old_one() -> None:
    case = step(in_status("open"), "measure.proposed")
    newer = {**PAYLOADS["measure.proposed"], "subjects": ["p_2", "p_3"]}
    (proposal,) = fold(case, "measure.proposed", 11, newer).proposals
    assert proposal.subjects == ("p_2", "p_3")
    other = {**newer, "to": "repeater"}
    assert len(fold(case, "measure.proposed", 11, other).proposals) == 2


def test_protected_until_the_last_protection_ends_also_across_a_closure() -> None:
    case = step(in_status("open"), "protection.granted")
    case = fold(case, "protection.granted", 11, {"protection": "g2"})
    case = step(case, "protection.lifted")
    assert (case.status, case.protections) == ("protected", ("g2",))
    assert step(step(case, "case.closed"), "case.reopened").status == "protected"
    closed = fold(step(case, "case.closed"), "protection.lapsed", 12, {"protection": "g2"})
    assert closed.status == "closed"
    assert step(closed, "case.reopened").status == "open"


@given(st.lists(st.sampled_from(sorted(TABLE)), max_size=25))
def test_whatever_is_tried_the_case_stays_coherent(kinds: list[str]) -> None:
    case = in_status("open")
    for kind in kinds:
        try:
            case = step(case, kind)
        except IllegalStepError:
            continue
        assert (case.status == "closed") == (case.closed_at is not None)
        assert case.status == "closed" or (case.status == "protected") == bool(case.protections)
