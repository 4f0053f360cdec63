"""Adverts for water armies: the frozen challenge set, and ordinary comments.

`python -m bench adverts`. Of each kind: offers read as any offer and as this kind, innocent
look-alikes read as any, pairs told apart (the offer is read so, its mirror is not); of offers those
that hide their words and those that say nothing a list would hold. Beside it what the words of the
trade alone would find, what is a warning by itself where a node reads along, and how made honest
reviews are read. With 95 % Wilson intervals. Nothing is fitted here.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from bench.families import organic
from bench.share import figure
from bench.stream import DATA
from lianzhi.domains.astroturf.adverts import KINDS, offers, policy
from lianzhi.domains.astroturf.adverts.detector import warns
from lianzhi.domains.astroturf.policy import newest

SET = Path(__file__).parent / "challenge_adverts" / "adverts.csv"
REVIEWS = 20_000
Row = dict[str, str]
Marks = dict[str, bool]


def listed(texts: Sequence[str]) -> list[bool]:
    """Whether a word of the trade stands in each text as it is written."""
    words = [word for one in policy().roles if one.side == "trade" for word in one.words]
    return [any(word in text.lower() for word in words) for text in texts]


def rates(rows: Sequence[Row], told: Marks) -> Iterator[tuple[str, str]]:
    """(name, figure) of some rows, by which texts are read as offers."""
    harmful = [row for row in rows if row["harmful"] == "1"]
    parts: dict[str, Callable[[Row], bool]] = {
        "offers read as such": lambda row: True,
        "of those that hide their words": lambda row: row["note"].startswith("evasion"),
        "of the indirect": lambda row: row["note"].startswith("indirect"),
    }
    for name, holds in parts.items():
        yield name, figure([told[row["id"]] for row in harmful if holds(row)])
    calm = [row for row in rows if row["harmful"] == "0"]
    yield "innocent read as offers", figure([told[row["id"]] for row in calm])
    mirror = {row["pair"]: told[row["id"]] for row in calm if row["pair"]}
    pairs = [told[row["id"]] and not mirror[row["pair"]] for row in harmful if row["pair"]]
    yield "pairs told apart", figure(pairs)


def main() -> None:
    with SET.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    texts, clear = [row["text"] for row in rows], policy().clear
    found = offers(texts)
    told = {row["id"]: one.strength >= clear for row, one in zip(rows, found, strict=True)}
    named = {row["id"]: one.kind for row, one in zip(rows, found, strict=True)}
    simple = {row["id"]: mark for row, mark in zip(rows, listed(texts), strict=True)}
    for kind in (*KINDS, "all"):
        some = [row for row in rows if kind in {row["kind"], "all"}]
        for name, value in rates(some, told):
            print(f"{f'adverts: {kind}, {name}':64} {value}")
        right = [
            told[row["id"]] and named[row["id"]] == row["kind"]
            for row in some
            if row["harmful"] == "1"
        ]
        print(f"{f'adverts: {kind}, offers read as of this kind':64} {figure(right)}")
        for name, value in rates(some, simple):
            print(f"{f'adverts: {kind}, words of the trade alone, {name}':64} {value}")
    live = newest().adverts
    warned = {row["id"]: warns(one, live) for row, one in zip(rows, found, strict=True)}
    for name, value in rates(rows, warned):
        print(f"{f'adverts: all, as a warning by itself, {name}':64} {value}")
    draw = np.random.default_rng(1)
    read = offers([organic(draw) for _ in range(REVIEWS)])
    for name, marks in (
        ("offers", [one.strength >= clear for one in read]),
        ("a warning", [warns(one, live) for one in read]),
    ):
        print(f"{f'adverts: made honest reviews read as {name}':64} {figure(marks)}")
    path = DATA / "cold" / "test.csv"
    if path.is_file():
        with path.open(encoding="utf-8-sig", newline="") as file:
            comments = [row["TEXT"] for row in csv.DictReader(file)]
        alarms = [one.strength >= clear for one in offers(comments)]
        print(f"{'adverts: comments of COLD test read as offers':64} {figure(alarms)}")
        print(f"{'adverts: the same by words of the trade alone':64} {figure(listed(comments))}")
    else:
        print(f"adverts: {path} is missing; no false alarms on comments")


if __name__ == "__main__":
    main()
