"""Texts made to be slow to read, and how long reading one takes."""

import random
import time
import tomllib
from pathlib import Path

from lianzhi.text import assess

#: The characters of a text for which the limits are stated.
SIZE = 10_000
PIECES: dict[str, list[str]] = tomllib.loads(
    Path(__file__).with_name("hostile.toml").read_text("utf-8")
)


def hostile(pieces: list[str], size: int = SIZE, seed: int = 1) -> str:
    """A text of that many characters, made of pieces at random."""
    draw = random.Random(seed)
    shortest = min(map(len, pieces))
    return "".join(draw.choices(pieces, k=size // shortest + 1))[:size]


def milliseconds(text: str, repeats: int = 3) -> float:
    """CPU time of reading a text in this thread: the least of some tries."""
    spent = []
    for _ in range(repeats):
        begin = time.thread_time()
        assess(text)
        spent.append(1000 * (time.thread_time() - begin))
    return min(spent)
