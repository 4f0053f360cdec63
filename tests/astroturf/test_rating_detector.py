"""The detector of ratings: of one mind with the search through a file, and slow to accuse."""

import re

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from folded import bounded, folded
from lianzhi.chain.finding import Finding
from lianzhi.domains.astroturf.ratings.assess import assess
from lianzhi.domains.astroturf.ratings.detector import RatingDetector
from made_ratings import (
    BEGIN,
    DAY,
    EACH,
    HOUR,
    Rows,
    calm,
    joined,
    opinions,
    rows,
    table,
    within,
)
from made_stars import stars
from streams import event

NEW = 10_000 + np.arange(50)
#: Looks once a day, or every four days: tests are to be quick.
POLICY = bounded("ratings", every_minutes=1440)
SELDOM = bounded("ratings", every_minutes=4 * 1440)


def attack(hours: float = 48, who: np.ndarray = NEW) -> Rows:
    return rows(who, 0, 1.0, within(np.random.default_rng(3), who.size, 60, hours))


def found(made: Rows) -> list[Finding]:
    return folded(RatingDetector(POLICY), stars(made))[1]


EVENTS = stars(joined(calm(), attack()))
WHOLE = folded(RatingDetector(POLICY), EVENTS)[1]


def test_an_attack_is_told_of_with_its_evidence_and_told_again_as_it_grows() -> None:
    first, *_, last = WHOLE
    assert {one.about for one in WHOLE} == {"on:film0"}
    assert 2 <= len(WHOLE) <= 4
    assert first.kind == "astroturf.ratings"
    assert BEGIN + 60 * DAY < first.at <= BEGIN + 62 * DAY
    new = {f"u{number}" for number in NEW}
    assert len(set(last.subjects) & new) >= 0.95 * len(last.subjects)
    assert last.stage == "warn"
    assert last.counts["ratings"] > 100
    assert len(last.subjects) <= last.counts["less"] <= 55
    assert last.counts["mean_x100"] < last.counts["robust_x100"] - 40
    assert last.counts["lo_x100"] < last.counts["robust_x100"] < last.counts["hi_x100"]
    assert last.counts["flag_burst"]
    assert last.counts["flag_throwaway"]
    assert (
        sum(n for key, n in last.counts.items() if key.startswith("seen_"))
        == (last.counts["ratings"])
    )
    assert last.counts["less_1"] == last.counts["less"]
    assert last.score == pytest.approx(sum(reason.points for reason in last.reasons))
    assert {reason.feature for reason in last.reasons} == {"burst", "throwaway"}
    assert last.confidence > 0.99
    assert last.proposes == ()
    assert {one.actor for one in last.evidence} == set(last.subjects)
    assert [one.at for one in last.evidence] == sorted(one.at for one in last.evidence)
    assert re.fullmatch(r"astroturf\.ratings@2026-11-26\+[0-9a-f]{8}", last.rule)
    assert len({one.id for one in WHOLE}) == len(WHOLE)


def test_whose_the_item_is_stands_beside_it_and_answers_for_nothing() -> None:
    made = joined(calm(), attack())
    events = stars(made)
    rated = next(n for n, one in enumerate(events) if one.actor == f"u{NEW[7]}")
    events[rated] = msgspec.structs.replace(events[rated], actor="maker0")
    last = folded(RatingDetector(POLICY), events)[1][-1]
    assert last.roles["maker0"] == "owner"
    assert "maker0" not in last.subjects
    assert {last.roles[who] for who in last.subjects} == {"participant"}
    assert next(one for one in last.evidence if one.actor == "maker0").role == "owner"


@pytest.mark.slow
@settings(max_examples=5)
@given(cuts=st.lists(st.integers(0, len(EVENTS)), max_size=4), again=st.booleans())
def test_any_split_finds_the_same(cuts: list[int], again: bool) -> None:
    assert folded(RatingDetector(SELDOM), EVENTS, cuts, again)[1] == SPLIT != []


SPLIT = folded(RatingDetector(SELDOM), EVENTS)[1]


@pytest.mark.slow
def test_it_finds_what_the_search_through_a_file_finds() -> None:
    made = joined(calm(), attack())
    batch, ratings = assess(table(made)), table(made)
    detector = RatingDetector(POLICY)
    state, _ = folded(detector, EVENTS)
    seen = state.sources["made-up"]
    seen.alerts, seen.looked = [], 0  # as if nobody had looked so far
    late = event("end", BEGIN + 101 * DAY, "u1", None, kind="rating", object="film9", rating=3.0)
    _, (one,) = detector.step(state, [late])
    less = (batch.weight < 1) & (ratings.item == 0)
    assert one.counts["less"] == less.sum()
    assert set(one.subjects) == {f"u{number}" for number in ratings.account[less]}
    weight = {
        f"u{who}": w for who, w in zip(ratings.account[less], batch.weight[less], strict=True)
    }
    order = [weight[who] for who in one.subjects]
    assert order == sorted(order)
    assert one.counts["mean_x100"] == round(100 * batch.means.plain[0])
    assert one.counts["robust_x100"] == round(100 * batch.means.robust[0])
    assert set(np.unique(ratings.item[batch.weight < 1])) == {0}


@pytest.mark.slow
def test_honest_ratings_are_not_told_of() -> None:
    split = calm()
    split[2][split[1] == 0] = np.random.default_rng(3).choice([1.0, 1.0, 2.0, 5.0, 5.0], EACH)
    assert found(split) == []
    for seed in range(2):
        draw, made = np.random.default_rng(seed), calm(seed)
        crowd = np.concatenate((NEW, 500 + np.arange(70)))
        usual = made[2][made[1] == 0]
        when = within(draw, crowd.size, 50, 48)
        assert found(made) == []
        assert found(joined(made, rows(crowd, 0, draw.choice(usual, crowd.size), when))) == []


def test_people_who_are_angry_are_watched_until_others_have_come() -> None:
    """An outrage looks like an attack in its first hours; nobody is warned of it."""
    draw, made = np.random.default_rng(1), calm()
    crowd = np.concatenate((NEW, 200 + np.arange(70)))
    made[2][made[1] == 0] = opinions(draw, 4.2, EACH, 0.7)
    angry = rows(crowd, 0, opinions(draw, 2.2, crowd.size), within(draw, crowd.size, 50, 60))
    told = found(joined(made, angry))
    assert {one.stage for one in told} <= {"watch"}
    for one in told:
        assert one.counts["explained_going_on"] == one.counts["explained_own_accord"] == 1


def test_a_burst_of_accounts_with_a_past_is_a_warning_once_it_is_over() -> None:
    made = joined(calm(), attack(20, 200 + np.arange(60)))
    told = [one for one in found(made) if one.about == "on:film0"]
    assert [one.stage for one in told][-1] == "warn"
    first = next(one for one in told if one.stage == "warn")
    assert first.at - first.since >= 12 * HOUR
    assert "explained_going_on" not in first.counts
    assert first.counts["explained_own_accord"] == 1


def test_a_few_ratings_are_nothing_to_trouble_a_person_with() -> None:
    detector = RatingDetector(bounded("ratings", every_minutes=4 * 1440, least=1000))
    assert folded(detector, EVENTS)[1] == []


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "rating", "object": "film"},
        {"kind": "rating", "rating": 5.0},
        {"kind": "comment", "rating": 5.0, "object": "film"},
    ],
)
def test_what_gives_no_stars_to_a_thing_is_left_alone(fields: dict[str, object]) -> None:
    detector = RatingDetector(POLICY)
    one = event("e", BEGIN, "u", None, **fields)
    assert detector.key(one) is None
    assert detector.step(detector.init(), [one])[0].sources == {}


def test_no_more_is_kept_than_policy_says_and_what_is_old_is_forgotten() -> None:
    detector = RatingDetector(
        bounded("ratings", most_actions=100, horizon_days=5, every_minutes=4 * 1440)
    )
    state = detector.init()
    for one in EVENTS:
        state, _ = detector.step(state, [one])
        assert len(state.sources["made-up"].acts) <= 200
    for day in (200, 202):
        late = event(f"d{day}", BEGIN + day * DAY, "u", None, kind="rating", object="f", rating=1.0)
        state, _ = detector.step(state, [late])
    assert [act.event for act in state.sources["made-up"].acts] == ["d200", "d202"]


def test_an_erased_account_leaves_the_state_and_an_owners_name_goes() -> None:
    detector = RatingDetector(POLICY)
    state, _ = folded(detector, EVENTS)
    held = len(state.sources["made-up"].acts)
    state = detector.forget(state, f"u{NEW[0]}")
    assert len(state.sources["made-up"].acts) == held - 1
    left = detector.dump(detector.forget(state, "maker0"))
    assert f"u{NEW[0]}".encode() not in left
    assert b"maker0" not in left
    assert f"u{NEW[1]}".encode() in left
    assert len(detector.load(left).sources["made-up"].acts) == held - 1
