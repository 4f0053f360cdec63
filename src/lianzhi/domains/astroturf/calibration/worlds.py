"""Placebo worlds: the operator's data with nobody acting together, and groups put into them.

In a placebo world every account acts as often as it does, every object draws what it draws, when it
draws it; only who did what is drawn by lot. Whatever is found there is false. Put in is known.
"""

import tomllib
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from lianzhi.accounts.action import ActionError, duration
from lianzhi.accounts.kernel import Actions

#: What new accounts do on their own, on average.
_OWN_ACTIONS = 3


class Habit(NamedTuple):
    """How a group behaves."""

    name: str
    size: int
    times: int
    jitter: int
    """Milliseconds from the first of them to the last, at most."""
    part: float
    """Probability that one takes part."""
    accounts: str
    """`own`, of the data, or `new`."""
    objects: str
    always: int = 0
    """So many of them take part whatever happens: who is run for it, beside who is paid."""


class World(NamedTuple):
    """Actions, and the groups in them."""

    actions: Actions
    groups: tuple[tuple[str, frozenset[int]], ...]
    """By habit."""


def habits(path: Path | None = None) -> list[Habit]:
    """The shipped habits, or those of a file. Raises ActionError."""
    try:
        text = (path or files(__package__) / "habits.toml").read_text(encoding="utf-8")
        rows = tomllib.loads(text).get("habit")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ActionError(f"{path}: no [[habit]] tables; see the shipped habits.toml")
        return [_habit(row, place) for place, row in enumerate(rows, 1)]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ActionError(f"{path}: {error}; give a file of [[habit]] tables") from None


def _habit(row: dict[str, Any], place: int) -> Habit:
    checks: dict[str, Callable[[Any], Any]] = {
        "name": lambda value: isinstance(value, str) and value,
        "size": lambda value: type(value) is int and 2 <= value <= 1000,
        "times": lambda value: type(value) is int and 1 <= value <= 1000,
        "jitter": lambda value: isinstance(value, str),
        "part": lambda value: isinstance(value, (int, float)) and 0 < value <= 1,
        "accounts": lambda value: value in ("own", "new"),
        "objects": lambda value: value in ("own", "new"),
        "always": lambda value: type(value) is int and 0 <= value <= row["size"],
    }
    row = {"always": 0, **row}
    for field, holds in checks.items():
        if field not in row or not holds(row[field]):
            raise ActionError(f"habit {place}: {field} is {row.get(field)!r}; see habits.toml")
    if unknown := row.keys() - checks.keys():
        raise ActionError(f"habit {place}: {min(unknown)!r} is no field; see habits.toml")
    return Habit(**{**row, "jitter": duration(row["jitter"])})


def shuffled(actions: Actions, draw: np.random.Generator) -> Actions:
    """The same with its accounts drawn by lot."""
    return actions._replace(account=draw.permutation(actions.account))


def with_groups(actions: Actions, some: Sequence[Habit], draw: np.random.Generator) -> World:
    """Put a group of each habit into actions, accounts and objects numbered from 0 on."""
    accounts, objects = int(actions.account.max()) + 1, int(actions.object.max()) + 1
    busy = np.flatnonzero(np.bincount(actions.account) > 1)
    parts, groups = [actions], []
    for habit in some:
        if habit.accounts == "new":
            who = accounts + np.arange(habit.size)
            accounts += habit.size
            parts.append(_ordinary(actions, who, draw))
        else:
            who = draw.choice(busy, min(habit.size, busy.size), replace=False)
        groups.append((habit.name, frozenset(who.tolist())))
        for _ in range(habit.times):
            row = int(draw.integers(actions.time.size))
            thing, at = int(actions.object[row]), int(actions.time[row])
            if habit.objects == "new":
                thing, objects = objects, objects + 1
            core = np.arange(who.size) < habit.always
            there = who[core | (draw.random(who.size) < habit.part)]
            parts.append(_made(there, thing, at + draw.integers(0, habit.jitter + 1, there.size)))
    whole = Actions(*map(np.concatenate, zip(*parts, strict=True)))
    return World(whole._replace(content=np.arange(whole.time.size)), tuple(groups))


def _ordinary(actions: Actions, who: np.ndarray[Any, Any], draw: np.random.Generator) -> Actions:
    """What new accounts do on their own: what somebody does, at another time of that day or so."""
    rows = draw.integers(actions.time.size, size=who.size * _OWN_ACTIONS)
    late = draw.integers(-43_200_000, 43_200_000, rows.size)
    times = np.maximum(actions.time[rows] + late, 0)
    return Actions(np.repeat(who, _OWN_ACTIONS), actions.object[rows], rows, times)


def _made(who: np.ndarray[Any, Any], thing: int, at: np.ndarray[Any, Any]) -> Actions:
    return Actions(who, np.full(who.size, thing), np.zeros(who.size, np.int64), at)
