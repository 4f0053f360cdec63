"""Figures of the encoder beside the linear tier's, as its card has them."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from lianzhi.text.fold.folding import fold, fold_batch
from lianzhi.text.model.against import Against
from lianzhi.text.model.encoder import Encoder
from lianzhi.text.model.offence import offence
from lianzhi.text.pipeline import judge
from train_text_corpus import Corpus, batches
from train_text_report import RESAMPLES, SEED, UNRELIEVED, ece, interval, losses, macro_f1

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: Macro-F1 of roberta-base-cold, 102 million parameters, on COLD test (Deng et al., EMNLP 2022).
PEER = 0.8239


def crossed(label: Ints, both: dict[str, tuple[Floats, Floats]], flag: float) -> list[str]:
    """Figures of the linear tier and of both, in both cross-validations."""
    head = ["folds", "by", "macro-F1 from 0.5", f"from {flag}", "AUC", "log-loss", "ECE"]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for name, (before, after) in both.items():
        for way, each in {"linear tier": before, "both": after}.items():
            lines.append(
                f"| {name} | {way} | {macro_f1(label, each > 0.5):.4f} "
                f"| {macro_f1(label, each > flag):.4f} | {roc_auc_score(label, each):.4f} "
                f"| {losses(label, each).mean():.4f} | {ece(label, each):.4f} |"
            )
    return lines


def read_all(corpus: Corpus, asked: Encoder | None, relief: Against = UNRELIEVED) -> Floats:
    """Probability of each comment, with the encoder or without."""
    parts = []
    for part in batches(corpus.texts):
        batch = fold_batch(part)
        strongest = judge(batch).kinds.max(axis=1)
        parts.append(offence(batch, strongest, encoder=asked, relief=relief))
    return np.concatenate(parts)


def difference(label: Ints, one: Floats, other: Floats) -> tuple[float, float, float]:
    """Macro-F1 of one less that of the other, and its paired bootstrap interval, 95 %."""
    draw = np.random.default_rng(SEED)
    cell = label * 4 + one * 2 + other
    share = np.bincount(cell, minlength=8) / cell.size
    found = []
    for counts in draw.multinomial(cell.size, share, RESAMPLES):
        safe, offensive = counts[:4].reshape(2, 2), counts[4:].reshape(2, 2)
        figures = []
        for axis in (1, 0):
            (tn, fp), (fn, tp) = safe.sum(axis), offensive.sum(axis)
            figures.append((2 * tp / (2 * tp + fp + fn) + 2 * tn / (2 * tn + fp + fn)) / 2)
        found.append(figures[0] - figures[1])
    low, high = np.percentile(found, [2.5, 97.5])
    return macro_f1(label, one) - macro_f1(label, other), float(low), float(high)


def report(name: str, corpus: Corpus, shipped: Encoder) -> list[str]:
    """Figures on one set that was held out."""
    before, after = read_all(corpus, None), read_all(corpus, shipped)
    alone = shipped.logit([fold(text).text for text in corpus.texts])
    said = np.where(np.isnan(alone), -1.0, alone) > 0
    always = read_all(corpus, replace(shipped, band=(0.0, 1.0)))
    label, anti_bias = corpus.label, corpus.fine == 3
    lines = [f"### COLD {name}: {label.size} comments", ""]
    lines += ["| | macro-F1 | 95 % interval | flagged of safe | flagged of anti-bias |"]
    lines += ["|---|---|---|---|---|"]
    ways = {
        f"linear tier and encoder, flagged from {shipped.flag}": after > shipped.flag,
        "linear tier and encoder, flagged from 0.5": after > 0.5,
        f"the same, always asked, from {shipped.flag}": always > shipped.flag,
        "encoder alone": said,
        f"linear tier alone, flagged from {shipped.flag}": before > shipped.flag,
        "linear tier alone, flagged from 0.5": before > 0.5,
    }
    for way, flags in ways.items():
        low, high = interval(label, flags)
        against = f"{flags[anti_bias].mean():.3f}" if anti_bias.any() else ""
        lines.append(
            f"| {way} | {macro_f1(label, flags):.4f} | {low:.3f} to {high:.3f} "
            f"| {flags[label == 0].mean():.3f} | {against} |"
        )
    flags = after > shipped.flag
    lines += ["", "| topic | comments | macro-F1 | flagged of safe | missed of offensive |"]
    lines += ["|---|---|---|---|---|"]
    for topic in sorted(set(corpus.topic)):
        mine = corpus.topic == topic
        false, missed = flags[mine & (label == 0)].mean(), 1 - flags[mine & (label == 1)].mean()
        lines.append(
            f"| {topic} | {mine.sum()} | {macro_f1(label[mine], flags[mine]):.4f} "
            f"| {false:.3f} | {missed:.3f} |"
        )
    low, high = shipped.band
    asked = ((before >= low) & (before <= high)).mean()
    pairs = {
        "the linear tier, both from 0.5": difference(label, after > 0.5, before > 0.5),
        f"the linear tier, both from {shipped.flag}": difference(
            label, flags, before > shipped.flag
        ),
        f"the linear tier from 0.5, itself from {shipped.flag}": difference(
            label, flags, before > 0.5
        ),
    }
    lines += ["", f"The encoder was asked of {asked:.3f}. Macro-F1 with it, paired bootstrap:"]
    lines += [
        f"{gain:+.4f} ({least:+.4f} to {most:+.4f}) against {way};"
        for way, (gain, least, most) in pairs.items()
    ]
    if name == "test":
        low, high = interval(label, flags)
        gap = macro_f1(label, flags) - PEER
        lines += [
            f"{gap:+.4f} ({low - PEER:+.4f} to {high - PEER:+.4f}) against "
            f"the published {PEER} of roberta-base-cold, whose own spread is not counted;"
        ]
    return [
        *lines,
        f"AUC {roc_auc_score(label, after):.4f}, without {roc_auc_score(label, before):.4f}; "
        f"log-loss {losses(label, after).mean():.4f}, without {losses(label, before).mean():.4f}; "
        f"ECE {ece(label, after):.4f}, without {ece(label, before):.4f} (15 bins).",
    ]
