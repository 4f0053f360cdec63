"""The challenge set, and what the text model makes of it: `python -m bench challenge`.

Of each kind: how much of the harm is read as this kind, how many innocent look-alikes are too, and
of how many pairs (a harmful text and one that mirrors it) the two are told apart. With 95 % Wilson
intervals; `README.md` says what the set is and what it is not.
"""

import csv
from pathlib import Path
from typing import NamedTuple

from bench.share import CLEAR, figure
from lianzhi.text import KINDS, score_many

FOLDER = Path(__file__).parent
NAMES = (
    "threat",
    "doxxing",
    "self_harm",
    "incitement",
    "coercion",
    "mockery",
    "sexual_harassment",
)
#: What the text model calls a kind, where the frozen files call it otherwise.
COLUMN = {"self_harm": "self_harm_urging"}


class Item(NamedTuple):
    """One text of the set."""

    id: str
    kind: str
    harmful: bool
    way: str
    pair: str
    text: str


def items(kind: str) -> list[Item]:
    """All items of a kind, in order."""
    with (FOLDER / f"{kind}.csv").open(encoding="utf-8", newline="") as file:
        return [
            Item(r["id"], r["kind"], r["harmful"] == "1", r["way"], r["pair"], r["text"])
            for r in csv.DictReader(file)
        ]


def run() -> list[tuple[str, str]]:
    """(name, value) of each figure."""
    rows = []
    for kind in NAMES:
        every = items(kind)
        scores = score_many([one.text for one in every]).kinds[
            :, KINDS.index(COLUMN.get(kind, kind))
        ]
        told = {one.id: score >= CLEAR for one, score in zip(every, scores.tolist(), strict=True)}
        harm = [told[one.id] for one in every if one.harmful]
        innocent = [told[one.id] for one in every if not one.harmful]
        apart = [told[one.pair] and not told[one.id] for one in every if one.pair]
        for name, marks in (
            ("harmful, read as such", harm),
            ("innocent, read as such", innocent),
            ("pairs told apart", apart),
        ):
            rows.append((f"challenge: {kind}, {name}", figure(marks)))
    return rows
