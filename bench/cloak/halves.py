"""Which half of a table a replacement belongs to: decided by a keyed hash, so that nobody chooses.

A detector may be tuned on what the train half makes; what is reported comes from the held-out half.
"""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Literal

Half = Literal["train", "held"]
HALVES: tuple[Half, Half] = ("train", "held")
_KEY = b"lianzhi bench cloak 1"


def half_of(source: str, new: str) -> Half:
    """The half that holds the pair `source` -> `new`, the same for every attack."""
    pair = f"{source}\0{new}".encode()
    return HALVES[blake2b(pair, key=_KEY, digest_size=1).digest()[0] & 1]


def in_half(source: str, news: Iterable[str], half: Half) -> list[str]:
    """Those of `news`, in their order, that may stand for `source` in this half."""
    return [new for new in dict.fromkeys(news) if new != source and half_of(source, new) == half]
