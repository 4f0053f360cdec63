"""Simulated weeks of a harm, its control and its neighbours: a simulator of its own.

It shares no code and no constants with lianzhi.stats.campaign. Rates are lognormal, their lasting
part a moving average of a random walk that is pulled back, sums of independent shocks; counts are
Poisson with gamma-distributed extra variation.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Nature(NamedTuple):
    """How a world behaves; amplitudes and standard deviations on the log scale."""

    level: float = 60.0
    """Mean weekly count of the outcome."""
    control_level: float = 110.0
    memory: float = 0.4
    """Share of last week's deviation that is left."""
    unrest: float = 0.15
    """Standard deviation of the lasting deviations, of outcome and control each."""
    dispersion: float = 0.01
    """Variance of the extra variation of a week."""
    calendar: float = 0.25
    """Of holidays and shared weeks, the same for outcome and control."""
    season: float = 0.0
    """Amplitude of a season of the outcome alone."""
    drift: float = 0.0
    """Trend of the outcome alone, per year."""
    neighbours: int = 0
    neighbour_level: float = 30.0
    calendar_of_control: float = 1.0
    """How strongly the control feels the calendar."""


class World(NamedTuple):
    """Weeks of counts; `start` and `end` are the campaign's."""

    outcome: Floats
    exposure: Floats
    control: Floats
    control_exposure: Floats
    neighbours: dict[str, Floats]
    start: int
    end: int


def _lasting(dice: np.random.Generator, weeks: int, memory: float, sd: float) -> Floats:
    shocks = dice.normal(0.0, sd * np.sqrt(1 - memory**2), weeks + 200)
    level, path = 0.0, np.empty(weeks + 200)
    for week, shock in enumerate(shocks):
        level = memory * level + shock
        path[week] = level
    return path[200:]


def _counts(dice: np.random.Generator, mean: Floats, dispersion: float) -> Floats:
    extra = dice.gamma(1 / dispersion, dispersion, len(mean)) if dispersion else 1.0
    return dice.poisson(mean * extra).astype(float)


def _calendar(dice: np.random.Generator, weeks: int, size: float) -> Floats:
    """Two holidays of a year with their sizes, and weeks that are odd for everybody."""
    year = np.arange(weeks) + int(dice.integers(52))
    path = 0.4 * size * dice.standard_normal(weeks)
    for place in dice.integers(0, 52, 2):
        path += size * dice.uniform(0.5, 2.0) * dice.choice([-1, 1]) * (year % 52 == place)
        path += size * dice.uniform(0.2, 1.0) * (year % 52 == (place + 1) % 52)
    return path + size * 0.8 * np.sin(2 * np.pi * year / 52.18)


def world(
    seed: tuple[int, ...],
    nature: Nature,
    *,
    before: int = 112,
    during: int = 12,
    after: int = 0,
    effect: float = 0.0,
    moved: float = 0.0,
    returns: int | None = None,
    peak: bool = False,
) -> World:
    """A world; `effect` is the fall as a share, `moved` the share of it that goes to neighbours.

    `returns`: weeks after the end when the whole effect is gone; None: never. `peak`: the campaign
    starts when the last four weeks lie among the highest tenth of all weeks.
    """
    dice = np.random.default_rng(seed)
    spare = 260 if peak else 0
    weeks = before + spare + during + after
    volume = np.exp(dice.normal(0, 0.1, (2, weeks)))
    shared = _calendar(dice, weeks, nature.calendar)
    year = np.arange(weeks) / 52.18
    own = nature.drift * year + nature.season * np.sin(2 * np.pi * (year + dice.uniform()))
    own = own - own.mean() + _lasting(dice, weeks, nature.memory, nature.unrest)
    mean = nature.level * volume[0] * np.exp(shared + own)
    other = _lasting(dice, weeks, nature.memory, nature.unrest)
    felt = nature.calendar_of_control * shared
    control = _counts(
        dice, nature.control_level * volume[1] * np.exp(felt + other), nature.dispersion
    )
    start = before + (_peak_start(dice, mean, before, spare, nature) if peak else 0)
    factor = np.ones(weeks)
    gone = start + during + (after if returns is None else returns)
    factor[start:gone] = 1 - effect
    lost = mean * (1 - factor)
    outcome = _counts(dice, mean * factor, nature.dispersion)
    neighbours = {}
    for n in range(nature.neighbours):
        drift = _lasting(dice, weeks, nature.memory, nature.unrest)
        usual = nature.neighbour_level * volume[0] * np.exp(shared + drift)
        gain = moved * lost / nature.neighbours
        neighbours[f"n{n}"] = _counts(dice, usual + gain, nature.dispersion)
    cut = slice(start - before, start + during + after)
    return World(
        outcome[cut],
        volume[0][cut],
        control[cut],
        volume[1][cut],
        {name: each[cut] for name, each in neighbours.items()},
        before,
        before + during,
    )


def _peak_start(
    dice: np.random.Generator, mean: Floats, before: int, spare: int, nature: Nature
) -> int:
    """Weeks after `before` at which the last four weeks first lie in the highest tenth."""
    seen = dice.poisson(mean)
    smooth = np.convolve(seen, np.ones(4) / 4, "valid")
    bar = np.quantile(smooth, 0.9)
    late = np.flatnonzero(smooth[before - 4 : before + spare - 4] > bar)
    return int(late[0]) if late.size else 0


def reported(dice: np.random.Generator, outcome: Floats, delays: Floats) -> NDArray[np.int64]:
    """Events by week and weeks of delay; `delays` are the probabilities, which add up to 1."""
    return dice.multinomial(outcome.astype(int), delays)
