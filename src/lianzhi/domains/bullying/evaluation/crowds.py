"""A crowd that gathers around one target, as events: pile-ons, benign surges, quarrels.

One generator for all of them, so that they differ only in what `scenario.toml` says: who comes,
how fast, from where and with what words.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from lianzhi.domains.bullying.evaluation.columns import (
    ACTORS,
    DAY,
    HAS_TEXT,
    HOUR,
    KIND_CODES,
    MINUTE,
    NONE,
    Columns,
    Floats,
    Ints,
    make,
)
from lianzhi.domains.bullying.evaluation.scenario import Crowd
from lianzhi.domains.bullying.evaluation.texts import Part, Texts

#: Nobody comes later than this after the onset.
LONGEST = 48 * HOUR
_AGAIN_MINUTES = 20.0
_NEW_DAYS = 30.0
_AGE_MEDIAN_DAYS, _AGE_SIGMA = 1200.0, 0.8


@dataclass(frozen=True)
class Scene:
    """Where a crowd gathers: the target as it is at the onset (Unix ms)."""

    target: int
    onset: int
    contacts: Ints
    """People who have been in touch with the target before."""
    created: Ints
    """When those people's accounts were opened, Unix ms."""
    posts: Ints
    """Its recent posts."""
    part: Part


def lags(rng: np.random.Generator, median: float, sigma: float, size: int, longest: int) -> Ints:
    """Log-normal lags in ms, cut off at `longest` (by inverse distribution, not by heaping)."""
    limit = ndtr(np.log(longest / median) / sigma)
    lag: Floats = median * np.exp(sigma * ndtri(rng.random(size) * limit))
    return lag.astype(np.int64)


def opened(rng: np.random.Generator, at: Ints, new_share: float) -> Ints:
    """When accounts seen at `at` were opened: a share in the last 30 days, the rest years ago."""
    old: Floats = rng.lognormal(np.log(_AGE_MEDIAN_DAYS), _AGE_SIGMA, len(at)) + _NEW_DAYS
    days = np.where(rng.random(len(at)) < new_share, rng.random(len(at)) * _NEW_DAYS, old)
    return np.maximum(at - (days * DAY).astype(np.int64), 0)


def gather(
    rng: np.random.Generator, crowd: Crowd, people: int, scene: Scene, texts: Texts
) -> Columns:
    """Events of `people` people, in time order, all within LONGEST of the onset.

    `people` is one of the crowd's sizes.
    """
    known = min(round(people * (1 - crowd.strangers)), len(scene.contacts))
    chosen = rng.permutation(len(scene.contacts))[:known]
    come = scene.onset + lags(rng, crowd.lag_hours[people] * HOUR, crowd.lag_sigma, people, LONGEST)
    actors = np.concatenate([scene.contacts[chosen], rng.integers(0, ACTORS, people - known)])
    created = opened(rng, come, crowd.new_accounts)
    created[:known] = scene.created[chosen]

    # Some come back: one more event, and then perhaps another, each soon after the one before.
    again = np.where(rng.random(people) < crowd.repeaters, rng.geometric(0.5, people), 0)
    nth_actor = np.repeat(np.arange(people), 1 + again)
    nth = np.arange(len(nth_actor)) - np.repeat(np.cumsum(1 + again) - (1 + again), 1 + again)
    wait = lags(rng, _AGAIN_MINUTES * MINUTE, 1.0, len(nth_actor), 6 * HOUR)
    time = np.minimum(come[nth_actor] + np.where(nth > 0, nth * wait, 0), scene.onset + LONGEST)

    size = len(nth_actor)
    kind = mix(rng, {KIND_CODES[name]: share for name, share in crowd.kinds.items()}, size)
    spread = np.where(rng.random(size) < crowd.one_post, 0, rng.integers(0, len(scene.posts), size))
    group = np.where(rng.random(size) < crowd.one_group, rng.integers(0, ACTORS), NONE)
    events = make(
        rng,
        time=time,
        kind=kind,
        actor=actors[nth_actor],
        target=np.full(size, scene.target, dtype=np.int64),
        created=created[nth_actor],
        object=rng.permutation(scene.posts)[spread],
        group=group,
        text=draw_texts(rng, crowd.texts, kind, scene.part, texts),
    ).by_time()
    answered = np.floor(rng.random(size) * np.arange(size)).astype(np.int64)
    replies = (rng.random(size) < crowd.replies) & (events.kind == KIND_CODES["comment"])
    replies[0] = False
    events.reply[replies] = events.key[answered[replies]]
    return events


def mix(rng: np.random.Generator, shares: dict[int, float], size: int) -> Ints:
    """Draw keys of `shares` by weight."""
    weights = np.array(list(shares.values()))
    return rng.choice(np.array(list(shares), dtype=np.int64), size, p=weights / weights.sum())


def draw_texts(
    rng: np.random.Generator, shares: dict[str, float], kind: Ints, part: Part, texts: Texts
) -> Ints:
    """Text indices for events of these kinds, from a mix of pools; NONE where a kind has none."""
    pools = list(shares)
    pool = mix(rng, dict(enumerate(shares.values())), len(kind))
    drawn = np.full(len(kind), NONE, dtype=np.int64)
    for code, name in enumerate(pools):
        rows = np.flatnonzero((pool == code) & HAS_TEXT[kind])
        drawn[rows] = texts.draw(rng, name, part, len(rows))
    return drawn
