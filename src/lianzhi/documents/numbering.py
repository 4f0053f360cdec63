"""Numbers of documents 文号: `澄综执罚告字〔2026〕第0007号`, counted without gaps.

The caller keeps the counter: the last number goes in, the next one comes out. A number that was
assigned and not used shows as a gap.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

FIRST_YEAR, LAST_YEAR = 1949, 2199
_MOST = 999_999
_PLACES = ("{agency}", "{word}", "{year}", "{serial}")


class NumberError(ValueError):
    """A number that can't be made or read; the message names field, value and remedy."""


class Pattern(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Numbering scheme of one kind of document."""

    agency: str
    """Short name 机关代字: 澄综执."""
    word: str
    """Word for the kind: 罚告."""
    width: int = 4
    """Digits of the serial, zero-padded; a longer one is printed in full."""
    form: str = "{agency}{word}字〔{year}〕第{serial}号"

    def __post_init__(self) -> None:
        for name in ("agency", "word"):
            value = getattr(self, name)
            if not value.strip() or not value.isprintable() or len(value) > 20:
                raise NumberError(f"{name} is {value!r:.40}; give one to twenty characters")
        if not 1 <= self.width <= 6:
            raise NumberError(f"width is {self.width}; give 1 to 6")
        if any(self.form.count(place) != 1 for place in _PLACES):
            raise NumberError(f"form is {self.form!r}; it needs each of {', '.join(_PLACES)} once")

    def format(self, year: int, serial: int) -> str:
        """The number as text. Raises NumberError for a year or serial out of range."""
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise NumberError(f"year is {year}; give {FIRST_YEAR} to {LAST_YEAR}")
        if not 1 <= serial <= _MOST:
            raise NumberError(f"serial is {serial}; give 1 to {_MOST:,}")
        filled = f"{serial:0{self.width}d}"
        values = dict(zip(_PLACES, (self.agency, self.word, str(year), filled), strict=True))
        return re.sub("|".join(map(re.escape, _PLACES)), lambda place: values[place[0]], self.form)

    def read(self, text: str) -> "Number":
        """The number parsed from its text. Raises NumberError where it does not match the
        pattern.
        """
        values = {
            "{agency}": re.escape(self.agency),
            "{word}": re.escape(self.word),
            "{year}": r"(?P<year>[0-9]{4})",
            "{serial}": r"(?P<serial>[0-9]{1,6})",
        }
        parts = re.split(f"({'|'.join(map(re.escape, _PLACES))})", self.form)
        match = re.fullmatch("".join(values.get(part, re.escape(part)) for part in parts), text)
        example = self.format(2026, 7)
        if match is None:
            raise NumberError(f"number is {text!r:.60}; write it like {example}")
        year, serial = int(match["year"]), int(match["serial"])
        if not serial or self.format(year, serial) != text:
            raise NumberError(f"number is {text!r:.60}: year or zeros are wrong, see {example}")
        return Number(year, serial)


class Number(NamedTuple):
    """Year and serial of a document."""

    year: int
    serial: int


class Gaps(NamedTuple):
    """Serials of a year that are missing, and those assigned twice."""

    missing: tuple[int, ...]
    repeated: tuple[int, ...]


def next_number(pattern: Pattern, year: int, last: int) -> tuple[int, str]:
    """The serial after `last` (0: none yet in this year) and its text. Raises NumberError."""
    if last < 0:
        raise NumberError(f"last is {last}; give the last serial of {year}, or 0 for none")
    return last + 1, pattern.format(year, last + 1)


def gaps(serials: Iterable[int]) -> Gaps:
    """Gaps and repetitions in the serials of one year, which begin at 1. Raises NumberError."""
    counts = Counter(serials)
    if counts and not 1 <= min(counts) <= max(counts) <= _MOST:
        raise NumberError(f"serials are {min(counts)} to {max(counts)}; give 1 to {_MOST:,}")
    missing = tuple(n for n in range(1, max(counts, default=0) + 1) if n not in counts)
    return Gaps(missing, tuple(sorted(n for n, times in counts.items() if times > 1)))
