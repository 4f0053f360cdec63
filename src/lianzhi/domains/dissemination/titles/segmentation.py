"""Segmentation of titles into words with their parts of speech, by the dictionary of the house."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from lianzhi.text.lexicon import dictionary
from lianzhi.text.lexicon.dictionary import ENTRY, LONE

OTHER, NOUN, NAME, VERB, ADJECTIVE = range(5)
#: Part of a character that is in no word of the dictionary.
UNKNOWN = -1
_LONGEST = 6


class Word(NamedTuple):
    """A word of a text and its part of speech."""

    start: int
    end: int
    part: int


@cache
def _known() -> dict[str, tuple[int, int]]:
    words = dictionary.load()
    path = files("lianzhi.domains.dissemination.titles") / "parts_of_speech.npz"
    with path.open("rb") as file:
        parts = np.load(file)["part"].tolist()
    texts = (key.to_bytes(8, "big").decode("utf-16-be").rstrip("\0") for key in words.key.tolist())
    return dict(zip(texts, zip(words.cost.tolist(), parts, strict=True), strict=True))


class Segmenter:
    """Finds the likeliest words of a text; `own` are words of the lexicon with their parts."""

    def __init__(self, own: Mapping[str, int]) -> None:
        self._words = dict(_known())
        for word, part in own.items():
            cost = min(self._words.get(word, (ENTRY, part))[0], ENTRY)
            self._words[word] = (cost, part)

    def words(self, text: str) -> list[Word]:
        """The words of a text in order; characters of no word stand alone."""
        size, known = len(text), self._words
        best, back = [0] + [1 << 40] * size, [(0, UNKNOWN)] * (size + 1)
        for start in range(size):
            base = best[start]
            if base + LONE < best[start + 1]:
                best[start + 1], back[start + 1] = base + LONE, (start, UNKNOWN)
            for end in range(start + 1, min(start + _LONGEST, size) + 1):
                entry = known.get(text[start:end])
                if entry is not None and base + entry[0] < best[end]:
                    best[end], back[end] = base + entry[0], (start, entry[1])
        out, end = [], size
        while end:
            start, part = back[end]
            out.append(Word(start, end, part))
            end = start
        return out[::-1]
