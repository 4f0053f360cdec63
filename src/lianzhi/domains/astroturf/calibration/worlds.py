"""Placebo worlds: the operator's data without coordination, and with planted groups.

In a placebo world every account acts as often as in the data and every object receives as many
actions at the same times, but the pairing is random. Every group found there is false, unless it
was planted.
"""

import tomllib
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from lianzhi.accounts.action import ActionError, duration
from lianzhi.accounts.kernel import Actions

#: Mean number of independent actions of a new account.
_OWN_ACTIONS = 3


class Habit(NamedTuple):
    """Behaviour of a planted group."""

    name: str
    size: int
    times: int
    jitter: int
    """Most milliseconds from the first account to the last."""
    part: float
    """Probability that an account takes part."""
    accounts: str
    """`own`: taken from the data; or `new`."""
    objects: str
    always: int = 0
    """Number of accounts that always take part: operated ones, as opposed to paid ones."""


class World(NamedTuple):
    """Actions with the groups planted in them."""

    actions: Actions
    groups: tuple[tuple[str, frozenset[int]], ...]
    """(habit, accounts) of each group."""


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
    """The actions with randomly permuted accounts."""
    return actions._replace(account=draw.permutation(actions.account))


def with_groups(actions: Actions, habits: Sequence[Habit], draw: np.random.Generator) -> World:
    """Plant a group of each habit; accounts and objects are numbered from 0."""
    accounts, objects = int(actions.account.max()) + 1, int(actions.object.max()) + 1
    busy = np.flatnonzero(np.bincount(actions.account) > 1)
    parts, groups = [actions], []
    for habit in habits:
        if habit.accounts == "new":
            accounts_ = accounts + np.arange(habit.size)
            accounts += habit.size
            parts.append(_ordinary(actions, accounts_, draw))
        else:
            accounts_ = draw.choice(busy, min(habit.size, busy.size), replace=False)
        groups.append((habit.name, frozenset(accounts_.tolist())))
        for _ in range(habit.times):
            row = int(draw.integers(actions.time.size))
            object_, at = int(actions.object[row]), int(actions.time[row])
            if habit.objects == "new":
                object_, objects = objects, objects + 1
            core = np.arange(accounts_.size) < habit.always
            there = accounts_[core | (draw.random(accounts_.size) < habit.part)]
            parts.append(
                _actions(there, object_, at + draw.integers(0, habit.jitter + 1, there.size))
            )
    whole = Actions(*map(np.concatenate, zip(*parts, strict=True)))
    return World(whole._replace(content=np.arange(whole.time.size)), tuple(groups))


def _ordinary(
    actions: Actions, accounts: np.ndarray[Any, Any], draw: np.random.Generator
) -> Actions:
    """Actions of new accounts on their own: copies of others' actions, shifted by about a day."""
    rows = draw.integers(actions.time.size, size=accounts.size * _OWN_ACTIONS)
    late = draw.integers(-43_200_000, 43_200_000, rows.size)
    times = np.maximum(actions.time[rows] + late, 0)
    return Actions(np.repeat(accounts, _OWN_ACTIONS), actions.object[rows], rows, times)


def _actions(accounts: np.ndarray[Any, Any], object_: int, at: np.ndarray[Any, Any]) -> Actions:
    return Actions(accounts, np.full(accounts.size, object_), np.zeros(accounts.size, np.int64), at)
