"""Traits of one group in a file: what its members share, when and how they act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lianzhi.accounts.kernel import Actions, Ints
from lianzhi.accounts.memory.traces import Traces, rows_of

#: Largest gap within one joint action on an object, in milliseconds: the widest search window.
WITHIN = 3_600_000
HOUR, DAY = 3_600_000, 86_400_000
#: Histograms of a group's timing and their numbers of bins: hour of the day and day of the week
#: (UTC), time to the next joint action, time between two participants, number of participants, and
#: time between the creation of accounts, where known. From the third on, bins are powers of two of
#: a minute, a second, two accounts, a minute.
TIMING = {"hour": 24, "weekday": 7, "pause": 16, "spacing": 13, "together": 8, "creation": 20}


@dataclass(frozen=True)
class Observed:
    """A group observed in a file; values by their numbers there."""

    members: tuple[int, ...]
    actions: int
    joint: int
    """Number of times two or more members acted on an object within an hour of each other."""
    values: Mapping[str, tuple[Ints, Ints]]
    """By trait: values, and the number of members with each. For `account`: members and others who
    were present at two or more joint actions, and at how many."""
    timing: Mapping[str, Ints]


def observe(traces: Traces, members: Sequence[int]) -> Observed:
    """The observed traits of a group."""
    members_ = tuple(sorted(set(members)))
    mine = traces.actions.where(rows_of(traces.actions.account, members_))
    mine = mine.where(np.lexsort((mine.time, mine.object)))
    joint = _joint(mine)
    values = {}
    for trait, column in traces.columns.items():
        rows = rows_of(column.account, members_)
        width = max(len(column.names), 1)
        both = np.unique(column.account[rows] * width + column.value[rows])
        values[trait] = np.unique(both % width, return_counts=True)
    values["account"] = _company(traces, mine, joint, members_)
    return Observed(
        members_, mine.time.size, len(joint), values, _timing(traces, members_, mine, joint)
    )


def _joint(mine: Actions) -> list[slice]:
    """Rows of each joint action, in order of time; actions sorted by object and time."""
    if not mine.time.size:
        return []
    apart = (np.diff(mine.object) != 0) | (np.diff(mine.time) > WITHIN)
    edge = np.concatenate(([0], np.flatnonzero(apart) + 1, [mine.time.size]))
    runs = [slice(*pair) for pair in zip(edge[:-1].tolist(), edge[1:].tolist(), strict=True)]
    several = (run for run in runs if np.unique(mine.account[run]).size > 1)
    return sorted(several, key=lambda run: int(mine.time[run.start]))


def _company(
    traces: Traces, mine: Actions, joint: Sequence[slice], members: tuple[int, ...]
) -> tuple[Ints, Ints]:
    """Members, and others present at two or more joint actions, with the number of times."""
    whole = traces.by_object
    there = []
    for run in joint:
        begin, end = np.searchsorted(whole.object, mine.object[run.start] + np.arange(2))
        time = whole.time[begin:end]
        first, last = np.searchsorted(
            time, [mine.time[run.start], mine.time[run.stop - 1] + 1], "left"
        )
        there.append(np.unique(whole.account[begin + first : begin + last]))
    accounts, often = np.unique(np.concatenate([*there, np.zeros(0, np.int64)]), return_counts=True)
    others = (often > 1) & ~np.isin(accounts, members)
    account = np.concatenate((np.array(members, np.int64), accounts[others]))
    return account, np.concatenate((np.full(len(members), max(len(joint), 1)), often[others]))


def _timing(
    traces: Traces, members: tuple[int, ...], mine: Actions, joint: Sequence[slice]
) -> dict[str, Ints]:
    since = np.array([mine.time[run.start] for run in joint], np.int64)
    size = np.array([np.unique(mine.account[run]).size for run in joint], np.int64)
    apart = [np.diff(mine.time[run]) for run in joint]
    spacing = np.concatenate([*apart, np.zeros(0, np.int64)])
    created = traces.created[list(members)]
    timing = {
        "hour": since // HOUR % 24,
        "weekday": (since // DAY + 3) % 7,  # 1 January 1970 was a Thursday
        "pause": _powers(np.diff(since) / 60_000),
        "spacing": _powers(spacing / 1000),
        "together": _powers(size / 2),
        "creation": _powers(np.diff(np.sort(created[created >= 0])) / 60_000),
    }
    return {
        trait: np.bincount(np.minimum(timing[trait], bins - 1), minlength=bins)
        for trait, bins in TIMING.items()
    }


def _powers(length: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Ints:
    return np.log2(length + 1).astype(np.int64)
