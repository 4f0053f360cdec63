"""Hits: which lexicon entries stand in a batch of folded texts, and are not covered.

Chinese has no spaces between words. Instead an entry gives way to an innocent word that covers it
(操 in 操作), to a longer entry that covers it, and to ordinary words across whose boundary it lies
(`lexicon/boundaries.py`).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.arrays import compiled
from lianzhi.text.arrays.automaton import Strings
from lianzhi.text.arrays.batch import Batch, Index
from lianzhi.text.arrays.intervals import Mask, inside
from lianzhi.text.lexicon.boundaries import crosses_boundary
from lianzhi.text.lexicon.entries import ASSENT, COUNTER, INNOCENT, KINDS, ROLES, Lexicon
from lianzhi.text.lexicon.latin import beside_latin


class Hits(NamedTuple):
    """Entries that stand in a batch, one row for each place."""

    start: Index
    """Place in `Batch.codes`."""
    end: Index
    entry: Index
    role: Index
    """Index into `entries.ROLES`."""
    text: Index
    """Which text of the batch."""

    def where(self, which: Mask | NDArray[np.intp] | slice) -> "Hits":
        """Select hits by mask or by place, in the order of places."""
        start, end, entry, role, text = self
        return Hits(start[which], end[which], entry[which], role[which], text[which])

    def and_(self, others: "Hits") -> "Hits":
        """Return these hits and others of the same batch, these first."""
        return Hits(*map(np.concatenate, zip(self, others, strict=True)))

    def moved(self, to: Index, by: Index) -> "Hits":
        """Return the same hits in another batch.

        Text n is text `to[n]` there, and stands `by[n]` places further on.
        """
        start, end = (places + by[self.text] for places in (self.start, self.end))
        return self._replace(start=start, end=end, text=to[self.text])


class Entries:
    """Some of a lexicon's entries in one automaton."""

    def __init__(self, terms: Sequence[str], entry: Index, role: Index, latin: Mask) -> None:
        """For each term: its place in the lexicon, its role, and whether it must not stand inside
        a run of Latin letters or digits."""
        self._fast: Any = None
        if fast := compiled.twin("lexicon._hits"):
            try:
                self._fast = fast.Entries(terms, entry, role, latin)
                return
            except OverflowError:  # more than its numbers hold
                pass
        self._strings, self._entry = Strings(terms), entry
        self._role, self._latin = role, latin

    def find(self, batch: Batch) -> Hits:
        """Return all hits, in no order; those inside a longer Latin run are left out."""
        if self._fast:
            return Hits(*self._fast.find(*batch))
        start, end, place = self._strings.find(batch.codes)
        text = batch.starts.searchsorted(start, "right") - 1
        hits = Hits(start, end, self._entry[place], self._role[place], text)
        beside = self._latin[place]
        beside[beside] = beside_latin(batch.codes, start[beside], end[beside])
        return hits.where(~beside)


#: By roles, and whether entries in shadow are among them; kept for as long as the lexicon is.
_BUILT: WeakKeyDictionary[Lexicon, dict[tuple[tuple[int, ...], bool], Entries]] = (
    WeakKeyDictionary()
)


def all_hits(
    batch: Batch, roles: tuple[int, ...], lexicon: Lexicon, *, shadow: bool = False
) -> Hits:
    """Return all hits of a lexicon's entries of these roles, in no order (`Entries.find`)."""
    built = _BUILT.setdefault(lexicon, {})
    entries = built.get((roles, shadow))
    if entries is None:
        entry = (np.isin(lexicon.role, roles) & (shadow | ~lexicon.shadow)).nonzero()[0]
        terms = [lexicon.terms[place] for place in entry.tolist()]
        entries = Entries(terms, entry, lexicon.role[entry], lexicon.latin[entry])
        built[roles, shadow] = entries
    return entries.find(batch)


def uncovered_hits(
    batch: Batch, roles: tuple[int, ...], lexicon: Lexicon, *, shadow: bool = False
) -> Hits:
    """Return the hits that nothing covers, by role and place, the longer first.

    With `shadow` entries in shadow are looked for as well.
    """
    hits = all_hits(batch, roles, lexicon, shadow=shadow)
    if hits.start.size:
        hits = _within_words(batch, hits)
    if hits.start.size < 2:  # nothing that covers another
        return hits
    if fast := compiled.twin("lexicon._hits"):
        return Hits(*fast.uncovered(hits))
    hits = hits.where(np.lexsort((-hits.end, hits.start, hits.role)))
    return hits.where(~_covered(hits))


#: Roles looked for in every text: harm, counter-speech, agreement, and the words that cover them.
PRIMARY = (*range(len(KINDS)), COUNTER, INNOCENT, ASSENT)
#: Roles looked for only where a text holds harm or agreement: what stands around it.
CONTEXT = tuple(role for role in range(len(ROLES)) if role not in PRIMARY)


def find_entries(batch: Batch, lexicon: Lexicon) -> Hits:
    """Return the hits of `PRIMARY` roles that nothing covers, by role and place."""
    return uncovered_hits(batch, PRIMARY, lexicon)


def shadow_hits(batch: Batch, lexicon: Lexicon) -> Hits:
    """Return where entries in shadow would stand in a batch if they were switched on."""
    hits = uncovered_hits(batch, PRIMARY, lexicon, shadow=True)
    return hits.where(lexicon.shadow[hits.entry] & (hits.role != INNOCENT))


def _within_words(batch: Batch, hits: Hits) -> Hits:
    """Leave out hits that span the end of one word and the beginning of the next."""
    harm = (hits.role < len(KINDS)).nonzero()[0]
    if not harm.size:
        return hits
    inner = harm[crosses_boundary(batch.codes, hits.start[harm], hits.end[harm])]
    return hits.where(np.delete(np.arange(hits.role.size), inner)) if inner.size else hits


def _covered(hits: Hits) -> Mask:
    """Return which hits lie inside an innocent word or a longer entry that overrides them.

    Overriding is: an entry of the same role; counter-speech for harm (恶毒 in 恶毒的话) and the
    other way round (放过她 in 别放过她). Hits come by role and place, the longer first.
    """
    harm, counter = hits.role < len(KINDS), hits.role == COUNTER
    stride = int(np.maximum.reduce(hits.end)) + 1
    finish = hits.role * stride + hits.end
    same = np.concatenate(([-1], np.maximum.accumulate(finish)))[:-1] >= finish
    over = harm | counter | (hits.role == ASSENT)
    covered: Mask = same | over & _within(hits, hits.role == INNOCENT)
    if np.count_nonzero(counter):
        covered |= harm & _within(hits, counter) | counter & _within(hits, harm)
    return covered


def _within(hits: Hits, others: Mask) -> Mask:
    return inside(hits.start, hits.end, hits.start[others], hits.end[others])
