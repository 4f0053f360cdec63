"""The stages of a text in order, from its surface to its assessment.

1. `fold/` brings its spellings to one form.
2. `lexicon/` finds the entries that stand in it.
3. `unveil/` restores what it hides; a text that hides something goes through 2, 4 and 5 again.
4. `grammar/` weighs the entries in their context, and adds what wordings say.
5. `model/` adds how the whole text sounds, and makes one probability of all.
6. `evidence/` finds the places in the original.

Every stage works on a batch: many texts in one array. Stages import only earlier stages and
`arrays/`. Most have compiled twins (`arrays/compiled.py`) with the same results.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from lianzhi.text import unveil
from lianzhi.text.arrays.batch import IN_FULL, Batch
from lianzhi.text.evidence.reading import Reading, RestoredReading
from lianzhi.text.evidence.spans import Restoration, Shadow, Span, evidence
from lianzhi.text.fold.folding import fold_batch
from lianzhi.text.grammar.hit_weights import Matches, Remainder, weigh
from lianzhi.text.lexicon import lexicons
from lianzhi.text.lexicon.entries import KINDS, Lexicon
from lianzhi.text.lexicon.hits import find_entries
from lianzhi.text.model.encoder import Encoder
from lianzhi.text.model.scores import Scores, scores_of
from lianzhi.text.model.whole_text import self_talk_remainder, weigh_whole_text, with_remainder

#: Texts and code points that are worked on at a time: enough to pay for a call, few enough to fit
#: into memory whatever is sent.
_TEXTS, _POINTS = 8192, 1 << 20


@dataclass(frozen=True, slots=True)
class Assessment:
    """Scores of one text, with the evidence.

    `offence` is the calibrated probability that the text is offensive; `kinds` the strength of
    evidence, 0 to 1, for each kind found (0.5: clear); `counter_speech`, 0 to 1, how much the text
    defends somebody or condemns abuse; `spans` the entries that the kinds mainly rest on, in order;
    `shadow` what entries in shadow would add, which counts for nothing. `in_full` is false where
    the text is so long that its end was searched for entries alone (`IN_FULL`).
    """

    offence: float
    kinds: dict[str, float]
    counter_speech: float
    spans: tuple[Span, ...]
    restored: tuple[Restoration, ...] = ()
    shadow: tuple[Shadow, ...] = ()
    in_full: bool = True


def read(texts: Sequence[str], lexicon: Lexicon, *, restore: bool = True) -> Reading:
    """Fold texts, judge them as written, and again as meant where they hide something.

    In: any strings. Out: the folded batch with its matches and, unless `restore` is false, the
    rewritten texts with what was found in those.
    """
    batch = fold_batch(texts)
    matches = judge(batch, lexicon)
    if not restore:
        return Reading(texts, batch, matches, None)
    restored = unveil.restore(batch, unveil.load(lexicon))
    if not restored.text.size:
        return Reading(texts, batch, matches, None)
    rewritten = unveil.rewrite(batch, restored)
    again = judge(rewritten.batch, lexicon)
    return Reading(texts, batch, matches, RestoredReading(again, rewritten, restored))


def judge(batch: Batch, lexicon: Lexicon | None = None) -> Matches:
    """Find the matches of each kind of harm in a batch of texts, as written.

    In: a folded batch, and a lexicon, the shipped one if none is given. Out: the strength of each
    kind and of counter-speech, and the hits that they rest on. What follows after insults of
    oneself is judged once more by itself.
    """
    lexicon = lexicon or lexicons.shipped()
    matches = weigh_whole_text(batch, match_words(batch, lexicon), lexicon)
    rest = self_talk_remainder(batch, matches)
    if rest is None:
        return matches
    texts, part = rest
    words = match_words(part, lexicon)._replace(self_talk=None)
    again = weigh_whole_text(part, words, lexicon)
    return with_remainder(matches, Remainder(texts, part, again), lexicon)


def match_words(batch: Batch, lexicon: Lexicon) -> Matches:
    """Find what words and wordings say, however the whole text sounds.

    In: a folded batch. Out: as from `judge`, without the models.
    """
    return weigh(batch, find_entries(batch, lexicon), lexicon)


def score(reading: Reading, lexicon: Lexicon, encoder: Encoder | None) -> Scores:
    """Return the scores: the worse of the text as written and as restored.

    In: a reading. Out: offence, counter-speech and kinds of each of its texts.
    """
    scores = scores_of(reading.batch, reading.matches, lexicon, encoder)
    if reading.as_restored is not None:
        texts, batch = reading.as_restored.rewritten.texts, reading.as_restored.rewritten.batch
        others = scores_of(batch, reading.as_restored.matches, lexicon, encoder)
        scores.counter_speech[texts] = others.counter_speech
        for column, part in ((scores.offence, others.offence), (scores.kinds, others.kinds)):
            column[texts] = np.maximum(column[texts], part)
    return scores


def score_many(
    texts: Sequence[str],
    lexicon: Lexicon | None = None,
    *,
    restore: bool = True,
    encoder: Encoder | None = None,
) -> Scores:
    """Score many texts, by the shipped lexicon unless another is given.

    Any strings will do; the figures are those of `assess`, to the bit; repeated texts are read
    once. Without `restore` the figures are those of the text as written. Give
    `lianzhi.text.model.encoder.load()` to have the encoder asked where the other models are unsure.
    """
    lexicon = lexicon or lexicons.shipped()
    once = list(dict.fromkeys(texts))
    if len(once) < len(texts):  # a crowd repeats itself
        scores = score_many(once, lexicon, restore=restore, encoder=encoder)
        place_of = dict(zip(once, range(len(once)), strict=True))
        places = np.fromiter(map(place_of.__getitem__, texts), np.intp, len(texts))
        return Scores(*(column[places] for column in scores))
    out = Scores(
        np.empty(len(texts), np.float32),
        np.empty(len(texts), np.float32),
        np.empty((len(texts), len(KINDS)), np.float32),
    )
    for begin, end in _chunks(texts):
        scores = score(read(texts[begin:end], lexicon, restore=restore), lexicon, encoder)
        for column, part in zip(out, scores, strict=True):
            column[begin:end] = part
    return out


def assess(
    text: str, lexicon: Lexicon | None = None, *, encoder: Encoder | None = None
) -> Assessment:
    """Assess one text, by the shipped lexicon unless another is given. Any string will do.

    `encoder` as for `score_many`.
    """
    return assess_many([text], lexicon, encoder=encoder)[0]


def assess_many(
    texts: Sequence[str], lexicon: Lexicon | None = None, *, encoder: Encoder | None = None
) -> list[Assessment]:
    """Assess many texts, each as `assess` does; far cheaper than one by one."""
    lexicon = lexicon or lexicons.shipped()
    done: list[Assessment] = []
    for begin, end in _chunks(texts):
        reading = read(texts[begin:end], lexicon)
        figures = (column.tolist() for column in score(reading, lexicon, encoder))
        in_full = (np.diff(reading.batch.starts) <= IN_FULL + 1).tolist()
        for offence, counter, kinds, assessment, full in zip(
            *figures, evidence(reading, lexicon), in_full, strict=True
        ):
            scored = zip(KINDS, kinds, strict=True)
            done.append(
                Assessment(
                    offence=offence,
                    kinds={kind: strength for kind, strength in scored if strength > 0},
                    counter_speech=counter,
                    spans=assessment.spans,
                    restored=assessment.restored,
                    shadow=assessment.shadow,
                    in_full=full,
                )
            )
    return done


def _chunks(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the bounds of chunks; a text too long for one has a chunk of its own."""
    if len(texts) == 1:
        yield 0, 1
        return
    ends = list(accumulate(map(len, texts)))
    begin = 0
    while begin < len(texts):
        most = _POINTS + (ends[begin - 1] if begin else 0)
        end = min(begin + _TEXTS, max(begin + 1, bisect_right(ends, most)))
        yield begin, end
        begin = end
