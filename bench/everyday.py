"""Everyday comments that look like harm and are none; `python -m bench.everyday`.

`everyday.csv` was written by somebody who had seen neither lexicon nor code: prices of rooms,
addresses asked for, calls for help, deaths in the family, teasing, and more. What they wrote beside
it is among what models are fitted to, at the end of the files in `tools/kinds/more`. The share that
is read as of some kind, with 95 % Wilson intervals. Hard on purpose: no rate of ordinary traffic.

`everyday_short.txt` has texts of a few characters by four others, a third of what they wrote, drawn
at random; models are fitted to the rest. Collisions of entries that all of it showed are known to
the lexicon, so the share where no entry stands tells more.
"""

import csv
from collections import Counter
from pathlib import Path

from bench.share import CLEAR, share
from lianzhi.text import assess_many

COMMENTS = Path(__file__).with_name("everyday.csv")
SHORT = COMMENTS.with_name("everyday_short.txt")


def items() -> list[tuple[str, str]]:
    """Sort and text of each."""
    with COMMENTS.open(encoding="utf-8", newline="") as file:
        return [(row["sort"], row["text"]) for row in csv.DictReader(file)]


def run() -> list[tuple[str, str]]:
    every = items()
    found = assess_many([text for _, text in every])
    clear = [[kind for kind, score in one.kinds.items() if score >= CLEAR] for one in found]
    total = Counter(sort for sort, _ in every)
    read = Counter(sort for (sort, _), kinds in zip(every, clear, strict=True) if kinds)
    kinds = Counter(kind for some in clear for kind in some)
    rows = [(f"everyday: {sort}", share(read[sort], count, 3)) for sort, count in total.items()]
    rows += [(f"everyday: read as {kind}", str(count)) for kind, count in kinds.most_common()]
    return [*rows, ("everyday: all", share(read.total(), total.total(), 3)), *short()]


def short() -> list[tuple[str, str]]:
    """How many short texts are read as of some kind, and how many in which no entry stands."""
    texts = SHORT.read_text("utf-8").splitlines()
    clear = [one for one in assess_many(texts) if max(one.kinds.values(), default=0) >= CLEAR]
    alone = [one for one in clear if not any(span.entry for span in one.spans)]
    return [
        ("everyday: short texts", share(len(clear), len(texts), 3)),
        ("everyday: short texts, no entry in them", share(len(alone), len(texts), 3)),
    ]


if __name__ == "__main__":
    for name, value in run():
        print(f"{name:50} {value}")
