"""Train the text model: write `model/weights.npz` and the card with the figures printed here.

    python tools/train_text.py [DATA]

DATA holds `cold/{train,dev,test}.csv` (COLD: Deng et al., EMNLP 2022) and `swsr/comments.csv`
(SWSR: Jiang et al., 2022). Everything is chosen by cross-validation over COLD's train set: by
comments at random, and by holding out a topic, which is nearer to what a model meets in use. Test
is for reporting only. Same data and library versions, same bytes.
"""

import argparse
import csv
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sklearn
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from lianzhi.text.folding import fold_batch
from lianzhi.text.linear import Linear
from lianzhi.text.matching import match
from lianzhi.text.ngrams import slot_counts

MODEL = Path(__file__).parents[1] / "src/lianzhi/text/model"
BITS = 20
SEED = 20261125
CHUNK = 512
BINS = 15
RESAMPLES = 2000
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Corpus:
    """Labelled texts; `fine` is COLD's fine-grained label, -1 where there is none."""

    texts: list[str]
    label: NDArray[np.int64]
    topic: NDArray[np.str_]
    fine: NDArray[np.int64]


@dataclass(frozen=True)
class Recipe:
    """One way to fit the model."""

    longest: int
    cost: float
    """Inverse strength of regularisation."""
    swsr: bool = False


RECIPES = [
    *(Recipe(longest, cost) for longest in (2, 3) for cost in (0.25, 0.5, 1.0)),
    Recipe(3, 0.5, swsr=True),
]


def read(path: Path, text: str = "TEXT") -> Corpus:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return Corpus(
        [row[text] for row in rows],
        np.array([int(row["label"]) for row in rows]),
        np.array([row.get("topic", "") for row in rows]),
        np.array([int(row.get("fine-grained-label") or -1) for row in rows]),
    )


def batches(texts: list[str]) -> Iterator[list[str]]:
    return (texts[i : i + CHUNK] for i in range(0, len(texts), CHUNK))


def features(texts: list[str], longest: int) -> sparse.csr_matrix:
    """Counts of hashed n-grams over the square root of their number, as inference has it."""
    slots = [s for part in batches(texts) for s in slot_counts(fold_batch(part), longest, BITS)]
    sizes = np.array([s.size for s in slots])
    values = np.repeat(1 / np.sqrt(np.maximum(sizes, 1)), sizes)
    bounds = np.concatenate(([0], np.cumsum(sizes)))
    shape = (len(texts), 1 << BITS)
    matrix = sparse.csr_matrix((values, np.concatenate(slots), bounds), shape=shape)
    matrix.sum_duplicates()
    return matrix


def lexicon(texts: list[str]) -> Array:
    """Strength of the strongest kind."""
    return np.concatenate([match(fold_batch(part)).kinds.max(axis=1) for part in batches(texts)])


def fit(matrix: sparse.csr_matrix, label: NDArray[np.int64], cost: float) -> tuple[Array, float]:
    """Weights and bias; rare n-grams weigh more in the penalty's eyes (inverse document frequency).

    The frequencies are folded into the weights, so that inference need not know them.
    """
    seen = np.diff(matrix.tocsc().indptr)
    rarity = np.where(seen > 0, np.log(matrix.shape[0] / (1 + seen)) + 1, 0)
    model = LogisticRegression(C=cost, solver="liblinear", random_state=SEED)
    model.fit(matrix @ sparse.diags(rarity), label)
    return model.coef_[0] * rarity, float(model.intercept_[0])


Folds = list[tuple[NDArray[np.int64], NDArray[np.int64]]]


def random_folds(corpus: Corpus) -> Folds:
    return list(
        StratifiedKFold(5, shuffle=True, random_state=SEED).split(corpus.texts, corpus.label)
    )


def topic_folds(corpus: Corpus) -> Folds:
    held = (corpus.topic == topic for topic in sorted(set(corpus.topic)))
    return [(np.flatnonzero(~out), np.flatnonzero(out)) for out in held]


def held_out(
    matrix: sparse.csr_matrix,
    label: NDArray[np.int64],
    folds: Folds,
    cost: float,
    extra: tuple[sparse.csr_matrix, NDArray[np.int64]] | None = None,
) -> Array:
    """Logit of each row by a model that has not seen it."""
    out = np.zeros(label.size)
    for train, rest in folds:
        x, y = matrix[train], label[train]
        if extra is not None:
            x, y = sparse.vstack([x, extra[0]]).tocsr(), np.concatenate([y, extra[1]])
        weights, bias = fit(x, y, cost)
        out[rest] = matrix[rest] @ weights + bias
    return out


def macro_f1(label: NDArray[np.int64], flagged: NDArray[np.bool_]) -> float:
    return float(f1_score(label, flagged, average="macro"))


def choose(train: Corpus, swsr: Corpus) -> tuple[Recipe, list[str]]:
    """Best recipe by the mean of both cross-validations, and the table."""
    table = ["| n-grams | C | SWSR | random folds | topic held out |", "|---|---|---|---|---|"]
    best, top = RECIPES[0], 0.0
    splits = (random_folds(train), topic_folds(train))
    for longest in sorted({recipe.longest for recipe in RECIPES}):
        matrix, more = features(train.texts, longest), features(swsr.texts, longest)
        for recipe in (recipe for recipe in RECIPES if recipe.longest == longest):
            extra = (more, swsr.label) if recipe.swsr else None
            figures = [
                macro_f1(train.label, held_out(matrix, train.label, s, recipe.cost, extra) > 0)
                for s in splits
            ]
            used = "yes" if recipe.swsr else "no"
            row = f"| 1-{longest} | {recipe.cost} | {used} | {figures[0]:.4f} | {figures[1]:.4f} |"
            print(row, flush=True)
            table.append(row)
            if sum(figures) > top:
                best, top = recipe, sum(figures)
    return best, table


def build(train: Corpus, recipe: Recipe) -> tuple[Linear, list[str]]:
    """Fit, quantise, calibrate; also a report on calibration within train."""
    matrix, evidence = features(train.texts, recipe.longest), lexicon(train.texts)
    weights, bias = fit(matrix, train.label, recipe.cost)
    unit = float(np.abs(weights).max() / 127)
    notes = []
    blends = {}
    for name, folds in (("random", random_folds(train)), ("topic", topic_folds(train))):
        logit = held_out(matrix, train.label, folds, recipe.cost)
        columns = np.c_[logit, evidence]
        fitted = LogisticRegression(C=1e6).fit(columns, train.label)
        blends[name] = (float(fitted.intercept_[0]), *fitted.coef_[0].tolist())
        plain, blended = macro_f1(train.label, logit > 0), fitted.predict_proba(columns)[:, 1]
        notes.append(
            f"- {name} folds: macro-F1 {plain:.4f} by n-grams alone, "
            f"{macro_f1(train.label, blended > 0.5):.4f} with the lexicon; "
            f"ECE {ece(train.label, 1 / (1 + np.exp(-logit))):.4f} before, "
            f"{ece(train.label, blended):.4f} after calibration; factors "
            + ", ".join(f"{value:.3f}" for value in blends[name])
        )
    return Linear(
        np.round(weights / unit).astype(np.int8), recipe.longest, unit, bias, blends["topic"]
    ), notes


def ece(label: NDArray[np.int64], probability: Array) -> float:
    """Expected calibration error over 15 equal-width bins (Guo et al., ICML 2017)."""
    which = np.minimum((probability * BINS).astype(int), BINS - 1)
    gap = np.bincount(which, label - probability, BINS)
    return float(np.abs(gap).sum() / label.size)


def interval(label: NDArray[np.int64], flagged: NDArray[np.bool_]) -> tuple[float, float]:
    """Percentile bootstrap of macro-F1, 95 %."""
    rng = np.random.default_rng(SEED)
    cell = label * 2 + flagged
    figures = []
    for _ in range(RESAMPLES):
        tn, fp, fn, tp = np.bincount(rng.choice(cell, cell.size), minlength=4)
        figures.append((2 * tp / (2 * tp + fp + fn) + 2 * tn / (2 * tn + fp + fn)) / 2)
    low, high = np.percentile(figures, [2.5, 97.5])
    return float(low), float(high)


def report(name: str, corpus: Corpus, model: Linear, unquantised: Array) -> list[str]:
    """Figures on one held-out set, beside those of the baselines."""
    logit = np.concatenate([model.logit(fold_batch(part)) for part in batches(corpus.texts)])
    evidence = lexicon(corpus.texts)
    probability = model.probability(logit, evidence)
    flagged = probability > 0.5
    ways = {
        "shipped (n-grams, lexicon, calibrated)": flagged,
        "n-grams alone": logit > 0,
        "n-grams alone, before rounding weights": unquantised > 0,
        "lexicon alone (a kind at 0.5)": evidence >= 0.5,
        "majority (never)": np.zeros(flagged.size, bool),
    }
    anti_bias = corpus.fine == 3
    lines = [f"### COLD {name}: {flagged.size} comments", ""]
    lines += ["| | macro-F1 | 95 % interval | flagged of safe | flagged of anti-bias |"]
    lines += ["|---|---|---|---|---|"]
    for way, flags in ways.items():
        low, high = interval(corpus.label, flags)
        against = f"{flags[anti_bias].mean():.3f}" if anti_bias.any() else ""
        lines.append(
            f"| {way} | {macro_f1(corpus.label, flags):.4f} | {low:.3f} to {high:.3f} "
            f"| {flags[corpus.label == 0].mean():.3f} | {against} |"
        )
    lines += ["", "| topic | comments | macro-F1 | flagged of safe | missed of offensive |"]
    lines += ["|---|---|---|---|---|"]
    for topic in sorted(set(corpus.topic)):
        mine = corpus.topic == topic
        label, flags = corpus.label[mine], flagged[mine]
        lines.append(
            f"| {topic} | {mine.sum()} | {macro_f1(label, flags):.4f} "
            f"| {flags[label == 0].mean():.3f} | {1 - flags[label == 1].mean():.3f} |"
        )
    return [*lines, "", f"ECE {ece(corpus.label, probability):.4f} (15 bins)."]


def write(path: Path, model: Linear) -> None:
    np.savez_compressed(
        path,
        weights=model.weights,
        longest=np.int64(model.longest),
        unit=np.float64(model.unit),
        bias=np.float64(model.bias),
        blend=np.array(model.blend),
    )


def card(lines: Iterable[str]) -> str:
    """Fill the card's frame, which stands beside the script as prose."""
    frame = Path(__file__).with_name("train_text_card.md").read_text("utf-8")
    return frame.replace("{figures}", "\n".join(lines)).replace("{sklearn}", sklearn.__version__)


def main() -> int:
    parser = argparse.ArgumentParser(description="Train the text model and write its card.")
    parser.add_argument("data", nargs="?", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=MODEL)
    options = parser.parse_args()
    paths = [options.data / "cold" / f"{part}.csv" for part in ("train", "dev", "test")]
    paths.append(options.data / "swsr" / "comments.csv")
    if missing := [str(path) for path in paths if not path.is_file()]:
        print(f"missing: {', '.join(missing)}; give the folder that holds them", file=sys.stderr)
        return 2
    train, dev, test = map(read, paths[:3])
    recipe, table = choose(train, read(paths[3], "comment_text"))
    model, notes = build(train, recipe)
    weights, bias = fit(features(train.texts, recipe.longest), train.label, recipe.cost)
    lines = ["### Choice, by macro-F1 in cross-validation over train", "", *table, ""]
    lines += [f"Chosen: {recipe}.", "", *notes]
    for name, corpus in (("dev", dev), ("test", test)):
        unquantised = features(corpus.texts, recipe.longest) @ weights + bias
        lines += ["", *report(name, corpus, model, unquantised)]
    print("\n".join(lines[4:]))
    options.out.mkdir(parents=True, exist_ok=True)
    write(options.out / "weights.npz", model)
    (options.out / "CARD.md").write_text(card(lines), "utf-8")
    print(
        f"\nwrote {options.out}/weights.npz, {(options.out / 'weights.npz').stat().st_size} bytes"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
