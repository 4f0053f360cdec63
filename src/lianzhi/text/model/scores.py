"""Scores of many texts, computed from the findings in them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.batch import Batch
from lianzhi.text.grammar.hit_weights import Matches
from lianzhi.text.lexicon.entries import Lexicon
from lianzhi.text.model.encoder import Encoder
from lianzhi.text.model.offence import offence


class Scores(NamedTuple):
    """The figures of `Assessment` for many texts, as float32 arrays."""

    offence: NDArray[np.float32]
    """Shape [n]."""
    counter_speech: NDArray[np.float32]
    """Shape [n]."""
    kinds: NDArray[np.float32]
    """Shape [n, len(KINDS)], columns as in `KINDS`."""


def scores_of(batch: Batch, matches: Matches, lexicon: Lexicon, encoder: Encoder | None) -> Scores:
    """Return the scores of the texts of a batch.

    A text that goes on after self-talk is as offensive as the whole of it, or as what follows.
    """
    if np.count_nonzero(matches.kinds):
        strongest = np.maximum.reduce(matches.kinds, axis=1)
    else:  # the usual case for a single text
        strongest = np.zeros(matches.counter.size)
    self_talk = None if matches.self_talk is None else matches.self_talk > 0
    offensive = offence(batch, strongest, lexicon=lexicon, encoder=encoder, self_talk=self_talk)
    if matches.remainder is not None:
        texts, rest, again = matches.remainder
        others = scores_of(rest, again, lexicon, encoder).offence
        offensive[texts] = np.maximum(offensive[texts], others)
    return Scores(
        offensive.astype(np.float32),
        matches.counter.astype(np.float32),
        matches.kinds.astype(np.float32),
    )
