import datetime as dt

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_inspections import DAYS, START, town

from lianzhi.domains.enforcement.inspection.assignment import assignment
from lianzhi.domains.enforcement.inspection.days_earlier import HeldOut, Lists, by_chance, mean_gain
from lianzhi.domains.enforcement.inspection.features import NUMBERS, Visit, known
from lianzhi.domains.enforcement.inspection.gains import gains
from lianzhi.domains.enforcement.inspection.model import History
from lianzhi.domains.enforcement.inspection.penalised import NotFittedError
from lianzhi.domains.enforcement.inspection.policy import latest
from lianzhi.domains.enforcement.inspection.risk import rank
from lianzhi.domains.enforcement.inspection.rows import Enterprise, Inspection, Request

POLICY = msgspec.structs.replace(latest().model, resamples=200)
END = START + dt.timedelta(days=DAYS)
STRICT = (("o03", 3.2),)


def test_features_know_nothing_of_the_day_itself_or_later():
    one = Enterprise("e", "a", "g", 9, dt.date(2020, 1, 1))
    day = dt.date(2025, 6, 1)

    def check(k, when, found):
        return Inspection(f"i{k}", "e", when, "", "", ("o",), ("x.y",) if found else ())

    def told(rows, requests=()):
        numbers = known([Visit("e", day)], {"e": one}, rows, requests, POLICY).numbers
        return dict(zip(NUMBERS, numbers[0], strict=True))

    before = [check(1, dt.date(2025, 5, 2), found=True), check(2, dt.date(2024, 1, 1), found=False)]
    later = [check(3, day, found=True), check(4, dt.date(2025, 7, 1), found=True)]
    asked = [
        Request("e", dt.date(2025, 5, 1)),
        Request("e", day),
        Request("e", dt.date(2020, 1, 1)),
    ]
    found = told(before)
    assert told([*before, *later]) == found
    assert found["since_days"] == pytest.approx(np.log1p(30))
    assert (found["never"], found["last_violated"]) == (0, 1)
    assert told([])["never"] == 1
    assert told([], asked)["requests"] == pytest.approx(np.log1p(1))


def test_a_violation_found_by_the_strict_weighs_less():
    one = {"e": Enterprise("e", "a", "g", 9, None)}
    row = Inspection("i", "e", dt.date(2025, 1, 1), "", "", ("o",), ("x.y",))

    def share(expected):
        visit = [Visit("e", dt.date(2025, 6, 1))]
        return known(visit, one, [row], (), POLICY, {"i": expected}).numbers[0][2]

    assert share(0.9) < share(0.2)


def test_ranking_follows_the_risk_that_is_known():
    history, risk = town()
    ranked, _ = rank(history, END, POLICY)
    assert [one.place for one in ranked] == list(range(1, len(history.enterprises) + 1))
    assert [one.probability for one in ranked] == sorted(
        (o.probability for o in ranked), reverse=True
    )
    assert np.corrcoef([risk[o.enterprise] for o in ranked], [o.points for o in ranked])[0, 1] > 0.6


def test_points_add_up_to_the_odds():
    history, _ = town()
    policy = msgspec.structs.replace(POLICY, told=len(NUMBERS) + 1)
    ranked, _ = rank(history, END, policy)
    for one in ranked[::50]:
        assert sum(part.points for part in one.why) == pytest.approx(one.points)
        assert [abs(p.points) for p in one.why] == sorted(
            (abs(p.points) for p in one.why), reverse=True
        )
    first, last = ranked[0], ranked[-1]
    log_odds = [np.log2(o.probability / (1 - o.probability)) for o in (first, last)]
    assert (first.points - last.points) / policy.points_doubling == pytest.approx(
        log_odds[0] - log_odds[1]
    )


def test_ranking_does_not_look_beyond_its_day():
    history, _ = town()
    day = START + dt.timedelta(days=500)
    assert (
        rank(history, day, POLICY)[0] == rank(history.before(day + dt.timedelta(1)), day, POLICY)[0]
    )


def test_the_strict_inspector_makes_the_naive_gain_and_the_teams_lists_take_it_away():
    history, _ = town(strict=STRICT)
    found = gains(history, POLICY)
    days = {s: {w: gain.days for w, gain in some.items()} for s, some in found.gains.items()}
    assert days["naive"]["all"] > days["adjusted"]["all"] + 5
    assert found.adjusted_more["all"].hi < 0
    assert days["naive"]["team"] == days["adjusted"]["team"]  # the order within a team is the same
    assert found.gains["adjusted"]["inspector"].by_chance < 0.05
    assert found.gains["adjusted"]["inspector"].lo > 0
    assert found.strictest.officer == "o03"
    assert found.strictest.unshrunken.lo < np.exp(3.2) < found.strictest.unshrunken.hi
    assert found.trained_until < END - dt.timedelta(days=150)


def test_without_anybody_strict_both_figures_are_alike():
    history, _ = town()
    found = gains(history, POLICY)
    assert found.adjusted_more["all"].lo <= 0 <= found.adjusted_more["all"].hi


def test_who_is_sent_by_sector_is_told():
    mixed, _ = town()
    bound, _ = town(sector=True)
    tell = [assignment(some.inspections, some.enterprises, POLICY, 1) for some in (mixed, bound)]
    assert not tell[0].by_sector
    assert tell[0].cramers_v < 0.05
    assert tell[1].by_sector
    assert tell[1].cramers_v > 0.5


def test_gain_by_hand():
    tried = HeldOut(np.array([1.0, 5, 9, 20]), np.array([False, True, False, True]))
    score = np.array([0.1, 0.9, 0.2, 0.8])
    assert mean_gain(tried, score, Lists.all(4)) == ((5 - 1) + (20 - 5)) / 2
    own = Lists.inspectors([("a",), ("a",), ("b",), ("b",)])
    assert mean_gain(tried, score, own) == ((5 - 1) + (20 - 9)) / 2
    assert mean_gain(tried, np.zeros(4), Lists.all(4)) == 0


@given(st.integers(0, 1000), st.integers(2, 30))
def test_the_best_order_gains_most_and_what_one_gains_another_loses(seed, size):
    rng = np.random.default_rng(seed)
    day, hit = np.sort(rng.integers(0, 99, size)).astype(float), rng.random(size) < 0.5
    if not hit.any():
        return
    some = Lists.inspectors([(str(k),) for k in rng.integers(0, 3, size)])
    best = mean_gain(HeldOut(day, hit), hit + 0.0, some)
    assert best >= max(mean_gain(HeldOut(day, hit), rng.random(size), some), 0) - 1e-9
    everybody = HeldOut(day, np.ones(size, bool))
    assert mean_gain(everybody, rng.random(size), some) == pytest.approx(0)


def test_a_score_of_chance_is_told_as_chance():
    rng = np.random.default_rng(2)
    tried = HeldOut(np.arange(300.0), rng.random(300) < 0.3)
    assert by_chance(tried, tried.violated + 0.0, Lists.all(300), 200, 1) == 1 / 201
    values = [by_chance(tried, rng.random(300), Lists.all(300), 200, 1) for _ in range(20)]
    assert 0.2 < np.mean(values) < 0.8


def test_too_little_is_refused_with_the_number_to_give():
    history, _ = town(size=150)
    with pytest.raises(NotFittedError, match="150 inspections of known enterprises; give 200"):
        rank(history, END, POLICY)
    with pytest.raises(NotFittedError, match="give some"):
        gains(History.of([], []), POLICY)
