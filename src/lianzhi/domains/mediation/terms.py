"""Terms of an agreement as people write them: a line each, the last day and what is undertaken."""

import datetime as dt
import re
from typing import NamedTuple

from lianzhi.domains.mediation.refusals import RefusedError

MOST = 20
_LONGEST = 500
_LINE = re.compile(r"(\d{4}-\d{2}-\d{2})[\s:：,，、]+(\S.*)")


class WrittenTerm(NamedTuple):
    """One term of an agreement."""

    number: int
    due: dt.date
    words: str

    @property
    def text(self) -> str:
        """Name of the text that holds its words."""
        return text_name(self.number)


def text_name(number: int) -> str:
    """Name of the text of a term: names have no digits."""
    return f"term_{chr(ord('a') + number - 1)}"


def read_terms(lines: str, since: dt.date) -> tuple[WrittenTerm, ...]:
    """The terms of an agreement of the day `since`. Raises RefusedError naming the line."""
    terms: list[WrittenTerm] = []
    for line in filter(None, map(str.strip, lines.splitlines())):
        match = _LINE.fullmatch(line)
        due = _day(match[1]) if match else None
        if match is None or due is None or due < since or len(match[2]) > _LONGEST:
            message = f"terms: {line[:80]!r}; write 2026-05-01, a blank and what is undertaken"
            raise RefusedError("dispute_term", message, line=line[:80], since=since)
        terms.append(WrittenTerm(len(terms) + 1, due, match[2]))
    if not 1 <= len(terms) <= MOST:
        raise RefusedError("dispute_terms", f"{len(terms)} terms; write 1 to {MOST}", most=MOST)
    return tuple(terms)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
