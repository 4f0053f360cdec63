"""Reading: what the text model says of each message, in columns for speed."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from lianzhi.chain.event import Event
from lianzhi.domains.bullying.policy import Policy
from lianzhi.text import KINDS, Lexicon, score_many

Floats = NDArray[np.float64]

_INCITEMENT = KINDS.index("incitement")


class Readings(msgspec.Struct, gc=False):
    """One element per event."""

    has_text: list[bool]
    """Whether there is text to read."""
    odds: list[float]
    """Of being harmful: those of the model, to the power of how far policy trusts it, or those of
    the strongest kind that the lexicon found, times what policy makes of them, if higher; 0 where
    the text speaks in the person's defence, however coarse the words that it quotes."""
    harmful: list[bool]
    inciting: list[bool]
    defending: list[bool]


def read(events: Sequence[Event], policy: Policy, lexicon: Lexicon | None = None) -> Readings:
    """Read all texts at once, by the shipped lexicon unless another is given.

    An event without text is neither harmful nor kind.
    """
    count = len(events)
    with_words = np.array([bool(event.text) for event in events])
    offence, counter, worst = np.zeros(count), np.zeros(count), np.zeros(count)
    inciting = np.zeros(count, dtype=np.bool_)
    if with_words.any():
        scores = score_many([event.text for event in events if event.text], lexicon)
        offence[with_words], counter[with_words] = scores.offence, scores.counter_speech
        worst[with_words] = scores.kinds.max(axis=1)
        inciting[with_words] = scores.kinds[:, _INCITEMENT] >= policy.harm.harmful_from
    # Who condemns abuse quotes it at most: plain abuse beside kind words is still abuse.
    speaks_for = (counter >= policy.harm.counter_speech_from) & (counter > worst)
    offence[speaks_for] = worst[speaks_for] = 0.0
    trust, odds = policy.harm, _odds(offence)
    odds **= np.where(odds > 1, trust.text_trust, trust.harmless_trust)
    odds = np.maximum(odds, trust.lexicon_factor * _odds(worst))
    harmful = np.maximum(offence, worst) >= policy.harm.harmful_from
    return Readings(
        with_words.tolist(),
        odds.tolist(),
        harmful.tolist(),
        (inciting & harmful).tolist(),
        speaks_for.tolist(),
    )


def _odds(probability: Floats) -> Floats:
    return probability / np.maximum(1e-6, 1 - probability)
