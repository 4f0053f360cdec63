"""Train the text models: write them to `model/`, and the card with the figures printed here.

    python tools/train_text.py [DATA]

DATA holds `cold/{train,dev,test}.csv` (COLD: Deng et al., EMNLP 2022) and `swsr/comments.csv`
(SWSR: Jiang et al., 2022); `readings/` beside this script holds second readings of COLD. Models are
fitted to both opinions, COLD's labels and the readings, and their logits added. Everything is
chosen by cross-validation over COLD's train set: by comments at random, and by holding out a topic,
which is nearer to what a model meets in use. What is chosen is fitted on train and dev. Test is for
reporting only. Same data and library versions, same bytes.
"""

import argparse
import math
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import sklearn
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

import train_text_patterns as patterns
from lianzhi.text.fold.folding import fold_batch
from lianzhi.text.model.linear import Linear, bend
from lianzhi.text.model.ngrams import slot_counts
from lianzhi.text.model.patterns import Patterns
from lianzhi.text.pipeline import judge
from train_text_corpus import Corpus, batches, read
from train_text_patterns import Shape
from train_text_report import SEED, ece, losses, macro_f1, report

MODEL = Path(__file__).parents[1] / "src/lianzhi/text/model"
BITS = 20
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Recipe:
    """One way to fit the linear model."""

    longest: int
    cost: float
    """Inverse strength of regularisation, fitted to labels ..."""
    second: float = 0.25
    """... and to second readings."""
    swsr: bool = False


RECIPES = [
    *(Recipe(longest, cost) for longest in (2, 3) for cost in (0.25, 0.5, 1.0)),
    Recipe(3, 0.5, swsr=True),
]
#: Tried for second readings.
COSTS = (0.1, 0.25, 0.5)
SHAPES = [
    Shape(),
    Shape(epochs=6),
    Shape(width=4),
    Shape(patterns=16),
    Shape(fits=1),
]
#: From this logit of n-grams on, either way, patterns are not asked: they cost as much as all the
#: lexicon. The card has the figures beside those of asking always.
SURE = 2.0
#: Within how much logits are bent, as multiples of their spread; infinity leaves them alone.
REACHES = (0.5, 0.75, 1.0, 1.5, 2.0, math.inf)
#: A shape that costs more must lessen the log-loss by this much with a topic held out.
WORTH = 0.002


def features(texts: list[str], longest: int, bits: int = BITS) -> sparse.csr_matrix:
    """Counts of hashed n-grams over the square root of their number, as inference has it."""
    slots = [s for part in batches(texts) for s in slot_counts(fold_batch(part), longest, bits)]
    sizes = np.array([s.size for s in slots])
    values = np.repeat(1 / np.sqrt(np.maximum(sizes, 1)), sizes)
    bounds = np.concatenate(([0], np.cumsum(sizes)))
    shape = (len(texts), 1 << bits)
    matrix = sparse.csr_matrix((values, np.concatenate(slots), bounds), shape=shape)
    matrix.sum_duplicates()
    return matrix


def lexicon(texts: list[str]) -> Array:
    """Strength of the strongest kind."""
    return np.concatenate([judge(fold_batch(part)).kinds.max(axis=1) for part in batches(texts)])


def fit(matrix: sparse.csr_matrix, label: Array, cost: float) -> tuple[Array, float]:
    """Weights and bias; rare n-grams weigh more in the penalty's eyes (inverse document frequency).

    The frequencies are folded into the weights, so that inference need not know them. Rows whose
    label is NaN are left out.
    """
    known = np.flatnonzero(~np.isnan(label))
    matrix, label = matrix[known], label[known]
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
    label: Array,
    folds: Folds,
    cost: float,
    extra: tuple[sparse.csr_matrix, Array] | None = None,
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


def held_out_both(matrix: sparse.csr_matrix, corpus: Corpus, folds: Folds, recipe: Recipe) -> Array:
    """The sum of both opinions' logits by models that have not seen a row."""
    return sum(
        held_out(matrix, opinion, folds, cost)
        for opinion, cost in zip(corpus.opinions.T, (recipe.cost, recipe.second), strict=True)
    )


def held_out_patterns(corpus: Corpus, folds: Folds, shape: Shape) -> Array:
    """The same by patterns."""
    out, opinions = np.zeros(corpus.label.size), corpus.opinions
    for train, rest in folds:
        seen = [corpus.texts[i] for i in train]
        fitted = patterns.fit(seen, opinions[train], shape, SEED)
        out[rest] = fitted.logit([corpus.texts[i] for i in rest])
    return out


Scale = tuple[float, float]


def scale(logit: Array, label: NDArray[np.int64]) -> Scale:
    """Offset and factor that bring a sum of opinions back to the log-odds of the label."""
    offset, factor = calibrate(logit[:, None], label)
    return offset, factor


def choose(train: Corpus, swsr: Corpus) -> tuple[Recipe, list[str]]:
    """Best recipe by the mean of both cross-validations, and the tables.

    For labels by macro-F1, for second readings by AUC: they call far fewer comments offensive.
    """
    table = ["| n-grams | C | SWSR | random folds | topic held out |", "|---|---|---|---|---|"]
    best, top = RECIPES[0], 0.0
    splits = (random_folds(train), topic_folds(train))
    for longest in sorted({recipe.longest for recipe in RECIPES}):
        matrix, more = features(train.texts, longest), features(swsr.texts, longest)
        for recipe in (recipe for recipe in RECIPES if recipe.longest == longest):
            extra = (more, swsr.label) if recipe.swsr else None
            label = train.label.astype(float)
            figures = [
                macro_f1(train.label, held_out(matrix, label, s, recipe.cost, extra) > 0)
                for s in splits
            ]
            used = "yes" if recipe.swsr else "no"
            row = f"| 1-{longest} | {recipe.cost} | {used} | {figures[0]:.4f} | {figures[1]:.4f} |"
            print(row, flush=True)
            table.append(row)
            if sum(figures) > top:
                best, top = recipe, sum(figures)
    table += ["", "### The same for second readings, by AUC", ""]
    table += ["| C | random folds | topic held out |", "|---|---|---|"]
    second, top, matrix = train.opinions[:, 1], 0.0, features(train.texts, best.longest)
    known = ~np.isnan(second)
    for cost in COSTS:
        said = (held_out(matrix, second, s, cost)[known] for s in splits)
        figures = [float(roc_auc_score(second[known], one)) for one in said]
        table.append(f"| {cost} | {figures[0]:.4f} | {figures[1]:.4f} |")
        print(table[-1], flush=True)
        if sum(figures) > top:
            best, top = replace(best, second=cost), sum(figures)
    return best, table


Blend = tuple[float, ...]


def calibrate(columns: Array, label: NDArray[np.int64]) -> Blend:
    """Offset and factors of the columns that turn them into the log-odds of the label."""
    fitted = LogisticRegression(C=1e6, max_iter=1000).fit(columns, label)
    offset, factors = float(fitted.intercept_[0]), fitted.coef_[0].tolist()
    return (offset, *factors)


def blended(columns: Array, blend: Blend) -> Array:
    out: Array = 1 / (1 + np.exp(-(columns @ np.array(blend[1:]) + blend[0])))
    return out


def bent(columns: Array, reach: Array) -> Array:
    """Bend the leading columns, logits; the last is left alone."""
    logits = [bend(columns[:, place], float(within)) for place, within in enumerate(reach)]
    return np.column_stack([*logits, columns[:, -1]])


HEAD = ["macro-F1", "AUC", "log-loss", "change, 95 %", "ECE", "safe above .9"]


def figures(label: NDArray[np.int64], probability: Array, before: Array) -> str:
    """A table's row of them. `before` holds each comment's loss without what is tried."""
    change = losses(label, probability) - before
    return (
        f"{macro_f1(label, probability > 0.5):.4f} | {roc_auc_score(label, probability):.4f} "
        f"| {losses(label, probability).mean():.4f} "
        f"| {change.mean():+.4f} ± {1.96 * change.std() / label.size**0.5:.4f} "
        f"| {ece(label, probability):.4f} | {(probability[label == 0] > 0.9).mean():.4f} |"
    )


@dataclass(frozen=True)
class Tried:
    """One shape of patterns, with the logits of comments by models that have not seen them."""

    shape: Shape
    topic: Array
    """Columns, with a topic held out: n-grams, patterns, lexicon."""
    random: Array
    """The same in random folds."""
    loss: float
    """With a topic held out, calibrated."""
    scales: tuple[Scale, Scale]
    """How the sums of opinions were brought to those logits."""


def choose_shape(train: Corpus, recipe: Recipe) -> tuple[Tried, list[str]]:
    """Cheapest shape of patterns near the best, and a report.

    Best is by log-loss of the calibrated blend with a topic held out, since log-odds are what a
    detector adds up. Calibration is fitted there, and the same is tried in random folds.
    """
    label = train.label
    matrix, evidence = features(train.texts, recipe.longest), lexicon(train.texts)
    splits = {"topic held out": topic_folds(train), "random folds": random_folds(train)}
    linear = {name: held_out_both(matrix, train, s, recipe) for name, s in splits.items()}
    first = scale(linear["topic held out"], label)
    linear = {name: first[0] + first[1] * logit for name, logit in linear.items()}
    lines = [f"| patterns | folds | {' | '.join(HEAD)} |", "|---|---" + "|---" * len(HEAD) + "|"]
    tried: list[Tried] = []
    before: dict[str, Array] = {}
    for shape in (None, *SHAPES):
        columns = {name: [linear[name], evidence] for name in splits}
        if shape is not None:
            said = {name: held_out_patterns(train, split, shape) for name, split in splits.items()}
            other = scale(said["topic held out"], label)
            for name, logit in said.items():
                columns[name].insert(1, other[0] + other[1] * logit)
        topic, random = (np.stack(columns[name], axis=1) for name in splits)
        blend = calibrate(topic, label)
        for name, some in zip(splits, (topic, random), strict=True):
            probability = blended(some, blend)
            loss = losses(label, probability)
            row = (
                f"| {shape.brief() if shape else 'none'} | {name} "
                f"| {figures(label, probability, before.setdefault(name, loss))}"
            )
            print(row, flush=True)
            lines.append(row)
        if shape is not None:
            loss = losses(label, blended(topic, blend))
            tried.append(Tried(shape, topic, random, float(loss.mean()), (first, other)))
    least = min(one.loss for one in tried)
    near = [one for one in tried if one.loss <= least + WORTH]
    best = min(near, key=lambda one: (one.shape.cost(), one.loss))
    note = (
        f"Chosen: {best.shape.brief()}, the cheapest to use within {WORTH} of the best log-loss "
        "with a topic held out."
    )
    return best, [*lines, "", note]


def choose_reach(train: Corpus, best: Tried) -> tuple[tuple[float, float], Blend, list[str]]:
    """Reach of the logits and the calibration fitted with it, by log-loss with a topic held out.

    The calibration is tried on the topic that it was not fitted on, as well.
    """
    label, spread = train.label, best.topic[:, :2].std(axis=0)
    lines = [f"| reach | folds | {' | '.join(HEAD)} |", "|---|---" + "|---" * len(HEAD) + "|"]
    top, reach, chosen = math.inf, spread, calibrate(best.topic, label)
    before: dict[str, Array] = {}
    for times in reversed(REACHES):
        topic, random = (bent(some, times * spread) for some in (best.topic, best.random))
        blend = calibrate(topic, label)
        nested = np.zeros(label.size)
        for fitted, rest in topic_folds(train):
            nested[rest] = blended(topic[rest], calibrate(topic[fitted], label[fitted]))
        tries = {
            "topic held out": blended(topic, blend),
            "topic held out, from calibration too": nested,
            "random folds": blended(random, blend),
        }
        for name, probability in tries.items():
            loss = losses(label, probability)
            row = (
                f"| {times} | {name} | {figures(label, probability, before.setdefault(name, loss))}"
            )
            print(row, flush=True)
            lines.append(row)
        mean = float(losses(label, nested).mean())
        if mean < top:
            top, reach, chosen = mean, times * spread, blend
    note = (
        "Chosen: by the log-loss of topics held out from calibration too, a reach of "
        + ", ".join(f"{value:.2f}" for value in reach)
        + " for n-grams and patterns. Calibration: offset, factors of n-grams, patterns, lexicon: "
        + ", ".join(f"{value:.3f}" for value in chosen)
        + "."
    )
    return (float(reach[0]), float(reach[1])), chosen, [*lines, "", note]


def weigh(matrix: sparse.csr_matrix, corpus: Corpus, recipe: Recipe) -> list[tuple[Array, float]]:
    """Weights and bias by each opinion."""
    costs = (recipe.cost, recipe.second)
    return [fit(matrix, *each) for each in zip(corpus.opinions.T, costs, strict=True)]


def build(
    corpus: Corpus, recipe: Recipe, best: Tried, reach: tuple[float, float], blend: Blend
) -> tuple[Linear, Patterns]:
    """Fit on all that may be trained on, and round to integers."""
    (offset, factor), other = best.scales
    both = weigh(features(corpus.texts, recipe.longest), corpus, recipe)
    weights, bias = (sum(each) for each in zip(*both, strict=True))
    unit = float(np.abs(weights).max() / 127)
    linear = Linear(
        weights=np.round(weights / unit).astype(np.int8),
        longest=recipe.longest,
        unit=unit * factor,
        bias=bias * factor + offset,
        blend=blend,
        reach=reach,
        sure=SURE,
    )
    soft = patterns.fit(corpus.texts, corpus.opinions, best.shape, SEED)
    return linear, soft.scaled(*other).rounded()


def write(folder: Path, model: Linear, soft: Patterns) -> None:
    np.savez(
        folder / "weights.npz",
        weights=model.weights,
        longest=np.int64(model.longest),
        unit=np.float64(model.unit),
        bias=np.float64(model.bias),
        blend=np.array(model.blend),
        reach=np.array(model.reach),
        sure=np.float64(model.sure),
    )
    np.savez(
        folder / "patterns.npz",
        codes=np.flatnonzero(soft.row),
        points=soft.points.astype(np.int8),
        offset=soft.offset,
        factor=soft.factor.astype(np.int8),
        unit=np.float64(soft.unit),
        bias=np.float64(soft.bias),
    )


def card(lines: Iterable[str]) -> str:
    """Fill the card's frame, which stands beside the script as prose."""
    frame = Path(__file__).with_name("train_text_card.md").read_text("utf-8")
    return frame.replace("{figures}", "\n".join(lines)).replace("{sklearn}", sklearn.__version__)


def main() -> int:
    parser = argparse.ArgumentParser(description="Train the text models and write their card.")
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
    best, notes = choose_shape(train, recipe)
    reach, blend, more = choose_reach(train, best)
    fitted = train.and_(dev)
    model, soft = build(fitted, recipe, best, reach, blend)
    seen, asked = (features(some.texts, recipe.longest) for some in (fitted, test))
    apart = [asked @ weights + bias for weights, bias in weigh(seen, fitted, recipe)]
    lines = ["### N-grams, by macro-F1 in cross-validation over train", "", *table, ""]
    lines += [f"Chosen: {recipe}.", "", "### Patterns beside them, calibrated", "", *notes]
    lines += ["", "### Bending of logits, as multiples of their spread", "", *more]
    lines += ["", *report("test", test, model, soft, apart)]
    print("\n".join(lines[4:]))
    options.out.mkdir(parents=True, exist_ok=True)
    write(options.out, model, soft)
    (options.out / "CARD.md").write_text(card(lines), "utf-8")
    for name in ("weights.npz", "patterns.npz"):
        print(f"wrote {options.out / name}, {(options.out / name).stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
