"""Candidates: new accounts of a file that may be a group come back.

Groups that act together beyond chance, and clusters of new accounts that do so less strikingly.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from lianzhi.accounts.coaction import Settings
from lianzhi.accounts.groups import Group
from lianzhi.accounts.kernel import Actions, Ints, pairs
from lianzhi.accounts.memory.traces import Traces

#: New accounts hang together if they meet within so long, in milliseconds ...
_NEAR = 600_000
#: ... on so many objects.
_MEETINGS = 2
#: New accounts in a window beyond which they are a crowd.
_CROWD = 60
#: Who is in a group with less than this probability is left out.
_LIKELY = 0.5


def candidates(
    traces: Traces, found: Sequence[Group], first: Ints, since: int, fewest: int
) -> list[tuple[int, ...]]:
    """Groups found, and clusters of new accounts, most of whose accounts are new.

    `first`: when each account was first seen; those not before `since` are new.
    """
    some = [
        tuple(sorted(one.account for one in group.members if one.probability >= _LIKELY))
        for group in found
    ]
    new = first >= since
    some += _clusters(traces.actions.where(new[traces.actions.account]), len(first))
    return [
        one
        for one in dict.fromkeys(some)
        if len(one) >= fewest and 2 * new[list(one)].sum() > len(one)
    ]


def _clusters(new: Actions, count: int) -> list[tuple[int, ...]]:
    near, _ = pairs(new, Settings(_NEAR, 1, _CROWD))
    one, two = np.minimum(near.account, near.account_y), np.maximum(near.account, near.account_y)
    met = np.unique(np.stack((one, two, near.object)), axis=1)[:2]
    edges, often = np.unique(met, axis=1, return_counts=True)
    return _components(edges[:, often >= _MEETINGS], count)


def _components(edges: Ints, count: int) -> list[tuple[int, ...]]:
    graph = coo_matrix((np.ones(edges.shape[1], np.int8), tuple(edges)), (count, count))
    _, cluster = connected_components(graph, directed=False)
    inside = np.unique(edges)
    by: dict[int, list[int]] = {}
    for account in inside.tolist():
        by.setdefault(int(cluster[account]), []).append(account)
    return [tuple(sorted(some)) for some in by.values()]
