"""The column map of a diversity audit."""

import msgspec


class DiversityMap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which columns hold what; a row is an item shown to a person."""

    user: str
    topic: str
    rank: str
    """Column of the place or the time by which what a person was shown is ordered."""
    arm: str
    """Column of what filled the feed."""
    personal: str = "personal"
    """Value of `arm` for the feed that is audited."""
    unfiltered: str = "unfiltered"
    """Value of `arm` for the feed to compare with: personalisation off, or by time alone."""
    table: str = ""

    def named(self) -> list[tuple[str, str]]:
        """Fields of the map with the column that each names."""
        return [(name, getattr(self, name)) for name in ("user", "topic", "rank", "arm")]
