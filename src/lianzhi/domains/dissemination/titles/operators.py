"""Negation, modality and quantifiers: cues that were dropped, added or exchanged."""

from collections.abc import Iterator
from typing import NamedTuple

from lianzhi.domains.dissemination.titles.comparison import (
    ALL,
    CERTAIN,
    DENIED,
    DONE,
    FINISHED,
    HEDGE,
    MOST,
    NEGATION,
    PARTIAL,
    PLAN,
    Comparison,
    Reading,
)
from lianzhi.domains.dissemination.titles.finding import Change, Rule
from lianzhi.domains.dissemination.titles.lexicon import Mark
from lianzhi.domains.dissemination.titles.wording import Slot

_NEGATORS = frozenset("不未没无非勿")
_WEAK_PLAN = frozenset({"将", "将于", "将在", "将对", "要", "预计", "即将", "将被"})


class _Family(NamedTuple):
    rule: Rule
    bits: int
    counts_for: int
    """Families whose cues may stand in its place."""


_DROPPED = (
    _Family("negation", NEGATION, NEGATION),
    _Family("modality", HEDGE, HEDGE | DENIED),
    _Family("modality", PLAN, PLAN | HEDGE),
    _Family("quantifier", PARTIAL, PARTIAL | NEGATION),
)
_ADDED = (
    _Family("negation", NEGATION, NEGATION),
    _Family("modality", HEDGE, HEDGE),
    _Family("modality", PLAN, PLAN | HEDGE),
    _Family("modality", CERTAIN, CERTAIN),
    _Family("quantifier", ALL, ALL),
    _Family("quantifier", MOST, MOST),
    _Family("quantifier", PARTIAL, PARTIAL),
)


def changed_operators(comparison: Comparison) -> Iterator[Change]:
    """Cues of the source whose content the reprint states without them, and the other way."""
    for family in _DROPPED:
        yield from _dropped(comparison, family)
    for family in _ADDED:
        yield from _added(comparison, family)
    yield from _contradicted(comparison)
    yield from _completed(comparison)


def _dropped(comparison: Comparison, family: _Family) -> Iterator[Change]:
    reprint, title = comparison.reprint, comparison.title
    if reprint.count(family.counts_for) >= title.count(family.bits):
        return
    for mark in title.cues:
        if not mark.value & family.bits:
            continue
        if family.bits == PLAN and title.text[mark.start : mark.end] in _WEAK_PLAN:
            continue
        tail, _ = title.tail(mark)
        start = _without(reprint, tail, family.counts_for)
        if start is None:
            slot = next((s for s in comparison.slots if _covers(s, mark)), None)
            if slot is None or slot.sides < 2 or reprint.has(family.counts_for):
                continue
            start = slot.start
        if family.bits == PARTIAL and _numbered(reprint, start):
            continue
        yield Change(family.rule, "dropped", (mark.start, mark.end), (start, start + len(tail)))
        return


def _contradicted(comparison: Comparison) -> Iterator[Change]:
    """What only the body says, and denies, while the reprint states it."""
    reprint, title, body = comparison.reprint, comparison.title, comparison.source.body
    for mark in body.cues:
        if not mark.value & NEGATION:
            continue
        tail, _ = body.tail(mark)
        if len(tail) < 2 or tail in title.text:
            continue
        start = _without(reprint, tail, NEGATION)
        if start is not None and all(body.cued(place, NEGATION) for place in body.places(tail)):
            yield Change("negation", "dropped", (0, 0), (start, start + len(tail)))
            return


def _covers(slot: Slot, mark: Mark) -> bool:
    return slot.source_start <= mark.start and mark.end <= slot.source_end


def _without(reading: Reading, tail: str, bits: int) -> int | None:
    """Where the words stand in a clause without a cue of these families, if nowhere with one."""
    if len(tail) < 2:
        return None
    places = reading.places(tail)
    if not places or any(reading.cued(place, bits) for place in places):
        return None
    return places[0]


def _numbered(reading: Reading, place: int) -> bool:
    return any(abs(each.end - place) <= 2 for each in reading.quantities)


def _added(comparison: Comparison, family: _Family) -> Iterator[Change]:
    reprint, title, body = comparison.reprint, comparison.title, comparison.source.body
    for mark in reprint.cues:
        if not mark.value & family.bits:
            continue
        word = reprint.text[mark.start : mark.end]
        if family.bits == NEGATION and not _NEGATORS & set(word):
            continue
        if family.bits != NEGATION and (word in title.text or title.has(family.counts_for)):
            continue
        if family.bits == PLAN and word in _WEAK_PLAN and not _future(comparison, mark):
            continue
        tail, place = reprint.tail(mark)
        if family.bits == PLAN and _said_so(title, tail, DONE):
            yield Change(family.rule, "added", (0, 0), mark[:2])
            return
        if _said_so(title, tail, family.counts_for) or _said_so(body, tail, family.counts_for):
            continue
        elsewhere = comparison.source.has(family.counts_for)
        broad = family.bits & (NEGATION | PLAN) or not elsewhere
        known = comparison.source.text if broad else title.text
        stated = len(tail) == 2 and tail in known
        if stated or not elsewhere:
            yield Change(family.rule, "added", (0, 0), (mark.start, max(mark.end, place)))
            return


def _said_so(reading: Reading, tail: str, bits: int) -> bool:
    """Whether a text says these words with such a cue."""
    return len(tail) == 2 and any(reading.cued(place, bits) for place in reading.places(tail))


def _future(comparison: Comparison, mark: Mark) -> bool:
    """Whether a plain 将 of the reprint announces what the source tells as done."""
    tail, _ = comparison.reprint.tail(mark)
    if _said_so(comparison.title, tail, DONE):
        return True
    if len(tail) < 2 or "把" in comparison.source.text or tail not in comparison.source.text:
        return False
    return not any(word in comparison.source.text for word in ("将", "明年", "明日", "预计", "起"))


def _completed(comparison: Comparison) -> Iterator[Change]:
    """Plans and guesses of the source that the reprint tells as done."""
    title, reprint = comparison.title, comparison.reprint
    for mark in reprint.cues:
        word = reprint.text[mark.start : mark.end]
        if mark.value & FINISHED and word not in comparison.source.text:
            yield Change("modality", "added", (0, 0), (mark.start, mark.end))
            return
    if not title.has(PLAN | HEDGE) or reprint.has(PLAN | HEDGE) or title.has(DONE):
        return
    done = reprint.within(0, len(reprint.text), DONE)
    cue = title.within(0, len(title.text), PLAN | HEDGE)
    if done is not None and cue is not None:
        yield Change("modality", "replaced", cue[:2], done[:2])
