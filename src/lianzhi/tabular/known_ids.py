"""Ids that a row may refer to."""

from collections.abc import Collection, Mapping

import msgspec

_NONE: frozenset[str] = frozenset()


class KnownIds(msgspec.Struct, frozen=True):
    """By kind of row: ids that exist, and ids whose own rows were refused.

    References to a kind that is in neither are not checked.
    """

    ids: Mapping[str, Collection[str]] = {}
    refused: Mapping[str, Collection[str]] = {}

    def fault_rule(self, kind: str, value: str) -> str:
        """The rule by which an id may not be referred to; empty where it may."""
        if kind not in self.ids or value in self.ids[kind]:
            return ""
        return "refused_row" if value in self.refused.get(kind, _NONE) else "none_such"

    def adding(
        self, kind: str, ids: Collection[str], refused: Collection[str] = _NONE
    ) -> "KnownIds":
        """Known ids with those of one more kind."""
        return KnownIds(
            {**self.ids, kind: frozenset(ids)}, {**self.refused, kind: frozenset(refused)}
        )
