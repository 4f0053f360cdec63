"""Similarity of two lines: Dice's coefficient (Dice 1945) of character bigrams of folded text."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection
from functools import lru_cache

#: A number, a word in Latin letters, or one character.
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[a-z]+|[^\W\d]")


def fold(text: str) -> str:
    """Text without differences of width, case, blanks, punctuation and symbols."""
    wide = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in wide if unicodedata.category(char)[0] in "LNM")


class Wording:
    """A folded wording with its bigrams, ready for comparison."""

    def __init__(self, text: str, telling: Collection[str]) -> None:
        self.folded = fold(text)
        self.pairs = Counter(zip(self.folded, self.folded[1:], strict=False))
        words = _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())
        self.turns = Counter(word for word in words if word in telling or word.isdecimal())
        """What turns the sentence: its telling words, and its numbers."""

    def likeness(self, other: "Wording") -> float:
        """Similarity from 0 to 1; 0 where their distinguishing words or numbers differ."""
        if self.folded == other.folded:
            return 1.0
        total = self.pairs.total() + other.pairs.total()
        if self.turns != other.turns or not total:
            return 0.0
        return 2 * (self.pairs & other.pairs).total() / total


@lru_cache(10_000)
def wording(text: str, telling: tuple[str, ...]) -> Wording:
    """A wording, folded once."""
    return Wording(text, telling)
