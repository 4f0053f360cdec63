"""Train the encoder: write it to `model/`, and its card with the figures printed here.

    python tools/train_encoder.py [DATA] [--work FOLDER]

DATA as for `train_text.py`, whose models must have been written before; needs the dependency groups
`dev` and `train`. Everything is chosen by cross-validation over COLD's train set, what is chosen
is fitted on train and dev, and test is for reporting only. It takes about two hours on one core.
What is done is kept in the work folder, so that a run that was stopped goes on; empty it after a
change.
"""

import argparse
import pickle
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import onnx
import torch
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

import train_encoder_base as base
import train_encoder_net as net
import train_encoder_onnx as export
import train_encoder_report as report
import train_text as linear_tier
from lianzhi.text.fold.folding import fold
from lianzhi.text.fold.signs import HAN
from lianzhi.text.model import encoder
from lianzhi.text.model.pieces import UNKNOWN, Pieces
from train_encoder_net import Floats, Recipe, Weights
from train_text import MODEL, Folds
from train_text_corpus import Corpus, read
from train_text_held import linear_held_out
from train_text_report import SEED, interval, logit, losses, macro_f1

T = TypeVar("T")
#: A piece that comments hold less often is left out, unless it is a Chinese character.
LEAST = 2
#: Pieces of the longest text that is read: those of COLD and SWSR, but for a few.
LONGEST = 128
RECIPES = {
    "as it comes": Recipe(),
    "a tenth of pieces unknown": Recipe(unknown=0.1),
}
MEAN = "mean of both"
FOLDS = 3
#: The topic that recipes are compared on.
COMPARED = "gender"
#: Bounds of the uncertain band that are tried.
LOWS, HIGHS = (0.0, 0.02, 0.05, 0.1, 0.2), (1.0, 0.98, 0.95, 0.9, 0.8)
#: A band that asks of more, a recipe further down or a mean must lessen the log-loss by this much.
WORTH = 0.001
FLAGS = np.arange(0.3, 0.9, 0.01)


class Kept:
    """What is done already, by name, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def __call__(self, name: str, make: Callable[[], T]) -> T:
        """Return what was made under a name, or make it."""
        path = self.folder / f"{name}.pickle"
        if not path.is_file():
            print(f"{name}:", flush=True)
            path.write_bytes(pickle.dumps(make()))
        found: T = pickle.loads(path.read_bytes())
        return found


def prune(whole: base.Base, texts: list[str]) -> tuple[list[str], Floats, Weights]:
    """Pieces that comments hold, and every Chinese character, with scores and embeddings."""
    cutter = Pieces.of(whole.pieces[:-1], whole.score[:-1].tolist())
    often = np.bincount(
        np.concatenate([np.array(cutter.cut(text)) for text in texts]), minlength=len(whole.pieces)
    )
    kept = [
        i
        for i, piece in enumerate(whole.pieces)
        if i <= UNKNOWN or often[i] >= LEAST or (_single(piece) and (often[i] or _han(piece)))
    ]
    weights = whole.weights | {"word": whole.weights["word"][kept]}
    return [whole.pieces[i] for i in kept], whole.score[kept].astype(np.float64), weights


def _single(piece: str) -> bool:
    return len(piece) == 1 and fold(piece).text == piece


def _han(piece: str) -> bool:
    return any(ord(piece) in block for block in HAN)


def random_folds(train: Corpus) -> Folds:
    """Fewer than the linear tier has: a fit takes minutes."""
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    return list(folds.split(train.texts, train.label))


@dataclass(frozen=True)
class Held:
    """What models said of train's comments that had not seen them."""

    before: Floats
    """Probability by the linear tier."""
    said: Floats
    """Logit by the encoder."""


def compare(train: Corpus, before: Floats, fits: "Fits") -> tuple[str, bool, list[str]]:
    """Best way to fit, and whether to take a mean, by log-loss blended on the topic compared on."""
    number = sorted(set(train.topic)).index(COMPARED)
    said = {name: fits.said(name, "topic", number) for name in RECIPES}
    several = [fits.fitted(name, "topic", number) for name in RECIPES]
    said[MEAN] = fits.predict(net.mean(several), "topic", number)
    mine = train.topic == COMPARED
    label = train.label[mine]
    lines = ["| fitted | macro-F1 alone | AUC alone | AUC blended | log-loss blended |"]
    lines += ["|---|---|---|---|---|"]
    loss = {}
    for name, raw in said.items():
        offset, factor = linear_tier.scale(raw, label)
        logit = offset + factor * raw
        both = np.column_stack([logit(before[mine]), logit])
        blended = linear_tier.blended(both, linear_tier.calibrate(both, label))
        loss[name] = losses(label, blended).mean()
        lines.append(
            f"| {name} | {macro_f1(label, logit > 0):.4f} | {roc_auc_score(label, logit):.4f} "
            f"| {roc_auc_score(label, blended):.4f} | {loss[name]:.4f} |"
        )
    least = min(loss[name] for name in RECIPES)
    best = next(name for name in RECIPES if loss[name] <= least + WORTH)
    joined = bool(loss[MEAN] <= loss[best] - WORTH)
    alone = roc_auc_score(label, before[mine])
    other = losses(label, before[mine]).mean()
    note = f"The linear tier alone: AUC {alone:.4f}, log-loss {other:.4f}. Chosen: {best}"
    note += (
        "; shipped is the mean of one fitted to all and those of random folds." if joined else "."
    )
    return best, joined, [*lines, "", note]


def blend(held: Held, label: net.Ints, band: tuple[float, float], rows: net.Ints) -> Floats:
    """Factors, fitted to those of the rows that lie in the band."""
    asked = rows[(held.before[rows] >= band[0]) & (held.before[rows] <= band[1])]
    both = np.column_stack([logit(held.before[asked]), held.said[asked]])
    return np.array(linear_tier.calibrate(both, label[asked]))


def blended(held: Held, band: tuple[float, float], factors: Floats) -> Floats:
    """Probability of both where the band asks, else of the linear tier."""
    asked = (held.before >= band[0]) & (held.before <= band[1])
    both = np.column_stack([logit(held.before), held.said])
    return np.where(asked, linear_tier.blended(both, tuple(factors)), held.before)


def nested(train: Corpus, held: Held, band: tuple[float, float]) -> Floats:
    """Probability of each comment with its topic held out of the blend's calibration too."""
    out = held.before.copy()
    for fitted, rest in linear_tier.topic_folds(train):
        out[rest] = blended(held, band, blend(held, train.label, band, fitted))[rest]
    return out


def choose_band(train: Corpus, held: Held) -> tuple[tuple[float, float], list[str]]:
    """The band that asks of fewest, among those near the best by log-loss with a topic held out."""
    lines = [
        "| asked from | to | share asked | macro-F1 | AUC | log-loss |",
        "|---|---|---|---|---|---|",
    ]
    tried = []
    for band in ((low, high) for low in LOWS for high in HIGHS):
        asked = float(((held.before >= band[0]) & (held.before <= band[1])).mean())
        probability = nested(train, held, band)
        loss = float(losses(train.label, probability).mean())
        tried.append((asked, loss, band))
        figure = macro_f1(train.label, probability > 0.5)
        lines.append(
            f"| {band[0]} | {band[1]} | {asked:.3f} | {figure:.4f} "
            f"| {roc_auc_score(train.label, probability):.4f} | {loss:.4f} |"
        )
    least = min(loss for _, loss, _ in tried)
    asked, loss, band = min(one for one in tried if one[1] <= least + WORTH)
    return band, [*lines, "", f"Chosen: {band}, which asks of fewest within {WORTH} of the best."]


def choose_flag(label: net.Ints, probability: Floats) -> tuple[float, list[str]]:
    """The highest threshold whose macro-F1 lies within a standard error of the best.

    Among thresholds that data cannot tell apart, that which accuses fewest.
    """
    tried = {float(flag.round(2)): macro_f1(label, probability > flag) for flag in FLAGS}
    best = max(tried, key=lambda flag: tried[flag])
    low, high = interval(label, probability > best)
    error = (high - low) / (2 * 1.96)
    flag = max(flag for flag, figure in tried.items() if figure >= tried[best] - error)
    lines = [
        "| flagged from | macro-F1 | flagged of safe | missed of offensive |",
        "|---|---|---|---|",
    ]
    for each in sorted({0.4, 0.5, best, flag, 0.7}):
        flags = probability > each
        lines.append(
            f"| {each} | {tried[each]:.4f} | {flags[label == 0].mean():.3f} "
            f"| {1 - flags[label == 1].mean():.3f} |"
        )
    note = f"Chosen: {flag}, the highest within a standard error ({error:.4f}) of the best, {best}."
    return flag, [*lines, "", note]


def write(
    folder: Path, network: onnx.ModelProto, pieces: list[str], score: Floats, how: Floats
) -> None:
    """Write the network and, beside it, what turns texts into its input and its output into use."""
    (folder / "encoder.onnx").write_bytes(network.SerializeToString(deterministic=True))
    offset, by_before, by_said, low, high, flag = how
    np.savez_compressed(
        folder / "encoder.npz",
        pieces=np.array("\n".join(pieces)),
        score=score.astype(np.float32),
        longest=np.int64(LONGEST),
        band=np.array([low, high]),
        blend=np.array([offset, by_before, by_said]),
        flag=np.float64(flag),
    )


def card(lines: list[str]) -> str:
    """Fill the card's frame, which stands beside the script as prose."""
    frame = Path(__file__).with_name("train_encoder_card.md").read_text("utf-8")
    figures = "\n".join(lines)
    return frame.replace("{figures}", figures).replace("{torch}", torch.__version__.split("+")[0])


@dataclass(frozen=True)
class Fits:
    """Encoders fitted to parts of train, each once, and to all of train and dev."""

    kept: Kept
    plain: Weights
    cut: list[list[int]]
    target: Floats
    """Both opinions on each text: see `Corpus.opinions`."""
    folds: dict[str, Folds]

    def fitted(self, name: str, split: str, number: int) -> Weights:
        """Fit to all folds but one."""
        return self.kept(
            f"fitted {name}, {split} {number}",
            lambda: self.fit(name, self.folds[split][number][0]),
        )

    def fit(self, name: str, rows: net.Ints) -> Weights:
        """Fit to some rows."""
        return net.fit(self.plain, self.cut, self.target, rows, RECIPES[name], SEED)

    def said(self, name: str, split: str, number: int) -> Floats:
        """Logits of one fold by an encoder that was fitted to the others."""
        weights = self.fitted(name, split, number)
        return self.kept(
            f"said {name}, {split} {number}", lambda: self.predict(weights, split, number)
        )

    def predict(self, weights: Weights, split: str, number: int) -> Floats:
        """Logits of one fold by what was fitted to the others."""
        some = [self.cut[i] for i in self.folds[split][number][1]]
        return net.predict(self.plain, weights, Recipe(), some, LONGEST)

    def shipped(self, name: str, joined: bool) -> Weights:
        """What ships: one fitted to train and dev, or the mean of it and those of random folds."""
        whole = self.kept(f"final {name}", lambda: self.fit(name, np.arange(len(self.cut))))
        folds = range(len(self.folds["random"])) if joined else ()
        return net.mean([whole, *(self.fitted(name, "random", n) for n in folds)])

    def held_out(self, name: str, split: str) -> Floats:
        """Logits of all of train, each fold by an encoder that has not seen it."""
        out = np.zeros(sum(rows.size for _, rows in self.folds[split]))
        for number, (_, rows) in enumerate(self.folds[split]):
            out[rows] = self.said(name, split, number)
        return out


def main() -> int:
    parser = argparse.ArgumentParser(description="Train the encoder and write its card.")
    parser.add_argument("data", nargs="?", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=MODEL)
    parser.add_argument("--work", type=Path, default=Path("build/encoder"))
    options = parser.parse_args()
    paths = [options.data / "cold" / f"{part}.csv" for part in ("train", "dev", "test")]
    paths.append(options.data / "swsr" / "comments.csv")
    if missing := [str(path) for path in paths if not path.is_file()]:
        print(f"missing: {', '.join(missing)}; give the folder that holds them", file=sys.stderr)
        return 2
    kept, (train, dev, test) = Kept(options.work), map(read, paths[:3])
    more, fitted = read(paths[3], "comment_text"), train.and_(dev)
    folds = {"topic": linear_tier.topic_folds(train), "random": random_folds(train)}
    before = kept("linear", lambda: linear_held_out(train, folds))
    whole = base.read(base.find(), Recipe().layers)
    texts = [fold(text).text for text in train.texts + more.texts]
    pieces, score, plain = kept("pieces", lambda: prune(whole, texts))
    cutter = Pieces.of(pieces, score.tolist())
    cut = kept("cut", lambda: [cutter.cut(fold(text).text) for text in fitted.texts])
    fits = Fits(kept, plain, cut, fitted.opinions, folds)

    best, joined, table = compare(train, before["topic"], fits)
    print("\n".join(table), flush=True)
    raw = {split: fits.held_out(best, split) for split in folds}
    scale = linear_tier.scale(raw["topic"], train.label)
    held = {split: Held(before[split], scale[0] + scale[1] * raw[split]) for split in folds}
    band, bands = choose_band(train, held["topic"])
    factors = blend(held["topic"], train.label, band, np.arange(train.label.size))
    after = nested(train, held["topic"], band)
    flag, flags = choose_flag(train.label, after)
    both = {
        "topic held out, from calibration too": (held["topic"].before, after),
        "random folds": (held["random"].before, blended(held["random"], band, factors)),
    }
    learnt = net.scaled(fits.shipped(best, joined), *scale)
    network = export.graph(plain, learnt, Recipe().layers, LONGEST)
    options.out.mkdir(parents=True, exist_ok=True)
    write(options.out, network, pieces, score, np.array([*factors, *band, flag]))
    shipped = encoder.read(options.out)

    offset, by_before, by_said = factors
    lines = [f"### Ways to fit, with a topic held out: {COMPARED}", "", *table, ""]
    lines += ["### Band, with a topic held out, from calibration too", "", *bands, ""]
    lines += [
        "Calibration in it: offset, factors of the linear tier's logit and of the encoder's: "
        f"{offset:.3f}, {by_before:.3f}, {by_said:.3f}.",
        "",
    ]
    lines += ["### Threshold, on the same", "", *flags, ""]
    lines += ["### Cross-validation over train", "", *report.crossed(train.label, both, flag), ""]
    lines += report.report("test", test, shipped)
    print("\n".join(lines))
    (options.out / "ENCODER.md").write_text(card(lines), "utf-8")
    for name in ("encoder.onnx", "encoder.npz"):
        print(f"wrote {options.out / name}, {(options.out / name).stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
