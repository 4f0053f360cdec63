"""Figures counted on fingers, over a short history made through the proceedings."""

import msgspec
import pytest
from history import END, MINUTE, RULE, measures_table, tangle, tell
from sqlalchemy import text

from lianzhi.chain.scorecard import Scorecard
from lianzhi.chain.scorecard_figures import CHECKS, SPECS, card
from lianzhi.stats.intervals import wilson
from lianzhi.store.audit_tables import audit_tables
from lianzhi.store.scorecard import CUBES, read
from process_house import DAY, HOUR, LI, START, ProcessHouse, mute


@pytest.fixture
def told(house: ProcessHouse) -> ProcessHouse:
    tell(house)
    return house


def of(house: ProcessHouse, since: int = START - HOUR, until: int = END) -> Scorecard:
    return card(read(house.engine, since, until, END, house.policy))


COUNTS = {
    "findings.made": 3,
    "cases.opened": 3,
    "cases.waiting": 1,
    "cases.closed": 2,
    "chains.begun": 2,
    "decisions.made": 5,
    "measures.ordered": 5,
    "measures.running": 2,
    "measures.ended": 3,
    "measures.shadowed": 1,
    "measures.suppressed": 0,
    "strikes.given": 5,
    "reports.received": 2,
    "reports.answered": 1,
    "reports.routed": 0,
    "reports.due": 2,
    "appeals.filed": 2,
    "appeals.answered": 2,
    "appeals.due": 2,
    "looks.held": 3,
    "protections.granted": 1,
    "revisits.held": 1,
    "revisits.due": 2,
}
#: Figure -> how many of how many.
SHARES = {
    "cases.false_positive_share": (1, 2),
    "cases.linked_share": (0, 3),
    "chains.driving_seen_share": (2, 2),
    "chains.broken_share": (0, 2),
    "decisions.restricting_share": (4, 5),
    "decisions.automated_share": (1, 5),
    "measures.undelivered_share": (0, 3),
    "strikes.removed_share": (1, 5),
    "reports.in_time_share": (1, 2),
    "appeals.in_time_share": (1, 2),
    "appeals.overturned_share": (1, 2),
    "appeals.overturned_whole_share": (1, 2),
    "looks.agreement_share": (1, 2),
    "looks.golden_share": (1, 1),
    "protections.offered_share": (3, 3),
    "protections.accepted_share": (1, 3),
    "revisits.in_time_share": (1, 2),
    "revisits.rebound_share": (0, 1),
}
#: One decision brings many of these at once.
BATCHED = {spec.key for spec in SPECS if spec.key.startswith(("measures.", "strikes."))}
#: Length of time -> how many there are, median and 9 of 10.
SPANS = {
    "speed.warning": (3, HOUR, HOUR),
    "speed.protection": (1, 10 * MINUTE, 10 * MINUTE),
    "speed.decision": (3, HOUR, 2 * HOUR),
    "speed.applied": (3, 5 * MINUTE, 5 * MINUTE),
    "speed.report": (1, 59 * MINUTE, 59 * MINUTE),
    "speed.appeal": (2, 8 * HOUR, 20 * DAY - 3 * HOUR),
}


def test_every_figure_of_the_history(told: ProcessHouse) -> None:
    found = of(told)
    assert found.contradictions == ()
    assert {key: found.of(key).value for key in COUNTS} == COUNTS
    assert {key: (found.of(key).hits, found.of(key).n) for key in SHARES} == SHARES
    for key, (hits, n) in SHARES.items():
        figure = found.of(key)
        limits = (None, None) if key in BATCHED else wilson(hits, n)
        assert (figure.value, figure.lo, figure.hi) == (hits / n, *limits)
    for key, (n, median, most) in SPANS.items():
        (late,) = found.parts(key, "quantile")
        assert (found.of(key).n, found.of(key).value, late.value) == (n, median, most)
    rate = found.of("appeals.per_100")
    assert (rate.value, rate.hits, rate.n) == (40.0, 2, 5)
    # The two lots: one alike, one not; the first decided once to restrict, the second look twice.
    assert (found.of("looks.kappa").value, found.of("looks.kappa").n) == (0.0, 2)
    named = {*COUNTS, *SHARES, *SPANS, "appeals.per_100", "looks.kappa"}
    parts = {"appeals.by_measure_share", "appeals.by_role_share"}
    assert {spec.key for spec in SPECS} == named | parts
    assert all(found.whole(key) is None for key in parts)


def parts(found: Scorecard, key: str, *dims: str) -> dict[str, float | None]:
    return {"/".join(f.part.values()): f.value for f in found.parts(key, *dims)}


def test_figures_in_parts(told: ProcessHouse) -> None:
    found = of(told)
    assert parts(found, "cases.opened", "kind") == {
        "bullying.pile_on": 2,
        "bullying.report_flood": 1,
    }
    assert parts(found, "cases.false_positive_share", "kind") == {
        "bullying.pile_on": 0,
        "bullying.report_flood": 1,
    }
    assert parts(found, "decisions.made", "status") == {"effective": 4, "partly_reversed": 1}
    assert parts(found, "decisions.made", "source") == {"own_initiative": 4, "report": 1}
    assert parts(found, "measures.ordered", "rule") == {"": 4, RULE: 1}
    assert parts(found, "measures.ordered", "key", "role", "mode", "status") == {
        "mute/follower/queued/lapsed": 2,
        "mute/follower/queued/lifted": 1,
        "mute/follower/queued/ordered": 1,
        "mute/follower/manual/ordered": 1,
    }
    assert parts(found, "reports.answered", "category", "outcome") == {"insult/upheld": 1}
    assert parts(found, "appeals.filed", "status") == {"overturned": 1, "upheld": 1}
    assert parts(found, "appeals.overturned_share", "automated") == {"no": 0.5}
    assert parts(found, "appeals.by_measure_share", "key") == {"mute": 0.5}
    assert parts(found, "appeals.by_role_share", "role") == {"follower": 0.5}
    assert parts(found, "looks.held", "look") == {"sample": 2, "golden": 1}


def test_an_appeal_counts_once_under_each_kind_of_measure_on_its_own_person(
    house: ProcessHouse,
) -> None:
    tangle(house)
    found = of(house)
    for key, dim, names in (
        ("appeals.by_measure_share", "key", ["limit", "mute"]),
        ("appeals.by_role_share", "role", ["follower"]),  # the repeater's is another's
    ):
        figures = found.parts(key, dim)
        assert [f.part[dim] for f in figures] == names
        assert {(f.hits, f.n, f.lo) for f in figures} == {(1, 1, wilson(1, 1).lo)}


def test_what_was_never_applied_stays_so_when_it_is_over(house: ProcessHouse) -> None:
    case = house.pile_on()
    made = house.decisions.decide(case, mute(*house.tokens("f1", "f2", "f3")), LI, START)
    applied, given_up, waits = (row["id"] for row in house.rows(measures_table(), decision=made))
    with house.ledger.batch() as batch:
        house.measures.delivered(batch, applied, 1, START + MINUTE)
        house.measures.undelivered(batch, given_up, 1, START + HOUR, "gone")
    share = of(house).of("measures.undelivered_share")
    assert (share.hits, share.n) == (1, 2)  # one is still on its way
    house.measures.lapse(START + 2 * DAY)
    assert house.rows(measures_table(), id=waits)[0]["status"] == "lapsed"
    found = of(house)
    share, speed = found.of("measures.undelivered_share"), found.of("speed.applied")
    assert (share.hits, share.n) == (2, 3)
    assert (speed.value, speed.n) == (None, 3)  # more than half never came


def test_what_comes_in_batches_is_told_without_an_interval(told: ProcessHouse) -> None:
    """One decision orders hundreds: intervals for what comes one by one would be far too narrow."""
    for figure in of(told).figures:
        if figure.key in BATCHED | {"speed.applied"}:
            assert (figure.lo, figure.hi) == (None, None)
    assert of(told).of("decisions.made").hi == pytest.approx(11.67, abs=0.01)


def test_a_period_holds_what_happened_in_it(told: ProcessHouse) -> None:
    day = of(told, START + 3 * DAY, START + 4 * DAY)  # case A was closed, nothing else
    assert day.of("cases.closed").value == 1
    assert day.of("cases.false_positive_share").value == 0
    assert sum(day.of(key).n for key in COUNTS) == 1
    late = of(told, START + 20 * DAY, START + 21 * DAY)
    assert (late.of("appeals.answered").value, late.of("appeals.overturned_share").hits) == (1, 0)
    empty = of(told, START - 9 * DAY, START - 8 * DAY)
    assert {f.value for f in empty.figures if f.kind != "count"} == {None}
    assert empty.contradictions == ()
    with pytest.raises(ValueError, match="ends after it begins"):
        read(told.engine, START, START, END, told.policy)


def test_a_case_opened_again_is_not_closed_and_its_next_visit_is_another(
    told: ProcessHouse,
) -> None:
    (case,) = [row["id"] for row in told.rows(cases()) if row["outcome"] == "settled"]
    told.casework.reopen_case(case, "It goes on.", people()[0], START + 12 * DAY)
    assert of(told).of("cases.closed").value == 1
    assert of(told).of("cases.waiting").value == 2
    told.casework.close_case(case, "subsided", "Calm again.", people()[0], START + 13 * DAY)
    told.casework.revisit(case, True, "Three new ones.", people()[0], START + 22 * DAY)
    found = of(told)
    assert (found.of("revisits.held").value, found.of("revisits.due").value) == (2, 3)
    assert found.of("revisits.in_time_share").hits == 1  # the second came two days after it was due
    assert found.of("revisits.rebound_share").value == 0.5
    assert found.contradictions == ()


def people() -> tuple:
    from process_house import LI, WANG

    return LI, WANG


def cases():
    from lianzhi.store.views_tables import case

    return case


#: A change behind the record's back, and the checks that must notice it.
WRONG = [
    ("UPDATE measure SET status = 'gone' WHERE status = 'lapsed'", {"measures_known"}),
    ("DELETE FROM measure WHERE mode = 'manual'", {"measures_decided"}),
    ("UPDATE decision SET status = 'lost' WHERE measures = 0", {"decisions_known"}),
    ("DELETE FROM \"case\" WHERE status = 'closed'", {"cases_told"}),
    ("UPDATE \"case\" SET status = 'closed'", {"cases_waiting"}),
    ("UPDATE case_times SET outcome = 'lost' WHERE outcome = 'settled'", {"cases_closed"}),
    ("UPDATE report SET status = 'lost' WHERE status = 'waiting'", {"reports_known"}),
    ("UPDATE report SET outcome = 'lost' WHERE outcome = 'upheld'", {"reports_answered"}),
    (
        "UPDATE appeal SET status = 'lost' WHERE status = 'upheld'",
        {"appeals_known", "appeals_answered"},
    ),
]


@pytest.mark.parametrize(("statement", "keys"), WRONG)
def test_what_does_not_add_up_is_told(told: ProcessHouse, statement: str, keys: set[str]) -> None:
    with told.engine.begin() as connection:
        connection.execute(text(statement))
    wrong = of(told).contradictions
    assert {one.key for one in wrong} >= keys
    assert all(one.left != one.right for one in wrong)
    told.ledger.rebuild()
    assert of(told).contradictions == ()


def test_the_tables_are_folds_of_the_record(told: ProcessHouse) -> None:
    assert audit_tables(told.engine).ok
    with told.engine.begin() as connection:
        connection.execute(text("UPDATE case_times SET protected_at = 1 WHERE linked = linked"))
    assert [fault.table for fault in audit_tables(told.engine).faults] == ["case_times"]


def test_every_cube_is_used_and_every_check_names_cubes() -> None:
    checked = {one.cube for check in CHECKS for one in (check.whole, *check.parts)}
    used = {spec.cube for spec in SPECS if spec.kind != "quantile"} | checked
    assert used == {*CUBES, "chains"}


def test_a_scorecard_is_plain_data(told: ProcessHouse) -> None:
    found = of(told)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Scorecard) == found
