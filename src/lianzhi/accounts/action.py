"""Action 动作: an account did something to an object; the input of coordination analysis.

An action has an *account*; an *object*, which it shared, rated, liked, followed or reported: a
link, a hash of a text or an image, a film, another account; a *content*, the post or like by which
it did so; and a *time*, in Unix milliseconds UTC. A content may act on several objects (a post with
a link and a hashtag), and counts once.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

#: Longest name of an account, object or content, in characters, as for events.
MOST_NAME = 256
_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


class ActionError(ValueError):
    """Actions cannot be read or compared; the message names the fault and its remedy."""


class Columns(NamedTuple):
    """Column names of a file of actions; by default those of CooRTweet."""

    account: str = "account_id"
    object: str = "object_id"
    content: str = "content_id"
    time: str = "timestamp_share"
    rating: str = ""
    """Column of a number for each action; empty for none."""

    @classmethod
    def parse(cls, given: str, usual: Self | None = None) -> Self:
        """Read `account=user,object=url`; other columns keep their default, or those of `usual`.

        Raises ActionError. `content=` means no such column: then every row is a content of its own.

        >>> Columns.parse("account=user,time=at").account
        'user'
        """
        usual = usual or cls()
        fields = [name for name in cls._fields if name != "rating" or usual.rating]
        named: dict[str, str] = {}
        for part in filter(None, given.split(",")):
            field, equals, column = part.partition("=")
            if field not in fields or not equals or (not column and field != "content"):
                known = ", ".join(f"{name}=COLUMN" for name in fields)
                raise ActionError(f"columns: {part!r}; write some of {known}")
            named[field] = column
        return usual._replace(**named)

    def missing(self, names: Sequence[str]) -> list[str]:
        """The columns that a file does not have."""
        return [column for column in self if column and column not in names]


def duration(given: str) -> int:
    """Milliseconds of a duration such as 60s, 10m, 1.5h, 500ms. Raises ActionError.

    >>> duration("10m")
    600000
    """
    match = re.fullmatch(r"(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|d)", given.strip())
    length = int(float(match[1]) * _UNITS[match[2]]) if match else 0
    if not 1 <= length <= 366 * _UNITS["d"]:
        raise ActionError(f"{given!r}: give a length of time from 1ms to 366d, such as 60s or 10m")
    return length


class Rejected(NamedTuple):
    """A row that is no valid action."""

    row: int
    """Row number in the file, from 1; the head of a CSV counts, empty lines of NDJSON do not."""
    column: str
    reason: str


class Counts(NamedTuple):
    """Numbers of a file's rows by result."""

    rows: int
    actions: int
    repeated: int
    """Repeats of the same content on the same object, counted once."""
    rejected: int

    def counted(self) -> Mapping[str, int]:
        """The numbers by name."""
        return self._asdict()
