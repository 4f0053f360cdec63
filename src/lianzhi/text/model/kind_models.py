"""Models of kinds of harm over whole texts: a linear model over hashed n-grams for each kind.

No list of wordings foresees everything, but who is spoken to, when, and with what particles shows
tendencies; and what such a list finds is often said of a game, or by somebody who cares. So the
log-odds of n-grams and those of what words say are added up, as they were fitted to examples,
except for the kinds that are `ADDED_TO`; guards, and the absence of anybody spoken to or of, take
away from that. See `KINDS.md`.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays import compiled
from lianzhi.text.arrays.archive import load_arrays
from lianzhi.text.arrays.batch import Batch
from lianzhi.text.arrays.memory import in_large_pages
from lianzhi.text.model.ngrams import ngram_means

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
#: The sense of a hit that stands for a whole text.
AS_A_WHOLE = "as a whole"
#: The kinds that models are fitted for: of what is aimed at one person there are no public data.
MODELLED = (
    "threat",
    "doxxing",
    "self_harm_urging",
    "incitement",
    "coercion",
    "mockery",
    "sexual_harassment",
    "insult",
)
#: Kinds for which a model may only add to what words say: most of them are said in words that the
#: lexicon has, with a weight for each context.
ADDED_TO = ("insult",)
#: Log-odds of n-grams are clipped to this, either way.
_REACH = 8.0
#: Added to what words and guards say, so that logarithms are finite.
_DOUBT = 0.03


@dataclass(frozen=True, slots=True)
class KindModels:
    """Fitted models, one for each of the kinds `MODELLED`."""

    weights: NDArray[np.int8]
    """Shape [2**bits, models], padded to eight columns, which are added up at once."""
    longest: int
    by_ngrams: Floats
    """Shape [3, models]: unit of the sum of n-grams' weights over the root of their number, bias,
    and factor of the log-odds that this is."""
    by_words: Floats
    """Shape [2, models]: offset, and factor of the log-odds of words."""
    by_reductions: Floats
    """Shape [3, models]: factors of `reductions`."""
    without_words: Floats
    """Shape [1, models]: what `by_words` comes to where words say nothing."""

    def odds(self, batch: Batch, evidence: Floats | None) -> Floats:
        """Return the log-odds of each text and kind before reductions: shape [texts, models].

        `evidence` is how strongly words speak for each kind, 0 to 1, of the same shape; None where
        they say nothing. Sums are of integers, so a text has the same odds alone and in a batch.
        """
        words = self.without_words
        if evidence is not None and np.count_nonzero(evidence):
            offset, factor = self.by_words
            words = offset + factor * word_logits(evidence)
        if fast := compiled.twin("model._sums"):
            words = np.ascontiguousarray(words)  # selected columns are not contiguous
            odds: Floats = fast.odds(
                *batch, self.weights, self.longest, self.by_ngrams, words, _REACH
            )
            return odds
        unit, bias, factor = self.by_ngrams
        means = ngram_means(batch, self.weights, self.longest)[:, : unit.size]
        out: Floats = words + factor * clipped(means * unit + bias)
        return out

    def lowered(self, odds: Floats, kept: Floats, impersonal: Mask) -> Floats:
        """Return log-odds after reductions; minus infinity where guards leave nothing.

        `kept` is the share of its weight that guards leave each text, 0 to 1, [texts, models];
        `impersonal` which texts have no pronoun of the second or third person, [texts].
        """
        for factor, reduction in zip(
            self.by_reductions, reductions(kept, impersonal[:, None]), strict=True
        ):
            odds = odds + factor * reduction
        return np.where(kept > 0, odds, -np.inf)


def word_logits(evidence: Floats) -> Floats:
    """Return the log-odds of strengths of evidence, 0 to 1."""
    out: Floats = np.log((evidence + _DOUBT) / (1 - evidence + _DOUBT))
    return out


def clipped(odds: Floats) -> Floats:
    """Return log-odds of n-grams, clipped to their reach."""
    return np.minimum(np.maximum(odds, -_REACH), _REACH)


def reductions(kept: Floats, impersonal: Mask) -> tuple[Floats, Mask, Floats]:
    """Return the reductions of log-odds: the logarithm of `kept`, `impersonal`, and their
    product.
    """
    left = np.log(np.maximum(kept, _DOUBT))
    return left, impersonal, left * impersonal


def strength(odds: Floats) -> Floats:
    """Return log-odds as a strength of evidence, 0 to 1; clear from 0.5 on."""
    out: Floats = 1 / (1 + np.exp(-odds))
    return out


@cache
def load() -> KindModels:
    """Load the shipped models."""
    data = load_arrays(__package__, "kinds")
    offset, by_words, by_sound, *by_reductions = data["blend"]
    return KindModels(
        weights=in_large_pages(np.pad(data["weights"], ((0, 0), (0, -len(MODELLED) % 8)))),
        longest=int(data["longest"]),
        by_ngrams=np.stack((data["unit"], data["bias"], by_sound)),
        by_words=np.stack((offset, by_words)),
        by_reductions=np.stack(by_reductions),
        without_words=np.array([offset + by_words * word_logits(np.zeros(1))]),
    )
