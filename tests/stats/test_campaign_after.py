"""Rebound, displacement, delay and history of a campaign."""

import numpy as np
import pytest
from bench.campaign_world import Nature, World, reported, world
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.chain.policy import load_policy
from lianzhi.stats.campaign.delay import completeness
from lianzhi.stats.campaign.displacement import Displacement, displacement
from lianzhi.stats.campaign.history import after_peaks, placebo_starts
from lianzhi.stats.campaign.layout import Reason, Window
from lianzhi.stats.campaign.policy import JudgingPolicy
from lianzhi.stats.campaign.rebound import ReboundWatch, watch
from lianzhi.stats.campaign.verdict import judge
from lianzhi.stats.campaign.weekly import Weekly, weekly

POLICY = load_policy("lianzhi.stats.campaign", JudgingPolicy).latest()[1]
CALM = Nature(level=200, control_level=400, unrest=0.05)
DELAYS = np.array([0.3, 0.25, 0.2, 0.15, 0.1])


def series_of(made: World) -> Weekly:
    return weekly(made.outcome, made.exposure, made.control, made.control_exposure, made.neighbours)


def watched(made: World) -> ReboundWatch:
    result = watch(series_of(made), Window(made.start, made.end), POLICY)
    assert isinstance(result, ReboundWatch)
    return result


def moved(seed: int, share: float) -> Displacement:
    nature = CALM._replace(neighbours=3, neighbour_level=50)
    made = world((33, seed), nature, effect=0.5, moved=share)
    judgement = judge(series_of(made), Window(made.start, made.end), POLICY)
    assert judgement.layout
    assert judgement.change
    result = displacement(judgement.layout, judgement.change, POLICY)
    assert result
    return result


def test_a_full_return_is_found_and_calm_is_not() -> None:
    back = [world((31, n), CALM, effect=0.5, after=20, returns=10) for n in range(8)]
    found = [watched(each).alarm for each in back]
    assert sum(n is not None and 134 <= n < 142 for n in found) >= 6
    calm = [watched(world((32, n), CALM, effect=0.5, after=52)) for n in range(6)]
    assert sum(each.alarm is not None for each in calm) <= 2
    assert min(each.power for each in calm) > 0.5


def test_a_watch_has_a_value_for_each_week_and_none_after_its_horizon() -> None:
    result = watched(world((34, 0), CALM, effect=0.5, after=60))
    assert len(result.blocks) == len(result.rate) == len(result.evidence) == 52
    assert result.blocks[0] == 124


@pytest.mark.slow
def test_weeks_to_come_change_no_alarm() -> None:
    made = world((35, 0), CALM, effect=0.5, after=30, returns=5)
    whole = watched(made)
    series = series_of(made)
    for weeks in (3, 12, 25):
        cut = slice(made.end + weeks)
        part = weekly(*(each[cut] for each in made[:4]))
        some = watch(part, Window(made.start, made.end), POLICY)
        assert isinstance(some, ReboundWatch)
        assert some.bound == whole.bound
        assert some.evidence == pytest.approx(whole.evidence[:weeks])
    assert series.weeks == 154


def test_a_watch_stops_at_a_change_of_the_detector() -> None:
    made = world((36, 0), CALM, effect=0.5, after=30)
    window = Window(made.start, made.end, (made.end + 6,))
    result = watch(series_of(made), window, POLICY)
    assert isinstance(result, ReboundWatch)
    assert len(result.blocks) == 6
    during = Window(made.start, made.end, (made.start + 6,))
    assert watch(series_of(made), during, POLICY) is Reason.CHANGED
    with pytest.raises(ValueError, match="give the first week after it"):
        watch(series_of(made), Window(made.start), POLICY)


def test_half_of_the_fall_that_moves_is_named_and_none_is_not() -> None:
    half = [moved(seed, 0.5) for seed in range(15)]
    assert sum(each.shown for each in half) >= 10
    assert np.median([each.share for each in half]) == pytest.approx(0.5, abs=0.15)
    assert sum(each.lo <= 0.5 <= each.hi for each in half) >= 12
    none = [moved(seed, 0.0) for seed in range(15)]
    assert sum(each.shown for each in none) <= 2
    assert all(each.named == () for each in none if not each.shown)


def test_without_neighbours_there_is_no_displacement() -> None:
    made = world((37, 0), CALM, effect=0.5)
    judgement = judge(series_of(made), Window(made.start, made.end), POLICY)
    assert judgement.layout
    assert judgement.change
    assert displacement(judgement.layout, judgement.change, POLICY) is None


def test_delay_is_learned_and_corrected() -> None:
    dice = np.random.default_rng(1)
    true = dice.poisson(200, 60).astype(float)
    result = completeness(reported(dice, true, DELAYS), POLICY.delay)
    assert result.share[-5:] == pytest.approx([1, 0.9, 0.75, 0.55, 0.3], abs=0.03)
    assert (result.share[:-5] == 1).all()
    assert result.corrected[-4:].sum() == pytest.approx(true[-4:].sum(), rel=0.1)
    assert not result.changed


def test_a_delay_that_changed_is_warned_of() -> None:
    dice = np.random.default_rng(2)
    true = dice.poisson(200, 60).astype(float)
    table = reported(dice, true, DELAYS)
    table[-20:] = reported(dice, true[-20:], DELAYS[::-1])
    assert completeness(table, POLICY.delay).changed


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 20), st.integers(1, 6), st.integers(0, 99))
def test_what_is_not_yet_known_is_not_looked_at(weeks: int, delays: int, seed: int) -> None:
    dice = np.random.default_rng(seed)
    table = dice.poisson(3, (weeks, delays)).astype(float)
    unknown = np.arange(weeks)[::-1, None] < np.arange(delays)
    hidden = np.where(unknown, np.nan, table)
    one, other = (completeness(each, POLICY.delay) for each in (table, hidden))
    assert one.corrected == pytest.approx(other.corrected)
    assert ((one.share > 0) & (one.share <= 1)).all()
    assert (one.lo <= one.corrected).all()
    assert (one.corrected <= one.hi).all()


def test_reports_that_are_no_table_are_refused() -> None:
    with pytest.raises(ValueError, match="give weeks x delays"):
        completeness([1, 2], POLICY.delay)
    with pytest.raises(ValueError, match="a count is negative"):
        completeness([[-1]], POLICY.delay)


def test_after_a_peak_the_rate_falls_by_itself() -> None:
    nature = Nature(unrest=0.3, memory=0.6, calendar=0.0)
    made = world((38, 1), nature, before=112, peak=True)
    path = after_peaks(series_of(made), made.start, 8)
    assert path.peaks
    assert max(path.peaks) < made.start - 8
    assert (path.lo <= path.mean).all()
    assert path.mean[-4:].mean() < 1
    with pytest.raises(ValueError, match="give 4 to"):
        after_peaks(series_of(made), 2, 8)


@pytest.mark.slow
def test_starts_that_were_none_show_mostly_nothing() -> None:
    made = world((39, 2), Nature(), before=140, effect=0.5)
    window = Window(made.start, made.end)
    placebos = placebo_starts(series_of(made), window, POLICY, every=12)
    assert len(placebos) >= 5
    assert all(start + 12 + 8 <= made.start for start in placebos)
    assert sum(each.hi < 1 for each in placebos.values()) <= 1
    real = judge(series_of(made), window, POLICY).change
    assert real
    assert real.hi < 1
