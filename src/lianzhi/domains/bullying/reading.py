"""Reading: what the text model says of each message, in columns for speed."""

from collections.abc import Sequence

import msgspec
import numpy as np

from lianzhi.chain.event import Event
from lianzhi.domains.bullying.policy import Policy
from lianzhi.text import KINDS, score_many

_INCITEMENT = KINDS.index("incitement")


class Readings(msgspec.Struct, gc=False):
    """One element per event."""

    spoken: list[bool]
    """Whether there is text to read."""
    probability: list[float]
    """That the text is offensive or of a kind of harm; 0 where it speaks in the person's defence,
    however coarse the words that it quotes."""
    odds: list[float]
    """The same as odds, to the power of how far policy trusts the model."""
    harmful: list[bool]
    inciting: list[bool]
    defending: list[bool]


def read(events: Sequence[Event], policy: Policy) -> Readings:
    """Read all texts at once; an event without text is neither harmful nor kind."""
    count = len(events)
    spoken = np.array([bool(event.text) for event in events])
    probability, counter, worst = np.zeros(count), np.zeros(count), np.zeros(count)
    inciting = np.zeros(count, dtype=np.bool_)
    if spoken.any():
        scores = score_many([event.text for event in events if event.text])
        worst[spoken] = scores.kinds.max(axis=1)
        probability[spoken] = np.maximum(scores.offence, worst[spoken])
        counter[spoken] = scores.counter
        inciting[spoken] = scores.kinds[:, _INCITEMENT] >= policy.harm.harmful_from
    # Who condemns abuse quotes it at most: plain abuse beside kind words is still abuse.
    speaks_for = (counter >= policy.harm.counter_from) & (counter > worst)
    probability[speaks_for] = 0.0
    odds = (probability / np.maximum(1e-6, 1 - probability)) ** policy.harm.text_trust
    harmful = probability >= policy.harm.harmful_from
    return Readings(
        spoken.tolist(),
        probability.tolist(),
        odds.tolist(),
        harmful.tolist(),
        (inciting & harmful).tolist(),
        speaks_for.tolist(),
    )
