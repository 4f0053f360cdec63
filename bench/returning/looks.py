"""Looks: what an operator sees of a world who runs the search so and so often."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.returning.places import DAY
from bench.returning.worlds import BACK, Group, Row, World, make
from lianzhi.accounts.groups import groups
from lianzhi.accounts.kernel import Actions
from lianzhi.accounts.memory.candidates import candidates
from lianzhi.accounts.memory.entries import entry
from lianzhi.accounts.memory.keys import Key
from lianzhi.accounts.memory.likeness import Likeness
from lianzhi.accounts.memory.observed import observe
from lianzhi.accounts.memory.shares import Shares
from lianzhi.accounts.memory.traces import Traces
from lianzhi.chain.event import Event
from lianzhi.domains.astroturf.returning import streamed
from lianzhi.domains.astroturf.returning.policy import policy
from lianzhi.domains.astroturf.returning.traits import Coded, traces

#: Days of the past that a look takes in; accounts that began in the last so many are new.
PAST, NEW = 14, 10
#: Days from one look to the next.
EVERY = 1 / 8
#: Accounts of a group that are tried one by one.
ALONE = 3
KEY = Key(bytes(range(32)))


class Look(NamedTuple):
    """One group as it was seen at one time."""

    day: float
    owner: int
    """Place among the clean and then the returned; -1: of nobody in particular."""
    accounts: int
    likeness: NDArray[np.float64]


class Seen(NamedTuple):
    """All looks at one world."""

    looks: list[Look]
    clean: list[str]
    """Kind of each clean group."""
    back: list[tuple[int, float, float]]
    """Of each that came back: which it was, what it kept, and the day of its fifth account."""
    singles: list[tuple[int, NDArray[np.float64]]]
    """Accounts one by one: which group they were, -1 for those of clean groups; their likeness."""


def coded(some: list[str]) -> Coded:
    """Number names by first appearance."""
    places: dict[str, int] = {}
    number = np.array([places.setdefault(one, len(places)) for one in some], np.int64)
    return Coded(number, list(places))


def traced(rows: list[Row]) -> Traces:
    """Rows with their traits."""
    account, thing, text = (coded([row[n] for row in rows]) for n in range(3))
    time = np.array([row.time for row in rows], np.int64)
    born = np.zeros(len(account.names), np.int64)
    born[account.number] = [row.created for row in rows]
    actions = Actions(account.number, thing.number, np.arange(len(rows)), time)
    return traces(actions, account.names, thing.names, text, None, np.maximum(born, -1))


def evented(rows: list[Row]) -> Traces:
    """The same as a node sees it: comments, on a thing or with a link."""
    events = [
        Event(
            id=str(number),
            source="bench",
            kind="comment",
            time=row.time,
            actor=row.account,
            actor_created=row.created,
            object=None if row.object.startswith("https:") else row.object,
            text=f"{row.text} {row.object}" if row.object.startswith("https:") else row.text,
        )
        for number, row in enumerate(rows)
    ]
    return streamed.traced(events)


def numbers(some: Traces, group: Group) -> list[int]:
    """Its accounts by number."""
    place = {name: n for n, name in enumerate(some.accounts)}
    return [place[name] for name in group.accounts if name in place]


def look(seed: int, *, search: bool, events: bool = False) -> Seen:
    """Make a world and look at it while some are about to be found.

    Either groups are searched for, or each is handed over as it is known to be, so far as it acts.
    Only those that have acted since the last look are compared. `events`: as a node sees it.
    """
    world: World = make(seed)
    read = evented if events else traced
    old, new = read(world.old), read(world.new)
    entries = (
        [
            made
            for one in world.dissolved
            if (made := streamed.remember(old, one.accounts, KEY, policy(), 0)[0])
        ]
        if events
        else [
            entry(old, observe(old, numbers(old, one)), KEY, now=0, days=365)
            for one in world.dissolved
        ]
    )
    owner = np.full(len(new.accounts), -1)
    for place, group in enumerate([*world.clean, *world.returned]):
        owner[numbers(new, group)] = place
    looks = []
    shares = Shares(new, entries, {KEY.id: KEY})
    for day in np.arange(BACK[0] + EVERY, BACK[1] + 5, EVERY).tolist():
        since, now = int((day - EVERY) * DAY), int(day * DAY)
        past = new.between(now - PAST * DAY, now)
        found = (
            candidates(past, groups(past.actions), new.first, now - NEW * DAY, 3)
            if search
            else known(past, owner, new.first >= now - NEW * DAY)
        )
        acted = np.zeros(len(new.accounts), bool)
        acted[past.actions.account[past.actions.time >= since]] = True
        every = [observe(past, some) for some in found]
        like = Likeness(past, shares, every)
        looks += [
            Look(day, whose(owner[list(one.members)]), len(one.members), like.of(one))
            for one in every
            if acted[list(one.members)].any()
        ]
    back = [(one.origin, one.kept, fifth(new, numbers(new, one))) for one in world.returned]
    singles = [
        (origin, like.of(observe(past, [one])))
        for origin, some in [(one.origin, one) for one in world.returned]
        + [(-1, one) for one in world.clean[:40]]
        for one in numbers(new, some)[:ALONE]
    ]
    return Seen(looks, [one.kind for one in world.clean], back, singles)


def known(
    past: Traces, owner: NDArray[np.int64], fresh: NDArray[np.bool_]
) -> list[tuple[int, ...]]:
    """All groups of three and more who have acted, most of them new."""
    here = past.active[owner[past.active] >= 0]
    order = np.argsort(owner[here], kind="stable")
    parts = np.split(here[order], np.flatnonzero(np.diff(owner[here][order])) + 1)
    return [tuple(some.tolist()) for some in parts if some.size > 2 and fresh[some].mean() > 0.5]


def whose(owners: NDArray[np.int64]) -> int:
    """To whom more than half belong."""
    some, count = np.unique(owners, return_counts=True)
    best = int(np.argmax(count))
    return int(some[best]) if 2 * count[best] > owners.size else -1


def fifth(new: Traces, members: list[int]) -> float:
    """The day, and part of it, on which the fifth of them first acts."""
    actions = new.actions
    first = sorted(int(actions.time[actions.account == one].min()) for one in members)
    return first[4] / DAY if len(first) > 4 else np.inf
