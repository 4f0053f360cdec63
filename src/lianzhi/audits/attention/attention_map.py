"""The column map of an attention audit."""

import msgspec


class AttentionMap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which columns hold what; a row is something watched or read. Times are those of China."""

    user: str
    time: str
    """Column of when it began."""
    seconds: str
    """Column of how long it was watched."""
    autoplay: str = ""
    """Column of 0 and 1: it began by itself."""
    minor: str = ""
    """Column of 0 and 1: the account is known to be a minor's."""
    prompt: str = ""
    """Column of 0 and 1: a prompt to take a break was shown with it."""
    table: str = ""

    def named(self) -> list[tuple[str, str]]:
        """Fields of the map with the column that each names."""
        names = ("user", "time", "seconds", "autoplay", "minor", "prompt")
        return [(name, getattr(self, name)) for name in names if getattr(self, name)]
