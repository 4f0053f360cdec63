"""What a lower rate of false alarms costs; `python -m bench judge`.

On COLD's test set (5,323 comments), by `offence` of the linear tier and of both tiers: macro-F1 and
the share flagged of harmless comments and of those that condemn prejudice (fine-grained label 3),
by threshold; the last row has the threshold from which two in five of the latter are flagged, read
off test itself, so that it is a bound and no setting. So is the line below the table: what could be
had if relief for those who condemn prejudice (`lianzhi.text.model.against`) were stronger, its
strength and the threshold picked on test. Intervals: percentile bootstrap, 95 %.
"""

import csv
import sys
from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from bench.stream import DATA
from lianzhi.text import KINDS, score_many
from lianzhi.text.fold.folding import fold_batch
from lianzhi.text.lexicon import lexicons
from lianzhi.text.model import against, encoder, linear
from lianzhi.text.model.offence import offence
from lianzhi.text.pipeline import match_words

THRESHOLDS = (0.5, 0.58, 0.65, 0.7, 0.8)
AGAINST, ASKED = 3, 0.4
SEED, RESAMPLES = 1, 2000
#: Relief as shipped times so much, and up to so many nats more.
STRONGER, HIGHER = (1.0, 1.5, 2.0, 3.0), (0.0, 1.0, 2.0)
#: COLD's fine-grained labels.
SORTS = ("other harmless", "attack on one person", "attack on a group", "against prejudice")


def macro_f1(cell: NDArray[np.int64]) -> float:
    """Macro-F1 by cells: 0 and 1 harmless, left and flagged; 2 and 3 offensive."""
    tn, fp, fn, tp = np.bincount(cell, minlength=4)
    return float(tp / (2 * tp + fp + fn) + tn / (2 * tn + fp + fn))


def f1(label: NDArray[np.int64], flagged: NDArray[np.bool_]) -> str:
    """Macro-F1 with its interval."""
    cell = label * 2 + flagged
    rng = np.random.default_rng(SEED)
    drawn = [macro_f1(rng.choice(cell, cell.size)) for _ in range(RESAMPLES)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return f"{macro_f1(cell):.3f} ({low:.3f}-{high:.3f})"


def picked(texts: list[str], label: NDArray[np.int64], condemning: NDArray[np.bool_]) -> str:
    """The best macro-F1 with at most `ASKED` flagged of those against prejudice, by both tiers, all
    of it picked on these very texts."""
    batch, shipped = fold_batch(texts), against.load()
    strongest = score_many(texts).kinds.max(axis=1)
    unrelieved = offence(
        batch, strongest, encoder=encoder.load(), relief=replace(shipped, worth=0.0)
    )
    logit = linear.logits(batch, linear.load(), shipped)[1]
    found = []
    for times, more in product(STRONGER, HIGHER):
        relief = replace(shipped, worth=shipped.worth * times, most=shipped.most + more)
        out = relief.relieved(logit, unrelieved)
        # The lowest threshold that flags no more of them, so that others are missed least.
        flagged = out > np.quantile(out[condemning], 1 - ASKED)
        found.append((macro_f1(label * 2 + flagged), times, more))
    best, times, more = max(found)
    return f"{best:.4f}, relief times {times:g}, up to {more:g} nats more; of {len(found)} tried"


def main() -> None:
    path = DATA / "cold" / "test.csv"
    if not path.is_file():
        sys.exit(f"missing: {path}")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    label = np.array([int(row["label"]) for row in rows])
    sort = np.array([int(row["fine-grained-label"]) for row in rows])
    condemning = sort == AGAINST
    texts = [row["TEXT"] for row in rows]
    print(f"COLD test, {len(rows):,} comments, {condemning.sum()} against prejudice")
    print("| | flagged from | macro-F1 | flagged of harmless | of those against prejudice |")
    print("|---|---|---|---|---|")
    for name, model in (("linear tier", None), ("both tiers", encoder.load())):
        found = score_many(texts, encoder=model).offence
        bound = float(np.quantile(found[condemning], 1 - ASKED))
        for threshold in (*THRESHOLDS, bound):
            flagged = found > threshold
            print(
                f"| {name} | {threshold:.2f} | {f1(label, flagged)} "
                f"| {flagged[label == 0].mean():.3f} | {flagged[condemning].mean():.3f} |"
            )
    print(
        f"\nmacro-F1 with two in five flagged, picked on test: {picked(texts, label, condemning)}"
    )
    lexicon = lexicons.shipped()
    kinds, words = (
        strength >= lexicon.policy.clear
        for strength in (score_many(texts).kinds, match_words(fold_batch(texts), lexicon).kinds)
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
