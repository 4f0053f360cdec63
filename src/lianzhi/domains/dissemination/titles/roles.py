"""Roles: who does what to whom, by order, by 被 and 把, and by who stands before a predicate."""

import re
from collections.abc import Iterator
from itertools import pairwise

from lianzhi.domains.dissemination.titles.comparison import Comparison, Person, Reading
from lianzhi.domains.dissemination.titles.finding import Change
from lianzhi.domains.dissemination.titles.segmentation import VERB
from lianzhi.domains.dissemination.titles.wording import Block

_PASSIVE = re.compile("被|遭|受到|由(?!于)|获(?!得|胜|赔)")
_JOINT = re.compile("^(和|与|跟|及|、|以及|同|的|之|或|)$")
_NEIGHBOURS = 2
#: Prepositions behind one who acts.
_COVERBS = frozenset("把将以")
#: Prepositions and verbs before one who does not act.
_GOVERNS = frozenset("给向对把将替为与和跟同的令让")

Edge = tuple[str, str]


def edges(reading: Reading, known: list[Person]) -> dict[Edge, tuple[int, int]]:
    """Who acts on whom, and where that is said."""
    out: dict[Edge, tuple[int, int]] = {}
    first: Person | None = None
    for start, end in reading.clauses:
        here = [part for part in known if start <= part[0] < end]
        if here and first is not None:
            lead = reading.text[start : here[0][0]]
            if _PASSIVE.search(lead) and len(lead) <= 3 and first[2] != here[0][2]:
                out[here[0][2], first[2]] = (start, here[0][1])
        for left, right in pairwise(here):
            between = reading.text[left[1] : right[0]]
            if _JOINT.match(between) or left[2] == right[2]:
                continue
            edge = (right[2], left[2]) if _is_agent(between) else (left[2], right[2])
            out.setdefault(edge, (left[0], right[1]))
        if here:
            first = here[0]
    return out


def _is_agent(between: str) -> bool:
    """Whether a passive marker introduces the one who stands after these words."""
    markers = [*_PASSIVE.finditer(between)]
    if not markers:
        return False
    rest = between[markers[-1].end() :]
    return len(rest) <= 1 or rest.endswith("的")


def swapped_roles(comparison: Comparison) -> Iterator[Change]:
    """Participants whose roles the reprint exchanges."""
    title, reprint = comparison.title, comparison.reprint
    stated, known = edges(reprint, reprint.actors), edges(title, title.actors)
    inside = edges(comparison.source.body, comparison.source.body.people)
    for (agent, patient), span in stated.items():
        source = known.get((patient, agent))
        if source is not None and (agent, patient) not in known and (agent, patient) not in inside:
            yield Change("role", "reversed", source, span)
            return
    yield from _subjects(comparison)
    yield from _mirrored(comparison)


def _mirrored(comparison: Comparison) -> Iterator[Change]:
    """Nouns before and after the same middle that changed places, whoever they name."""
    shared, text, heads = comparison.shared, comparison.reprint.text, comparison.tools.heads
    for first, middle, last in zip(shared, shared[1:], shared[2:], strict=False):
        joined = _behind(last) >= middle.at and _behind(middle) >= first.at
        if not (last.at < middle.at < first.at and joined):
            continue
        if middle.start > first.end or last.start > middle.end:
            continue
        nouns = text[first.end - 1] in heads and text[last.end - 1] in heads
        counted = any(first.start <= q.start < last.end for q in comparison.reprint.quantities)
        if nouns and not counted and not _PASSIVE.search(text[first.end : last.start]):
            yield Change("role", "reversed", (last.at, _behind(first)), (first.start, last.end))
            return


def _behind(block: Block) -> int:
    return block.at + block.end - block.start


def _subjects(comparison: Comparison) -> Iterator[Change]:
    """A participant who stands where the source's title has another of its participants."""
    title, reprint = comparison.title, comparison.reprint
    theirs = {person.key for person in title.actors}
    known = theirs | {person.key for person in comparison.source.body.people}
    present = {person.key for person in reprint.actors}
    for person in reprint.actors:
        predicate = _predicate(reprint, person)
        if person.key not in known or not predicate:
            continue
        same = [each for each in title.actors if _predicate(title, each) == predicate]
        if not same or any(each.key == person.key for each in same):
            continue
        if person.key in theirs or same[0].key in present:
            yield Change("role", "replaced", same[0][:2], person[:2])
            return


def _predicate(reading: Reading, person: Person) -> str:
    """The beginning of the verb right behind a participant who acts; empty: there is none."""
    start, end, _ = person
    if reading.text[max(start - 1, 0) : start] in _GOVERNS:
        return ""
    near = [word for word in reading.words if end <= word.start < end + _NEIGHBOURS]
    verbal = any(word.part == VERB for word in near) or reading.text[end : end + 1] in _COVERBS
    if not verbal:
        return ""
    behind = reading.text[end : end + _NEIGHBOURS]
    return "" if len(behind) < _NEIGHBOURS or _PASSIVE.match(behind) else behind
