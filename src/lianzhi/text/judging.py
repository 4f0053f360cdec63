"""Judging: what words say of each text, and how all of it sounds, weighed together."""

from math import log

import numpy as np

from lianzhi.text import frames, lexicons, whole
from lianzhi.text.dictionary import LONGEST, is_word
from lianzhi.text.entries import KINDS, Lexicon
from lianzhi.text.folding import Batch, Index, as_text
from lianzhi.text.framing import kept
from lianzhi.text.hits import Hits
from lianzhi.text.matching import Besides, Floats, Matches, by_words, kinds_of, of_things
from lianzhi.text.oneself import PERSONAL
from lianzhi.text.whole import APART, LEARNT, Mask

#: Columns of the kinds that a text as a whole may speak for.
_LEARNT = np.array([KINDS.index(kind) for kind in LEARNT])
#: Which of them are not weighed together with what words say.
_APART = np.array([kind in APART for kind in LEARNT])
#: What nobody does to themselves.
_PERSONAL = np.array([kind in PERSONAL for kind in LEARNT])


def judge(batch: Batch, lexicon: Lexicon | None = None) -> Matches:
    """What a batch says of each kind, by the shipped lexicon unless another is given."""
    lexicon = lexicon or lexicons.shipped()
    found = _as_a_whole(batch, by_words(batch, lexicon), lexicon)
    if found.oneself is None:
        return found
    return _with_the_rest(batch, found, found.oneself, lexicon)


def _with_the_rest(batch: Batch, found: Matches, first: Index, lexicon: Lexicon) -> Matches:
    """Judge by itself what is said besides insults of oneself with which a text begins; once:
    further on such count nothing as words, but take nothing from how the rest sounds."""
    last = batch.starts[1:]
    texts = ((first > 0) & (last > first + 1)).nonzero()[0]
    if not texts.size:
        return found
    rest = batch.cut(first[texts], last[texts])
    again = _as_a_whole(rest, by_words(rest, lexicon)._replace(oneself=None), lexicon)
    found.kinds[texts] = np.maximum(found.kinds[texts], again.kinds)
    # What words and wordings found stands in the whole text as well.
    whole = again.harms.entry >= len(lexicon.terms) + min(frames.load().whole)
    shown = again.harms.where(whole).moved(texts, first[texts] - rest.starts[:-1])
    return found._replace(
        harms=found.harms.and_(shown),
        weight=np.concatenate((found.weight, again.weight[whole])),
        besides=Besides(texts, rest, again),
    )


def _as_a_whole(batch: Batch, found: Matches, lexicon: Lexicon) -> Matches:
    """Heed how all of a text sounds, where it is short.

    That may take from what wordings say, except of kinds that stand `APART`, never from what the
    lexicon lists; in counter-speech, and in texts that are but an ordinary word (起床 is no
    harassment), it does nothing else.
    """
    data, kinds, harms = frames.load(), found.kinds, found.harms
    nothing = not harms.text.size
    together = None if nothing else np.where(_APART, 0.0, kinds[:, _LEARNT])
    odds = whole.load().odds(batch, together)
    near = odds >= log(data.heard / (1 - data.heard))
    if nothing and not np.count_nonzero(near):
        return found
    said = kinds[:, _LEARNT]
    short = batch.starts[1:] - batch.starts[:-1] <= data.short + 1
    some = (np.logical_or.reduce(near | (said > 0), axis=1) & short).nonzero()[0]
    if not some.size:
        return found
    excused = found.counter[some] >= lexicon.policy.counter_speech
    excused = (excused | _but_a_word(batch, some))[:, None]
    strength = said[some]
    listed = harms.entry < len(lexicon.terms)
    # Where nothing is heard and no wording found, what entries say stands as it is.
    if np.count_nonzero(near[some]) or np.count_nonzero(~listed):
        strength = np.zeros((some.size, len(LEARNT)))
        row = np.logical_or.reduce(near[some], axis=1).nonzero()[0]
        if row.size:
            texts, part = some[row], batch.select(some[row])
            share = left_by_guards(part, lexicon)
            if found.oneself is not None:  # who speaks of themselves insults and mocks nobody
                share[np.ix_(found.oneself[texts] > 0, _PERSONAL)] = 0.0
            strength[row] = _strength(part, odds[texts], share)
        own = kinds_of(harms.where(listed), found.weight[listed], kinds.shape[0])
        strength = np.maximum(strength, np.where(_APART, said[some], own[some][:, _LEARNT]))
        strength = np.where(excused, np.minimum(strength, said[some]), strength)
        kinds[some[:, None], _LEARNT] = strength
        gone = np.zeros(kinds.shape, bool)
        gone[some[:, None], _LEARNT] = strength == 0
        left = (~gone[harms.text, harms.role]).nonzero()[0]
        found = found._replace(harms=harms.where(left), weight=found.weight[left])
    clear = (strength >= lexicon.policy.clear) & ~excused
    return _shown(batch, found, some, np.where(clear, strength, 0), lexicon)


def _but_a_word(batch: Batch, texts: Index) -> Mask:
    """Which texts are a word of the dictionary, and nothing more."""
    first, last = batch.starts[texts] + 1, batch.starts[texts + 1]
    bounds = zip(first.tolist(), last.tolist(), strict=True)
    return np.array(
        [b - a <= LONGEST and is_word(as_text(batch.codes[a:b])) for a, b in bounds], bool
    )


def left_by_guards(batch: Batch, lexicon: Lexicon) -> Floats:
    """The share of what it sounds like that guards leave each text: shape [texts, LEARNT].

    What speaks of things and of nobody insults nobody.
    """
    share = kept(batch)[:, _LEARNT]
    share[np.ix_(of_things(batch, lexicon), _APART)] = 0.0
    return share


def _strength(batch: Batch, odds: Floats, left: Floats) -> Floats:
    """How strongly texts speak for kinds as a whole, by log-odds, and what guards leave."""
    data = frames.load()
    odds = whole.load().lowered(odds, left, whole.nobody(batch))
    strength = np.minimum(whole.strength(odds), data.surest)
    return np.where(strength >= data.heard, strength, 0.0)


def _shown(
    batch: Batch, found: Matches, some: Index, strength: Floats, lexicon: Lexicon
) -> Matches:
    """Show what some texts speak for as a whole where nothing else in them shows it."""
    seen = found.harms.where(found.weight >= lexicon.policy.span)
    shows = np.zeros(found.kinds.shape, bool)
    shows[seen.text, seen.role] = True
    row, place = np.nonzero((strength > 0) & ~shows[some][:, _LEARNT])
    if not row.size:
        return found
    text, entry = some[row], np.array(frames.load().whole)[place] + len(lexicon.terms)
    told = Hits(batch.starts[text] + 1, batch.starts[text + 1], entry, _LEARNT[place], text)
    weight = np.concatenate((found.weight, strength[row, place]))
    return found._replace(harms=found.harms.and_(told), weight=weight)
