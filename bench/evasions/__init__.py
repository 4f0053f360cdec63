"""Evasions as people type them, and what is made of them: `python -m bench evasions`.

`bench/cloak` makes what it hides by tables; here whole comments were written by hand, most of them
short (`README.md`). Of each way of hiding: in how many harmful comments a kind of harm is clear as
they are typed, and in how many as they read openly; in how many innocent look-alikes one is, and in
how many something is restored. With 95 % Wilson intervals.
"""

import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.share import CLEAR, figure
from lianzhi.text import assess_many

FOLDER = Path(__file__).parent
#: `worked`: by which lexicon, tables and trees may be mended. `frozen`: by which nothing is.
PARTS = ("worked", "frozen")
WAYS = (
    "homophone",
    "pinyin",
    "initials",
    "digits",
    "emoji",
    "split",
    "lookalike",
    "zerowidth",
    "separators",
    "order",
    "slang",
)


class Item(NamedTuple):
    """One comment."""

    text: str
    meant: str
    """As it reads openly; the same where it is innocent."""
    harmful: bool
    ways: frozenset[str]
    """How it is hidden, or what it looks like."""


def items(part: str) -> list[Item]:
    """All of a part, in order."""
    with (FOLDER / f"{part}.csv").open(encoding="utf-8", newline="") as file:
        return [
            Item(row["text"], row["meant"], row["harmful"] == "1", frozenset(row["way"].split("+")))
            for row in csv.DictReader(file)
        ]


def clear(texts: Sequence[str]) -> list[tuple[bool, bool]]:
    """Of each text, whether a kind of harm is clear, and whether anything was restored in it."""
    return [
        (max(one.kinds.values(), default=0.0) >= CLEAR, bool(one.restored))
        for one in assess_many(texts)
    ]


def run(part: str) -> Iterator[tuple[str, str]]:
    """(name, value) of each figure."""
    every = items(part)
    typed = clear([one.text for one in every])
    open_ = clear([one.meant for one in every])
    for way in (*WAYS, ""):
        mine = [place for place, one in enumerate(every) if not way or way in one.ways]
        harm = [place for place in mine if every[place].harmful]
        calm = [place for place in mine if not every[place].harmful]
        for name, marks in (
            ("harmful, clear as typed", [typed[place][0] for place in harm]),
            ("harmful, clear as it reads openly", [open_[place][0] for place in harm]),
            ("innocent, clear", [typed[place][0] for place in calm]),
            ("innocent, something restored", [typed[place][1] for place in calm]),
        ):
            yield f"evasions: {part}, {way or 'all'}, {name}", figure(marks)


def main() -> None:
    """Print the table of each part, or of those that are named."""
    for part in sys.argv[1:] or PARTS:
        for name, value in run(part):
            print(f"{name:62} {value}")
