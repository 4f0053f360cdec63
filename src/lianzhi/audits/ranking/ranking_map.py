"""The column map of a ranking audit."""

from typing import Literal

import msgspec

from lianzhi.tabular.column_map import MapError


class RankingMap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which columns hold what; a row of FILE is an action of an account on an item."""

    account: str
    item: str
    time: str
    list_item: str = "item"
    """Column of the lists: an entry."""
    list_time: str = "time"
    """Column of the lists: when the list stood so."""
    list_rank: str = "rank"
    """Column of the lists: the place, 1 for the first."""
    window_minutes: float
    """Actions so long before a list count for it."""
    score: Literal["count", "accounts", "weighted"] = "count"
    """What an item is ranked by: actions, accounts that acted, or the sum of `weight`."""
    weight: str = ""
    """Column of what an action counts, 0 or more."""
    adjusted_at: str = ""
    """When the list was adjusted: shares of traffic before and after it are compared."""
    table: str = ""

    def check(self) -> None:
        """Raises MapError for fields that do not fit one another."""
        if not 1 <= self.window_minutes <= 525_600:
            raise MapError("window_minutes", self.window_minutes, "give 1 to 525600 minutes")
        if bool(self.weight) != (self.score == "weighted"):
            raise MapError("weight", self.weight, "name a column for the score weighted, else none")

    def named(self) -> list[tuple[str, str]]:
        """Fields of the map with the column of FILE that each names."""
        names = ("account", "item", "time", "weight")
        return [(name, getattr(self, name)) for name in names if getattr(self, name)]

    def listed(self) -> list[tuple[str, str]]:
        """Fields of the map with the column of the lists that each names."""
        return [(name, getattr(self, name)) for name in ("list_item", "list_time", "list_rank")]
