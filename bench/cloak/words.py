"""Words worth hiding: those that offensive comments hold more often. Counted, not listed.

Log-odds with an informative Dirichlet prior, as z-scores (Monroe, Colaresi and Quinn, Political
Analysis 16, 2008), over runs of one to four Han characters and whole Latin words. The detector has
no part in it.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import log, sqrt
from pathlib import Path

from bench.cloak.sounds import HAN

_LATIN = re.compile(r"[a-z]+")
_LONGEST = 4
#: In how many texts a word stands at least; how many times more often in offensive ones, and by how
#: many standard errors. Frequent words that say little (什么, 被) are not much more often there.
_TEXTS, _TIMES, _Z = 10, 3.0, 4.0
#: Weight of the prior, in words.
_PRIOR = 1000.0


def read(path: Path) -> tuple[list[str], list[bool]]:
    """The texts of one of COLD's files, and whether each is labelled offensive."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["TEXT"], row["label"] == "1") for row in csv.DictReader(file)]
    return [text for text, _ in rows], [offensive for _, offensive in rows]


def by_label(path: Path) -> tuple[list[str], list[str]]:
    """The texts of one of COLD's files that are labelled offensive, and the others."""
    texts, offensive = read(path)
    bad = [text for text, label in zip(texts, offensive, strict=True) if label]
    return bad, [text for text, label in zip(texts, offensive, strict=True) if not label]


def telling(texts: Sequence[str], offensive: Sequence[bool]) -> list[str]:
    """Words over-represented in the offensive texts, the most telling first."""
    counts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for text, label in zip(texts, offensive, strict=True):
        counts[label].update(set(_words(text)))
    bad, good = counts[True], counts[False]
    all_bad, all_good = bad.total(), good.total()
    scores = {}
    for word, count in (bad + good).items():
        if count < _TEXTS:
            continue
        prior = _PRIOR * count / (all_bad + all_good)
        ones, others = bad[word] + prior, good[word] + prior
        odds = log(ones / (all_bad + _PRIOR - ones)) - log(others / (all_good + _PRIOR - others))
        if odds >= log(_TIMES):
            scores[word] = odds / sqrt(1 / ones + 1 / others)
    found = [word for word, score in scores.items() if score >= _Z]
    return sorted(found, key=lambda word: (-scores[word], word))


def _words(text: str) -> Iterator[str]:
    small = text.lower()
    yield from _LATIN.findall(small)
    for run in HAN.findall(small):
        yield from _pieces(run)


def _pieces(run: str) -> Iterable[str]:
    for length in range(1, _LONGEST + 1):
        for start in range(len(run) - length + 1):
            yield run[start : start + length]
