"""Measuring feeds: each person's personal feed beside an unfiltered one and the catalogue."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from lianzhi.domains.algorithms.column_map import MapError, check_columns
from lianzhi.domains.algorithms.diversity.diversity_map import DiversityMap
from lianzhi.domains.algorithms.diversity.measures import (
    entropy,
    intra_list_distance,
    jensen_shannon,
    largest_share,
    topic_shares,
)
from lianzhi.domains.algorithms.table_source import TableSource, quoted
from lianzhi.stats.intervals import Interval

_MOST_TOPICS = 1000
_MOST_ROWS = 10_000_000


class Beside(NamedTuple):
    """A measure of the personal feeds beside that of the unfiltered ones, as means over people."""

    personal: float
    unfiltered: float
    difference: Interval
    """Interval of the mean difference within people."""
    people: int
    """Persons with both feeds."""


class Diversity(NamedTuple):
    """Measures of all feeds. There is no verdict: no measure alone shows a closed circle."""

    people: int
    rows: int
    left_out: int
    """Rows without person, topic, place or one of both arms."""
    topics: int
    measures: Mapping[str, Beside]


def measure(source: TableSource, wanted: DiversityMap, least: int, level: float) -> Diversity:
    """The measures of people with `least` items in each feed. Raises MapError."""
    check_columns(wanted.named(), source.columns)
    whole = int(source.rows(f"SELECT count(*) FROM {source.relation}")[0][0])
    if whole > _MOST_ROWS:
        raise MapError("file", whole, f"give at most {_MOST_ROWS:,} rows; sample people")
    user, topic, arm = (_text(name) for name in (wanted.user, wanted.topic, wanted.arm))
    rank = quoted(wanted.rank)
    place = f"coalesce(TRY_CAST({rank} AS DOUBLE), epoch(TRY_CAST({rank} AS TIMESTAMP)))"
    arrays = source.arrays(
        f"SELECT dense_rank() OVER (ORDER BY {user}) - 1 AS person, "
        f"dense_rank() OVER (ORDER BY {topic}) - 1 AS topic, ({arm} = ?)::INT AS personal "
        f"FROM {source.relation} WHERE {user} IS NOT NULL AND {topic} IS NOT NULL "
        f"AND {place} IS NOT NULL AND {arm} IN (?, ?) ORDER BY person, personal, {place}, topic",
        wanted.personal, wanted.personal, wanted.unfiltered,
    )  # fmt: skip
    person, topics = (np.asarray(arrays[name], np.int64) for name in ("person", "topic"))
    personal = np.asarray(arrays["personal"], np.int64)
    if not person.size:
        raise MapError("arm", wanted.arm, "name the values of both feeds: personal, unfiltered")
    size = int(topics.max()) + 1
    if size > _MOST_TOPICS:
        raise MapError("topic", wanted.topic, f"name a column of at most {_MOST_TOPICS} topics")
    feeds = _feeds(person * 2 + personal, topics)
    catalogue = topic_shares(topics[personal == 0], size)
    both = [
        (feeds[2 * user + 1], feeds[2 * user])
        for user in range(int(person.max()) + 1)
        if min(feeds.get(2 * user, _NONE).size, feeds.get(2 * user + 1, _NONE).size) >= least
    ]
    rows = [[_measures(feed, catalogue, size) for feed in pair] for pair in both]
    names = list(rows[0][0]) if rows else []
    return Diversity(
        int(person.max()) + 1,
        int(person.size),
        whole - int(person.size),
        size,
        {name: _beside([(a[name], b[name]) for a, b in rows], level) for name in names},
    )


_NONE: NDArray[np.int64] = np.zeros(0, np.int64)


def _feeds(keys: NDArray[np.int64], topics: NDArray[np.int64]) -> dict[int, NDArray[np.int64]]:
    """The topics of each feed in order; `keys` are sorted."""
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    return {
        int(keys[at]): part for at, part in zip(starts, np.split(topics, starts[1:]), strict=True)
    }


def _measures(
    feed: NDArray[np.int64], catalogue: NDArray[np.float64], size: int
) -> dict[str, float]:
    shares = topic_shares(feed, size)
    return {
        "entropy": entropy(shares),
        "largest_share": largest_share(shares),
        "distance": intra_list_distance(feed),
        "from_catalogue": jensen_shannon(shares, catalogue),
        "from_catalogue_by_rank": jensen_shannon(topic_shares(feed, size, by_rank=True), catalogue),
    }


def _beside(pairs: list[tuple[float, float]], level: float) -> Beside:
    values = np.asarray(pairs, np.float64)
    gaps = values[:, 0] - values[:, 1]
    n = gaps.size
    mean = float(gaps.mean())
    half = float("inf")
    if n > 1:
        half = float(stdtrit(n - 1, 0.5 + level / 2)) * float(gaps.std(ddof=1)) / n**0.5
    means = values.mean(0)
    return Beside(float(means[0]), float(means[1]), Interval(mean - half, mean + half), n)


def _text(column: str) -> str:
    return f"nullif(trim(CAST({quoted(column)} AS VARCHAR)), '')"
