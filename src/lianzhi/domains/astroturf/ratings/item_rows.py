"""Assessment of each item as a JSON object with names and times."""

from collections.abc import Callable, Iterator, Mapping
from math import exp
from typing import Any

import numpy as np

from lianzhi.domains.astroturf.ratings.assess import Assessed, Reason
from lianzhi.domains.astroturf.ratings.bursts import Burst
from lianzhi.domains.astroturf.ratings.corating import Corating
from lianzhi.domains.astroturf.ratings.excess import Excess
from lianzhi.domains.astroturf.ratings.table import Ratings

JsonLine = dict[str, Any]
Names = Mapping[int, str]


def flagged_accounts(assessed: Assessed, ratings: Ratings) -> set[int]:
    """Numbers of the accounts that are reported by name."""
    numbers = {
        int(number) for reason in assessed.reasons for number in ratings.account[_less(reason)]
    }
    for reason in assessed.reasons:
        if isinstance(reason.evidence, Corating):
            numbers.update(member.account for member in reason.evidence.group.members)
    return numbers


def item_rows(
    ratings: Ratings,
    assessed: Assessed,
    item: Names,
    account: Names,
    moment: Callable[[int], str],
) -> Iterator[JsonLine]:
    """The row of each item, in order of their numbers."""
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
            "evidence": [_evidence(ratings, reason, account, moment, groups) for reason in reasons],
        }


def _less(reason: Reason) -> Any:
    return reason.rows[reason.weight < 1]


def _evidence(
    ratings: Ratings,
    reason: Reason,
    account: Names,
    moment: Callable[[int], str],
    groups: dict[int, int],
) -> JsonLine:
    time = ratings.time[reason.rows]
    evidence: JsonLine = {
        "kind": reason.kind,
        "since": moment(int(time.min())),
        "until": moment(int(time.max())),
        "ratings": int(reason.rows.size),
    }
    corating = reason.evidence
    if isinstance(corating, Burst):
        evidence |= {"window_h": corating.window / 3_600_000, "usual": round(corating.usual, 2)}
    if isinstance(corating, Corating):
        evidence |= {
            "group": groups.setdefault(id(corating), len(groups) + 1),
            "members": [account[member.account] for member in corating.group.members],
            "together": len(corating.group.joint),
            "pull": round(corating.pull, 2),
            "expected_by_chance": exp(corating.group.log_e),
        }
    elif corating is not None:
        evidence |= {
            "expected_by_chance": exp(corating.log_e),
            "levels": _levels(ratings, corating.excess),
        }
    evidence["accounts"] = [
        {
            "account": account[int(ratings.account[row])],
            "rating": float(ratings.rating[row]),
            "time": moment(int(ratings.time[row])),
            "weight": round(float(weight), 4),
        }
        for row, weight in zip(reason.rows.tolist(), reason.weight.tolist(), strict=True)
        if weight < 1
    ]
    return evidence


def _levels(ratings: Ratings, excess: Excess) -> list[JsonLine]:
    rows = zip(ratings.levels.tolist(), excess.seen.tolist(), excess.expected.tolist(), strict=True)
    return [
        {"from": level, "seen": int(seen), "expected": round(expected, 2)}
        for level, seen, expected in rows
    ]
