"""Made-up life: accounts that act on their own, and groups that do not."""

import numpy as np

from lianzhi.accounts.kernel import Actions

DAY, MINUTE = 86_400_000, 60_000


def life(seed: int, count: int = 6000, accounts: int = 1500, objects: int = 800) -> Actions:
    """Ten days in which some act more than others, and some objects draw more."""
    draw = np.random.default_rng(seed)
    account = np.minimum(draw.pareto(1.2, count) * accounts / 20, accounts - 1).astype(np.int64)
    thing = np.minimum(draw.pareto(1.2, count) * objects / 20, objects - 1).astype(np.int64)
    time = draw.integers(0, 10 * DAY, count)
    return Actions(account, thing, np.arange(count), time)


def with_group(
    actions: Actions,
    who: range,
    things: range,
    *,
    jitter: int = MINUTE,
    part: float = 1.0,
    every: int = DAY,
    first: int = DAY,
    seed: int = 0,
) -> Actions:
    """The same, with a group that acts together on some objects, one after another."""
    draw = np.random.default_rng(seed)
    members = np.array(who)
    parts = [actions]
    for place, thing in enumerate(things):
        there = members[draw.random(members.size) < part]
        at = first + place * every + draw.integers(0, jitter + 1, there.size)
        none = np.zeros(there.size, np.int64)
        parts.append(Actions(there, np.full(there.size, thing), none, at))
    account, thing, _, time = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Actions(account, thing, np.arange(time.size), time)
