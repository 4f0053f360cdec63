"""Farrington's method for weekly counts of some years, and its improvement by Noufaily et al.

Farrington, Andrews, Beale and Catchpole (1996), J. R. Stat. Soc. A 159, 547-563. Noufaily, Enki,
Farrington, Garthwaite, Andrews and Charlett (2013), Stat. Med. 32, 1206-1222.
"""

import datetime as dt
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import nbinom, poisson, t

from lianzhi.stats.surveillance.quasi_poisson import Array, Fit, fit
from lianzhi.stats.surveillance.watch import Counts, Watch, times_of

Transform = Literal["2/3", "1/2", "none"]
Threshold = Literal["delta", "nbPlugin"]
_WEEK = 7


class Reference(NamedTuple):
    """Which earlier weeks a week is compared with."""

    b: int = 3
    """How many earlier years."""
    w: int = 3
    """Weeks on either side of the same week of each year."""
    freq: int = 52
    """Weeks of a year, where there are no dates."""


_THREE_YEARS = Reference()


class _Model(NamedTuple):
    """What the weeks of a reference let expect of a week."""

    mean: float
    dispersion: float
    """1 at least."""
    variance: float
    """Of `mean`."""


def farrington(
    counts: Counts,
    *,
    dates: Sequence[dt.date] | None = None,
    reference: Reference = _THREE_YEARS,
    reweight: bool = True,
    alpha: float = 0.05,
    trend: bool = True,
    limit54: tuple[int, int] = (5, 4),
    powertrans: Transform = "2/3",
    times: tuple[int, int] | None = None,
) -> Watch:
    """Judge counts by a quasi-Poisson regression on the same weeks of earlier years.

    `alpha` is two-sided: the bound is that of a 1 - `alpha` interval. `trend`: a trend in time is
    kept where there are three years, it is significant at 0.05 and expects no more than was ever
    counted. `limit54`: with fewer than `limit54[0]` in the last `limit54[1]` weeks there is no
    alarm and the bound is 0. `dates`: of the weeks; years are then those of the calendar. Raises
    ValueError.
    """
    judged = _times(counts, dates, reference, times)
    model = partial(
        _model,
        reweigh_above=1.0 if reweight else None,
        p_trend=0.05 if trend else None,
        years=reference.b,
        as_flexible=False,
    )
    means, bounds = np.empty(len(judged)), np.empty(len(judged))
    z = -float(ndtri(alpha / 2))
    for row, time in enumerate(judged):
        weeks = np.concatenate([_around(c, reference.w) for c in _centres(time, dates, reference)])
        result = model(counts[weeks], weeks - time, np.zeros(len(weeks), np.int64))
        means[row], bounds[row] = result.mean, _bound(result, z, powertrans)
    bounds[_is_sparse(counts, judged, limit54)] = 0.0
    return Watch(judged, means, bounds, (counts[judged] > bounds) & (bounds > 0))


def farrington_flexible(
    counts: Counts,
    *,
    dates: Sequence[dt.date] | None = None,
    reference: Reference = _THREE_YEARS,
    reweight: bool = True,
    weights_threshold: float = 2.58,
    alpha: float = 0.05,
    trend: bool = True,
    p_threshold_trend: float = 0.05,
    limit54: tuple[int, int] = (5, 4),
    powertrans: Transform = "2/3",
    no_periods: int = 1,
    past_weeks_not_included: int | None = None,
    threshold_method: Threshold = "delta",
    times: tuple[int, int] | None = None,
) -> Watch:
    """Judge counts by all weeks of earlier years, with a level for each of `no_periods` seasons.

    `alpha` is one-sided. `no_periods` of 1: the same weeks of earlier years alone. The last
    `past_weeks_not_included` weeks are left out (by default `w`), lest an outbreak that goes on
    hide itself. `threshold_method` nbPlugin: the bound is a quantile of a negative binomial;
    delta: as in `farrington`, by `powertrans`. Noufaily et al. propose a `p_threshold_trend` of 1,
    ten periods, 26 weeks and nbPlugin. A week without judgement has a bound of NaN. Raises
    ValueError.
    """
    if no_periods < 1:
        raise ValueError(f"no_periods is {no_periods}; give 1 or more")
    left_out = reference.w if past_weeks_not_included is None else past_weeks_not_included
    judged = _times(counts, dates, reference, times)
    model = partial(
        _model,
        reweigh_above=weights_threshold if reweight else None,
        p_trend=p_threshold_trend if trend else None,
        years=reference.b,
        as_flexible=True,
    )
    means, bounds = np.empty(len(judged)), np.empty(len(judged))
    z = -float(ndtri(alpha))
    for row, time in enumerate(judged):
        centres = _centres(time, dates, reference)
        weeks, seasons = _seasons([*centres, int(time)], reference.w, no_periods, time - left_out)
        result = model(counts[weeks], weeks - time, seasons)
        means[row] = result.mean
        if threshold_method == "delta":
            bounds[row] = _bound(result, z, powertrans)
        else:
            bounds[row] = _quantile(result, 1 - alpha)
    is_sparse = _is_sparse(counts, judged, limit54)
    means[is_sparse] = bounds[is_sparse] = np.nan
    return Watch(judged, means, bounds, counts[judged] > bounds)


def _times(
    counts: Counts,
    dates: Sequence[dt.date] | None,
    reference: Reference,
    times: tuple[int, int] | None,
) -> NDArray[np.int64]:
    b, w, freq = reference
    if b < 1 or w < 0 or freq <= 2 * w:
        raise ValueError(f"b, w and freq are {b}, {w} and {freq}; give a year and its weeks")
    if dates is None:
        first = b * freq + w
    else:
        if len(dates) != len(counts):
            raise ValueError(f"{len(dates)} dates for {len(counts)} counts; give one each")
        if wrong := [n for n in range(1, len(dates)) if (dates[n] - dates[n - 1]).days != _WEEK]:
            raise ValueError(f"{dates[wrong[0]]} is not a week after the date before; fill the gap")
        first = next(
            (n for n in range(len(dates)) if _centres(n, dates, reference)[0] >= w), len(dates)
        )
    return times_of(times, first, counts, f"the baseline takes {b} years and {w} weeks")


def _centres(time: int, dates: Sequence[dt.date] | None, reference: Reference) -> list[int]:
    """The same week in each earlier year, the first year first: the nearest to the date."""
    years = range(reference.b, 0, -1)
    if dates is None:
        return [int(time) - year * reference.freq for year in years]
    day = dates[time]
    same = (_years_before(day, year) for year in years)
    return [int(time) - round((day - each).days / _WEEK) for each in same]


def _years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return dt.date(day.year - years, 3, 1)


def _around(centre: int, w: int) -> NDArray[np.int64]:
    return np.arange(centre - w, centre + w + 1)


def _seasons(
    centres: Sequence[int], w: int, periods: int, end: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The weeks before `end`, and the season of each: 0 around the centres, then 1 to `periods` - 1
    of like length from one centre to the next, the first ones a week longer where they must be."""
    if periods == 1:
        weeks = np.concatenate([_around(c, w) for c in centres[:-1]])
        weeks = weeks[weeks < end]
        return weeks, np.zeros(len(weeks), np.int64)
    seasons = np.zeros(centres[-1] + w + 1, np.int64)
    for centre, following in pairwise(centres):
        start, stop = centre + w + 1, following - w
        length, longer = divmod(stop - start, periods - 1)
        lengths = [length + (season < longer) for season in range(periods - 1)]
        seasons[start:stop] = 1 + np.repeat(np.arange(periods - 1), lengths)
    weeks = np.arange(centres[0] - w, end)
    return weeks, seasons[weeks]


def _model(
    counts: Array,
    ages: NDArray[np.int64],
    seasons: NDArray[np.int64],
    *,
    reweigh_above: float | None,
    p_trend: float | None,
    years: int,
    as_flexible: bool,
) -> _Model:
    """What `counts` let expect at age 0 in season 0."""
    levels = [np.ones(len(counts)), *((seasons == s) * 1.0 for s in np.unique(seasons) if s)]
    if p_trend is not None and years >= 3:
        result = fit(counts, np.column_stack([*levels, ages.astype(float)]), reweigh_above)
        dispersion = result.prior_dispersion if as_flexible else result.dispersion
        error = (dispersion * result.covariance[-1, -1]) ** 0.5
        with np.errstate(divide="ignore", invalid="ignore"):
            p = 2 * t.sf(abs(result.beta[-1]) / error, result.freedom)
        if p < p_trend and np.exp(result.beta[0]) <= counts.max():
            return _expected(result, as_flexible)
    return _expected(fit(counts, np.column_stack(levels), reweigh_above), as_flexible)


def _expected(result: Fit, as_flexible: bool) -> _Model:
    mean = float(np.exp(result.beta[0]))
    dispersion = max(1.0, result.dispersion)
    of_errors = result.prior_dispersion if as_flexible else dispersion
    return _Model(mean, dispersion, float(of_errors * mean**2 * result.covariance[0, 0]))


def _bound(model: _Model, z: float, powertrans: Transform) -> float:
    """Upper limit of a prediction interval, by a transformation that makes it symmetric."""
    spread = z * (model.dispersion / model.mean + model.variance / model.mean**2) ** 0.5
    if powertrans == "2/3":
        return float(model.mean * (1 + 2 / 3 * spread) ** 1.5)
    if powertrans == "1/2":
        return float(model.mean * (1 + spread / 2) ** 2)
    return float(model.mean * (1 + spread))


def _quantile(model: _Model, level: float) -> float:
    if model.dispersion == 1:
        return float(poisson.ppf(level, model.mean))
    return float(nbinom.ppf(level, model.mean / (model.dispersion - 1), 1 / model.dispersion))


def _is_sparse(
    counts: Counts, judged: NDArray[np.int64], limit54: tuple[int, int]
) -> NDArray[np.bool_]:
    least, weeks = limit54
    if weeks < 1:
        raise ValueError(f"limit54 is {least},{weeks}; give a count and a number of weeks")
    sums = np.concatenate([[0.0], np.cumsum(counts)])
    is_sparse: NDArray[np.bool_] = (
        sums[judged + 1] - sums[np.maximum(0, judged + 1 - weeks)] < least
    )
    return is_sparse
