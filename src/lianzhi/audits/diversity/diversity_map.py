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
    """Value of `arm` for the feed to compare with: by time alone, or drawn at random."""
    off: str = "off"
    """Value of `arm` for the feed of a person who has switched personalisation off."""
    time: str = ""
    """Column of when it was shown: the later half of a personal feed is compared with the earlier
    one."""
    table: str = ""

    def named(self) -> list[tuple[str, str]]:
        """Fields of the map with the column that each names."""
        names = ("user", "topic", "rank", "arm", "time")
        return [(name, getattr(self, name)) for name in names if getattr(self, name)]
