"""Feeds of people in their order, as arrays."""

from typing import NamedTuple

import numpy as np

from lianzhi.audits.diversity.diversity_map import DiversityMap
from lianzhi.stats.topic_diversity import Floats, Lists, Whole
from lianzhi.tabular.column_map import MapError, check_columns
from lianzhi.tabular.table_source import TableSource, quoted

_MOST_TOPICS, _MOST_ROWS = 1000, 50_000_000
PERSONAL, UNFILTERED, OFF = 0, 1, 2


class Feeds(NamedTuple):
    """Items shown, sorted by person, arm and place; arrays of one length."""

    person: Whole
    """0, 1, 2, ... in an order that has nothing to do with who they are."""
    arm: Whole
    """`PERSONAL`, `UNFILTERED` or `OFF`."""
    topic: Whole
    moment: Floats | None
    """Seconds; None without a column of the time."""
    topics: int
    left_out: int
    """Rows without person, topic, place or a known arm."""

    def lists(self, arm: int) -> Lists:
        """The lists of one arm."""
        mine = self.arm == arm
        return Lists(self.person[mine], self.topic[mine])


def read_feeds(source: TableSource, wanted: DiversityMap) -> Feeds:
    """The feeds of a source. Raises MapError."""
    check_columns(wanted.named(), source.columns)
    whole = int(source.rows(f"SELECT count(*) FROM {source.relation}")[0][0])
    if whole > _MOST_ROWS:
        raise MapError("file", whole, f"give at most {_MOST_ROWS:,} rows; sample people")
    user, topic, arm = (_text(name) for name in (wanted.user, wanted.topic, wanted.arm))
    (topics,) = source.rows(f"SELECT count(DISTINCT {topic}) FROM {source.relation}")[0]
    if topics > _MOST_TOPICS:
        raise MapError("topic", wanted.topic, f"name a column of at most {_MOST_TOPICS} topics")
    place = _number_or_time(wanted.rank)
    moment = _number_or_time(wanted.time) if wanted.time else "0"
    arms = [wanted.personal, wanted.unfiltered, wanted.off]
    arrays = source.arrays(
        f"WITH shown AS (SELECT hash({user}) AS person, {topic} AS t, "
        f"list_position(?, {arm}) - 1 AS arm, {moment} AS moment, {place} AS place "
        f"FROM {source.relation} WHERE {user} IS NOT NULL AND list_contains(?, {arm})), "
        "numbered AS (SELECT t, row_number() OVER (ORDER BY t) - 1 AS topic FROM "
        f"(SELECT DISTINCT {topic} AS t FROM {source.relation}) WHERE t IS NOT NULL) "
        "SELECT person, topic, arm, moment FROM shown JOIN numbered USING (t) "
        "WHERE place IS NOT NULL AND moment IS NOT NULL ORDER BY person, arm, place, topic",
        arms,
        arms,
    )
    keys = np.asarray(arrays["person"])
    if not keys.size:
        raise MapError("arm", wanted.arm, f"name the values of the feeds: {', '.join(arms)}")
    return Feeds(
        np.concatenate([[False], keys[1:] != keys[:-1]]).cumsum(),
        np.asarray(arrays["arm"], np.int64),
        np.asarray(arrays["topic"], np.int64),
        np.asarray(arrays["moment"], np.float64) if wanted.time else None,
        int(topics),
        whole - int(keys.size),
    )


def halves(feeds: Feeds) -> tuple[Lists, Lists] | None:
    """The later and the earlier half of each personal feed, without the middle item.

    None without a column of the time.
    """
    if feeds.moment is None:
        return None
    mine = np.flatnonzero(feeds.arm == PERSONAL)
    order = mine[np.lexsort((feeds.moment[mine], feeds.person[mine]))]
    person = feeds.person[order]
    count = np.bincount(person, minlength=int(feeds.person[-1]) + 1)
    place = np.arange(person.size) - (np.cumsum(count) - count)[person]
    half = count[person] // 2
    later, earlier = order[place >= count[person] - half], order[place < half]
    return (
        Lists(feeds.person[later], feeds.topic[later]),
        Lists(feeds.person[earlier], feeds.topic[earlier]),
    )


def _number_or_time(column: str) -> str:
    name = quoted(column)
    return f"coalesce(TRY_CAST({name} AS DOUBLE), epoch(TRY_CAST({name} AS TIMESTAMP)))"


def _text(column: str) -> str:
    return f"nullif(trim(CAST({quoted(column)} AS VARCHAR)), '')"
