"""Words that exclude one another: another person, place, direction or degree than the source's."""

from collections.abc import Iterator

from lianzhi.domains.dissemination.titles.comparison import NEGATION, Comparison, Reading
from lianzhi.domains.dissemination.titles.finding import Change
from lianzhi.domains.dissemination.titles.lexicon import Group, Mark


def exchanged_words(comparison: Comparison) -> Iterator[Change]:
    """Words of a class in the reprint where the source has others of it, and not these."""
    yield from _turned(comparison)
    tools, source, reprint = comparison.tools, comparison.source, comparison.reprint
    for mark in reprint.groups:
        if tools.word(mark) in source.text or _inside(comparison, mark):
            continue
        for number, group in tools.groups_of(mark):
            rival = None if number in source.groups else _rival(comparison, group)
            if rival is None:
                continue
            directed = group.rule in ("negation", "intensity")
            if directed and _negated(reprint, mark) != _negated(comparison.title, rival):
                continue
            yield Change(group.rule, "replaced", rival[:2], mark[:2])
            break


def _rival(comparison: Comparison, group: Group) -> Mark | None:
    """A word of the source's title from another group of the class, that the reprint has not."""
    tools = comparison.tools
    kept = {number for mark in comparison.reprint.groups for number, _ in tools.groups_of(mark)}
    for mark in comparison.title.groups:
        for number, other in tools.groups_of(mark):
            if other.scale == group.scale and other.level != group.level and number not in kept:
                return mark
    return None


def _turned(comparison: Comparison) -> Iterator[Change]:
    """A word of a direction that only one of the titles denies."""
    tools, reprint, title = comparison.tools, comparison.reprint, comparison.title
    body = comparison.source.body
    for mark in reprint.groups:
        for number, group in tools.groups_of(mark):
            if group.rule not in ("negation", "intensity"):
                continue
            theirs = [m for m in title.groups if number in dict(tools.groups_of(m))]
            if reprint.within(mark.start, mark.end, NEGATION):
                continue
            denied = reprint.cued(mark.start, NEGATION)
            if not theirs and tools.word(mark) not in title.text and not denied:
                inside = [m for m in body.groups if number in dict(tools.groups_of(m))]
                if inside and all(body.cued(each.start, NEGATION) for each in inside):
                    yield Change("negation", "dropped", (0, 0), mark[:2])
                    return
            if theirs and all(title.cued(each.start, NEGATION) != denied for each in theirs):
                first = theirs[0]
                span = (mark.start, mark.end)
                yield Change("negation", "reversed", (first.start, first.end), span)
                return


def _negated(reading: Reading, mark: Mark) -> bool:
    start, _ = reading.clause_at(mark.start)
    return reading.within(max(start, mark.start - 4), mark.start, NEGATION) is not None


def _inside(comparison: Comparison, mark: Mark) -> bool:
    """Whether the word only happens to stand across words that the source has."""
    return any(block.start <= mark.start and mark.end <= block.end for block in comparison.shared)
