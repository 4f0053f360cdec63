"""Ids that a row may point to."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import msgspec

_NONE: frozenset[str] = frozenset()


class Ref(NamedTuple):
    """Marks a field whose value is the id of a row of another kind."""

    kind: str


class Known(msgspec.Struct, frozen=True):
    """By kind: ids that exist, and ids whose own rows were refused.

    A kind that is in neither is not checked.
    """

    ids: Mapping[str, Collection[str]] = {}
    refused: Mapping[str, Collection[str]] = {}

    def wrong(self, kind: str, value: str) -> str:
        """The rule by which an id may not be pointed to; empty where it may."""
        if kind not in self.ids or value in self.ids[kind]:
            return ""
        return "refused_row" if value in self.refused.get(kind, _NONE) else "none_such"

    def adding(self, kind: str, ids: Collection[str], refused: Collection[str] = _NONE) -> "Known":
        """The same with the ids of one more kind."""
        return Known({**self.ids, kind: frozenset(ids)}, {**self.refused, kind: frozenset(refused)})
