"""The life of a request: what may follow what, and what a history adds up to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.chain.life import IllegalStepError
from lianzhi.dispatch.phrases import catalogue
from lianzhi.dispatch.requests.request import STATUSES, STEPS, fold, replay
from lianzhi.dispatch.requests.steps import check_step
from made_requests import ACCEPTED, DISPATCHED, POLICY, at, going, received

FULL = {
    "request": "r1", "channel": "app", "category": "food", "by": "o1", "to": "squad-2",
    "note": "n1", "reason": "elsewhere", "turn_to": "12345", "outcome": "resolved",
    "into": "r9", "step": "dispose.0.5", "tells": ["holder"],
}  # fmt: skip
WALKS = st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 90_000_000)), max_size=40)


def walk(steps):
    """Entries that may follow one another, of those that were drawn."""
    request, entries, now = None, [], at()
    for kind, later in [("request.received", 0), *steps]:
        now += later
        try:
            request = fold(request, kind, now, FULL)
        except IllegalStepError:
            continue
        entries.append((kind, now, FULL))
    return request, entries


@given(WALKS, st.data())
def test_fold_laws(steps, data):
    request, entries = walk(steps)
    assert replay(entries) == request
    cut = data.draw(st.integers(1, len(entries)))
    before = replay(entries[:cut])
    again = before
    for entry in entries[cut:]:
        again = fold(again, *entry)
    assert again == request
    if cut == len(entries) or entries[cut][1] > entries[cut - 1][1]:
        assert replay(entries, until=entries[cut - 1][1]) == before
    assert request.status in STATUSES
    assert request.updated_at == max(when for _, when, _ in entries)
    assert request.is_open == (
        request.status not in ("declined", "disposed", "asked", "closed", "merged")
    )
    assert (request.disposed_at is None) == request.is_open
    assert sum(end is None for _, end in request.pauses) == (request.status == "suspended")
    assert bool(request.handed_to) == (request.status == "handing_over")
    assert request.rounds == 1 + sum(kind == "request.reopened" for kind, _, _ in entries)


@given(WALKS)
def test_what_the_table_does_not_allow_changes_nothing(steps):
    request, _ = walk(steps)
    for kind, (allowed, _) in STEPS.items():
        if request.status in allowed:
            fold(request, kind, request.updated_at, FULL)
        else:
            with pytest.raises(IllegalStepError) as told:
                fold(request, kind, request.updated_at, FULL)
            assert told.value.rule == "status"


def test_nothing_but_a_receipt_begins_a_life():
    with pytest.raises(IllegalStepError):
        fold(None, "request.accepted", at(), FULL)
    with pytest.raises(IllegalStepError):
        fold(None, "request.unknown", at(), FULL)
    with pytest.raises(IllegalStepError):
        fold(going(), "request.received", at(), FULL)


def test_work_stays_until_it_is_taken_over():
    over = ("request.handed_over", at(0, 17), {"by": "o1", "to": "squad-2", "note": "n1"})
    asked = going(over)
    assert (asked.holder, asked.handed_to, asked.note) == ("squad-1", "squad-2", "n1")
    taken = fold(asked, "request.taken_over", at(0, 18), {"by": "o2"})
    assert (taken.status, taken.holder, taken.handed_to) == ("dispatched", "squad-2", "")
    back = fold(asked, "request.handed_back", at(0, 18), {"by": "o2", "reason": "full"})
    assert (back.status, back.holder, back.handed_to) == ("dispatched", "squad-1", "")
    with pytest.raises(IllegalStepError):
        fold(taken, "request.taken_over", at(0, 19), {"by": "o2"})


def test_a_pause_ends_where_it_began():
    early = replay([received(), ACCEPTED, ("request.suspended", at(1), FULL),
                    ("request.resumed", at(2), FULL)])  # fmt: skip
    assert early.status == "accepted"
    late = going(("request.suspended", at(1), FULL), ("request.resumed", at(2), FULL))
    assert (late.status, late.pauses) == ("dispatched", ((at(1), at(2)),))


def test_weeks_later_it_is_asked_about_and_reopened():
    done = going(("request.disposed", at(3), FULL))
    with pytest.raises(IllegalStepError, match="too_early"):
        check_step(POLICY, done, "request.asked", at(30), {})
    asked = check_step(POLICY, done, "request.asked", at(31), {})
    assert check_step(POLICY, asked, "request.confirmed", at(32), {}).status == "closed"
    anew = check_step(POLICY, asked, "request.reopened", at(40), {"reason": "back_again"})
    assert (anew.status, anew.rounds, anew.disposed_at, anew.outcome) == ("accepted", 2, None, None)
    with pytest.raises(IllegalStepError, match="too_late"):
        check_step(POLICY, asked, "request.reopened", at(3 + 91), {"reason": "back_again"})


@pytest.mark.parametrize(
    ("request_", "kind", "when", "payload", "rule"),
    [
        (replay([received()]), "request.declined", at(1), {"by": "o1", "reason": "x"},
         "needs_turn_to"),
        (replay([received()]), "request.declined", at(1), {"by": "o1", "turn_to": "x"},
         "needs_reason"),
        (None, "request.received", at(), {"request": "r", "channel": "fax", "category": "x"},
         "channel"),
        (going(), "request.handed_over", at(1), {"by": "o1", "to": "squad-2"}, "needs_note"),
        (going(), "request.handed_over", at(1), {"by": "o1", "to": "squad-1", "note": "n"},
         "same_holder"),
        (going(), "request.merged", at(1), {"by": "o1", "into": "r1"}, "itself"),
        (going(), "request.disposed", at(0, 10), {"by": "o1", "outcome": "resolved"}, "order"),
        (going(), "request.disposed", at(1), {"by": "o1", "outcome": "declined"}, "outcome"),
        (going(), "request.disposed", at(1), {"by": "o1", "outcome": "transferred"},
         "transferred_whither"),
        (going(), "request.dispatched", at(1), {"by": "o1", "to": "x", "priority": "y"},
         "priority"),
        (going(), "request.dispatched", at(1), {"by": "o1", "to": "x", "category": "y"},
         "category"),
        (going(("request.escalated", at(1), FULL)), "request.escalated", at(2), FULL,
         "told_already"),
        (going(("request.disposed", at(3), FULL)), "request.accepted", at(4), FULL, "status"),
    ],
)  # fmt: skip
def test_a_step_against_the_rules_is_refused_by_name(request_, kind, when, payload, rule):
    with pytest.raises(IllegalStepError) as told:
        check_step(POLICY, request_, kind, when, payload)
    assert told.value.rule == rule
    assert rule == "status" or rule.partition("_")[0] == "needs" or rule in catalogue()["rule"]


def test_steps_that_may_be_taken_are():
    check_step(POLICY, going(), "request.dispatched", at(1),
           {"by": "o1", "to": "fire", "category": "fire_hazard", "priority": "urgent"})  # fmt: skip
    moved = check_step(POLICY, going(), "request.disposed", at(1),
                   {"by": "o1", "outcome": "transferred", "turn_to": "the court"})  # fmt: skip
    assert (moved.outcome, moved.turn_to) == ("transferred", "the court")
    assert check_step(POLICY, None, *received()).status == "received"
    assert DISPATCHED[0] in STEPS
