"""Hits: which lexicon entries stand in a batch of folded texts, and are not covered.

Chinese has no word boundaries to lean on. Instead an entry gives way to an innocent word that
covers it (操 in 操作), to a longer entry that covers it, and to ordinary words whose edges it is
made of (`text.crossing`).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from lianzhi.text import compiled
from lianzhi.text.context import Mask, beside_latin, inside
from lianzhi.text.crossing import crossing
from lianzhi.text.entries import ASSENT, COUNTER, INNOCENT, KINDS, Lexicon
from lianzhi.text.folding import Batch, Index
from lianzhi.text.strings import Strings


class Hits(NamedTuple):
    """Entries that stand in a batch, one row each."""

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
        """These hits and others of the same batch."""
        return Hits(*map(np.concatenate, zip(self, others, strict=True)))

    def moved(self, to: Index, by: Index) -> "Hits":
        """The same hits in another batch: text n is text `to[n]` there, and stands `by[n]` on."""
        start, end = (places + by[self.text] for places in (self.start, self.end))
        return self._replace(start=start, end=end, text=to[self.text])


class Entries:
    """Some of a lexicon's entries, looked for all at once."""

    def __init__(self, terms: Sequence[str], entry: Index, role: Index, latin: Mask) -> None:
        """Terms, and of each its place in the lexicon, its role, and whether it is to stand between
        letters."""
        self._fast: Any = None
        if fast := compiled.part("entries"):
            try:
                self._fast = fast.Entries(terms, entry, role, latin)
                return
            except OverflowError:  # more than its numbers hold
                pass
        self._strings, self._entry = Strings(terms), entry
        self._role, self._latin = role, latin

    def standing(self, batch: Batch) -> Hits:
        """All hits that stand between letters where they must, in no order."""
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


def standing(
    batch: Batch, roles: tuple[int, ...], lexicon: Lexicon, *, shadow: bool = False
) -> Hits:
    """All hits of a lexicon's entries of these roles, as `Entries.standing` has them."""
    built = _BUILT.setdefault(lexicon, {})
    found = built.get((roles, shadow))
    if found is None:
        entry = (np.isin(lexicon.role, roles) & (shadow | ~lexicon.shadow)).nonzero()[0]
        terms = [lexicon.terms[place] for place in entry.tolist()]
        found = Entries(terms, entry, lexicon.role[entry], lexicon.latin[entry])
        built[roles, shadow] = found
    return found.standing(batch)


def find(batch: Batch, roles: tuple[int, ...], lexicon: Lexicon, *, shadow: bool = False) -> Hits:
    """Those that nothing covers, by role and place, the longer first."""
    hits = standing(batch, roles, lexicon, shadow=shadow)
    if hits.start.size:
        hits = _apart(batch, hits)
    if hits.start.size < 2:  # nothing that covers another
        return hits
    if fast := compiled.part("entries"):
        return Hits(*fast.uncovered(hits))
    hits = hits.where(np.lexsort((-hits.end, hits.start, hits.role)))
    return hits.where(~_covered(hits))


def _apart(batch: Batch, hits: Hits) -> Hits:
    """Leave out harm that is but the end of one word and the beginning of the next."""
    harm = (hits.role < len(KINDS)).nonzero()[0]
    if not harm.size:
        return hits
    gone = harm[crossing(batch.codes, hits.start[harm], hits.end[harm])]
    return hits.where(np.delete(np.arange(hits.role.size), gone)) if gone.size else hits


def _covered(hits: Hits) -> Mask:
    """Which hits lie inside an innocent word, or inside a longer entry that knows better.

    That is: an entry of the same role; counter-speech for harm (恶毒 in 恶毒的话) and the other way
    round (放过她 in 别放过她). Hits come by role and place, the longer first.
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
