"""Shingles: overlapping pieces of folded text, which identify a phrase at any position.

Pieces of six characters, of which one in four is selected by its checksum, so that every text
selects the same ones (Broder, On the resemblance and containment of documents, 1997).
"""

import re
import zlib
from collections.abc import Sequence

from lianzhi.text.arrays.batch import SEPARATOR
from lianzhi.text.fold.folding import fold_batch

#: Characters of a shingle: some three words of Chinese.
_LENGTH = 6
#: Sampling rate: one shingle in this many is kept.
_ONE_IN = 4
#: Most characters read of one text.
_MOST = 2000
#: Characters that vary between texts of one template or are inserted as noise: digits, spaces,
#: punctuation.
_LOOSE = re.compile(r"[\W\d_]+")


def shingles(texts: Sequence[str]) -> list[set[str]]:
    """The shingles of each text; where none is selected, its first."""
    folded = fold_batch([text[:_MOST] for text in texts]).text().split(chr(SEPARATOR))[1:-1]
    return [_selected(_LOOSE.sub("", text)) for text in folded]


def _selected(text: str) -> set[str]:
    whole = {text[n : n + _LENGTH] for n in range(len(text) - _LENGTH + 1)}
    kept = {
        shingle
        for shingle in whole
        if zlib.crc32(shingle.encode("utf-8", "replace")) % _ONE_IN == 0
    }
    return kept or {min(whole)} if whole else set()
