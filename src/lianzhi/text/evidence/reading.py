"""Readings: what the stages found in a chunk of texts, as written and as meant."""

from collections.abc import Sequence
from typing import NamedTuple

from lianzhi.text.arrays.batch import Batch
from lianzhi.text.grammar.hit_weights import Matches
from lianzhi.text.unveil import Restored, Rewritten


class RestoredReading(NamedTuple):
    """The texts of a chunk that were written otherwise than they are meant."""

    matches: Matches
    """What was found in `rewritten.batch`."""
    rewritten: Rewritten
    restored: Restored


class Reading(NamedTuple):
    """A chunk of texts as written and, where that differs, as meant."""

    texts: Sequence[str]
    batch: Batch
    matches: Matches
    as_restored: RestoredReading | None
