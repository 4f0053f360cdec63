"""Detection of groups in placebo worlds: false discovery rate, recall, precision."""

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

#: Simulated worlds per task of a worker process.
_PORTION = 5


class Seen(NamedTuple):
    """Result of the search in one world."""

    detected: int
    false: int
    """Groups of which fewer than half the accounts belong to one planted group."""
    recalled: tuple[tuple[str, int, int, int, int], ...]
    """For each planted group: its habit, whether found (0 or 1), number of accounts, those
    detected, and other accounts detected with them."""


@dataclass(frozen=True, slots=True)
class Row:
    """Results for one habit over all worlds."""

    name: str
    groups: int
    interval: Interval
    share: float
    """Share of groups found; `interval` is its 95 % one."""
    accounts: float
    """Share of their accounts that were detected."""
    precision: float
    """Share of the detected accounts that belong to them."""


@dataclass(frozen=True, slots=True)
class Report:
    """Calibration of a search."""

    worlds: int
    empty: float
    """Share of worlds without groups in which one was detected."""
    empty_most: float
    """Upper 95 % limit of `empty`."""
    false: float
    """False discovery rate in worlds with groups, mean over worlds."""
    false_most: float
    """Upper 95 % limit of `false`."""
    nominal: float
    rows: tuple[Row, ...]


def measure(
    actions: Actions,
    habits: Sequence[Habit],
    settings: Settings,
    *,
    worlds: int,
    seed: int,
    watch: Callable[[int], None] = lambda done: None,
) -> Report:
    """Search placebo worlds: without planted groups, and with one of each habit."""
    empty: list[Seen] = []
    full: list[Seen] = []
    tasks = [
        (
            actions,
            habits if kind else (),
            settings,
            seed,
            kind,
            begin,
            min(begin + _PORTION, worlds),
        )
        for kind in (0, 1)
        for begin in range(0, worlds, _PORTION)
    ]
    for task, seen in zip(tasks, _worked(tasks), strict=True):
        (full if task[4] else empty).extend(seen)
        watch(len(empty) + len(full))
    shares = [seen.false / max(seen.detected, 1) for seen in full]
    false_alarms = sum(seen.detected > 0 for seen in empty)
    return Report(
        worlds,
        false_alarms / worlds,
        _most(false_alarms, worlds),
        float(np.mean(shares)),
        # A mean of shares varies less than a binomial of the same mean, so the binomial limit is
        # conservative.
        _most(math.ceil(sum(shares)), worlds),
        settings.false,
        tuple(_row(habit.name, full) for habit in habits),
    )


_Task = tuple[Actions, Sequence[Habit], Settings, int, int, int, int]


def _worked(tasks: Sequence[_Task]) -> Iterator[list[Seen]]:
    """Results of each task's worlds, in order, computed on all cores."""
    cores = min(os.cpu_count() or 1, len(tasks))
    if cores == 1:
        yield from map(_portion, tasks)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(cores, mp_context=context) as pool:
        yield from pool.map(_portion, tasks)


def _portion(task: _Task) -> list[Seen]:
    actions, habits, settings, seed, kind, begin, end = task
    return [
        _seen(actions, habits, settings, np.random.default_rng((seed, kind, number)))
        for number in range(begin, end)
    ]


def _seen(
    actions: Actions, habits: Sequence[Habit], settings: Settings, draw: np.random.Generator
) -> Seen:
    world = with_groups(shuffled(actions, draw), habits, draw)
    return compare(world, groups(world.actions, settings))


def compare(world: World, groups: Sequence[Group]) -> Seen:
    """Compare the groups found with the planted ones."""
    accounts = [frozenset(member.account for member in group.members) for group in groups]
    false = 0
    mine: dict[int, set[int]] = {}
    for account in accounts:
        overlap = [len(account & whole) for _, whole in world.groups]
        best = int(np.argmax(overlap)) if overlap else -1
        if best >= 0 and 2 * overlap[best] >= len(account):
            mine.setdefault(best, set()).update(account)
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
        for place, (name, whole) in enumerate(world.groups)
    )
    return Seen(len(groups), false, recalled)


def _row(name: str, seen: Sequence[Seen]) -> Row:
    mine = [counted for world in seen for counted in world.recalled if counted[0] == name]
    reported, whole, right, wrong = (sum(column) for column in list(zip(*mine, strict=True))[1:])
    return Row(
        name,
        len(mine),
        clopper_pearson(reported, len(mine)),
        reported / max(len(mine), 1),
        right / max(whole, 1),
        right / max(right + wrong, 1),
    )


def _most(count: int, of: int) -> float:
    """Upper 95 % limit of a share, one-sided."""
    return clopper_pearson(min(count, of), of, 0.90).hi
