"""A ranking audit of files."""

from pathlib import Path

import numpy as np

from lianzhi.audits.policy import RankingPolicy
from lianzhi.audits.ranking.actions import (
    Actions,
    read_accounts,
    read_actions,
    read_lists,
    read_moment,
)
from lianzhi.audits.ranking.audit import RankingAudit, ranking_audit
from lianzhi.audits.ranking.ranking_map import RankingMap
from lianzhi.stats.traffic_shares import TrafficShares, traffic_shares
from lianzhi.tabular.column_map import MapError, read_map
from lianzhi.tabular.table_source import opened


def audit_file(
    path: Path, map_path: Path, policy: RankingPolicy, *, lists: Path, accounts: Path, seed: int
) -> RankingAudit:
    """The audit of actions and lists by a column map. Raises MapError."""
    wanted = read_map(map_path, RankingMap)
    wanted.check()
    coordinated = read_accounts(accounts)
    with opened(lists) as source:
        ranked = read_lists(source, wanted)
    with opened(path, wanted.table) as source:
        actions = read_actions(source, wanted)
        moment = read_moment(source, wanted.adjusted_at) if wanted.adjusted_at else None
    traffic = None if moment is None else _traffic(actions, coordinated, moment, policy.level)
    return ranking_audit(actions, ranked, coordinated, wanted, policy, seed=seed, traffic=traffic)


def traffic_of_files(
    path: Path, map_path: Path, accounts: Path, level: float
) -> tuple[TrafficShares | None, int]:
    """Shares of traffic before and after the map's `adjusted_at`, and how many coordinated accounts
    acted. None: one side has no actions. Raises MapError."""
    wanted = read_map(map_path, RankingMap)
    wanted.check()
    if not wanted.adjusted_at:
        raise MapError("adjusted_at", "", "say when it was adjusted, such as 2026-05-01 12:00")
    coordinated = read_accounts(accounts)
    with opened(path, wanted.table) as source:
        actions = read_actions(source, wanted)
        moment = read_moment(source, wanted.adjusted_at)
    marked = len(coordinated.intersection(actions.accounts))
    return _traffic(actions, coordinated, moment, level), marked


def _traffic(
    actions: Actions, coordinated: frozenset[str], moment: float, level: float
) -> TrafficShares | None:
    size, later = len(actions.accounts), actions.time >= moment
    sides = [
        np.bincount(actions.account[side], minlength=size).astype(np.float64)
        for side in (~later, later)
    ]
    marked = np.array([name in coordinated for name in actions.accounts], np.bool_)
    return traffic_shares(sides[0], sides[1], marked, level)
