"""The attack that mixes the others: another one for each character, and signs in between."""

from random import Random

from bench.cloak.edits import SHARE, Choice, Edit, Options, likely
from bench.cloak.gaps import marks
from bench.cloak.halves import Half, in_half
from bench.cloak.pictures import emojis
from bench.cloak.shapes import lookalikes, splits
from bench.cloak.sounds import HAN, homophones, near_homophones, spellings

#: How often something is put into a gap.
_GAP = 0.2


def spelled(stretch: str, half: Half) -> list[list[Choice]]:
    """The pinyin of single characters."""
    return [
        [Choice(1, new) for new in in_half(char, spellings(char), half)]
        if HAN.fullmatch(char)
        else []
        for char in stretch
    ]


_WAYS: tuple[Options, ...] = (homophones, near_homophones, spelled, emojis, splits, lookalikes)


def mixed(stretch: str, half: Half, rng: Random) -> list[Edit]:
    """For each character one of the ways that can be gone, and signs in some of the gaps."""
    ways = [options(stretch, half) for options in _WAYS]
    edits: list[Edit] = []
    done = 0
    for place in range(len(stretch)):
        if place < done:
            continue
        if place and rng.random() < _GAP:
            name = rng.choice(("zero_width", "separators"))
            edits.append(Edit(place, place, rng.choice(marks(name, half))))
        fits = [way[place] for way in ways if way[place]]
        done = place + 1
        if fits and (not edits or rng.random() < SHARE):
            choice = likely(rng.choice(fits), rng)
            done = place + choice.length
            edits.append(Edit(place, done, choice.new))
    return edits
