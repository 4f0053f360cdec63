"""Train the models of kinds by a text as a whole: write `model/kinds.npz` and its card.

    python tools/train_kinds.py [DATA]

The examples are in `kinds/`, written for Lianzhi (its README says how). DATA holds
`cold/train.csv`: comments in which neither label nor second reading sees harm are ordinary ones,
and as many that are labelled offensive, of race, region and gender mostly, are ordinary abuse.
For each kind, its harmful examples stand against all innocent look-alikes, harmful ones of other
kinds (which count less, as they may be of this kind too) and ordinary comments. The point from
which a text is clearly of a kind is where a given share of this kind's innocent look-alikes, held
out in cross-validation, is taken for harm.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import sklearn
from numpy.typing import NDArray
from scipy import sparse
from sklearn.metrics import roc_auc_score

import train_text as linear_tier
from lianzhi.text.whole import LEARNT
from train_text_corpus import read

FOLDER = Path(__file__).with_name("kinds")
LONGEST, BITS, COST, FOLDS, SEED = 3, 18, 1.0, 5, 20261126
#: Ordinary comments, and as many of ordinary abuse; what harm of another kind counts; how steep
#: strength is in log-odds.
ORDINARY, OTHER, STEEP = 8000, 0.3, 1.5
#: Share of innocent look-alikes, held out, that may be taken for harm.
SPARED = 0.02
Array = NDArray[np.float64]


def examples(kind: str) -> tuple[list[str], NDArray[np.int64]]:
    """Comments written for a kind, and which of them are harmful."""
    lines = (FOLDER / f"{kind}.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t", 1) for line in lines]
    return [text for _, text in rows], np.array([int(harmful) for harmful, _ in rows])


def fit(matrix: sparse.csr_matrix, label: NDArray[np.int64], weight: Array) -> tuple[Array, float]:
    """As `train_text.fit`, rows weighed."""
    repeated = np.round(weight / OTHER).astype(int)  # whole repeats, so that one fit serves both
    rows = np.repeat(np.arange(label.size), repeated)
    return linear_tier.fit(matrix[rows], label[rows].astype(float), COST * OTHER)


def main() -> int:
    parser = argparse.ArgumentParser(description="Train the models of kinds, write their card.")
    parser.add_argument("data", nargs="?", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=linear_tier.MODEL)
    options = parser.parse_args()
    path = options.data / "cold" / "train.csv"
    if not path.is_file():
        print(f"missing: {path}; give the folder that holds it", file=sys.stderr)
        return 2
    cold = read(path)
    calm = [cold.texts[i] for i in np.flatnonzero((cold.label == 0) & (cold.read == 0))[:ORDINARY]]
    calm += [cold.texts[i] for i in np.flatnonzero(cold.label == 1)[:ORDINARY]]
    texts, own, harmful = list[str](), list[str](), list[int]()
    for kind in LEARNT:
        some, marks = examples(kind)
        texts += some
        own += [kind] * len(some)
        harmful += marks.tolist()
    kinds, harm = np.array(own), np.array(harmful)
    matrix = linear_tier.features(texts + calm, LONGEST, BITS)
    fold = np.random.default_rng(SEED).integers(0, FOLDS, matrix.shape[0])
    weights, units, biases = [], [], []
    lines = [
        "| kind | examples, harmful / innocent | AUC | clear: harmful | innocent | ordinary |",
        "|---" * 6 + "|",
    ]
    for kind in LEARNT:
        label = np.zeros(matrix.shape[0], np.int64)
        label[: harm.size] = (kinds == kind) & (harm == 1)
        weight = np.ones(label.size)
        weight[: harm.size][(kinds != kind) & (harm == 1)] = OTHER
        said = np.zeros(label.size)
        for one in range(FOLDS):
            rest, out = np.flatnonzero(fold != one), np.flatnonzero(fold == one)
            some, bias = fit(matrix[rest], label[rest], weight[rest])
            said[out] = matrix[out] @ some + bias
        mine = np.flatnonzero(kinds == kind)
        clear = float(np.quantile(said[mine][harm[mine] == 0], 1 - SPARED))
        some, bias = fit(matrix, label, weight)
        unit = float(np.abs(some).max() / 127)
        weights.append(np.round(some / unit).astype(np.int8))
        units.append(unit * STEEP)
        biases.append((bias - clear) * STEEP)
        flags, bad = said[mine] > clear, harm[mine] == 1
        ordinary = (said[harm.size :] > clear).mean()
        lines.append(
            f"| {kind} | {bad.sum()} / {(~bad).sum()} | {roc_auc_score(bad, said[mine]):.3f} "
            f"| {flags[bad].mean():.2f} | {flags[~bad].mean():.2f} | {ordinary:.4f} |"
        )
        print(lines[-1], flush=True)
    np.savez(
        options.out / "kinds.npz",
        weights=np.stack(weights, 1),
        longest=np.int64(LONGEST),
        unit=np.array(units),
        bias=np.array(biases),
    )
    frame = Path(__file__).with_name("train_kinds_card.md").read_text("utf-8")
    card = frame.replace("{figures}", "\n".join(lines)).replace("{sklearn}", sklearn.__version__)
    (options.out / "KINDS.md").write_text(card, "utf-8")
    print(f"wrote {options.out / 'kinds.npz'}, {(options.out / 'kinds.npz').stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
