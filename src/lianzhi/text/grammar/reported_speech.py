"""Reported speech: abuse that a text ascribes to others, and whether it condemns or agrees.

Who condemns abuse often quotes it, so single words say little. The structure says more: a crowd's
words are reported (骂她“贱人”), and the saying or those who say it are blamed, not the person it is
about (骂她的人真恶毒, unlike 大家骂她,她真恶毒). Agreement (骂得好) undoes that, and so does abuse
of the writer's own.
"""

from typing import NamedTuple

import numpy as np

from lianzhi.text.arrays.batch import Index
from lianzhi.text.arrays.intervals import Mask, inside, texts_of
from lianzhi.text.grammar.context import Context
from lianzhi.text.lexicon.entries import (
    ASSENT,
    ATTRIBUTION,
    AVOWAL,
    BLAME,
    CROWD,
    KINDS,
    MORAL,
    OUTSIDE,
    PERSON,
    ROLES,
    SPEAKERS,
)


class ReportedSpeech(NamedTuple):
    """Whose words the hits of a batch are."""

    reported: Mask
    """Per hit: in words that the text ascribes to others, or harm said of those others. False in
    texts that condemn nothing or ascribe nothing."""
    defends: Mask
    """Per text: it condemns what it ascribes to others."""
    assents: Mask
    """Per text: it agrees with abuse."""


#: Roles without which nothing is condemned.
_CONDEMNING = np.isin(np.arange(len(ROLES)), (BLAME, MORAL, OUTSIDE, SPEAKERS))


def attribute_speech(
    start: Index, end: Index, role: Index, text: Index, clear: Mask, context: Context, texts: int
) -> ReportedSpeech:
    """Return whose words the hits are. `clear` marks harm that alone would make a text abusive."""
    assents = texts_of(text[(role == ASSENT) & ~context.quoted], texts)
    both = texts_of(text[role == ATTRIBUTION], texts) & texts_of(text[_CONDEMNING[role]], texts)
    reported, defends = np.zeros(role.size, bool), np.zeros(texts, bool)
    if not np.count_nonzero(both):
        return ReportedSpeech(reported, defends, assents)
    marked = both[text].nonzero()[0]
    start, end, role, text = (each[marked] for each in (start, end, role, text))
    reported[marked], defends = _reported(
        start, end, role, text, clear[marked], context.where(marked), texts
    )
    return ReportedSpeech(reported, defends & ~assents, assents)


def _reported(
    start: Index, end: Index, role: Index, text: Index, clear: Mask, context: Context, texts: int
) -> tuple[Mask, Mask]:
    """Return which hits are reported, and which texts condemn that without abusing anybody."""
    own, harm = ~context.quoted, role < len(KINDS)
    by_crowd, saying = (role == CROWD) & own, role == ATTRIBUTION
    people = (role == PERSON) & own
    people[people] = ~inside(start[people], end[people], start[by_crowd], end[by_crowd])
    # A person after a word of saying is its object, not a new speaker: 骂她 says nothing of her.
    people &= ~_latest(people | saying, saying, start, end, context.clause)
    named = by_crowd | saying | people
    # One person's words are no crowd's: 她骂人 against 他们骂人, 有人在她那里骂人.
    alone = _latest(named, people, start, end, context.clause)
    alone &= ~_latest(by_crowd, by_crowd, start, end, context.clause)
    ascribing = saying & ~alone
    clauses = context.clauses(ascribing) & ~context.clauses((role == AVOWAL) & own)
    after = context.quoted | _latest(saying, saying, start, end, context.clause)
    ascribed = harm & after & context.introduced(clauses)
    moral = (role == MORAL) & own & _latest(named, by_crowd, start, end, context.sentence)
    blame = (role == BLAME) & own & ~_latest(named, people, start, end, context.sentence)
    places = np.sort(start[moral])
    blaming = harm & (places.searchsorted(end) > places.searchsorted(start))
    reported = ascribed | blaming
    outside = (role == OUTSIDE) & own
    outside |= (role == SPEAKERS) & own & _latest(harm, ascribed, start, end, context.clause)
    condemns = texts_of(text[blame | moral | outside], texts)
    abuses = texts_of(text[clear & own & ~reported], texts)
    return reported, condemns & texts_of(text[ascribed], texts) & ~abuses


def _latest(named: Mask, which: Mask, start: Index, end: Index, stretch: Index) -> Mask:
    """Return for each hit whether the last named hit before it in its stretch is one of `which`."""
    if not np.count_nonzero(which):
        return np.zeros(start.size, bool)
    place = named.nonzero()[0]
    order = np.concatenate(([0], place[np.lexsort((end[place], start[place]))]))
    before = start[order[1:]].searchsorted(start)
    order_before = order[before]
    latest: Mask = (before > 0) & which[order_before] & (stretch[order_before] == stretch)
    return latest
