"""Words worth unveiling, and what leads to them: sounds, shapes, first letters.

They are those that were counted more often in offensive comments, and the lexicon's.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.unveil.channel import CODES, Channel
from lianzhi.text.unveil.language import Language, hashed
from lianzhi.text.unveil.trie import Trie, grow

Index = NDArray[np.int64]
#: Longer words are left alone: who hides a sentence hides its words.
LONGEST = 6
#: Words whose neighbours may have changed places are no longer than this.
_SWAPPED = 4
#: Words that one string of first letters may stand for, at most.
_BEHIND = 24
_BITS = 20


class Rows:
    """Rows of different lengths, one after the other: row n is `[starts[n], starts[n + 1])`."""

    def __init__(self, row: Index, *columns: NDArray[Any], count: int) -> None:
        order = np.argsort(row, kind="stable")
        self.starts = np.searchsorted(row[order], np.arange(count + 1))
        self.columns = tuple(column[order] for column in columns)

    def of(self, rows: Index) -> tuple[Index, Index]:
        """The entries of some rows: by which of `rows` each is asked, and its place."""
        first = self.starts[rows]
        size = self.starts[rows + 1] - first
        asked = np.repeat(np.arange(rows.size), size)
        before = np.cumsum(size) - size
        return asked, first[asked] + np.arange(asked.size) - before[asked]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words. Their characters are numbered from 1 on."""

    words: tuple[str, ...]
    ids: NDArray[np.uint32]
    """Shape [words, LONGEST]: their characters as the language model numbers them."""
    size: Index
    """Their lengths."""
    bonus: NDArray[np.float32]
    """What a word is worth beyond what the language model says."""
    number: NDArray[np.uint16]
    """Of each code point below `CODES` that is in a word; else 0."""
    trie: Trie
    """Spellings of words; a value is twice the word's place, one more where two characters have
    changed places."""
    sounds: Rows
    """By class of near syllables: characters, and the very syllables that put them there."""
    shapes: Rows
    """By written code point: characters it may be taken for, and how unlike they are."""
    initials: dict[str, list[int]]
    """Words by the first letters of their syllables."""
    pairs: NDArray[np.float32]
    """Shape [classes, classes]: log-probability of the likeliest two of these classes that stand
    side by side in a word."""
    sides: Rows
    """By two classes, first * classes + second: two characters of these classes that stand side by
    side in a word."""
    singles: Rows
    """By class: words of one character."""
    id_of: NDArray[np.uint32]
    """Of each character the number that the language model gives it."""
    read: NDArray[np.int64]
    """Shape [characters, readings]: its syllables, 0 for none."""
    exact: NDArray[np.bool_]
    """Hashed pairs of characters that stand side by side in a word."""

    def holds_pair(
        self, first: NDArray[np.uint32], second: NDArray[np.uint32]
    ) -> NDArray[np.bool_]:
        """Whether characters, as the language model numbers them, stand side by side in a word."""
        there: NDArray[np.bool_] = self.exact[hashed(first, second) >> np.uint32(32 - _BITS)]
        return there


def build(
    counted: Iterable[str], listed: Iterable[str], channel: Channel, language: Language
) -> Vocabulary:
    """Build the vocabulary of words that were `counted`, and of those a lexicon has `listed`."""
    extra = {word for word in listed if 2 <= len(word) <= LONGEST and _said(word, channel)}
    words = sorted({*counted, *extra})
    chars = sorted(set().union(*words))
    number = np.zeros(CODES, np.uint16)
    number[[ord(char) for char in chars]] = np.arange(1, len(chars) + 1)
    spelled = [number[[ord(char) for char in word]].tolist() for word in words]
    ids = np.zeros((len(words), LONGEST), np.uint32)
    for place, word in enumerate(words):
        ids[place, : len(word)] = language.row[[ord(char) for char in word]]
    read = np.zeros((len(chars) + 1, channel.read.shape[1]), np.int64)
    read[1:] = channel.read[[ord(char) for char in chars]]
    side = np.array(
        [(*some, *two) for some, row in zip(spelled, ids.tolist(), strict=True)
         for some, two in zip(pairwise(some), pairwise(row), strict=False)], np.int64
    ).reshape(-1, 4)  # fmt: skip
    pairs, sides, exact = _sides(side, channel.near[read].astype(np.int64), channel, language)
    alone = np.array([some[0] for some in spelled if len(some) == 1], np.int64)
    likely = _likely(ids, language)
    char, column = np.nonzero(read)
    syllable = read[char, column]
    shape, taken, unlike = channel.shapes
    worth = (shape < CODES) & (number[taken] > 0)
    return Vocabulary(
        words=tuple(words),
        ids=ids,
        size=np.array([len(word) for word in words], np.int64),
        bonus=_bonus(likely, np.array([word in extra for word in words]), channel.costs.known),
        number=number,
        trie=grow(
            (
                (way, 2 * place + swapped)
                for place, some in enumerate(spelled)
                for way, swapped in _ways(some)
            ),
            len(chars) + 1,
        ),
        sounds=Rows(channel.near[syllable].astype(np.int64), char, syllable, count=pairs.shape[0]),
        shapes=Rows(
            shape[worth], number[taken[worth]].astype(np.int64), unlike[worth], count=CODES
        ),
        initials=_initials(words, likely, channel),
        pairs=pairs,
        sides=sides,
        singles=_singles(alone, channel.near[read].astype(np.int64), pairs.shape[0]),
        id_of=language.ids(np.array([0, *map(ord, chars)], np.uint32)),
        read=read,
        exact=exact,
    )


def _said(word: str, channel: Channel) -> bool:
    return all(
        ord(char) < CODES and channel.read[ord(char), 0] and not char.isascii() for char in word
    )


def _ways(spelled: list[int]) -> list[tuple[list[int], bool]]:
    """A word as it is, and with two neighbours in each other's place."""
    swaps = [
        [*spelled[:i], spelled[i + 1], spelled[i], *spelled[i + 2 :]]
        for i in range(len(spelled) - 1 if len(spelled) <= _SWAPPED else 0)
        if spelled[i] != spelled[i + 1]
    ]
    return [(spelled, False), *((swap, True) for swap in swaps)]


def _sides(
    side: Index, near: Index, channel: Channel, language: Language
) -> tuple[NDArray[np.float32], Rows, NDArray[np.bool_]]:
    """The tables of characters side by side. Rows of `side`: two characters and their ids."""
    classes = int(channel.near.max()) + 1
    pairs = np.full((classes, classes), -np.inf, np.float32)
    exact = np.zeros(1 << _BITS, bool)
    side = np.unique(side, axis=0)
    one, two, first, second = side.T
    first, second = first.astype(np.uint32), second.astype(np.uint32)
    exact[hashed(first, second) >> np.uint32(32 - _BITS)] = True
    likely, _ = language.pairs(first, second)
    rows = []
    for a, b in product(range(near.shape[1]), repeat=2):
        said = np.flatnonzero((near[one, a] > 0) & (near[two, b] > 0))
        np.maximum.at(pairs, (near[one[said], a], near[two[said], b]), likely[said])
        rows.append((near[one[said], a] * classes + near[two[said], b], one[said], two[said]))
    sides = Rows(*(np.concatenate(column) for column in zip(*rows, strict=True)), count=classes**2)
    return pairs, sides, exact


def _singles(alone: Index, near: Index, classes: int) -> Rows:
    row, column = np.nonzero(near[alone])
    return Rows(near[alone][row, column], alone[row], count=classes)


def _likely(ids: NDArray[np.uint32], language: Language) -> NDArray[np.float32]:
    """Log-probability of each word, whatever stands before it."""
    likely = language.one[ids[:, 0]]
    for place in range(1, LONGEST):
        pair, _ = language.pairs(ids[:, place - 1], ids[:, place])
        likely = likely + np.where(ids[:, place] > 0, pair, 0)
    out: NDArray[np.float32] = likely.astype(np.float32)
    return out


def _bonus(
    likely: NDArray[np.float32], listed: NDArray[np.bool_], known: float
) -> NDArray[np.float32]:
    """What makes an entry of the lexicon as likely as entries are, where the model knows none."""
    return np.where(listed, np.maximum(-known - likely, 0), 0).astype(np.float32)


def _initials(
    words: list[str], likely: NDArray[np.float32], channel: Channel
) -> dict[str, list[int]]:
    """Words by their first letters, the likeliest first."""
    letter = {number: name[0] for name, number in channel.syllables.items()}
    found: defaultdict[str, list[int]] = defaultdict(list)
    for place in np.argsort(-likely, kind="stable").tolist():
        word = words[place]
        if len(word) < 2:
            continue
        said = (
            dict.fromkeys(letter[s] for s in channel.read[ord(c), :2].tolist() if s) for c in word
        )
        for letters in product(*said):
            some = found["".join(letters)]
            if len(some) < _BEHIND:
                some.append(place)
    return dict(found)
