"""Vocabulary of a bureau's published figures, for `chain.published` to read and check them."""

from functools import cache
from importlib.resources import files
from pathlib import Path

from lianzhi.chain.published.vocabulary import Vocabularies, load

_FOLDER = Path(str(files("lianzhi.domains.enforcement"))) / "policy" / "vocabulary"


@cache
def vocabularies() -> Vocabularies:
    """The shipped versions of the vocabulary."""
    return load([_FOLDER])
