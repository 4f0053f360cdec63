"""Figures of text models on comments that they have not seen."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score, roc_auc_score

import train_text_readings as readings
from lianzhi.text.fold.folding import fold_batch
from lianzhi.text.model.against import Against
from lianzhi.text.model.linear import Linear
from lianzhi.text.model.offence import offence
from lianzhi.text.model.patterns import Patterns
from lianzhi.text.pipeline import judge
from train_text_corpus import Corpus, batches

Array = NDArray[np.float64]
SEED = 20261125
BINS = 15
#: In place of `lianzhi.text.model.against`, which is fitted to what the models reported here say.
UNRELIEVED = Against(np.zeros(2, np.int8), 1, 0.0, 0.0, above=0.0, worth=0.0, most=0.0)
RESAMPLES = 2000


def macro_f1(label: NDArray[np.int64], flagged: NDArray[np.bool_]) -> float:
    return float(f1_score(label, flagged, average="macro"))


def losses(label: NDArray[np.int64], probability: Array) -> Array:
    """Log-loss of each comment."""
    return -np.log(np.where(label == 1, probability, 1 - probability))


def logit(probability: Array) -> Array:
    """Log-odds."""
    out: Array = np.log(probability / (1 - probability))
    return out


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


def report(
    name: str, corpus: Corpus, model: Linear, soft: Patterns, apart: list[Array]
) -> list[str]:
    """Figures on one held-out set, beside those of the baselines.

    `apart` are the logits by n-grams of each opinion alone.
    """
    folded = [fold_batch(part) for part in batches(corpus.texts)]
    logit = np.concatenate([model.logit(batch) for batch in folded])
    pattern = np.concatenate([soft.logit(batch) for batch in folded])
    evidence = [judge(batch).kinds.max(axis=1) for batch in folded]
    always, probability = (
        np.concatenate(
            [
                offence(*read, asked, soft, relief=UNRELIEVED)
                for read in zip(folded, evidence, strict=True)
            ]
        )
        for asked in (replace(model, sure=math.inf), model)
    )
    flagged = probability > 0.5
    ways = {
        "shipped (n-grams, patterns, lexicon, calibrated)": flagged,
        "shipped, but patterns always asked": always > 0.5,
        "n-grams alone": logit > 0,
        "n-grams of COLD's labels alone": apart[0] > 0,
        "n-grams of second readings alone": apart[1] > 0,
        "patterns alone": pattern > 0,
        "lexicon alone (a kind at 0.5)": np.concatenate(evidence) >= 0.5,
        "majority (never)": np.zeros(flagged.size, bool),
    }
    anti_bias = corpus.fine == readings.AGAINST
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
    lines += ["", *agreement(corpus)]
    above = (probability[corpus.label == 0] > 0.9).mean()
    loss, other = (losses(corpus.label, each).mean() for each in (probability, always))
    asked = (np.abs(logit) < model.sure).mean()
    return [
        *lines,
        "",
        f"AUC {roc_auc_score(corpus.label, probability):.4f}, log-loss {loss:.4f}, "
        f"ECE {ece(corpus.label, probability):.4f} (15 bins); {above:.4f} of safe ones above .9. "
        f"Patterns were asked of {asked:.3f}; had they been asked always, log-loss {other:.4f}.",
    ]


def agreement(corpus: Corpus) -> list[str]:
    """How well second readings agree with the labels: what a careful reader would score."""
    known = np.flatnonzero(corpus.read >= 0)
    if not known.size:
        return []
    label, flags = corpus.label[known], np.isin(corpus.read[known], readings.ATTACKS)
    low, high = interval(label, flags)
    against = flags[corpus.fine[known] == readings.AGAINST].mean()
    return [
        f"Second readings of {known.size} of them, blind to the labels: macro-F1 "
        f"{macro_f1(label, flags):.4f} ({low:.3f} to {high:.3f}), flagged of safe "
        f"{flags[label == 0].mean():.3f}, of anti-bias {against:.3f}; "
        f"{1 - flags[label == 1].mean():.3f} of what is labelled offensive read as no attack.",
        "",
    ]
