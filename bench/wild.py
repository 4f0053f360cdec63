"""What is restored where nobody hid anything on our behalf; `python -m bench wild`.

Attacks of `bench.cloak` hide a word in every comment; few people do. So: comments of COLD's test
set as they were written, and of all words that are restored there, how many their writers meant, in
the eyes of readers who were shown the place and the word, and no score
(`tools/readings/README.md`). 95 % Wilson intervals. What nobody read is told apart, and counts
neither way. The last line is the share that is restored of what readers found meant; whatever was
not even guessed when they read, they were not shown. Nothing is fitted to readings of the test set.
"""

import csv
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench.cloak.words import read
from bench.share import share
from bench.stream import DATA
from lianzhi.text.fold.folding import fold_batch
from lianzhi.text.lexicon import lexicons
from lianzhi.text.unveil import restoration, trees, unveiler
from lianzhi.text.unveil.guesses import Guesses
from lianzhi.text.unveil.language import EDGE
from lianzhi.text.unveil.scored_batch import ScoredBatch
from lianzhi.text.unveil.vocabulary import Vocabulary

READINGS = Path(__file__).parents[1] / "tools" / "readings" / "guesses.tsv"
CHUNK = 1024


class Guess(NamedTuple):
    """A word that may be hidden in a comment."""

    row: int
    """Of the comment, in its part of COLD."""
    start: int
    """Where the stretch begins in the comment without its signs ..."""
    end: int
    """... and where it ends."""
    word: str


def readings(part: str) -> dict[Guess, str]:
    """What readers say of guesses in a part of COLD: `y` meant, `n` not meant, `d` in doubt."""
    with READINGS.open(encoding="utf-8", newline="") as file:
        return {
            Guess(int(row["row"]), int(row["start"]), int(row["end"]), row["word"]): row["reading"]
            for row in csv.DictReader(file, delimiter="\t")
            if row["part"] == part
        }


def placed(known: ScoredBatch, some: Guesses, words: Vocabulary) -> list[Guess]:
    """Guesses at a batch by the text that they are in and where they stand there."""
    edges = np.flatnonzero(known.ids == EDGE)
    row = edges.searchsorted(some.start) - 1
    first = edges[row] + 1
    columns = (row, some.start - first, some.end - first, some.word)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [Guess(*where, words.words[word]) for *where, word in rows]


def restored(texts: list[str]) -> list[Guess]:
    """The guesses that are taken to be meant."""
    model, out = unveiler.load(lexicons.shipped()), list[Guess]()
    for begin in range(0, len(texts), CHUNK):
        known = restoration.score_batch(fold_batch(texts[begin : begin + CHUNK]), model)
        some, told = restoration.best_guesses(known, model)
        guesses = placed(known, some, model.words)
        for place in np.flatnonzero(trees.load().odds(told) > trees.MARGIN).tolist():
            if not model.words.excused(known.text, int(some.start[place]), int(some.end[place])):
                out.append(guesses[place]._replace(row=begin + guesses[place].row))
    return out


def run() -> list[tuple[str, str]]:
    test = DATA / "cold" / "test.csv"
    if not test.is_file():
        return [("wild", f"left out: {test} is missing; set LIANZHI_DATA")]
    texts, labels = read(test)
    known, found = readings("test"), restored(texts)
    meant = [guess for guess, reading in known.items() if reading == "y"]
    rows = []
    for name, label in (("labelled offensive", 1), ("others", 0)):
        mine = [known.get(guess, "unread") for guess in found if labels[guess.row] == label]
        counted, every = Counter(mine), labels.count(label)
        judged = counted["y"] + counted["n"]
        rows += [
            (f"wild: {name}, words restored in {every} comments", str(len(mine))),
            (
                f"wild: {name}, meant",
                f"{share(counted['y'], judged)}; in doubt {counted['d']}, "
                f"not read {counted['unread']}",
            ),
        ]
    again = len(set(meant) & set(found))
    return [*rows, ("wild: of all that readers found meant, restored", share(again, len(meant)))]


if __name__ == "__main__":
    for name, value in run():
        print(f"{name:60} {value}")
