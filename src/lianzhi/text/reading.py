"""Reading: a chunk of texts folded, matched, and matched again as they are meant."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.text import unveil
from lianzhi.text.entries import Lexicon
from lianzhi.text.folding import Batch, fold_batch
from lianzhi.text.judging import judge
from lianzhi.text.matching import Matches
from lianzhi.text.unveil import Restored, Rewritten

Index = NDArray[np.int64]


class Meant(NamedTuple):
    """Those of the texts that were written otherwise than they are meant."""

    batch: Batch
    found: Matches
    texts: Index
    """Which texts of the chunk they are."""
    rewritten: Rewritten
    restored: Restored


class Reading(NamedTuple):
    """Texts as they are written and, where that is something else, as they are meant."""

    texts: Sequence[str]
    batch: Batch
    found: Matches
    meant: Meant | None


def read(texts: Sequence[str], lexicon: Lexicon, *, meant: bool = True) -> Reading:
    """Read texts, only as they are written unless what is `meant` is asked for as well."""
    batch = fold_batch(texts)
    found = judge(batch, lexicon)
    if not meant:
        return Reading(texts, batch, found, None)
    restored = unveil.restore(batch, unveil.load(lexicon))
    if not restored.text.size:
        return Reading(texts, batch, found, None)
    rewritten = unveil.rewrite(batch, restored)
    again = judge(rewritten.batch, lexicon)
    whole = Meant(rewritten.batch, again, rewritten.texts, rewritten, restored)
    return Reading(texts, batch, found, whole)
