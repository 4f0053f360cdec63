"""Candidates: groups of new accounts that may be a returning group.

Groups that act together beyond chance, and looser clusters of new accounts.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from lianzhi.accounts.coaction import Settings
from lianzhi.accounts.groups import Group
from lianzhi.accounts.kernel import Actions, Ints, pairs
from lianzhi.accounts.memory.traces import Traces

#: Largest distance of two actions that link new accounts, in milliseconds ...
_NEAR = 600_000
#: ... and fewest objects on which it must happen.
_MEETINGS = 2
#: Most new accounts in a window; more are a crowd.
_CROWD = 60
#: Members with a lower membership probability are left out.
_LIKELY = 0.5


def candidates(
    traces: Traces, groups: Sequence[Group], first: Ints, since: int, fewest: int
) -> list[tuple[int, ...]]:
    """Groups and clusters, most of whose accounts are new.

    `first`: first time of each account; those not before `since` are new.
    """
    groups_ = [
        tuple(sorted(member.account for member in group.members if member.probability >= _LIKELY))
        for group in groups
    ]
    new = first >= since
    groups_ += _clusters(traces.actions.where(new[traces.actions.account]), len(first))
    return [
        members
        for members in dict.fromkeys(groups_)
        if len(members) >= fewest and 2 * new[list(members)].sum() > len(members)
    ]


def _clusters(new: Actions, count: int) -> list[tuple[int, ...]]:
    near, _ = pairs(new, Settings(_NEAR, 1, _CROWD))
    left, two = np.minimum(near.account, near.account_y), np.maximum(near.account, near.account_y)
    met = np.unique(np.stack((left, two, near.object)), axis=1)[:2]
    edges, often = np.unique(met, axis=1, return_counts=True)
    return _components(edges[:, often >= _MEETINGS], count)


def _components(edges: Ints, count: int) -> list[tuple[int, ...]]:
    graph = coo_matrix((np.ones(edges.shape[1], np.int8), tuple(edges)), (count, count))
    _, cluster = connected_components(graph, directed=False)
    inside = np.unique(edges)
    by: dict[int, list[int]] = {}
    for account in inside.tolist():
        by.setdefault(int(cluster[account]), []).append(account)
    return [tuple(sorted(members)) for members in by.values()]
