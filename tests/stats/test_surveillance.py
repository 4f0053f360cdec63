"""Each method beside the R package surveillance, whose results reference.R wrote down."""

import csv
import datetime as dt
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.stats.surveillance.ears import ears
from lianzhi.stats.surveillance.farrington import Reference, farrington, farrington_flexible
from lianzhi.stats.surveillance.short import bayes, rki
from lianzhi.stats.surveillance.watch import counts_of

FOLDER = Path(__file__).parent / "surveillance"
with (FOLDER / "series.csv").open() as lines:
    SERIES = {
        row["series"]: counts_of([int(n) for n in row["counts"].split()])
        for row in csv.DictReader(lines)
    }
with (FOLDER / "reference.csv").open() as lines:
    ROWS = list(csv.DictReader(lines))
#: The runs of reference.R.
RUNS = {
    "c1": partial(ears, method="c1", baseline=9, min_sigma=0.5, alpha=0.01),
    "c3": partial(ears, method="c3", min_sigma=0.3, alpha=0.05),
    "farrington": partial(
        farrington,
        reference=Reference(4, 2),
        reweight=False,
        alpha=0.01,
        limit54=(3, 4),
        powertrans="1/2",
    ),
    "none": partial(farrington, trend=False, powertrans="none"),
    "flex4": partial(
        farrington_flexible,
        reference=Reference(3, 4),
        weights_threshold=1,
        alpha=0.02,
        p_threshold_trend=0.1,
        no_periods=4,
        powertrans="1/2",
    ),
    "flex7": partial(
        farrington_flexible,
        reference=Reference(4, 3),
        alpha=0.01,
        p_threshold_trend=1,
        no_periods=7,
        past_weeks_not_included=10,
        threshold_method="nbPlugin",
    ),
    "flexoff": partial(
        farrington_flexible,
        reference=Reference(2, 3),
        reweight=False,
        no_periods=10,
        past_weeks_not_included=26,
    ),
    "bayes": partial(bayes, b=2, w=4, alpha=0.01),
    "bayes2": bayes,
    "rki1": partial(rki, b=0, w=6, this_year=True),
}
CALM = counts_of([4, 5, 6] * 80)


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("series", SERIES)
def test_bounds_and_alarms_are_those_of_r(series: str, run: str) -> None:
    rows = [row for row in ROWS if (row["series"], row["run"]) == (series, run)]
    watch = RUNS[run](SERIES[series], times=(int(rows[0]["idx"]) - 1, int(rows[-1]["idx"]) - 1))
    bounds = [float(row["upperbound"] or "nan") for row in rows]
    np.testing.assert_allclose(watch.upperbound, bounds, rtol=1e-9, atol=1e-9)
    assert [bool(int(row["alarm"])) for row in rows] == list(watch.alarm)


@given(st.lists(st.integers(0, 50), min_size=12, max_size=60), st.integers(1, 40))
def test_a_greater_last_count_never_ends_an_alarm(counts: list[int], more: int) -> None:
    for method in ("c1", "c2"):
        last = len(counts) - 1
        before = ears(counts_of(counts), method, times=(last, last))
        after = ears(counts_of([*counts[:-1], counts[-1] + more]), method, times=(last, last))
        assert after.upperbound[0] == before.upperbound[0]
        assert after.alarm[0] >= before.alarm[0]


@pytest.mark.parametrize("watch", [farrington, farrington_flexible, partial(bayes, b=2), rki])
def test_an_outbreak_is_an_alarm_and_a_calm_series_is_none(watch) -> None:
    assert not watch(CALM).alarm.any()
    outbreak = CALM.copy()
    outbreak[-1] = 40
    assert list(np.flatnonzero(watch(outbreak).alarm)) == [len(watch(outbreak).alarm) - 1]


def test_earlier_years_are_found_by_date() -> None:
    """52 weeks lack a day or two of a year: after some years another week is the nearest."""
    start = dt.date(2004, 1, 5)
    dates = [start + dt.timedelta(weeks=n) for n in range(330)]
    last = len(dates) - 1
    spiked = np.full(330, 5.0)
    assert dates[last] == dt.date(2010, 4, 26)
    same = dates.index(dt.date(2007, 4, 23))  # a Monday; 2007-04-26 is a Thursday
    spiked[same + 3] = 6  # the last week of the window by dates
    by_date = farrington(spiked, dates=dates, trend=False, times=(last, last)).expected[0]
    assert by_date > 5
    spiked[same + 3], spiked[same + 4] = 5, 6
    assert farrington(spiked, dates=dates, trend=False, times=(last, last)).expected[0] == (
        pytest.approx(5)
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: counts_of([1, -1]), "a count is -1; give whole numbers"),
        (lambda: counts_of([1.5]), "a count is 1.5"),
        (lambda: ears(CALM, baseline=2), "baseline is 2; give 3 or more"),
        (lambda: ears(CALM, times=(3, 9)), "give times from 8 to 240"),
        (lambda: farrington(CALM[:100]), "the baseline takes 3 years and 3 weeks"),
        (lambda: farrington_flexible(CALM, no_periods=0), "no_periods is 0"),
        (lambda: bayes(CALM, b=0, this_year=False), "there is no baseline"),
    ],
)
def test_what_cannot_be_judged_is_told(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
