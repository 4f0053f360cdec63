"""Train the model of adverts for water armies: write `adverts/weights.npz` and its card.

    python tools/train_adverts.py [DATA]

The examples are in `adverts/`, written for Lianzhi (its README says how). DATA holds
`cold/train.csv`, of which ordinary comments are taken as innocent. Everything is chosen by
cross-validation on the examples; the challenge set is not read. The point from which a text is an
offer is where a given share of innocent examples, held out, is taken for one.
"""

import argparse
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import sklearn
from numpy.typing import NDArray
from scipy import sparse
from sklearn.metrics import roc_auc_score

import train_text as linear_tier
from lianzhi.domains.astroturf.adverts import detect, roles
from lianzhi.domains.astroturf.adverts.detect import KINDS, read_as, taken_off
from lianzhi.domains.astroturf.adverts.normalised import normalised
from train_text_corpus import read

FOLDER = Path(__file__).with_name("adverts")
BITS, FOLDS, SEED, STEEP = 16, 10, 20261126, 1.5
ORDINARY, LIGHT = 6000, 0.25
#: Share of innocent examples, held out, that may be taken for offers.
SPARED = 0.08
Array = NDArray[np.float64]
Labels = NDArray[np.int64]


class Recipe(NamedTuple):
    """One way to fit."""

    longest: int
    cost: float
    roles: bool = True


RECIPES = [
    *(Recipe(longest, cost) for longest in (2, 3) for cost in (1.0, 4.0, 16.0)),
    Recipe(2, 4.0, roles=False),
]


class Texts(NamedTuple):
    """Examples as they are read."""

    lines: list[str]
    plain: list[str]
    """The same without roles."""
    off: Array
    """What is taken off the log-odds of each, by which sides are seen in it."""


def examples() -> tuple[list[str], Labels, Labels]:
    """Texts written for the kinds, whether each is an offer, and of which kind."""
    texts, harmful, kinds = list[str](), list[int](), list[int]()
    for number, kind in enumerate(KINDS):
        for line in (FOLDER / f"{kind}.tsv").read_text("utf-8").splitlines():
            mark, text = line.split("\t", 1)
            texts.append(text)
            harmful.append(int(mark))
            kinds.append(number)
    return texts, np.array(harmful), np.array(kinds)


def as_read(texts: list[str]) -> Texts:
    """Read texts as the detector does."""
    known, some = roles.load(), normalised(texts)
    parts = [known.parts(one.line) for one in some]
    pairs = list(zip(some, parts, strict=True))
    return Texts(
        [read_as(*pair) for pair in pairs],
        [read_as(one, ()) for one in some],
        np.array([taken_off(*pair) for pair in pairs]),
    )


def fit(
    matrix: sparse.csr_matrix, label: Labels, weight: Array, cost: float
) -> tuple[Array, float]:
    """As `train_text.fit`, rows weighed."""
    rows = np.repeat(np.arange(label.size), np.round(weight / LIGHT).astype(int))
    return linear_tier.fit(matrix[rows], label[rows].astype(float), cost * LIGHT)


def held_out(
    matrix: sparse.csr_matrix, label: Labels, weight: Array, fold: Labels, cost: float
) -> Array:
    """Log-odds of each text by a model that has not seen it."""
    said = np.zeros(label.size)
    for one in range(FOLDS):
        rest, out = np.flatnonzero(fold != one), np.flatnonzero(fold == one)
        some, bias = fit(matrix[rest], label[rest], weight[rest], cost)
        said[out] = matrix[out] @ some + bias
    return said


def choose(
    seen: Texts, label: Labels, weight: Array, fold: Labels, harmful: Labels
) -> tuple[Recipe, Array, list[str]]:
    """The recipe with the best AUC on the examples, what it says of each text held out, and the
    table of all."""
    lines = [
        "| n-grams | cost | roles | AUC | offers found | innocent | ordinary |",
        "|---" * 7 + "|",
    ]
    own, off = harmful.size, np.where(np.isinf(seen.off), 30.0, seen.off)
    tried: list[tuple[float, Recipe, Array]] = []
    for recipe in RECIPES:
        some = seen.lines if recipe.roles else seen.plain
        matrix = linear_tier.features(some, recipe.longest, BITS)
        said = held_out(matrix, label, weight, fold, recipe.cost) - off
        area = float(roc_auc_score(harmful, said[:own]))
        clear = np.quantile(said[:own][harmful == 0], 1 - SPARED)
        tried.append((area, recipe, said))
        lines.append(
            f"| {recipe.longest} | {recipe.cost:g} | {'yes' if recipe.roles else 'no'} "
            f"| {area:.3f} | {(said[:own][harmful == 1] > clear).mean():.2f} | {SPARED:.2f} "
            f"| {(said[own:] > clear).mean():.4f} |"
        )
        print(lines[-1], flush=True)
    _, recipe, said = max(tried, key=lambda one: one[0])
    return recipe, said, lines


def main() -> int:
    parser = argparse.ArgumentParser(description="Train the model of adverts, write its card.")
    parser.add_argument("data", nargs="?", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path(detect.__file__).parent)
    options = parser.parse_args()
    path = options.data / "cold" / "train.csv"
    if not path.is_file():
        print(f"missing: {path}; give the folder that holds it", file=sys.stderr)
        return 2
    texts, harmful, kinds = examples()
    own = harmful.size
    seen = as_read([*texts, *read(path).texts[:ORDINARY]])
    size = len(seen.lines)
    label = np.zeros(size, np.int64)
    label[:own] = harmful
    weight = np.where(np.arange(size) < own, 1.0, LIGHT)
    fold = np.random.default_rng(SEED).permutation(size) % FOLDS
    recipe, said, lines = choose(seen, label, weight, fold, harmful)
    clear = float(np.quantile(said[:own][harmful == 0], 1 - SPARED))
    matrix = linear_tier.features(seen.lines, recipe.longest, BITS)
    columns = [fit(matrix, label, weight, recipe.cost)]
    mine = np.flatnonzero(harmful == 1)
    apart = np.zeros((mine.size, len(KINDS)))
    for number in range(len(KINDS)):
        which = (kinds[mine] == number).astype(np.int64)
        once = np.ones(mine.size)
        apart[:, number] = held_out(matrix[mine], which, once, fold[mine], recipe.cost)
        columns.append(fit(matrix[mine], which, once, recipe.cost))
    named = apart.argmax(1) == kinds[mine]
    print(f"named rightly among offers, held out: {named.mean():.2f}")
    weights, units, biases = [], [], []
    for place, (some, bias) in enumerate(columns):
        unit = float(np.abs(some).max() / 127)
        steep, shift = (STEEP, clear) if place == 0 else (1.0, 0.0)
        weights.append(np.round(some / unit).astype(np.int8))
        units.append(unit * steep)
        biases.append((bias - shift) * steep)
    np.savez_compressed(
        options.out / "weights.npz",
        weights=np.stack(weights, 1),
        longest=np.int64(recipe.longest),
        unit=np.array(units),
        bias=np.array(biases),
    )
    frame = Path(__file__).with_name("train_adverts_card.md").read_text("utf-8")
    for name, value in {
        "figures": "\n".join(lines),
        "sklearn": sklearn.__version__,
        "chosen": f"{recipe.longest}-grams, cost {recipe.cost:g}",
        "named": f"{named.mean():.2f}",
        "spared": f"{SPARED:.0%}",
        "examples": f"{harmful.sum()} offers and {own - harmful.sum()} innocent texts",
    }.items():
        frame = frame.replace(f"{{{name}}}", value)
    (options.out / "CARD.md").write_text(frame, "utf-8")
    print(f"wrote {options.out / 'weights.npz'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
