"""Kinds of harm by a text as a whole: what its words say and how it sounds, weighed together.

What lists of wordings cannot foresee has tendencies still: who is spoken to, when, with what
particles; and what such a list finds is often said of a game, or by somebody who cares. So for each
kind a linear model over hashed n-grams reads the text, and its log-odds and those of what words say
are added up, as they were fitted to examples, but for kinds that stand `APART`; guards, and that
nobody is spoken to or of, take away from that. See `model/KINDS.md`.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from lianzhi.text import compiled
from lianzhi.text.arrays import arrays
from lianzhi.text.folding import Batch
from lianzhi.text.ngrams import ngram_means
from lianzhi.text.settling import settled

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
#: The kinds that models are fitted for: of what is aimed at one person there are no public data.
LEARNT = (
    "threat",
    "doxxing",
    "self_harm_urging",
    "incitement",
    "coercion",
    "mockery",
    "sexual_harassment",
    "insult",
)
#: Of these what words say stands, and how all of a text sounds may only add to it: most of them are
#: said in words that the lexicon knows, and knows what each is worth where it stands.
APART = ("insult",)
#: Log-odds of n-grams count up to here, either way.
_REACH = 8.0
#: Neither words nor guards are ever quite sure, so that logarithms are finite.
_DOUBT = 0.03
#: Who speaks in a text, and whom it may speak to or of.
SELF, OTHERS = "我俺", "你您他她"


@dataclass(frozen=True, slots=True)
class Whole:
    """Fitted models."""

    weights: NDArray[np.int8]
    """Shape [2**bits, models]; models are of the kinds `LEARNT`. There may be columns more: rows of
    eight bytes are added up at once."""
    longest: int
    heard: Floats
    """Shape [3, models]: unit of the sum of n-grams' weights over the root of their number, bias,
    and factor of the log-odds that this is."""
    said: Floats
    """Shape [2, models]: offset, and factor of the log-odds of words."""
    taken: Floats
    """Shape [3, models]: factors of `takers`."""
    silent: Floats
    """Shape [1, models]: what words come to, with the offset, where they say nothing."""

    def odds(self, batch: Batch, said: Floats | None) -> Floats:
        """Log-odds that each text is of each model's kind, before anything takes away from them.

        `said` is how strongly its words speak for it, 0 to 1: shape [texts, models], as is what is
        returned; None where they say nothing. The same alone and in a batch, since sums are of
        integers.
        """
        words = self.silent
        if said is not None and np.count_nonzero(said):
            offset, by_words = self.said
            words = offset + by_words * of_words(said)
        if fast := compiled.part("sums"):
            words = np.ascontiguousarray(words)  # columns that were picked lie by column
            odds: Floats = fast.odds(*batch, self.weights, self.longest, self.heard, words, _REACH)
            return odds
        unit, bias, by_sound = self.heard
        means = ngram_means(batch, self.weights, self.longest)[:, : unit.size]
        out: Floats = words + by_sound * of_sound(means * unit + bias)
        return out

    def lowered(self, odds: Floats, kept: Floats, nobody: Mask) -> Floats:
        """What log-odds come to where guards leave so much of each text's weight, 0 to 1, and where
        it speaks to and of nobody: shapes [texts, models] and [texts]."""
        for factor, taker in zip(self.taken, takers(kept, nobody[:, None]), strict=True):
            odds = odds + factor * taker
        return np.where(kept > 0, odds, -np.inf)


def of_words(said: Floats) -> Floats:
    """Log-odds of what words say."""
    out: Floats = np.log((said + _DOUBT) / (1 - said + _DOUBT))
    return out


def of_sound(heard: Floats) -> Floats:
    """Log-odds of n-grams within their reach."""
    return np.minimum(np.maximum(heard, -_REACH), _REACH)


def takers(kept: Floats, nobody: Mask) -> tuple[Floats, Mask, Floats]:
    """What takes away: the logarithm of what guards leave, nobody there, and both."""
    left = np.log(np.maximum(kept, _DOUBT))
    return left, nobody, left * nobody


def nobody(batch: Batch) -> Mask:
    """Which texts speak to nobody and of nobody, by a pronoun at least."""
    spoken = np.zeros(batch.codes.size, bool)
    for other in OTHERS:
        spoken |= batch.codes == ord(other)
    places = np.flatnonzero(spoken)
    out = np.ones(batch.starts.size - 1, bool)
    out[batch.starts.searchsorted(places, "right") - 1] = False
    return out


def strength(odds: Floats) -> Floats:
    """Log-odds as a strength of evidence, 0 to 1: from 0.5 on it is clear."""
    out: Floats = 1 / (1 + np.exp(-odds))
    return out


@cache
def load() -> Whole:
    """Load the shipped models."""
    data = arrays("kinds")
    offset, by_words, by_sound, *taken = data["blend"]
    return Whole(
        weights=settled(np.pad(data["weights"], ((0, 0), (0, -len(LEARNT) % 8)))),
        longest=int(data["longest"]),
        heard=np.stack((data["unit"], data["bias"], by_sound)),
        said=np.stack((offset, by_words)),
        taken=np.stack(taken),
        silent=np.array([offset + by_words * of_words(np.zeros(1))]),
    )
