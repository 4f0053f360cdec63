"""Marking: which words in the evidence are why, for people to see."""

from collections.abc import Mapping, Sequence

import msgspec

from lianzhi.chain.event import Event
from lianzhi.chain.finding import Evidence, Finding, Span
from lianzhi.text import Assessment, assess_many

#: A kind of harm is named from this score on.
NAMED_FROM = 0.5


def mark(findings: Sequence[Finding], events: Mapping[int, Event]) -> list[Finding]:
    """The findings with kinds and spans on their evidence; `events` by log position."""
    cited = {one.seq for finding in findings for one in finding.evidence}
    texts = {seq: text for seq in cited if seq in events and (text := events[seq].text)}
    read = dict(zip(texts, assess_many(list(texts.values())), strict=True))
    return [
        msgspec.structs.replace(
            finding, evidence=tuple(_marked(one, read.get(one.seq)) for one in finding.evidence)
        )
        for finding in findings
    ]


def _marked(one: Evidence, read: Assessment | None) -> Evidence:
    if read is None:
        return one
    named = [(-score, kind) for kind, score in read.kinds.items() if score >= NAMED_FROM]
    return msgspec.structs.replace(
        one,
        kinds=tuple(kind for _, kind in sorted(named)),
        spans=tuple(Span(span.start, span.end, span.kind) for span in read.spans),
    )
