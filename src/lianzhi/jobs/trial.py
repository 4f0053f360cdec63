"""Trial: the effect of a term on the newest stored comments.

Nothing is changed. What is flagged is what the detectors would take for harmful.
"""

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from lianzhi.chain.event import Event
from lianzhi.office.lexicons import Lexicons
from lianzhi.office.wordings import Wording
from lianzhi.store import query
from lianzhi.store.events import EventStore
from lianzhi.text import Lexicon, assess_many, fold
from lianzhi.text.lexicon.lexicons import expand

Flags = Callable[[Sequence[Event], Lexicon], list[bool]]
"""Which messages the detectors would take for harmful by a lexicon."""

#: Comments that a trial reads at most.
NEWEST = 20_000
#: Comments that it shows.
SHOWN = 12


class Sample(msgspec.Struct, frozen=True):
    """A text in which the term stands, once however often it was written."""

    seq: int
    """Position in the event log of the newest comment that has it."""
    at: int
    text: str
    times: int
    spans: tuple[tuple[int, int], ...]
    """Code points of the text."""
    flagged: bool
    """Flagged as things are."""
    would: bool
    """Flagged if the term were on."""


class Trial(msgspec.Struct, frozen=True):
    """Result of a trial."""

    read: int
    """Comments read."""
    since: int | None
    """When the oldest of them was written; None: there were none."""
    matched: int
    fresh: int
    """Of those matched, the ones not flagged as things are."""
    flagged: int
    """Of those, the ones that would be flagged if the term were on."""
    samples: tuple[Sample, ...]


def try_out(
    store: EventStore,
    lexicons: Lexicons,
    flags: Flags,
    wording: Wording,
    at: int,
    since: int = 0,
    identity: str = "",
) -> Trial:
    """Try a term on stored comments since a time: a new one, or the one of this id.

    Raises LexiconError.
    """
    comments = query.newest(store, since, NEWEST)
    shadow, active = (
        lexicons.variant(wording.file(state, at), identity) for state in ("shadow", "active")
    )
    return trial(comments, wording.term, shadow, active, flags)


def trial(
    comments: Sequence[Event], term: str, shadow: Lexicon, active: Lexicon, flags: Flags
) -> Trial:
    """Try a term on comments, the newest first.

    `shadow` and `active` are the same lexicon but for the state in which they have it.
    """
    forms = {fold(form).text for form in expand((term,))}
    readings = assess_many([event.text or "" for event in comments], shadow)
    spans = [
        tuple((hit.start, hit.end) for hit in read.shadow if hit.term in forms) for read in readings
    ]
    hits = [place for place, found_spans in enumerate(spans) if found_spans]
    chosen = [comments[place] for place in hits]
    before, after = (flags(chosen, lexicon) for lexicon in (shadow, active))
    times = Counter(event.text for event in chosen)
    samples: dict[str, Sample] = {}
    for event, place, was, would in zip(chosen, hits, before, after, strict=True):
        text = event.text or ""
        sample = Sample(event.seq, event.time, text, times[text], spans[place], was, would)
        samples.setdefault(text, sample)
    # What a switch would change is worth a look first.
    sorted_ = sorted(samples.values(), key=lambda sample: (sample.flagged, not sample.would))
    return Trial(
        read=len(comments),
        since=comments[-1].time if comments else None,
        matched=len(chosen),
        fresh=before.count(False),
        flagged=sum(would and not was for was, would in zip(before, after, strict=True)),
        samples=tuple(sorted_[:SHOWN]),
    )
