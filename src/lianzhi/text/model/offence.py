"""Offence: one calibrated probability from all that is known of a text.

N-grams read every text. Where they are unsure, patterns are asked as well; where they are sure,
patterns are taken to agree, which they nearly always do. An encoder may be asked where both leave
doubt. Texts that speak against prejudice are relieved; criticism of things, or of the speaker,
keeps a share.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays.batch import Batch
from lianzhi.text.arrays.intervals import Mask
from lianzhi.text.grammar.hit_weights import about_things
from lianzhi.text.lexicon import lexicons
from lianzhi.text.lexicon.entries import Lexicon
from lianzhi.text.model import against, linear, patterns
from lianzhi.text.model.against import Against
from lianzhi.text.model.encoder import Encoder
from lianzhi.text.model.linear import Linear
from lianzhi.text.model.patterns import Patterns

Floats = NDArray[np.float64]


def offence(
    batch: Batch,
    strongest: Floats,
    model: Linear | None = None,
    soft: Patterns | None = None,
    lexicon: Lexicon | None = None,
    encoder: Encoder | None = None,
    relief: Against | None = None,
    self_talk: Mask | None = None,
) -> Floats:
    """Return the probability that each text is offensive; models default to the shipped ones.

    `strongest` is the strength of the strongest kind of harm in each text, `self_talk` which texts
    insult only their speaker. An encoder is asked only where one is given, so that figures do not
    depend on what is installed.
    """
    model, soft = model or linear.load(), soft or patterns.load()
    lexicon, relief = lexicon or lexicons.shipped(), relief or against.load()
    inputs = _Inputs(
        batch, *linear.logits(batch, model, relief), model, soft, lexicon, relief, self_talk
    )
    if batch.starts.size == 2 and encoder is None:
        return np.array([_of_one(inputs, strongest.item())])
    return _of_many(inputs, strongest, encoder)


class _Inputs(NamedTuple):
    """What n-grams say of texts, and the models that may be asked as well."""

    batch: Batch
    logit: Floats
    condemning: Floats
    model: Linear
    soft: Patterns
    lexicon: Lexicon
    relief: Against
    self_talk: Mask | None


def _of_one(inputs: _Inputs, strongest: float) -> float:
    """The same as `_of_many` for one text, sooner: plain numbers instead of arrays."""
    logit, condemning, policy = inputs.logit.item(), inputs.condemning.item(), inputs.lexicon.policy
    second = logit if abs(logit) >= inputs.model.sure else inputs.soft.logit(inputs.batch).item()
    out = inputs.model.probability(logit, second, strongest)
    out = inputs.relief.relieved(condemning, out)
    doubtful = out >= policy.criticism_from and strongest < policy.clear
    if doubtful:
        mild = inputs.self_talk is not None and inputs.self_talk.item()
        if mild or about_things(inputs.batch, inputs.lexicon).item():
            out *= policy.criticism
    return out


def _of_many(inputs: _Inputs, strongest: Floats, encoder: Encoder | None) -> Floats:
    batch, logit, policy = inputs.batch, inputs.logit, inputs.lexicon.policy
    second = logit.copy()
    unsure = (np.abs(logit) < inputs.model.sure).nonzero()[0]
    if unsure.size:
        second[unsure] = inputs.soft.logit(batch, unsure)
    out = inputs.model.probability(logit, second, strongest)
    if encoder is not None:
        out = encoder.revise(batch, out)
    out = inputs.relief.relieved(inputs.condemning, out)
    doubtful = ((out >= policy.criticism_from) & (strongest < policy.clear)).nonzero()[0]
    if doubtful.size:
        mild = about_things(batch.select(doubtful), inputs.lexicon)
        if inputs.self_talk is not None:
            mild |= inputs.self_talk[doubtful]
        out[doubtful[mild]] *= policy.criticism
    return out
