"""Whose words: abuse that a text ascribes to others, and whether it condemns them or agrees.

Who condemns abuse often quotes it, so single words say little. The structure does: a crowd's words
are told (骂她“贱人”), and what is blamed is the saying or those who say it, not the person it is
about (骂她的人真恶毒, against 大家骂她,她真恶毒). Agreement (骂得好) undoes all of that, and so
does abuse beside it that is the writer's own.
"""

from typing import NamedTuple

import numpy as np

from lianzhi.text.context import Context, Mask, inside, texts_of
from lianzhi.text.entries import (
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
from lianzhi.text.folding import Index


class Speech(NamedTuple):
    """Whose words a batch's hits are."""

    told: Mask
    """Per hit: in words that the text ascribes to others, or harm said of those others. Of texts
    that condemn nothing, or ascribe nothing, this is not told."""
    defends: Mask
    """Per text: it condemns what it ascribes to others."""
    assents: Mask
    """Per text: it agrees with abuse."""


#: Where nothing of these stands, nothing is condemned.
_CONDEMNING = np.isin(np.arange(len(ROLES)), (BLAME, MORAL, OUTSIDE, SPEAKERS))


def tell(
    start: Index, end: Index, role: Index, text: Index, clear: Mask, context: Context, texts: int
) -> Speech:
    """Tell whose words the hits are. `clear` marks harm that alone would make a text abusive."""
    assents = texts_of(text[(role == ASSENT) & ~context.quoted], texts)
    both = texts_of(text[role == ATTRIBUTION], texts) & texts_of(text[_CONDEMNING[role]], texts)
    told, defends = np.zeros(role.size, bool), np.zeros(texts, bool)
    if not np.count_nonzero(both):
        return Speech(told, defends, assents)
    some = both[text].nonzero()[0]
    start, end, role, text = (each[some] for each in (start, end, role, text))
    told[some], defends = _told(start, end, role, text, clear[some], context.where(some), texts)
    return Speech(told, defends & ~assents, assents)


def _told(
    start: Index, end: Index, role: Index, text: Index, clear: Mask, context: Context, texts: int
) -> tuple[Mask, Mask]:
    """Which hits are told, and which texts condemn that, and abuse nobody themselves."""
    own, harm = ~context.quoted, role < len(KINDS)
    by_crowd, told = (role == CROWD) & own, role == ATTRIBUTION
    people = (role == PERSON) & own
    people[people] = ~inside(start[people], end[people], start[by_crowd], end[by_crowd])
    # Who stands behind a word of telling is told of, and no new name: 骂她 says nothing of her.
    people &= ~_latest(people | told, told, start, end, context.clause)
    named = by_crowd | told | people
    # One person's words are no crowd's: 她骂人 against 他们骂人, 有人在她那里骂人.
    alone = _latest(named, people, start, end, context.clause)
    alone &= ~_latest(by_crowd, by_crowd, start, end, context.clause)
    ascribing = told & ~alone
    clauses = context.clauses(ascribing) & ~context.clauses((role == AVOWAL) & own)
    after = context.quoted | _latest(told, told, start, end, context.clause)
    ascribed = harm & after & context.introduced(clauses)
    moral = (role == MORAL) & own & _latest(named, by_crowd, start, end, context.sentence)
    blame = (role == BLAME) & own & ~_latest(named, people, start, end, context.sentence)
    places = np.sort(start[moral])
    blaming = harm & (places.searchsorted(end) > places.searchsorted(start))
    told = ascribed | blaming
    outside = (role == OUTSIDE) & own
    outside |= (role == SPEAKERS) & own & _latest(harm, ascribed, start, end, context.clause)
    condemns = texts_of(text[blame | moral | outside], texts)
    abuses = texts_of(text[clear & own & ~told], texts)
    return told, condemns & texts_of(text[ascribed], texts) & ~abuses


def _latest(named: Mask, which: Mask, start: Index, end: Index, stretch: Index) -> Mask:
    """Tell for each hit whether the last one named before it in its stretch is one of `which`."""
    if not np.count_nonzero(which):
        return np.zeros(start.size, bool)
    place = named.nonzero()[0]
    order = np.concatenate(([0], place[np.lexsort((end[place], start[place]))]))
    before = start[order[1:]].searchsorted(start)
    found = order[before]
    latest: Mask = (before > 0) & which[found] & (stretch[found] == stretch)
    return latest
