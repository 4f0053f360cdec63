"""Kinds of harm by a whole text: what its words say and how it sounds, weighed together."""

from math import log

import numpy as np

from lianzhi.text.arrays.batch import Batch, Index, as_text
from lianzhi.text.grammar import frames
from lianzhi.text.grammar.frame_search import guard_shares
from lianzhi.text.grammar.hit_weights import (
    Floats,
    Matches,
    Remainder,
    about_things,
    strength_by_kind,
)
from lianzhi.text.grammar.pronouns import without_others
from lianzhi.text.grammar.self_reference import PERSONAL
from lianzhi.text.lexicon.dictionary import LONGEST, is_word
from lianzhi.text.lexicon.entries import KINDS, Lexicon
from lianzhi.text.lexicon.hits import Hits
from lianzhi.text.model import kind_models
from lianzhi.text.model.kind_models import ADDED_TO, MODELLED, Mask

#: Columns of the kinds that models read whole texts for.
_MODELLED = np.array([KINDS.index(kind) for kind in MODELLED])
#: Which of them are not weighed together with words.
_ADDED_TO = np.array([kind in ADDED_TO for kind in MODELLED])
#: Which of them nobody does to themselves.
_PERSONAL = np.array([kind in PERSONAL for kind in MODELLED])


def self_talk_remainder(batch: Batch, matches: Matches) -> tuple[Index, Batch] | None:
    """Return what texts say after the self-talk that they begin with: which texts, as a batch.

    None where no text goes on. Insults of oneself further on are not cut: as words they count
    nothing, and they take nothing from how the rest sounds.
    """
    if matches.self_talk is None:
        return None
    first, last = matches.self_talk, batch.starts[1:]
    texts = ((first > 0) & (last > first + 1)).nonzero()[0]
    return (texts, batch.cut(first[texts], last[texts])) if texts.size else None


def with_remainder(matches: Matches, rest: Remainder, lexicon: Lexicon) -> Matches:
    """Return the matches of a batch with those of what its texts say after self-talk."""
    texts, part, again = rest
    if matches.self_talk is None:
        raise ValueError("no text of the batch begins with self-talk")
    matches.kinds[texts] = np.maximum(matches.kinds[texts], again.kinds)
    # What words and wordings found stands in the whole text as well.
    whole = again.harms.entry >= len(lexicon.terms) + frames.load().groups
    shown = again.harms.where(whole).moved(texts, matches.self_talk[texts] - part.starts[:-1])
    return matches._replace(
        harms=matches.harms.and_(shown),
        weight=np.concatenate((matches.weight, again.weight[whole])),
        remainder=rest,
    )


def weigh_whole_text(batch: Batch, matches: Matches, lexicon: Lexicon) -> Matches:
    """Return the matches, adjusted by the whole-text model's score of each short text.

    That may take from what wordings say, except of kinds that are `ADDED_TO`, never from what the
    lexicon lists; in counter-speech, and in texts that are one ordinary word (起床 is no
    harassment), it only takes.
    """
    data, kinds, harms = frames.load(), matches.kinds, matches.harms
    empty = not harms.text.size
    together = None if empty else np.where(_ADDED_TO, 0.0, kinds[:, _MODELLED])
    odds = kind_models.load().odds(batch, together)
    near = odds >= log(data.floor / (1 - data.floor))
    if empty and not np.count_nonzero(near):
        return matches
    by_words = kinds[:, _MODELLED]
    short = batch.starts[1:] - batch.starts[:-1] <= data.short + 1
    chosen = (np.logical_or.reduce(near | (by_words > 0), axis=1) & short).nonzero()[0]
    if not chosen.size:
        return matches
    excused = matches.counter[chosen] >= lexicon.policy.counter_speech
    excused = (excused | _single_words(batch, chosen))[:, None]
    strength = by_words[chosen]
    listed = harms.entry < len(lexicon.terms)
    # Where no model speaks and no wording was found, what entries say stands as it is.
    if np.count_nonzero(near[chosen]) or np.count_nonzero(~listed):
        strength = np.zeros((chosen.size, len(MODELLED)))
        row = np.logical_or.reduce(near[chosen], axis=1).nonzero()[0]
        if row.size:
            texts, part = chosen[row], batch.select(chosen[row])
            share = shares_left(part, lexicon)
            if matches.self_talk is not None:  # self-talk insults and mocks nobody
                share[np.ix_(matches.self_talk[texts] > 0, _PERSONAL)] = 0.0
            strength[row] = _strength(part, odds[texts], share)
        own = strength_by_kind(harms.where(listed), matches.weight[listed], kinds.shape[0])
        strength = np.maximum(
            strength, np.where(_ADDED_TO, by_words[chosen], own[chosen][:, _MODELLED])
        )
        strength = np.where(excused, np.minimum(strength, by_words[chosen]), strength)
        kinds[chosen[:, None], _MODELLED] = strength
        dropped = np.zeros(kinds.shape, bool)
        dropped[chosen[:, None], _MODELLED] = strength == 0
        left = (~dropped[harms.text, harms.role]).nonzero()[0]
        matches = matches._replace(harms=harms.where(left), weight=matches.weight[left])
    clear = (strength >= lexicon.policy.clear) & ~excused
    return _with_whole_hits(batch, matches, chosen, np.where(clear, strength, 0), lexicon)


def _single_words(batch: Batch, texts: Index) -> Mask:
    """Return which texts are one word of the dictionary and nothing more."""
    first, last = batch.starts[texts] + 1, batch.starts[texts + 1]
    bounds = zip(first.tolist(), last.tolist(), strict=True)
    return np.array(
        [b - a <= LONGEST and is_word(as_text(batch.codes[a:b])) for a, b in bounds], bool
    )


def shares_left(batch: Batch, lexicon: Lexicon) -> Floats:
    """Return the share of its strength as a whole that guards leave each text: [texts, MODELLED].

    A text about things and no person insults nobody.
    """
    share = guard_shares(batch)[:, _MODELLED]
    share[np.ix_(about_things(batch, lexicon), _ADDED_TO)] = 0.0
    return share


def _strength(batch: Batch, odds: Floats, left: Floats) -> Floats:
    """Return how strongly texts speak for kinds as a whole, by log-odds and what guards leave."""
    data = frames.load()
    odds = kind_models.load().lowered(odds, left, without_others(batch))
    strength = np.minimum(kind_models.strength(odds), data.ceiling)
    return np.where(strength >= data.floor, strength, 0.0)


def _with_whole_hits(
    batch: Batch, matches: Matches, chosen: Index, strength: Floats, lexicon: Lexicon
) -> Matches:
    """Add a hit over a whole text for each kind that no other hit of it shows."""
    seen = matches.harms.where(matches.weight >= lexicon.policy.span)
    shows = np.zeros(matches.kinds.shape, bool)
    shows[seen.text, seen.role] = True
    row, place = np.nonzero((strength > 0) & ~shows[chosen][:, _MODELLED])
    if not row.size:
        return matches
    text, entry = chosen[row], frames.load().groups + place + len(lexicon.terms)
    added = Hits(batch.starts[text] + 1, batch.starts[text + 1], entry, _MODELLED[place], text)
    weight = np.concatenate((matches.weight, strength[row, place]))
    return matches._replace(harms=matches.harms.and_(added), weight=weight)
