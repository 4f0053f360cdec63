"""Rankings by the organic part of likes, views and follows.

These have no level; a manipulation shows in the accounts. Throw-away accounts come in a window or
make up most of an item, unlike elsewhere; or a group acts on one item after another. News draws
regulars and newcomers alike.
"""

from typing import Literal, NamedTuple

import numpy as np
from scipy.special import bdtrc

from lianzhi.accounts.explanations import Explained, Explainer
from lianzhi.accounts.groups import Group, groups
from lianzhi.accounts.groups import Settings as GroupSettings
from lianzhi.accounts.kernel import Actions
from lianzhi.domains.astroturf.policy import Policy, newest
from lianzhi.domains.astroturf.policy.ratings import RankingPolicy
from lianzhi.domains.astroturf.ratings.bursts import Burst, bursts
from lianzhi.domains.astroturf.ratings.table import Floats, Ints, Ratings

Kind = Literal["burst", "throwaway", "group"]
#: Fewest items on which a group must act.
_AGAIN = 2


class Coordinated(NamedTuple):
    """Why some of an item's actions are not organic."""

    kind: Kind
    item: int
    rows: Ints
    weight: Floats
    log_e: float
    """Logarithm of the expected number of such findings by chance."""
    evidence: Burst | Group | None


class Ranked(NamedTuple):
    """Result for all items; rows are those of the table, one for each account and item."""

    weight: Floats
    reasons: tuple[Coordinated, ...]
    organic: Floats
    """Sum of the weights, by item."""
    kept: tuple[tuple[Group, Explained], ...]
    """Groups that count in full, since shared interests explain them."""


def table(account: Ints, item: Ints, time: Ints, settings: RankingPolicy | None = None) -> Ratings:
    """Actions, the first of each account on an item; its "rating" is 1 for a throw-away account."""
    settings = settings or newest().ranking
    order = np.lexsort((time, account, item))
    accounts, items = account[order], item[order]
    first = np.append(True, (accounts[1:] != accounts[:-1]) | (items[1:] != items[:-1]))[
        : accounts.size
    ]
    once = order[first]
    others = np.bincount(account[once])[account[once]] - 1
    thin = (others <= settings.history).astype(np.float64)
    return Ratings.of(account[once], item[once], thin, time[once])[0]


def rank(actions: Ratings, policy: Policy | None = None) -> Ranked:
    """Separate organic from coordinated actions in a `table`; by default by the newest policy."""
    policy = policy or newest()
    settings, usual = policy.ranking, policy.ratings.bursts
    every = np.ones(actions.item.size, bool)
    reasons = []
    if actions.levels.size > 1:
        for burst in bursts(actions, usual, every):
            if burst.tail.first == 1 and not burst.crowded(usual):
                rows = np.arange(burst.begin, burst.end)
                rows = rows[actions.rating[rows] > 0]
                weight = np.full(rows.size, burst.excess.weight[1])
                reasons.append(Coordinated("burst", burst.item, rows, weight, burst.log_e, burst))
        reasons += _thin(actions, settings)
    coordinated, kept = _groups(actions, settings)
    reasons += coordinated
    weight = np.ones(actions.item.size)
    for reason in reasons:
        weight[reason.rows] = np.minimum(weight[reason.rows], reason.weight)
    reasons.sort(key=lambda reason: reason.item)
    organic: Floats = np.bincount(actions.item, weight, actions.size.size).astype(np.float64)
    return Ranked(weight, tuple(reasons), organic, kept)


def _thin(actions: Ratings, settings: RankingPolicy) -> list[Coordinated]:
    """Items with an exceptional share of throw-away accounts."""
    size = actions.size
    thin = np.bincount(actions.item, actions.rating, size.size)
    nonempty = size > 0
    if not nonempty.any():
        return []
    # Shares of small items are shrunk towards the overall share.
    overall = float(thin.sum() / size.sum())
    most = float(
        np.quantile((thin[nonempty] + 10 * overall) / (size[nonempty] + 10), settings.usual)
    )
    most = min(max(most, 1e-9), 1 - 1e-9)
    chance = bdtrc(np.maximum(thin - 1, 0), np.maximum(size, 1), most) * nonempty.sum()
    organic = (size - thin) * most / (1 - most)
    suspicious = (
        nonempty & (chance < settings.by_chance) & (thin - organic >= settings.share * size)
    )
    out = []
    for item in np.flatnonzero(suspicious).tolist():
        rows = np.arange(*actions.bounds[item : item + 2])
        rows = rows[actions.rating[rows] > 0]
        weight = np.full(rows.size, organic[item] / thin[item])
        log_e = float(np.log(max(chance[item], 1e-300)))
        out.append(Coordinated("throwaway", item, rows, weight, log_e, None))
    return out


def _groups(
    actions: Ratings, settings: RankingPolicy
) -> tuple[list[Coordinated], tuple[tuple[Group, Explained], ...]]:
    if not actions.item.size:
        return [], ()
    actions_ = Actions(actions.account, actions.item, np.arange(actions.item.size), actions.time)
    explainer = Explainer(actions_)
    coordinated: list[Coordinated] = []
    kept: list[tuple[Group, Explained]] = []
    for group in groups(actions_, GroupSettings(settings.windows, settings.false)):
        joint = _joint(actions, group, settings.least)
        if len(joint) < _AGAIN:
            continue
        why = explainer.explain(group)
        if "interest" in why.reasons:
            kept.append((group, why))
            continue
        for item, rows in joint:
            # A coordinated group counts as a single rating.
            weight = np.full(rows.size, 1 / rows.size)
            coordinated.append(Coordinated("group", item, rows, weight, group.log_e, group))
    return coordinated, tuple(kept)


def _joint(actions: Ratings, group: Group, least: int) -> list[tuple[int, Ints]]:
    sure = np.array([member.account for member in group.members])
    out = []
    for joint in group.joint:
        rows = np.arange(*actions.bounds[joint.object : joint.object + 2])
        rows = rows[np.isin(actions.account[rows], np.intersect1d(sure, joint.members))]
        if rows.size >= least:
            out.append((joint.object, rows))
    return out
