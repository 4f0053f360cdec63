"""Traces: actions and traits of accounts in a file, sorted for fast access by account."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from lianzhi.accounts.kernel import Actions, Ints, Mask

#: Time given to what an account shows in every action, such as its name.
ALWAYS = -1


class Column(NamedTuple):
    """A trait: account, value and time; sorted by account."""

    account: Ints
    value: Ints
    """Index into `names`."""
    time: Ints
    names: Sequence[str]
    """The values as in the file; they are not stored elsewhere."""

    @classmethod
    def of(cls, account: Ints, value: Ints, time: Ints, names: Sequence[str]) -> "Column":
        """A column sorted by account."""
        order = np.argsort(account, kind="stable")
        return cls(account[order], value[order], time[order], names)

    def where(self, which: Mask) -> "Column":
        """The selected rows."""
        return Column(self.account[which], self.value[which], self.time[which], self.names)

    def spread(self) -> Ints:
        """Number of accounts with each value."""
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
        """`accounts` are names by number; `actions` may be in any order; `created` are creation
        times by account, -1 where unknown.
        """
        self.accounts = accounts
        self.created = np.full(len(accounts), -1) if created is None else created
        self.actions = actions.where(np.argsort(actions.account, kind="stable"))
        self.columns = columns

    def between(self, since: int, until: int) -> "Traces":
        """The traces within [since, until), Unix milliseconds."""
        time = self.actions.time
        acted = self.actions.where((time >= since) & (time < until))
        here = np.bincount(acted.account, minlength=len(self.accounts)) > 0
        columns = {
            trait: column.where(
                ((column.time >= since) & (column.time < until))
                | ((column.time == ALWAYS) & here[column.account])
            )
            for trait, column in self.columns.items()
        }
        return Traces(self.accounts, acted, columns, self.created)

    @cached_property
    def by_object(self) -> Actions:
        """Actions sorted by object and time."""
        return self.actions.where(np.lexsort((self.actions.time, self.actions.object)))

    @cached_property
    def spread(self) -> Mapping[str, Ints]:
        """By trait: number of accounts with each value."""
        return {trait: column.spread() for trait, column in self.columns.items()}

    @cached_property
    def first(self) -> Ints:
        """Time of each account's first action."""
        first = np.full(len(self.accounts), np.iinfo(np.int64).max)
        np.minimum.at(first, self.actions.account, self.actions.time)
        return first

    @cached_property
    def active(self) -> Ints:
        """Numbers of the accounts with actions."""
        return np.unique(self.actions.account)

    @cached_property
    def objects_by_account(self) -> Ints:
        """Number of objects on which each account acts."""
        width = int(self.actions.object.max(initial=0)) + 1
        both = np.unique(self.actions.account * width + self.actions.object)
        return np.bincount(both // width, minlength=len(self.accounts))

    @cached_property
    def objects(self) -> int:
        """Number of objects."""
        return int(np.unique(self.actions.object).size)


def rows_of(account: Ints, members: Sequence[int]) -> Ints:
    """Rows of some accounts in a column sorted by account."""
    members_ = np.asarray(members, np.int64)
    begin, end = np.searchsorted(account, members_), np.searchsorted(account, members_, "right")
    parts = [np.arange(start, other) for start, other in zip(begin, end, strict=True)]
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)
