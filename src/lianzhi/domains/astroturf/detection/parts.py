"""The role of each member of a group.

- organiser 组织者: the first of those present, far more often than by chance;
- operator 操控号: most of its actions are joint ones, and it is nearly always present;
- paid follower 受雇跟单: neither, with actions of its own;
- participant 参与: too few data to tell.

These are verifiable habits, not proofs of payment. A text of an account, such as an advert for
hiring, is a finding of `astroturf.advert`.
"""

from collections.abc import Iterable

import numpy as np

from lianzhi.accounts.groups import Group, Joint
from lianzhi.accounts.kernel import Actions, Ints
from lianzhi.chain.finding import Role
from lianzhi.domains.astroturf.policy import Parts
from lianzhi.stats.tails import binomial_tail


def parts(group: Group, actions: Actions, policy: Parts) -> dict[int, Role]:
    """The role of each member; `actions` are those in which the group was found."""
    members = np.array([member.account for member in group.members], np.int64)
    mine = actions.where(np.flatnonzero(np.isin(actions.account, members)))
    present: dict[int, list[int]] = {account: [] for account in members.tolist()}
    led: dict[int, int] = dict.fromkeys(present, 0)
    joined: dict[int, set[int]] = {account: set() for account in present}
    for joint in group.joint:
        there = _there(mine, joint)
        for account, content in zip(*_columns(mine, there), strict=True):
            joined[account].add(content)
        for account in joint.members:
            present[account].append(len(joint.members))
        if (first := _first(mine, there)) is not None:
            led[first] += 1
    did = {
        account: np.unique(mine.content[mine.account == account]).size
        for account in members.tolist()
    }
    return {
        account: _part(
            present[account], led[account], len(joined[account]) / did[account], group, policy
        )
        for account in members.tolist()
    }


def _part(sizes: list[int], led: int, share: float, group: Group, policy: Parts) -> Role:
    """`sizes`: how many were there each time; `led`: how often it came first; `share` of its acts
    that were joint ones."""
    if led >= policy.least_led and len(group.members) * _luck(sizes, led) < policy.led_by_chance:
        return "organiser"
    if len(sizes) < policy.least_joint:
        return "participant"
    if share >= policy.run_share and len(sizes) >= policy.run_presence * len(group.joint):
        return "operator"
    return "paid_follower"


def _luck(sizes: Iterable[int], led: int) -> float:
    """Probability of being first so often if all those present are equally likely to be.

    For sums with unequal probabilities the binomial with their mean has the heavier upper tail
    (Hoeffding, 1956).
    """
    chances = [1 / size for size in sizes]
    return float(binomial_tail(led, len(chances), sum(chances) / len(chances)))


def _there(mine: Actions, joint: Joint) -> Ints:
    """Rows of a joint act."""
    near = (mine.object == joint.object) & (mine.time >= joint.since)
    near &= mine.time < joint.since + 2 * joint.window
    return np.flatnonzero(near & np.isin(mine.account, joint.members))


def _columns(mine: Actions, rows: Ints) -> tuple[list[int], list[int]]:
    return mine.account[rows].tolist(), mine.content[rows].tolist()


def _first(mine: Actions, rows: Ints) -> int | None:
    """The account that acted first; None for a tie."""
    time, account = mine.time[rows], mine.account[rows]
    first = np.unique(account[time == time.min(initial=np.iinfo(np.int64).max)])
    return int(first[0]) if first.size == 1 else None
