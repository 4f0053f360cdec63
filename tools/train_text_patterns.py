"""Fit soft patterns (`lianzhi.text.model.patterns`) by stochastic gradients, in NumPy alone.

A pattern is a convolution over embedded characters whose best place in the text counts (Kim, EMNLP
2014; Schwartz et al., "SoPa", ACL 2018). Embeddings only keep the tables from overfitting: a
table is their product with the pattern's weights, and the tables are what ships.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.batch import SEPARATOR
from lianzhi.text.fold.folding import fold
from lianzhi.text.model.patterns import Patterns, rows_of

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Shape:
    """What to fit, and how hard."""

    width: int = 3
    """Characters that a pattern spans."""
    patterns: int = 32
    fits: int = 2
    """Fits from different starts, whose patterns are put together."""
    size: int = 16
    """Of a character's embedding."""
    epochs: int = 12
    rate: float = 4e-3
    """Highest learning rate of Adam; rises for a fifth of the steps, then falls to nothing."""
    unknown: float = 0.1
    """Share of characters made unknown while training, so that none is relied on."""
    dropout: float = 0.5
    """Share of patterns left out of each step."""
    least: int = 3
    """A character that fewer training texts hold is unknown."""
    batch: int = 128
    longest: int = 120
    """Only so much of a text is trained on."""

    def cost(self) -> int:
        """Points to add up per character."""
        return self.width * self.patterns * self.fits

    def brief(self) -> str:
        """Write out the shape for a table."""
        return f"{self.fits} x {self.patterns} of {self.width}, {self.epochs} epochs"


@dataclass(frozen=True)
class Fitted:
    """Patterns as fitted, before rounding."""

    codes: Ints
    """Known characters, ascending; row 0 of the tables is for all others."""
    tables: Floats
    """Shape [width, characters, patterns]: what a character adds at each place of a pattern."""
    offset: Floats
    factor: Floats
    bias: float

    def logit(self, texts: list[str]) -> NDArray[np.float64]:
        """Score each text: shape [texts]."""
        width = self.tables.shape[0]
        out = np.empty(len(texts))
        for place, text in enumerate(texts):
            rows = _rows(text, self.codes)
            count = max(rows.size - width + 1, 0)
            sums = sum(self.tables[k][rows[k : k + count]] for k in range(width)) + self.offset
            out[place] = np.maximum(sums, 0).max(0, initial=0) @ self.factor + self.bias
        return out

    def scaled(self, offset: float, factor: float) -> "Fitted":
        """These patterns with another scale of scores: offset + factor * score."""
        worth, bias = self.factor * np.float32(factor), self.bias * factor + offset
        return replace(self, factor=worth, bias=bias)

    def rounded(self) -> Patterns:
        """Round to the integers that inference works with."""
        point = float(np.abs(self.tables).max()) / 127
        worth = float(np.abs(self.factor).max()) / 127
        return Patterns(
            row=rows_of(self.codes),
            points=np.round(self.tables / point).astype(np.int16),
            offset=np.round(self.offset / point).astype(np.int16),
            factor=np.round(self.factor / worth).astype(np.int64),
            unit=point * worth,
            bias=self.bias,
        )


def _rows(text: str, codes: Ints) -> Ints:
    """Rows of a text's characters, the separators around it included."""
    chars = np.array([SEPARATOR, *map(ord, fold(text).text), SEPARATOR])
    at = np.minimum(np.searchsorted(codes, chars), codes.size - 1)
    return np.where(codes[at] == chars, at + 1, 0)


class _Adam:
    def __init__(self, parameters: dict[str, Floats]) -> None:
        self.parameters = parameters
        self.moments = {k: (np.zeros_like(v), np.zeros_like(v)) for k, v in parameters.items()}
        self.step = 0

    def move(self, gradients: dict[str, Floats], rate: float) -> None:
        self.step += 1
        scale = rate * np.sqrt(1 - 0.999**self.step) / (1 - 0.9**self.step)
        for name, gradient in gradients.items():
            first, second = self.moments[name]
            first += 0.1 * (gradient - first)
            second += 0.001 * (gradient**2 - second)
            self.parameters[name] -= scale * first / (np.sqrt(second) + 1e-8)


def fit(texts: list[str], opinions: NDArray[np.float64], shape: Shape, seed: int) -> Fitted:
    """Fit patterns and their factors to labelled texts; the same input gives the same output.

    `opinions`, of shape [texts, opinions], are labels of several sorts, NaN where there is none.
    Patterns are fitted to all of them at once, each with factors of its own; what is returned
    adds the opinions' logits up.
    """
    parts = [_fit(texts, opinions, shape, seed + i) for i in range(shape.fits)]
    return Fitted(
        parts[0].codes,
        np.concatenate([part.tables for part in parts], axis=2),
        np.concatenate([part.offset for part in parts]),
        np.concatenate([part.factor / np.float32(shape.fits) for part in parts]),
        sum(part.bias for part in parts) / shape.fits,
    )


def _fit(texts: list[str], opinions: NDArray[np.float64], shape: Shape, seed: int) -> Fitted:
    rng = np.random.default_rng(seed)
    seen, times = np.unique(
        [SEPARATOR, *(ord(char) for text in texts for char in set(fold(text).text))],
        return_counts=True,
    )
    codes = seen[(times >= shape.least) | (seen == SEPARATOR)]
    rows = [_rows(text, codes)[: shape.longest] for text in texts]
    length = np.array([row.size for row in rows])
    normal = rng.standard_normal
    span = shape.width * shape.size
    p = {
        "embed": normal((codes.size + 1, shape.size), np.float32) * np.float32(0.3),
        "kernel": normal((shape.width, shape.size, shape.patterns), np.float32)
        * np.float32(span**-0.5),
        "offset": np.zeros(shape.patterns, np.float32),
        "factor": normal((shape.patterns, opinions.shape[1]), np.float32)
        * np.float32(shape.patterns**-0.5),
        "bias": np.zeros(opinions.shape[1], np.float32),
    }
    adam = _Adam(p)
    steps = shape.epochs * -(-len(rows) // shape.batch)
    for _ in range(shape.epochs):
        for batch in _batches(length, shape.batch, rng):
            done = adam.step / steps
            rate = shape.rate * min(done / 0.2, (1 - done) / 0.8) + 1e-6
            adam.move(_gradients(p, [rows[i] for i in batch], opinions[batch], shape, rng), rate)
    tables = np.stack([p["embed"] @ kernel for kernel in p["kernel"]])
    return Fitted(codes, tables, p["offset"], p["factor"].sum(1), float(p["bias"].sum()))


def _batches(length: Ints, size: int, rng: np.random.Generator) -> list[Ints]:
    """Shuffled batches of texts of like length, so that little is padded."""
    order = rng.permutation(length.size)
    pools = np.split(order, range(40 * size, order.size, 40 * size))
    sized = [pool[np.argsort(length[pool], kind="stable")] for pool in pools]
    out = [part for pool in sized for part in np.split(pool, range(size, pool.size, size))]
    return [out[i] for i in rng.permutation(len(out))]


def _gradients(
    p: dict[str, Floats],
    texts: list[Ints],
    opinions: NDArray[np.float64],
    shape: Shape,
    rng: np.random.Generator,
) -> dict[str, Floats]:
    """Gradients of the mean log-loss of all opinions, weights decaying slightly."""
    width, count = shape.width, len(texts)
    most = max(width, *(text.size for text in texts))
    rows = np.zeros((count, most), np.int64)
    fits = np.zeros((count, most - width + 1, 1), bool)
    for place, text in enumerate(texts):
        rows[place, : text.size] = text
        fits[place, : max(text.size - width + 1, 0)] = True
    rows[rng.random(rows.shape) < shape.unknown] = 0
    embedded = p["embed"][rows]
    windows = most - width + 1
    sums = sum(embedded[:, k : k + windows] @ p["kernel"][k] for k in range(width))
    sums = np.where(fits, sums + p["offset"], np.float32(0))
    best = sums.argmax(1)
    top = np.take_along_axis(sums, best[:, None], 1)[:, 0]
    kept = (rng.random(top.shape) >= shape.dropout) / np.float32(1 - shape.dropout)
    pooled = np.maximum(top, 0) * kept
    logit = pooled @ p["factor"] + p["bias"]
    error = (np.nan_to_num(1 / (1 + np.exp(-logit)) - opinions) / count).astype(np.float32)
    back = ((error @ p["factor"].T) * kept * (top > 0)).astype(np.float32)
    kernel = np.empty_like(p["kernel"])
    embed = np.float32(1e-5) * p["embed"]
    text = np.arange(count)[:, None]
    for k in range(width):
        at = embedded[text, best + k]  # [texts, patterns, size]
        kernel[k] = np.einsum("th,the->eh", back, at)
        spread = back[:, :, None] * p["kernel"][k].T
        np.add.at(embed, rows[text, best + k].ravel(), spread.reshape(-1, shape.size))
    return {
        "embed": embed,
        "kernel": kernel + np.float32(1e-5) * p["kernel"],
        "offset": back.sum(0),
        "factor": (pooled.T @ error).astype(np.float32),
        "bias": error.sum(0),
    }
