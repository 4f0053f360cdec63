"""Rebound: what days since a closing show beside the days before the incident."""

import numpy as np
import pytest

from lianzhi.catalogue import read_catalogue
from lianzhi.chain.revisit import rebound, rebound_of_times
from lianzhi.kit.rebound_picture import HEIGHT, WIDTH, picture, rebound_sentence

ZH, EN = (read_catalogue("lianzhi.kit", language) for language in ("zh", "en"))
DAY = 86_400_000
CALM = [1, 0, 2, 1, 0, 1, 3] * 4


def test_a_pile_on_that_comes_back_is_an_alarm():
    """Bullying: messages at one person; the second wave is smaller than the first."""
    result = rebound(CALM, [60, 40], [1, 0, 2, 14, 11, 0, 1], 0.01)
    assert result.back
    assert list(result.alarms) == [False, False, False, True, True, False, False]
    assert result.against_incident is not None
    assert result.against_incident.hi < 0.2
    text = rebound_sentence(result, EN)
    assert "29 in 7 whole days since the closing" in text
    assert "Days above the bound of 6: 2. It is coming back." in text
    assert "正在反弹。与事发期间" in rebound_sentence(result, ZH)


def test_the_incident_does_not_hide_the_rebound():
    """Were the incident in the baseline, 14 a day would look ordinary."""
    assert rebound(CALM, [60, 40], [14], 0.01).upperbound < 10


def test_ratings_bought_in_small_numbers_add_up():
    """Astroturf: never one loud day, but each a little above what the film had."""
    result = rebound([2, 1, 2, 1] * 7, [40], [4, 4, 5, 4, 4, 5, 4], 0.001)
    assert not any(result.alarms)
    assert result.back
    assert "the days together do" in rebound_sentence(result, EN)


def test_quiet_days_are_no_proof():
    result = rebound(CALM, [60], [0, 1, 1], 0.01)
    assert not result.back
    assert "does not rule one out" in rebound_sentence(result, EN)
    assert "不能排除" in rebound_sentence(result, ZH)


def test_false_alarms_are_as_rare_as_stated():
    dice = np.random.default_rng(11)
    alarms = sum(
        any(rebound(dice.poisson(3, 28).tolist(), [], dice.poisson(3, 7).tolist(), 0.05).alarms)
        for _ in range(400)
    )
    assert alarms <= 0.07 * 400


def test_days_are_counted_from_the_incident_and_from_the_closing():
    since = 100 * DAY
    closed = since + 3 * DAY // 2
    times = [since - 1, since, since + DAY, closed, closed + DAY, closed + DAY, closed + 5 * DAY]
    result = rebound_of_times(times, since, closed, closed + 3 * DAY, calm_days=2, alpha=0.01)
    assert result is not None
    assert (result.calm, result.incident, result.after) == ((0, 1), (1, 1), (1, 2, 0))
    assert rebound_of_times(times, since, closed, closed + DAY - 1, calm_days=2, alpha=0.01) is None


def test_the_picture_has_a_column_a_day_and_the_bound_in_it():
    result = rebound(CALM, [60, 40], [1, 14], 0.01)
    drawn = picture(result)
    assert len(drawn.columns) == len(CALM) + 4
    assert drawn.most == 60
    assert all(0 <= c.x < WIDTH and c.y >= 0 and c.y + c.height == HEIGHT for c in drawn.columns)
    assert [c.point.alarm for c in drawn.columns[-2:]] == [False, True]
    below, above = drawn.columns[-2:]
    assert below.y > below.bound == above.bound > above.y
    assert all(c.bound is None for c in drawn.columns[:-2])


def test_without_days_nothing_can_be_judged():
    with pytest.raises(ValueError, match="0 calm days and 1 since"):
        rebound([], [], [1], 0.01)
