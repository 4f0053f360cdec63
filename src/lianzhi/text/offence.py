"""Offence: one probability of all that is known of a text.

N-grams read every text. Where they are unsure, patterns are asked as well; where they are sure,
patterns are taken to agree, which they nearly always do. An encoder may be asked where all that is
not enough. What speaks against prejudice is relieved; what criticises things, or oneself, keeps a
share.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text import against, lexicons, linear, patterns
from lianzhi.text.against import Against
from lianzhi.text.context import Mask
from lianzhi.text.encoder import Encoder
from lianzhi.text.entries import Lexicon
from lianzhi.text.folding import Batch
from lianzhi.text.linear import Linear
from lianzhi.text.matching import of_things
from lianzhi.text.patterns import Patterns

Floats = NDArray[np.float64]


def offence(
    batch: Batch,
    strongest: Floats,
    model: Linear | None = None,
    soft: Patterns | None = None,
    lexicon: Lexicon | None = None,
    encoder: Encoder | None = None,
    relief: Against | None = None,
    oneself: Mask | None = None,
) -> Floats:
    """Probability that each text is offensive, by what is shipped unless other is given.

    `strongest` is the strength of the strongest kind that the lexicon found in each text,
    `oneself` tells those that insult none but who says them. An encoder is asked only where one is
    given, so that figures do not depend on what is installed.
    """
    model, soft = model or linear.load(), soft or patterns.load()
    lexicon, relief = lexicon or lexicons.shipped(), relief or against.load()
    read = _Read(batch, *linear.logits(batch, model, relief), model, soft, lexicon, relief, oneself)
    if batch.starts.size == 2 and encoder is None:
        return np.array([_of_one(read, strongest.item())])
    return _of_many(read, strongest, encoder)


class _Read(NamedTuple):
    """What n-grams say of texts, and all that may be asked besides."""

    batch: Batch
    logit: Floats
    condemning: Floats
    model: Linear
    soft: Patterns
    lexicon: Lexicon
    relief: Against
    oneself: Mask | None


def _of_one(read: _Read, strongest: float) -> float:
    """The same as `_of_many` for one text, sooner: there are no arrays around its numbers."""
    logit, condemning, policy = read.logit.item(), read.condemning.item(), read.lexicon.policy
    second = logit if abs(logit) >= read.model.sure else read.soft.logit(read.batch).item()
    out = read.model.probability(logit, second, strongest)
    out = read.relief.relieved(condemning, out)
    doubted = out >= policy.criticism_from and strongest < policy.clear
    if doubted:
        mild = read.oneself is not None and read.oneself.item()
        if mild or of_things(read.batch, read.lexicon).item():
            out *= policy.criticism
    return out


def _of_many(read: _Read, strongest: Floats, encoder: Encoder | None) -> Floats:
    batch, logit, policy = read.batch, read.logit, read.lexicon.policy
    second = logit.copy()
    unsure = (np.abs(logit) < read.model.sure).nonzero()[0]
    if unsure.size:
        second[unsure] = read.soft.logit(batch, unsure)
    out = read.model.probability(logit, second, strongest)
    if encoder is not None:
        out = encoder.revise(batch, out)
    out = read.relief.relieved(read.condemning, out)
    doubted = ((out >= policy.criticism_from) & (strongest < policy.clear)).nonzero()[0]
    if doubted.size:
        mild = of_things(batch.select(doubted), read.lexicon)
        if read.oneself is not None:
            mild |= read.oneself[doubted]
        out[doubted[mild]] *= policy.criticism
    return out
