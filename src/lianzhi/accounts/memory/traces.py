"""Traces: what accounts have left in a file, sorted so that a group's are quickly at hand."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from lianzhi.accounts.kernel import Actions, Ints, Mask

#: The time of what an account shows whenever it acts, such as its name.
ALWAYS = -1


class Column(NamedTuple):
    """A trait: who showed which value, when; sorted by account."""

    account: Ints
    value: Ints
    """Place in `names`."""
    time: Ints
    names: Sequence[str]
    """The values as they stand in the file; they never leave it."""

    @classmethod
    def of(cls, account: Ints, value: Ints, time: Ints, names: Sequence[str]) -> "Column":
        """Sort by account."""
        order = np.argsort(account, kind="stable")
        return cls(account[order], value[order], time[order], names)

    def where(self, which: Mask) -> "Column":
        """Some rows of it."""
        return Column(self.account[which], self.value[which], self.time[which], self.names)

    def spread(self) -> Ints:
        """How many accounts show each value."""
        both = np.unique(self.account * len(self.names) + self.value)
        return np.bincount(both % max(len(self.names), 1), minlength=len(self.names))


class Traces:
    """Actions of accounts numbered from 0 on, and traits of these accounts."""

    def __init__(
        self,
        accounts: Sequence[str],
        actions: Actions,
        columns: Mapping[str, Column],
        created: Ints | None = None,
    ) -> None:
        """`accounts` are names by number; rows of `actions` come in any order; `created` are times
        by account, -1 where they are not known.
        """
        self.accounts = accounts
        self.created = np.full(len(accounts), -1) if created is None else created
        self.actions = actions.where(np.argsort(actions.account, kind="stable"))
        self.columns = columns

    def between(self, since: int, until: int) -> "Traces":
        """What was done from one time on and before another, in Unix milliseconds."""
        time = self.actions.time
        acted = self.actions.where((time >= since) & (time < until))
        here = np.bincount(acted.account, minlength=len(self.accounts)) > 0
        columns = {
            trait: one.where(
                ((one.time >= since) & (one.time < until))
                | ((one.time == ALWAYS) & here[one.account])
            )
            for trait, one in self.columns.items()
        }
        return Traces(self.accounts, acted, columns, self.created)

    @cached_property
    def by_object(self) -> Actions:
        """Actions by object and time."""
        return self.actions.where(np.lexsort((self.actions.time, self.actions.object)))

    @cached_property
    def spread(self) -> Mapping[str, Ints]:
        """By trait: how many accounts show each value."""
        return {trait: one.spread() for trait, one in self.columns.items()}

    @cached_property
    def first(self) -> Ints:
        """When each account first acts."""
        first = np.full(len(self.accounts), np.iinfo(np.int64).max)
        np.minimum.at(first, self.actions.account, self.actions.time)
        return first

    @cached_property
    def active(self) -> Ints:
        """Which accounts act at all."""
        return np.unique(self.actions.account)

    @cached_property
    def things(self) -> Ints:
        """On how many objects each account acts."""
        width = int(self.actions.object.max(initial=0)) + 1
        both = np.unique(self.actions.account * width + self.actions.object)
        return np.bincount(both // width, minlength=len(self.accounts))

    @cached_property
    def objects(self) -> int:
        """How many objects there are."""
        return int(np.unique(self.actions.object).size)


def rows_of(account: Ints, members: Sequence[int]) -> Ints:
    """Rows of some accounts in a column that is sorted by account."""
    some = np.asarray(members, np.int64)
    begin, end = np.searchsorted(account, some), np.searchsorted(account, some, "right")
    parts = [np.arange(one, other) for one, other in zip(begin, end, strict=True)]
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)
