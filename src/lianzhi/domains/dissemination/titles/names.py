"""Names: nouns exchanged in the same place, where the source has no such noun."""

from collections.abc import Iterator
from typing import NamedTuple

from lianzhi.domains.dissemination.titles.comparison import Comparison, Reading, Tools
from lianzhi.domains.dissemination.titles.finding import Change
from lianzhi.domains.dissemination.titles.segmentation import NAME, NOUN, UNKNOWN
from lianzhi.domains.dissemination.titles.wording import Slot, is_han

_LONGEST = 6
_MOST_WORDS = 3


class _Pair(NamedTuple):
    start: int
    end: int
    source_start: int
    source_end: int


def exchanged_names(comparison: Comparison) -> Iterator[Change]:
    """Nouns and names that stand where the source's title has another."""
    reprint, title, tools = comparison.reprint.text, comparison.title.text, comparison.tools
    for slot in comparison.slots:
        if slot.start == slot.end or slot.source_start == slot.source_end:
            continue
        start, end, left, right = pair = _to_words(comparison, slot)
        new, old = reprint[start:end], title[left:right]
        if _opposite(
            tools, reprint[slot.start : slot.end], title[slot.source_start : slot.source_end]
        ):
            if new not in comparison.source.text:
                yield Change("entity", "replaced", (left, right), (start, end))
            continue
        if max(len(new), len(old)) > _LONGEST or not all(map(is_han, new + old)):
            continue
        if new in comparison.source.text or abs(len(new) - len(old)) > 2:
            continue
        if _synonyms(tools, new, old) or _abbreviates(new, old, comparison.source.text):
            continue
        if _are_names(comparison, pair, slot.sides):
            yield Change("entity", "replaced", (left, right), (start, end))


def _to_words(comparison: Comparison, slot: Slot) -> _Pair:
    """The slot widened to whole words of both titles."""
    reprint, title = comparison.reprint, comparison.title
    start, end, left, right = slot[:4]
    while start and left and reprint.text[start - 1] == title.text[left - 1]:
        if start in reprint.starts and left in title.starts:
            break
        start, left = start - 1, left - 1
    while end < len(reprint.text) and right < len(title.text):
        inside = end not in reprint.starts or right not in title.starts
        if not inside or reprint.text[end] != title.text[right]:
            break
        end, right = end + 1, right + 1
    return _Pair(start, end, left, right)


def _are_names(comparison: Comparison, pair: _Pair, sides: int) -> bool:
    tools, reprint, title = comparison.tools, comparison.reprint, comparison.title
    if sides < 2 and pair.end - pair.start != pair.source_end - pair.source_start:
        return False
    suffixed = reprint.text.startswith(tools.suffixes, pair.end)
    if suffixed and title.text.startswith(tools.suffixes, pair.source_end):
        return True
    return _is_name(reprint, pair.start, pair.end, tools) and _is_name(
        title, pair.source_start, pair.source_end, tools
    )


def _is_name(reading: Reading, start: int, end: int, tools: Tools) -> bool:
    """Whether a range is words, the last of which is a noun, or unknown ones that look like it."""
    words = [word for word in reading.words if start <= word.start and word.end <= end]
    if not words or len(words) > _MOST_WORDS or words[0].start != start or words[-1].end != end:
        return False
    last = words[-1]
    if all(word.part == UNKNOWN for word in words):
        return len(words) > 1 or reading.text[last.end - 1] in tools.heads
    return last.part in (NOUN, NAME)


def _opposite(tools: Tools, new: str, old: str) -> bool:
    """Whether two characters exclude each other."""
    return len(new) == len(old) == 1 and any({new, old} <= pair for pair in tools.opposites)


def _synonyms(tools: Tools, new: str, old: str) -> bool:
    number = tools.synonyms.get(new)
    if number is not None and number == tools.synonyms.get(old):
        return True
    return bool({*tools.members.get(new, ())} & {*tools.members.get(old, ())})


def _abbreviates(new: str, old: str, text: str) -> bool:
    """Whether one is short for the other, or for a stretch of the text."""
    if new in old or old in new:
        return True
    if len(new) == len(old):
        return False
    at = text.find(new[0])
    while at >= 0:
        place = at
        for char in new[1:]:
            place = text.find(char, place + 1, at + 6 * len(new))
            if place < 0:
                break
        else:
            return True
        at = text.find(new[0], at + 1)
    return False
