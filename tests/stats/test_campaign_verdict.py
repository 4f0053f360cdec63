"""The verdict on a campaign finds falls, and doesn't take other things for one."""

import dataclasses
from importlib.resources import files

import msgspec
import numpy as np
import pytest
from bench.campaign_world import Nature, World, world
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.chain.policy import PolicyError, load_policy
from lianzhi.stats.campaign.audit import AuditSample
from lianzhi.stats.campaign.layout import Reason, Window
from lianzhi.stats.campaign.noise import fit, grid
from lianzhi.stats.campaign.policy import JudgingPolicy
from lianzhi.stats.campaign.verdict import Judgement, Verdict, judge
from lianzhi.stats.campaign.weekly import Weekly, weekly

POLICY = load_policy("lianzhi.stats.campaign", JudgingPolicy).latest()[1]


def series_of(made: World) -> Weekly:
    return weekly(made.outcome, made.exposure, made.control, made.control_exposure)


def judged(made: World, **given) -> Judgement:
    return judge(series_of(made), Window(made.start, made.end), POLICY, **given)


def share(worlds, verdict: Verdict) -> float:
    return float(np.mean([judged(each).detected is verdict for each in worlds]))


def test_a_deep_fall_is_found_and_its_interval_holds_it() -> None:
    made = [world((5, seed), Nature(), effect=0.6) for seed in range(60)]
    assert share(made, Verdict.FELL) > 0.9
    covered = [judged(each).change for each in made]
    assert np.mean([each.lo <= 0.4 <= each.hi for each in covered if each]) > 0.85


@pytest.mark.parametrize(
    ("nature", "how"),
    [
        (Nature(), {}),
        (Nature(), {"peak": True}),
        (Nature(drift=-0.4), {}),
        (Nature(season=0.3), {}),
        (Nature(season=0.3), {"before": 60}),
        (Nature(level=5, control_level=9), {}),
    ],
)
def test_what_is_no_effect_is_seldom_taken_for_a_fall(nature: Nature, how: dict) -> None:
    made = [world((6, seed), nature, **how) for seed in range(80)]
    assert share(made, Verdict.FELL) <= 0.1


def test_a_change_of_the_detector_among_the_weeks_is_not_comparable() -> None:
    made = world((7, 0), Nature(), effect=0.6)
    series, start = series_of(made), made.start
    for week in (start - 3, start + 2):
        judgement = judge(series, Window(start, made.end, (week,)), POLICY)
        assert judgement.detected is Verdict.NOT_COMPARABLE
        assert judgement.change is None
    early = judge(series, Window(start, made.end, (10,)), POLICY)
    assert Reason.BASELINE_CUT in early.reasons
    assert early.detected is Verdict.FELL


def test_weeks_after_a_later_change_do_not_move_the_figures() -> None:
    made = world((8, 0), Nature(), effect=0.5, after=10)
    window = Window(made.start, made.end, (made.end + 4,))
    other = made.outcome.copy()
    other[made.end + 4 :] *= 9
    changed = judge(series_of(made._replace(outcome=other)), window, POLICY)
    as_it_was = judge(series_of(made), window, POLICY).change
    assert changed.change
    assert as_it_was
    assert changed.change[:6] == as_it_was[:6]


def test_without_a_control_there_is_an_interval_and_no_verdict() -> None:
    made = world((9, 0), Nature(), effect=0.6)
    judgement = judge(weekly(made.outcome, made.exposure), Window(made.start, made.end), POLICY)
    assert judgement.detected is Verdict.CANT_SAY
    assert judgement.reasons[0] is Reason.NO_CONTROL
    assert judgement.change


def test_the_harm_itself_takes_a_sample() -> None:
    made = world((10, 0), Nature(), effect=0.6)
    assert judged(made).harm is Verdict.CANT_SAY
    assert Reason.NO_AUDIT in judged(made).reasons
    assert judged(made, audit=AuditSample(90, 1000, 30, 1000)).harm is Verdict.FELL
    assert judged(made, audit=AuditSample(30, 1000, 90, 1000)).harm is Verdict.ROSE
    assert judged(made, audit=AuditSample(90, 1000, 88, 1000)).harm is Verdict.NO_CHANGE_SHOWN
    assert judged(made, audit=AuditSample(2, 20, 1, 20)).harm is Verdict.CANT_SAY


@pytest.mark.parametrize(
    ("before", "during", "level", "reason"),
    [
        (20, 12, 60, Reason.FEW_WEEKS_BEFORE),
        (80, 2, 60, Reason.FEW_WEEKS_DURING),
        (80, 12, 0.5, Reason.FEW_COUNTS),
    ],
)
def test_too_little_is_no_verdict(before, during, level, reason) -> None:
    made = world((11, 0), Nature(level=level), before=before, during=during)
    judgement = judged(made)
    assert (judgement.detected, judgement.reasons[0]) == (Verdict.CANT_SAY, reason)


def test_weeks_that_are_not_yet_reported_are_left_out() -> None:
    made = world((12, 0), Nature(), during=12)
    complete = np.ones(len(made.outcome))
    complete[-3:] = (0.8, 0.5, 0.1)
    seen = made._replace(outcome=np.round(made.outcome * complete))
    judgement = judged(seen, complete=complete)
    assert Reason.INCOMPLETE_LEFT_OUT in judgement.reasons
    assert judgement.layout
    assert judgement.layout.blocks[-1] == len(complete) - 4


def test_series_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match=r"outcome is -1\.0 in week 1; give a number from 0 on"):
        weekly([1, -1])
    with pytest.raises(ValueError, match="exposure is 0 in week 0; give more than 0"):
        weekly([1, 2], [0, 1])
    with pytest.raises(ValueError, match="give one count for each week"):
        weekly([1, 2], control=[1])
    with pytest.raises(ValueError, match="give a start and an end within the series"):
        judge(weekly(np.ones(50)), Window(60), POLICY)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.2, 5.0))
def test_the_unit_of_exposure_does_not_matter(seed: int, unit: float) -> None:
    series = series_of(world((13, seed), Nature(), before=60))
    window = Window(60, 72)
    scaled = dataclasses.replace(series, exposure=series.exposure * unit)
    one, other = (judge(each, window, POLICY).change for each in (series, scaled))
    assert one
    assert other
    assert one[:3] == pytest.approx(other[:3], rel=1e-6)


def test_with_white_noise_alone_the_model_is_least_squares() -> None:
    dice = np.random.default_rng(1)
    design = np.column_stack([np.ones(40), np.arange(40) >= 28]).astype(float)
    values = dice.normal(size=40)
    noise = grid(np.arange(40), msgspec.structs.replace(POLICY.noise, correlations=(0.0,)))
    step = fit(noise, design, values, np.zeros(2)).contrast(np.array([0.0, 1.0]))
    before, during = values[:28], values[28:]
    pooled = (before.var() * 28 + during.var() * 12) / 38
    assert step.mean == pytest.approx(during.mean() - before.mean())
    assert step.scale == pytest.approx(np.sqrt(pooled * (1 / 28 + 1 / 12)))
    assert step.interval(0.95).hi == pytest.approx(step.mean + 2.0244 * step.scale, abs=1e-4)


def test_a_policy_out_of_bounds_is_refused(tmp_path) -> None:
    (shipped,) = (files("lianzhi.stats.campaign") / "policy").iterdir()
    text = shipped.read_text("utf-8").replace("level = 0.95", "level = 1.5")
    (tmp_path / shipped.name).write_text(text)
    with pytest.raises(PolicyError, match="level"):
        load_policy("lianzhi.stats.campaign", JudgingPolicy, tmp_path)
