"""What a lower rate of false alarms costs; `python -m bench judge`.

On COLD's test set (5,323 comments), by `offence` of the linear tier and of both tiers: macro-F1 and
the share flagged of harmless comments and of those that condemn prejudice (fine-grained label 3),
by threshold; the last row has the threshold from which two in five of the latter are flagged, read
off test itself, so that it is a bound and no setting. Intervals: percentile bootstrap, 95 %.
"""

import csv
import sys

import numpy as np
from numpy.typing import NDArray

from bench.stream import DATA
from lianzhi.text import KINDS, encoder, lexicons, score_many
from lianzhi.text.folding import fold_batch
from lianzhi.text.matching import by_words

THRESHOLDS = (0.5, 0.58, 0.65, 0.7, 0.8)
AGAINST, ASKED = 3, 0.4
SEED, RESAMPLES = 1, 2000
#: COLD's fine-grained labels.
SORTS = ("other harmless", "attack on one person", "attack on a group", "against prejudice")


def f1(label: NDArray[np.int64], flagged: NDArray[np.bool_]) -> str:
    """Macro-F1 with its interval."""
    cell = label * 2 + flagged
    rng = np.random.default_rng(SEED)

    def of(some: NDArray[np.int64]) -> float:
        tn, fp, fn, tp = np.bincount(some, minlength=4)
        return float(tp / (2 * tp + fp + fn) + tn / (2 * tn + fp + fn))

    drawn = [of(rng.choice(cell, cell.size)) for _ in range(RESAMPLES)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return f"{of(cell):.3f} ({low:.3f}-{high:.3f})"


def main() -> None:
    path = DATA / "cold" / "test.csv"
    if not path.is_file():
        sys.exit(f"missing: {path}")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    label = np.array([int(row["label"]) for row in rows])
    sort = np.array([int(row["fine-grained-label"]) for row in rows])
    against = sort == AGAINST
    texts = [row["TEXT"] for row in rows]
    print(f"COLD test, {len(rows):,} comments, {against.sum()} against prejudice")
    print("| | flagged from | macro-F1 | flagged of harmless | of those against prejudice |")
    print("|---|---|---|---|---|")
    for name, model in (("linear tier", None), ("both tiers", encoder.load())):
        offence = score_many(texts, encoder=model).offence
        bound = float(np.quantile(offence[against], 1 - ASKED))
        for threshold in (*THRESHOLDS, bound):
            flagged = offence > threshold
            print(
                f"| {name} | {threshold:.2f} | {f1(label, flagged)} "
                f"| {flagged[label == 0].mean():.3f} | {flagged[against].mean():.3f} |"
            )
    lexicon = lexicons.shipped()
    kinds, words = (
        strength >= lexicon.policy.clear
        for strength in (score_many(texts).kinds, by_words(fold_batch(texts), lexicon).kinds)
    )
    print()
    print(f"| read as of, by words / as shipped | {' | '.join(SORTS)} |")
    print("|---" * (len(SORTS) + 1) + "|")
    for place, name in enumerate((*KINDS, "any")):
        columns = slice(place, place + 1) if name in KINDS else slice(None)
        by = [read[:, columns].any(axis=1) for read in (words, kinds)]
        cells = (
            " / ".join(str((one & (sort == number)).sum()) for one in by)
            for number in range(len(SORTS))
        )
        print(f"| {name} | {' | '.join(cells)} |")
    print(f"| of | {' | '.join(f'{(sort == number).sum():,}' for number in range(len(SORTS)))} |")


if __name__ == "__main__":
    main()
