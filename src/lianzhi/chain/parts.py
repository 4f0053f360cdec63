"""Parts: role and acts of each account in a case, by vault token, from its newest findings."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from lianzhi.chain.measure import is_thing

R = TypeVar("R", bound=str)


class Parts(msgspec.Struct, frozen=True):
    """The role and the acts of each account in a case."""

    roles: dict[str, str]
    """Account -> its role, as the newest finding that names it sees it."""
    acts: dict[str, dict[str, int]]
    """Account -> its acts in evidence: `<finding>/<position in the event log>` -> when (ms)."""

    @property
    def authors(self) -> dict[str, str]:
        """Act -> the account that did it."""
        return {act: token for token, acts in self.acts.items() for act in acts}

    @property
    def owner(self) -> str:
        """The account that owns the thing that the case is about; empty: nobody known."""
        return next((account for account, role in self.roles.items() if role == "owner"), "")

    def author_lookup(self) -> Callable[[str], str]:
        """A function from an item to its author, or to the owner of a thing; empty: nobody
        known."""
        authors, owner = self.authors, self.owner
        return lambda item: owner if is_thing(item) else authors.get(item, "")

    def acted_at(self, target: tuple[str, str]) -> int | None:
        """When the earliest act was done that a measure on this (subject, item) answers (ms)."""
        subject, item = target
        if item and is_thing(item):
            return min((at for acts in self.acts.values() for at in acts.values()), default=None)
        if item:
            return self.acts.get(self.authors.get(item, ""), {}).get(item)
        return min(self.acts.get(subject, {}).values(), default=None)


def merge_roles(older: dict[str, R], newer: dict[str, R]) -> dict[str, R]:
    """Roles of the newer finding before those of the older one; a thing keeps one owner, the
    newest that is known."""
    known = "owner" in newer.values()
    return {t: role for t, role in older.items() if not (known and role == "owner")} | newer
