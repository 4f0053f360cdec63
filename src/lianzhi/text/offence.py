"""Offence: one probability of all that is known of a text.

N-grams read every text. Where they are unsure, patterns are asked as well; where they are sure,
patterns are taken to agree, which they nearly always do. An encoder may be asked where all that is
not enough. What speaks against prejudice is relieved; what criticises things keeps a share.
"""

import numpy as np
from numpy.typing import NDArray

from lianzhi.text import against, lexicons, linear, patterns
from lianzhi.text.against import Against
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
) -> Floats:
    """Probability that each text is offensive, by what is shipped unless other is given.

    `strongest` is the strength of the strongest kind that the lexicon found in each text. An
    encoder is asked only where one is given, so that figures do not depend on what is installed.
    """
    model, soft = model or linear.load(), soft or patterns.load()
    lexicon = lexicon or lexicons.shipped()
    relief, policy = relief or against.load(), lexicon.policy
    logit, condemning = linear.logits(batch, model, relief)
    second = logit.copy()
    unsure = (np.abs(logit) < model.sure).nonzero()[0]
    if unsure.size:
        second[unsure] = soft.logit(batch, unsure)
    out = model.probability(logit, second, strongest)
    if encoder is not None:
        out = encoder.revise(batch, out)
    out = relief.relieved(condemning, out)
    doubted = ((out >= policy.criticism_from) & (strongest < policy.clear)).nonzero()[0]
    if doubted.size:
        out[doubted[of_things(batch.select(doubted), lexicon)]] *= policy.criticism
    return out
