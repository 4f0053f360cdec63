"""Measuring feeds: each person's personal feed beside baselines, within people."""

from collections.abc import Iterator
from math import inf
from typing import NamedTuple

import numpy as np
from scipy.special import stdtr, stdtrit

from lianzhi.audits.diversity.feeds import OFF, PERSONAL, UNFILTERED, Feeds, halves
from lianzhi.audits.policy import DiversityPolicy
from lianzhi.stats.intervals import Interval
from lianzhi.stats.multiplicity import holm
from lianzhi.stats.topic_diversity import (
    Floats,
    Lists,
    Whole,
    as_shares,
    counts_of,
    entropy,
    intra_list_distance,
    jensen_shannon,
    rank_weights,
)
from lianzhi.stats.verdict import Evidence, Verdict, overall, verdict
from lianzhi.tabular.column_map import MapError

#: Measures, and whether a feed is narrower where they are higher (1) or lower (-1).
MEASURES = {
    "entropy": -1,
    "largest_share": 1,
    "distance": -1,
    "from_catalogue": 1,
    "from_catalogue_by_rank": 1,
    "fragmentation": 1,
}
BASELINES = ("unfiltered", "off", "catalogue", "earlier")
_AT_ONCE = 1 << 21
"""Cells of people and topics that are looked at together, to bound memory."""


class Beside(NamedTuple):
    """A measure of personal feeds beside that of a baseline, as means over people."""

    baseline: str
    measure: str
    personal: float
    """Of the later half of the feed where the baseline is the earlier one."""
    other: float
    difference: Interval
    """Interval of the mean difference within people."""
    equivalence: Interval
    margin: float
    """Least difference that matters: a share of the baseline's mean."""
    detectable: float
    p: float
    people: int
    """Persons with both feeds; of fragmentation, pairs of them."""
    is_small: bool
    p_holm: float = 1.0
    verdict: Verdict = Verdict.NOT_COMPARABLE


class Diversity(NamedTuple):
    """Measures of all feeds."""

    people: int
    rows: int
    left_out: int
    topics: int
    measures: tuple[Beside, ...]
    verdict: Verdict
    """Whether personal feeds are narrower than a baseline; it says nothing of why."""
    seed: int


def measure(feeds: Feeds, policy: DiversityPolicy, seed: int) -> Diversity:
    """Personal feeds beside each baseline. Raises MapError where there is no unfiltered feed."""
    personal, unfiltered = feeds.lists(PERSONAL), feeds.lists(UNFILTERED)
    if not (personal.person.size and unfiltered.person.size):
        raise MapError("arm", "", "name the values of both feeds: personal, unfiltered")
    catalogue = as_shares(np.bincount(unfiltered.topic, minlength=feeds.topics).astype(np.float64))
    # Lists of the same lengths, drawn from the catalogue: short lists are narrow by chance.
    drawn = np.random.default_rng(seed).choice(feeds.topics, personal.topic.size, p=catalogue)
    pairs: dict[str, tuple[Lists, Lists] | None] = {
        "unfiltered": (personal, unfiltered),
        "off": (personal, feeds.lists(OFF)),
        "catalogue": (personal, Lists(personal.person, drawn)),
        "earlier": halves(feeds),
    }
    rows = [
        each
        for name in BASELINES
        if (both := pairs[name]) is not None
        for each in _compared(name, *both, catalogue, policy)
    ]
    judged = tuple(_judged(rows, policy))
    return Diversity(
        int(feeds.person[-1]) + 1,
        int(feeds.person.size),
        feeds.left_out,
        feeds.topics,
        judged,
        overall(each.verdict for each in judged),
        seed,
    )


def feed_measures(lists: Lists, people: int, catalogue: Floats) -> dict[str, Floats]:
    """`MEASURES` of each person's list; of fragmentation, of each person and the next one."""
    weights = rank_weights(lists.person)
    step, size = max(2, _AT_ONCE // catalogue.size), catalogue.size
    parts: list[dict[str, Floats]] = []
    for start in range(0, people, step):
        # One person more, so that the last one has a neighbour.
        stop = min(start + step + 1, people)
        lo, hi = np.searchsorted(lists.person, [start, stop])
        mine = Lists(lists.person[lo:hi] - start, lists.topic[lo:hi])
        counts = counts_of(mine, stop - start, size)
        shares, own = as_shares(counts), slice(0, min(step, people - start))
        by_rank = as_shares(counts_of(mine, stop - start, size, weights[lo:hi])[own])
        parts.append(
            {
                "entropy": entropy(shares[own]),
                "largest_share": shares[own].max(-1),
                "distance": intra_list_distance(counts[own]),
                "from_catalogue": jensen_shannon(shares[own], catalogue),
                "from_catalogue_by_rank": jensen_shannon(by_rank, catalogue),
                "fragmentation": jensen_shannon(shares[:-1], shares[1:]),
            }
        )
    return {name: np.concatenate([part[name] for part in parts]) for name in MEASURES}


def _compared(
    baseline: str, personal: Lists, other: Lists, catalogue: Floats, policy: DiversityPolicy
) -> Iterator[Beside]:
    both = _with_enough(personal, other, policy.least_items)
    people = int(both.sum())
    if people < 2:
        return
    of_personal, of_other = (
        feed_measures(_of(lists, both), people, catalogue) for lists in (personal, other)
    )
    for name in MEASURES:
        yield _beside(baseline, name, of_personal[name], of_other[name], policy)


def _with_enough(personal: Lists, other: Lists, least: int) -> Whole:
    size = 1 + max(int(lists.person.max(initial=-1)) for lists in (personal, other))
    counts = [np.bincount(lists.person, minlength=size) for lists in (personal, other)]
    return np.asarray((counts[0] >= least) & (counts[1] >= least), np.int64)


def _of(lists: Lists, chosen: Whole) -> Lists:
    """The lists of the chosen people, numbered anew."""
    keep = chosen[lists.person] > 0
    return Lists((np.cumsum(chosen) - 1)[lists.person[keep]], lists.topic[keep])


def _beside(
    baseline: str, name: str, values: Floats, others: Floats, policy: DiversityPolicy
) -> Beside:
    gaps = values - others
    n, mean, base = gaps.size, float(gaps.mean()), float(others.mean())
    se = _standard_error(gaps, chained=name == "fragmentation")
    alpha = 1 - policy.level

    def limits(level: float) -> Interval:
        half = float(stdtrit(n - 1, 0.5 + level / 2)) * se if n > 1 else inf
        return Interval(mean - half, mean + half)

    p = 2 * float(stdtr(n - 1, -abs(mean) / se)) if se > 0 else float(mean == 0)
    detectable = float(stdtrit(n - 1, 1 - alpha / 2) + stdtrit(n - 1, policy.power)) * se
    return Beside(
        baseline, name, float(values.mean()), base, limits(policy.level), limits(1 - 2 * alpha),
        max(policy.margin * base, 1e-12), detectable, p, n, n < policy.least_people,
    )  # fmt: skip


def _standard_error(gaps: Floats, *, chained: bool) -> float:
    """Of a mean; `chained`: neighbours share a person, so that their covariance counts as well."""
    n = gaps.size
    if n < 2:
        return inf
    centred = gaps - gaps.mean()
    variance = float((centred**2).sum()) / (n - 1)
    if chained:
        variance += max(2 * float((centred[1:] * centred[:-1]).sum()) / (n - 1), 0.0)
    return float((variance / n) ** 0.5)


def _judged(rows: list[Beside], policy: DiversityPolicy) -> Iterator[Beside]:
    """With p-values adjusted over all; a gap counts where the personal feeds are narrower."""
    adjusted = map(float, holm([each.p for each in rows]) if rows else ())
    for each, p in zip(rows, adjusted, strict=True):
        sign = MEASURES[each.measure]
        evidence = Evidence(
            _turned(each.difference, sign), _turned(each.equivalence, sign), float(p),
            each.margin, 1 - policy.level, each.is_small, one_sided=True,
        )  # fmt: skip
        yield each._replace(p_holm=float(p), verdict=verdict(evidence))


def _turned(limits: Interval, sign: int) -> Interval:
    return limits if sign > 0 else Interval(-limits.hi, -limits.lo)
