"""Tells what was found of each item, in names and times, for a person to weigh."""

from collections.abc import Callable, Iterator, Mapping
from math import exp
from typing import Any

import numpy as np

from lianzhi.domains.astroturf.ratings.assess import Assessed, Reason
from lianzhi.domains.astroturf.ratings.bursts import Burst
from lianzhi.domains.astroturf.ratings.corating import Corating
from lianzhi.domains.astroturf.ratings.excess import Excess
from lianzhi.domains.astroturf.ratings.table import Ratings

Told = dict[str, Any]
Names = Mapping[int, str]


def accounts(assessed: Assessed, ratings: Ratings) -> set[int]:
    """Accounts that are told by name."""
    some = {int(one) for reason in assessed.reasons for one in ratings.account[_less(reason)]}
    for reason in assessed.reasons:
        if isinstance(reason.found, Corating):
            some.update(one.account for one in reason.found.group.members)
    return some


def tell(
    ratings: Ratings,
    assessed: Assessed,
    item: Names,
    account: Names,
    moment: Callable[[int], str],
) -> Iterator[Told]:
    """Each item, in order of their numbers."""
    means = assessed.means
    by_item: dict[int, list[Reason]] = {}
    for reason in assessed.reasons:
        by_item.setdefault(reason.item, []).append(reason)
    groups: dict[int, int] = {}
    for place in np.flatnonzero(means.ratings > 0).tolist():
        reasons = by_item.get(place, [])
        rows = slice(*ratings.bounds[place : place + 2])
        yield {
            "item": item[place],
            "ratings": int(means.ratings[place]),
            "mean": round(float(means.plain[place]), 3),
            "robust": round(float(means.robust[place]), 3),
            "interval": [round(float(means.lo[place]), 3), round(float(means.hi[place]), 3)],
            "counted": round(float(means.counted[place]), 2),
            "down_weighted": int((assessed.weight[rows] < 1).sum()),
            "flags": list(dict.fromkeys(reason.kind for reason in reasons)),
            "evidence": [_evidence(ratings, one, account, moment, groups) for one in reasons],
        }


def _less(reason: Reason) -> Any:
    return reason.rows[reason.weight < 1]


def _evidence(
    ratings: Ratings,
    reason: Reason,
    account: Names,
    moment: Callable[[int], str],
    groups: dict[int, int],
) -> Told:
    time = ratings.time[reason.rows]
    told: Told = {
        "kind": reason.kind,
        "since": moment(int(time.min())),
        "until": moment(int(time.max())),
        "ratings": int(reason.rows.size),
    }
    found = reason.found
    if isinstance(found, Burst):
        told |= {"window_h": found.window / 3_600_000, "usual": round(found.usual, 2)}
    if isinstance(found, Corating):
        told |= {
            "group": groups.setdefault(id(found), len(groups) + 1),
            "members": [account[one.account] for one in found.group.members],
            "together": len(found.group.joint),
            "pull": round(found.pull, 2),
            "expected_by_chance": exp(found.group.log_e),
        }
    elif found is not None:
        told |= {"expected_by_chance": exp(found.log_e), "levels": _levels(ratings, found.excess)}
    told["accounts"] = [
        {
            "account": account[int(ratings.account[row])],
            "rating": float(ratings.rating[row]),
            "time": moment(int(ratings.time[row])),
            "weight": round(float(weight), 4),
        }
        for row, weight in zip(reason.rows.tolist(), reason.weight.tolist(), strict=True)
        if weight < 1
    ]
    return told


def _levels(ratings: Ratings, held: Excess) -> list[Told]:
    """What was seen on each level, and what the rest of the item would have there."""
    rows = zip(ratings.levels.tolist(), held.seen.tolist(), held.expected.tolist(), strict=True)
    return [
        {"from": level, "seen": int(seen), "expected": round(expected, 2)}
        for level, seen, expected in rows
    ]
