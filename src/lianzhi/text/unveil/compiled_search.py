"""The search for guesses by compiled twins, which share tables: the same results as without."""

from typing import Any

import numpy as np

from lianzhi.text.arrays import compiled
from lianzhi.text.arrays.batch import Batch, Index
from lianzhi.text.unveil import lattice_walk
from lianzhi.text.unveil.channel import LETTER, Channel
from lianzhi.text.unveil.decode import Chosen
from lianzhi.text.unveil.features import NO_FEATURES
from lianzhi.text.unveil.guesses import Guesses
from lianzhi.text.unveil.language import Floats, Language
from lianzhi.text.unveil.lattice import emoji_arcs, ornaments
from lianzhi.text.unveil.plain import Plain
from lianzhi.text.unveil.scored_batch import ScoredBatch
from lianzhi.text.unveil.vocabulary import Vocabulary

#: The twins that the search needs.
TWINS = (
    "unveil._language",
    "unveil._vocabulary",
    "unveil._plain",
    "unveil._guesses",
    "unveil._homophones",
    "unveil._suspicion",
    "unveil._lattice_walk",
    "unveil._decode",
    "unveil._gaps",
    "unveil._features",
)


class CompiledSearch:
    """The tables of a vocabulary for the compiled twins."""

    def __init__(self, words: Vocabulary, channel: Channel, language: Language) -> None:
        self._channel, self._vocabulary = channel, words
        self._language = compiled.twin("unveil._language").Language(language)
        self._words = compiled.twin("unveil._vocabulary").Words(words, channel)

    def score(self, plain: Plain) -> ScoredBatch:
        """Return the batch with the language model's scores."""
        return ScoredBatch(plain, *self._language.read(plain.codes))

    def search(self, scored: ScoredBatch) -> tuple[Guesses, Chosen]:
        """Return the guesses of the likeliest reading, as `restoration.best_guesses` does."""
        words, language, plain = self._words, self._language, scored.fast
        guesses = compiled.twin("unveil._guesses").Guesses()
        hearing = compiled.twin("unveil._homophones")
        hearing.by_sound(plain, words, guesses)
        hearing.alone(plain, words, language, guesses)
        signs = compiled.twin("unveil._suspicion").Suspicion(plain, words, language)
        if signs.kinds:
            given = self._given(scored, signs.pictures) if signs.pictures else None
            place = scored.plain.place
            walker = compiled.twin("unveil._lattice_walk").Walker
            walker(plain, place, words, signs, given, guesses, lattice_walk.MOST).walk()
        if signs.kinds & LETTER:
            hearing.by_letters(plain, words, guesses)
        guesses.keep_cheapest(scored.ids.size)
        picked = Chosen(
            *compiled.twin("unveil._decode").Decoder(plain, words, language, guesses).decode()
        )
        return Guesses(*guesses.columns(picked.guess)), picked

    def features(self, scored: ScoredBatch, guesses: Guesses, picked: Chosen) -> Floats:
        """Return the features of guesses, as `features_of` does."""
        if not guesses.start.size:
            return NO_FEATURES
        out: Floats = compiled.twin("unveil._features").features_of(
            scored.fast, self._words, guesses, picked
        )
        return out

    def close(self, batch: Batch, scored: ScoredBatch) -> tuple[Index, Floats]:
        """Return the characters before gaps and how bound they are to the next, as `gaps` does."""
        at, bound = compiled.twin("unveil._gaps").close(
            scored.fast, scored.plain.place, batch.codes, self._words, self._language
        )
        return at, bound

    def _given(self, scored: ScoredBatch, pictures: list[int]) -> Any:
        """Return the arcs of emoji for the walk."""
        plain, text, at = scored.plain, scored.text, np.array(pictures, np.int64)
        arcs = emoji_arcs(plain, text, at, self._vocabulary, self._channel)
        over = ornaments(plain, text, at, self._channel)
        return compiled.twin("unveil._lattice_walk").Given(arcs, over, len(text))


def compile_search(
    words: Vocabulary, channel: Channel, language: Language
) -> CompiledSearch | None:
    """Build the tables; None without compiled twins, or for a vocabulary too large for them."""
    if not all(map(compiled.twin, TWINS)):
        return None
    try:
        return CompiledSearch(words, channel, language)
    except (OverflowError, ValueError):
        return None
