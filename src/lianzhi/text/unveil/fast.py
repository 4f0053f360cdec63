"""Guessing and decoding by what is compiled, where it is: the same results as without it."""

from typing import Any

import numpy as np

from lianzhi.text import compiled
from lianzhi.text.folding import Batch, Index
from lianzhi.text.unveil import walk
from lianzhi.text.unveil.atoms import drawn, ornaments
from lianzhi.text.unveil.channel import LETTER, Channel
from lianzhi.text.unveil.decode import Chosen
from lianzhi.text.unveil.guesses import Guesses
from lianzhi.text.unveil.known import Known
from lianzhi.text.unveil.language import Floats, Language
from lianzhi.text.unveil.plain import Plain
from lianzhi.text.unveil.vocabulary import Vocabulary
from lianzhi.text.unveil.weighing import UNTOLD

#: What guessing takes.
PARTS = (
    "language",
    "vocabulary",
    "plain",
    "guesses",
    "hearing",
    "suspicion",
    "walk",
    "decode",
    "gaps",
    "weighing",
)


class Fast:
    """Tables for what is compiled."""

    def __init__(self, words: Vocabulary, channel: Channel, language: Language) -> None:
        self._channel, self._vocabulary = channel, words
        self._language = compiled.part("language").Language(language)
        self._words = compiled.part("vocabulary").Words(words, channel)

    def read(self, plain: Plain) -> Known:
        """All that is known of a batch."""
        return Known(plain, *self._language.read(plain.codes))

    def guessed(self, known: Known) -> tuple[Guesses, Chosen]:
        """The guesses of the likeliest reading, as `restoring` has them."""
        words, language, plain = self._words, self._language, known.fast
        found = compiled.part("guesses").Guesses()
        hearing = compiled.part("hearing")
        hearing.by_sound(plain, words, found)
        hearing.alone(plain, words, language, found)
        signs = compiled.part("suspicion").Suspicion(plain, words, language)
        if signs.kinds:
            given = self._given(known, signs.pictures) if signs.pictures else None
            place = known.plain.place
            walker = compiled.part("walk").Walker
            walker(plain, place, words, signs, given, found, walk.MOST).walk()
        if signs.kinds & LETTER:
            hearing.by_letters(plain, words, found)
        found.keep_cheapest(known.ids.size)
        picked = Chosen(*compiled.part("decode").Decoder(plain, words, language, found).decode())
        return Guesses(*found.columns(picked.guess)), picked

    def signs(self, known: Known, some: Guesses, picked: Chosen) -> Floats:
        """What speaks for and against guesses, as `weighing` has it."""
        if not some.start.size:
            return UNTOLD
        told: Floats = compiled.part("weighing").signs(known.fast, self._words, some, picked)
        return told

    def close(self, batch: Batch, known: Known) -> tuple[Index, Floats]:
        """Characters parted from the next by signs, as `gaps` has them."""
        at, bound = compiled.part("gaps").close(
            known.fast, known.plain.place, batch.codes, self._words, self._language
        )
        return at, bound

    def _given(self, known: Known, pictures: list[int]) -> Any:
        """What is told of pictures."""
        plain, text, at = known.plain, known.text, np.array(pictures, np.int64)
        atoms = drawn(plain, text, at, self._vocabulary, self._channel)
        over = ornaments(plain, text, at, self._channel)
        return compiled.part("walk").Given(atoms, over, len(text))


def build_fast(words: Vocabulary, channel: Channel, language: Language) -> Fast | None:
    """Tables for what is compiled; None where that is not there, or they do not hold so many."""
    if not all(map(compiled.part, PARTS)):
        return None
    try:
        return Fast(words, channel, language)
    except (OverflowError, ValueError):
        return None
