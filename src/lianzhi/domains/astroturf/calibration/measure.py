"""What is found in placebo worlds, right and wrong: false discovery rate, recall, precision."""

import math
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lianzhi.accounts.groups import Group, Settings, groups
from lianzhi.accounts.kernel import Actions
from lianzhi.domains.astroturf.calibration.worlds import Habit, World, shuffled, with_groups
from lianzhi.stats.intervals import Interval, clopper_pearson

#: Worlds that one process works through at a time.
_PORTION = 5


class Seen(NamedTuple):
    """What was found in one world."""

    found: int
    false: int
    """Groups of which fewer than half the accounts are of one group that was put in."""
    recalled: tuple[tuple[str, int, int, int, int], ...]
    """Of each group that was put in: its habit, whether it was found, its accounts, those among the
    found, accounts found with it that are not its own."""


@dataclass(frozen=True, slots=True)
class Row:
    """One habit over all worlds."""

    name: str
    groups: int
    found: Interval
    share: float
    """Groups found; the interval is of it."""
    accounts: float
    """Share of their accounts found."""
    precision: float
    """Share of the accounts found with them that are theirs."""


@dataclass(frozen=True, slots=True)
class Report:
    """What calibration has to say."""

    worlds: int
    empty: float
    """Share of worlds without groups in which something was found ..."""
    empty_most: float
    """... and its upper 95 % limit."""
    false: float
    """False discovery rate with groups in the worlds: the mean share of what was found ..."""
    false_most: float
    """... and its upper 95 % limit."""
    nominal: float
    rows: tuple[Row, ...]


def measure(
    actions: Actions,
    some: Sequence[Habit],
    settings: Settings,
    *,
    worlds: int,
    seed: int,
    watch: Callable[[int], None] = lambda done: None,
) -> Report:
    """Look for groups in placebo worlds: with nothing put in, and with one of each habit."""
    empty: list[Seen] = []
    full: list[Seen] = []
    tasks = [
        (actions, some if kind else (), settings, seed, kind, begin, min(begin + _PORTION, worlds))
        for kind in (0, 1)
        for begin in range(0, worlds, _PORTION)
    ]
    for task, seen in zip(tasks, _worked(tasks), strict=True):
        (full if task[4] else empty).extend(seen)
        watch(len(empty) + len(full))
    shares = [one.false / max(one.found, 1) for one in full]
    found = sum(one.found > 0 for one in empty)
    return Report(
        worlds,
        found / worlds,
        _most(found, worlds),
        float(np.mean(shares)),
        # A share varies less than yes and no of the same mean, so their limit holds.
        _most(math.ceil(sum(shares)), worlds),
        settings.false,
        tuple(_row(habit.name, full) for habit in some),
    )


_Task = tuple[Actions, Sequence[Habit], Settings, int, int, int, int]


def _worked(tasks: Sequence[_Task]) -> Iterator[list[Seen]]:
    """Each task's worlds, in order, on all cores."""
    cores = min(os.cpu_count() or 1, len(tasks))
    if cores == 1:
        yield from map(_portion, tasks)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(cores, mp_context=context) as pool:
        yield from pool.map(_portion, tasks)


def _portion(task: _Task) -> list[Seen]:
    actions, some, settings, seed, kind, begin, end = task
    return [
        _seen(actions, some, settings, np.random.default_rng((seed, kind, number)))
        for number in range(begin, end)
    ]


def _seen(
    actions: Actions, some: Sequence[Habit], settings: Settings, draw: np.random.Generator
) -> Seen:
    made = with_groups(shuffled(actions, draw), some, draw)
    return compare(made, groups(made.actions, settings))


def compare(made: World, found: Sequence[Group]) -> Seen:
    """Compare what was found with what was put in."""
    accounts = [frozenset(member.account for member in group.members) for group in found]
    false = 0
    mine: dict[int, set[int]] = {}
    for some in accounts:
        overlap = [len(some & whole) for _, whole in made.groups]
        best = int(np.argmax(overlap)) if overlap else -1
        if best >= 0 and 2 * overlap[best] >= len(some):
            mine.setdefault(best, set()).update(some)
        else:
            false += 1
    recalled = tuple(
        (
            name,
            int(place in mine),
            len(whole),
            len(whole & mine.get(place, set())),
            len(mine.get(place, set()) - whole),
        )
        for place, (name, whole) in enumerate(made.groups)
    )
    return Seen(len(found), false, recalled)


def _row(name: str, seen: Sequence[Seen]) -> Row:
    mine = [one for world in seen for one in world.recalled if one[0] == name]
    found, whole, right, wrong = (sum(column) for column in list(zip(*mine, strict=True))[1:])
    return Row(
        name,
        len(mine),
        clopper_pearson(found, len(mine)),
        found / max(len(mine), 1),
        right / max(whole, 1),
        right / max(right + wrong, 1),
    )


def _most(count: int, of: int) -> float:
    """Upper 95 % limit of a share, one-sided."""
    return clopper_pearson(min(count, of), of, 0.90).hi
