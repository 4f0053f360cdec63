"""Train the models of kinds by a text as a whole: write `model/kinds.npz` and its card.

    python tools/train_kinds.py [DATA]

The examples in `kinds/` were written for Lianzhi (its README says how), everyday ones among them.
DATA holds `cold/train.csv`: comments in which neither label nor second reading sees harm are calm
ones, and as many that are labelled offensive, of race, region and gender mostly, are abuse.
For each kind, its harmful examples stand against all innocent look-alikes, everyday ones, harmful
ones of other kinds (which count less, as they may be of this kind too) and COLD's. What its n-grams
say, held out in cross-validation, what words say (the lexicon and wordings as they are; nothing for
kinds that stand apart from them) and what guards leave are then weighed together. The point from
which a text is clearly of a kind is where given shares of this kind's innocent look-alikes, and of
everyday examples, are taken for harm.
"""

import argparse
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import sklearn
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

import train_text as linear_tier
from lianzhi.text.fold.folding import fold_batch
from lianzhi.text.grammar.pronouns import without_others
from lianzhi.text.lexicon import lexicons
from lianzhi.text.lexicon.entries import KINDS
from lianzhi.text.model import kind_models
from lianzhi.text.model.kind_models import ADDED_TO, MODELLED
from lianzhi.text.model.whole_text import shares_left
from lianzhi.text.pipeline import match_words
from train_text_corpus import read

FOLDER = Path(__file__).with_name("kinds")
LONGEST, BITS, COST, FOLDS, SEED = 2, 18, 1.0, 5, 20261126
#: So many examples in a row are held out together: innocent ones often mirror harmful ones nearby,
#: and a model that has seen the one would misread the other.
NEIGHBOURS = 40
#: Ordinary comments, and as many of ordinary abuse; what harm of another kind counts, and what an
#: ordinary comment does where words and n-grams are weighed together.
ORDINARY, OTHER, USUAL = 8000, 0.3, 0.1
#: Kinds that other harm, and ordinary abuse, is full of, though nobody has told where.
EVERYWHERE = ("mockery", "insult")
#: Kinds whose examples all stand in `short/`.
LATE = ("insult",)
#: Shares of innocent look-alikes, and of everyday examples, that may be taken for harm.
SPARED, EVERYDAY = 0.07, 0.015
Array = NDArray[np.float64]


def examples(kind: str, *, later: bool = True) -> tuple[list[str], NDArray[np.int64]]:
    """Comments written for a kind, or everyday ones, and which of them are harmful; with those in
    `more/` and `short/`, which were written `later`, or without."""
    parts = () if kind in LATE else ("", *("more",) * later)
    paths = [FOLDER / part / f"{kind}.tsv" for part in (*parts, *("short",) * later)]
    lines = [line for path in paths for line in path.read_text("utf-8").splitlines()]
    rows = [line.split("\t", 1) for line in lines]
    return [text for _, text in rows], np.array([int(harmful) for harmful, _ in rows])


def fit(matrix: sparse.csr_matrix, label: NDArray[np.int64], weight: Array) -> tuple[Array, float]:
    """As `train_text.fit`, rows weighed."""
    repeated = np.round(weight / OTHER).astype(int)  # whole repeats, so that one fit serves both
    rows = np.repeat(np.arange(label.size), repeated)
    return linear_tier.fit(matrix[rows], label[rows].astype(float), COST * OTHER)


def weigh(columns: Array, label: NDArray[np.int64], weight: Array) -> Array:
    """How words, n-grams and what takes away are weighed together: see `Whole`."""
    model = LogisticRegression(C=1e3, max_iter=500).fit(columns, label, sample_weight=weight)
    blend: Array = np.concatenate((model.intercept_, model.coef_[0]))
    # Guards, and that nobody is there, only take away.
    blend[[3, 5]], blend[4] = np.maximum(blend[[3, 5]], 0), min(blend[4], 0)
    return blend


class Read(NamedTuple):
    """Examples of all kinds, everyday ones, and after them COLD's, calm ones and then abuse."""

    matrix: sparse.csr_matrix
    """Their n-grams."""
    said: Array
    """What words say of each: shape [texts, KINDS]."""
    left: Array
    """What guards leave of each as a whole: shape [texts, MODELLED]."""
    nobody: NDArray[np.bool_]
    """Which speak to nobody and of nobody."""
    kind: NDArray[np.str_]
    """Which kind each was written for, or that it is an everyday one, a calm one or abuse."""
    harm: NDArray[np.int64]
    fold: NDArray[np.int64]


def read_all(data: Path) -> Read:
    """Read all that is fitted to."""
    cold = read(data / "cold" / "train.csv")
    texts, own, harmful = list[str](), list[str](), list[int]()
    for kind in (*MODELLED, "everyday"):
        some, marks = examples(kind)
        texts += some
        own += [kind] * len(some)
        harmful += marks.tolist()
    sorts = {"calm": (cold.label == 0) & (cold.read == 0), "abuse": cold.label == 1}
    for sort, rows in sorts.items():
        some = [cold.texts[i] for i in np.flatnonzero(rows)[:ORDINARY]]
        texts += some
        own += [sort] * len(some)
        harmful += [0] * len(some)
    batch = fold_batch(texts)
    runs = np.random.default_rng(SEED).integers(0, FOLDS, len(texts))
    return Read(
        matrix=linear_tier.features(texts, LONGEST, BITS),
        said=match_words(batch, lexicons.shipped()).kinds,
        left=shares_left(batch, lexicons.shipped()),
        nobody=without_others(batch),
        kind=np.array(own),
        harm=np.array(harmful),
        fold=np.repeat(runs, NEIGHBOURS)[: len(texts)],
    )


def learn(kind: str, all_: Read) -> tuple[dict[str, Any], str]:
    """Fit the model of a kind: its part of `Whole`, and its line of the card."""
    mine = all_.kind == kind
    label = mine * all_.harm
    other = ~mine & (all_.harm == 1)
    weight = np.where(other, OTHER, 1.0)
    if kind in EVERYWHERE:
        weight[other | (all_.kind == "abuse")] = 0
    heard = np.zeros(label.size)
    for one in range(FOLDS):
        rest, out = np.flatnonzero(all_.fold != one), np.flatnonzero(all_.fold == one)
        some, bias = fit(all_.matrix[rest], label[rest], weight[rest])
        heard[out] = all_.matrix[out] @ some + bias
    said, spared = all_.said[:, KINDS.index(kind)], all_.left[:, MODELLED.index(kind)]
    weighed = np.zeros_like(said) if kind in ADDED_TO else said
    everyday, calm, abuse = (
        np.flatnonzero(all_.kind == sort) for sort in ("everyday", "calm", "abuse")
    )
    rows = np.concatenate((np.flatnonzero(mine), everyday, calm, abuse))
    each = np.repeat([1.0, USUAL], [rows.size - calm.size - abuse.size, calm.size + abuse.size])
    each *= weight[rows] > 0
    told = (
        kind_models.word_logits(weighed),
        kind_models.clipped(heard),
        *kind_models.reductions(spared, all_.nobody),
    )
    columns = np.stack(told, 1)
    blend = weigh(columns[rows], label[rows], each)
    good, bad = np.flatnonzero(mine & (all_.harm == 0)), np.flatnonzero(label)
    odds = np.where(spared > 0, columns @ blend[1:] + blend[0], -np.inf)
    # Words that stand apart take the other half by themselves.
    taken = EVERYDAY / 2 if kind in ADDED_TO else EVERYDAY
    clear = max(np.quantile(odds[good], 1 - SPARED), np.quantile(odds[everyday], 1 - taken))
    blend[0] -= clear
    some, bias = fit(all_.matrix, label, weight)
    unit = float(np.abs(some).max() / 127)
    both = kind_models.strength(odds - clear)
    if kind in ADDED_TO:
        both = np.maximum(both, said)
    rates = (
        f"{(by[part] >= 0.5).mean():.{places}f}"
        for part, places in ((bad, 2), (good, 2), (everyday, 3), (calm, 4), (abuse, 4))
        for by in (said, both)
    )
    aucs = (f"{roc_auc_score(label[mine], by[mine]):.3f}" for by in (heard, both))
    line = f"| {' | '.join((kind, f'{bad.size} / {good.size}', *aucs, *rates))} |"
    weights = np.round(some / unit).astype(np.int8)
    return {"weights": weights, "unit": unit, "bias": bias, "blend": blend}, line


def main() -> int:
    parser = argparse.ArgumentParser(description="Train the models of kinds, write their card.")
    parser.add_argument("data", nargs="?", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=linear_tier.MODEL)
    options = parser.parse_args()
    path = options.data / "cold" / "train.csv"
    if not path.is_file():
        print(f"missing: {path}; give the folder that holds it", file=sys.stderr)
        return 2
    every, fitted = read_all(options.data), []
    lines = [
        "| kind | harmful / innocent | AUC: n-grams | both | clear, harmful: words | both "
        "| innocent: words | both | everyday: words | both | calm: words | both "
        "| abuse: words | both |",
        "|---" * 14 + "|",
    ]
    for kind in MODELLED:
        one, line = learn(kind, every)
        fitted.append(one)
        lines.append(line)
        print(line, flush=True)
    stacked = {name: np.stack([one[name] for one in fitted], -1) for name in fitted[0]}
    np.savez(options.out / "kinds.npz", longest=np.int64(LONGEST), **stacked)
    frame = Path(__file__).with_name("train_kinds_card.md").read_text("utf-8")
    card = frame.replace("{figures}", "\n".join(lines)).replace("{sklearn}", sklearn.__version__)
    (options.out / "KINDS.md").write_text(card, "utf-8")
    print(f"wrote {options.out / 'kinds.npz'}, {(options.out / 'kinds.npz').stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
