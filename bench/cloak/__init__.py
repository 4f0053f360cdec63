"""Cloaked texts: how people write so that a filter does not see it. For evaluation only.

Whatever is made here is made to try detectors with: it shares no code, no tables and no constants
with `lianzhi.text`, which never imports it. Each attack has two halves that have no replacement of
the same source in common. Pure and seeded: same arguments, same text.
"""

from collections.abc import Collection, Sequence
from random import Random
from typing import NamedTuple

from bench.cloak.edits import Attack, Edit, by_character
from bench.cloak.gaps import separators, shuffle, zero_width
from bench.cloak.halves import HALVES, Half
from bench.cloak.mixing import mixed
from bench.cloak.pictures import emojis
from bench.cloak.shapes import lookalikes, splits
from bench.cloak.sounds import homophones, initials, letter, near_homophones, pinyin

__all__ = ["ATTACKS", "HALVES", "Change", "Cloaked", "Half", "cloak", "targets_of"]

ATTACKS: dict[str, Attack] = {
    "homophone": by_character(homophones),
    "near_homophone": by_character(near_homophones),
    "pinyin": pinyin,
    "initials": initials,
    "letter": letter,
    "emoji": by_character(emojis),
    "split": by_character(splits),
    "lookalike": by_character(lookalikes),
    "zero_width": zero_width,
    "separators": separators,
    "shuffle": shuffle,
    "mixed": mixed,
}
_SMALL = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


class Change(NamedTuple):
    """Code points [start, end) of the original became [new_start, new_end) of the cloaked text."""

    start: int
    end: int
    new_start: int
    new_end: int


class Cloaked(NamedTuple):
    """A cloaked text, what was changed in order, and how many of the targets were."""

    text: str
    changes: tuple[Change, ...]
    hidden: int


def cloak(
    text: str, targets: Sequence[tuple[int, int]], attack: str, half: Half, rng: Random
) -> Cloaked | None:
    """Cloak `targets`, stretches [start, end) in order and apart; None where nothing can be done.

    Nothing outside the targets is touched. ValueError for an unknown attack or half, and for
    targets that overlap or lie outside the text.
    """
    if attack not in ATTACKS:
        raise ValueError(f"attack: {attack!r} is unknown; use one of {', '.join(ATTACKS)}")
    if half not in HALVES:
        raise ValueError(f"half: {half!r} is unknown; use one of {', '.join(HALVES)}")
    edits: list[Edit] = []
    hidden = done = 0
    for start, end in targets:
        if not done <= start < end <= len(text):
            raise ValueError(
                f"targets: ({start}, {end}) overlaps, is empty or lies outside; "
                f"give stretches in order and apart, within 0 to {len(text)}"
            )
        done = end
        found = ATTACKS[attack](text[start:end], half, rng)
        edits += [Edit(start + edit.start, start + edit.end, edit.new) for edit in found]
        hidden += bool(found)
    return _applied(text, edits, hidden) if edits else None


def _applied(text: str, edits: list[Edit], hidden: int) -> Cloaked:
    pieces: list[str] = []
    changes = []
    done = length = 0
    for start, end, new in edits:
        length += start - done
        changes.append(Change(start, end, length, length + len(new)))
        pieces += (text[done:start], new)
        length += len(new)
        done = end
    return Cloaked("".join([*pieces, text[done:]]), tuple(changes), hidden)


def targets_of(text: str, words: Collection[str]) -> list[tuple[int, int]]:
    """Where `words` stand in the text, from left to right, the longest at each place.

    Words are in small letters; those in Latin letters do not count inside longer ones.
    """
    known = words if isinstance(words, set | frozenset) else frozenset(words)
    longest = max(map(len, known), default=0)
    small = text.translate(_SMALL)
    found = []
    place = 0
    while place < len(small):
        ends = range(min(len(small), place + longest), place, -1)
        end = next((end for end in ends if small[place:end] in known), 0)
        if end and not (_joined(small, place) or _joined(small, end)):
            found.append((place, end))
            place = end
        else:
            place += 1
    return found


def _joined(text: str, place: int) -> bool:
    """Whether Latin letters or digits stand on both sides of `place`."""
    around = text[max(place - 1, 0) : place + 1]
    return len(around) == 2 and around.isascii() and around.isalnum()
