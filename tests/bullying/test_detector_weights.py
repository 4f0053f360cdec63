"""The hot path's written-out formulas are those of the statistics room."""

from math import isclose

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.chain.event import Event
from lianzhi.domains.bullying import policy
from lianzhi.domains.bullying.detection.arrivals import Weights
from lianzhi.domains.bullying.detection.state import DAY_MS, HOUR_MS, Person
from lianzhi.stats import cusum

POLICY = policy.load().latest()[1]
WEIGHTS = Weights(POLICY)
shares = st.floats(0, 30)


def person(**fields: float) -> Person:
    return msgspec.structs.replace(Person(0, 0), **fields)


@given(st.floats(0.001, 0.999), shares, st.floats(0, 200))
def test_text_weight_is_the_mark_ratio_at_the_persons_own_share(probability, harm, messages):
    someone = person(harm=min(harm, messages), messages=messages)
    share = WEIGHTS.harm_share(someone)
    odds = (probability / (1 - probability)) ** POLICY.harm.text_trust
    moved = odds * share / (1 - share)
    expected = cusum.share_mark(moved / (1 + moved), share, POLICY.harm.pile_on_share)
    weight, harmful = WEIGHTS.text(odds, someone)
    assert isclose(weight, expected, abs_tol=1e-9)
    assert isclose(harmful, moved / (1 + moved), abs_tol=1e-9)


@given(st.floats(0, 50), st.floats(0, 10), st.lists(st.integers(1, 3 * DAY_MS), max_size=12))
def test_cusum_of_arrivals_is_pages(strangers, days, gaps):
    someone = person(strangers=strangers, days=days)
    base = POLICY.baseline
    rate0 = (base.prior_strangers + strangers) / (base.prior_days + days) / DAY_MS
    rate1 = max(rate0 * POLICY.rate.faster, POLICY.rate.at_least_per_hour / HOUR_MS)
    at, level = 10 * DAY_MS, 0.0
    WEIGHTS.step_cusum(someone, at)
    level = cusum.event_step(0.0, 0, rate0, rate1)
    for gap in gaps:
        at += gap
        quiet = cusum.drained(level, gap, rate0, rate1) == 0
        level = cusum.event_step(level, gap, rate0, rate1)
        WEIGHTS.step_cusum(someone, at)
        assert someone.cusum == pytest.approx(level, rel=1e-9, abs=1e-6)
        assert not quiet or someone.onset == at


def test_age_speaks_only_where_it_is_known():
    def aged(days: float | None) -> float:
        created = None if days is None else int(100 * DAY_MS - days * DAY_MS)
        event = Event(
            id="1", source="s", kind="comment", time=100 * DAY_MS, actor="a", actor_created=created
        )
        return WEIGHTS.age(event)

    assert aged(None) == 0
    assert aged(3) > 0 > aged(90)
