"""Marking: which words in the evidence carry the harm, for people to see."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from lianzhi.chain.event import Event
from lianzhi.chain.finding import Evidence, Finding, Span
from lianzhi.chain.policy import CasePolicy
from lianzhi.office.ports import Marker
from lianzhi.text import Assessment, Lexicon, assess_many
from lianzhi.text.lexicon.lexicons import shipped

#: A kind of harm is named from this score on.
NAMED_FROM = 0.5


def person_marker(policy: Callable[[int], CasePolicy], lexicon: Callable[[], Lexicon]) -> Marker:
    """Marks findings about persons by the lexicon in force; others are not read for harm."""

    def mark_persons(findings: Sequence[Finding], events: Mapping[int, Event]) -> list[Finding]:
        persons = [f for f in findings if policy(f.at).type_of(f.kind).about == "account"]
        marked = {finding.id: finding for finding in mark(persons, events, lexicon())}
        return [marked.get(finding.id, finding) for finding in findings]

    return mark_persons


def mark(
    findings: Sequence[Finding], events: Mapping[int, Event], lexicon: Lexicon | None = None
) -> list[Finding]:
    """The findings with kinds and spans on their evidence; `events` by log position.

    They name the lexicon by which their texts were read: the shipped one, unless one is given.
    """
    lexicon = lexicon or shipped()
    cited = {item.seq for finding in findings for item in finding.evidence}
    texts = {seq: text for seq in cited if seq in events and (text := events[seq].text)}
    read = dict(zip(texts, assess_many(list(texts.values()), lexicon), strict=True))
    return [
        msgspec.structs.replace(
            finding,
            evidence=tuple(_marked(item, read.get(item.seq)) for item in finding.evidence),
            lexicon=lexicon.version if any(item.seq in read for item in finding.evidence) else "",
        )
        for finding in findings
    ]


def _marked(item: Evidence, read: Assessment | None) -> Evidence:
    if read is None:
        return item
    named = [(-score, kind) for kind, score in read.kinds.items() if score >= NAMED_FROM]
    return msgspec.structs.replace(
        item,
        kinds=tuple(kind for _, kind in sorted(named)),
        spans=tuple(Span(span.start, span.end, span.kind) for span in read.spans),
    )
