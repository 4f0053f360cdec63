"""Invented articles and their cut and edited copies; shares no code with the matcher."""

import random
from itertools import accumulate
from typing import NamedTuple

_CHARS = [chr(code) for code in range(0x4E00, 0x4E00 + 3000)]


class Made(NamedTuple):
    """An invented article and where it comes from."""

    id: str
    text: str
    time: int
    root: str
    kept: float
    """Share of the original's characters that it keeps; 1 for an original."""


def world(originals: int, copies: int, kept: float, edits: float, seed: int) -> list[Made]:
    """Originals of 12 to 40 sentences, each with copies.

    A copy keeps sentences that make up a share of the characters, in their order, replaces the
    others by new ones, and has a share of its characters changed.
    """
    rng = random.Random(seed)
    weights = list(accumulate(1 / (rank + 10) for rank in range(len(_CHARS))))
    made = []
    for number in range(originals):
        sentences = [_sentence(rng, weights) for _ in range(rng.randint(12, 40))]
        time = rng.randrange(10**9)
        root = f"a{number}"
        made.append(Made(root, "".join(sentences), time, root, 1.0))
        for copy in range(copies):
            text = _copied(rng, weights, sentences, kept, edits)
            later = time + rng.randint(1, 10**6)
            made.append(Made(f"{root}-{copy}", text, later, root, kept))
    rng.shuffle(made)
    return made


def _sentence(rng: random.Random, weights: list[float]) -> str:
    return "".join(rng.choices(_CHARS, cum_weights=weights, k=rng.randint(12, 40))) + "。"


def _copied(
    rng: random.Random, weights: list[float], sentences: list[str], kept: float, edits: float
) -> str:
    stay: set[int] = set()
    whole = sum(map(len, sentences))
    for place in rng.sample(range(len(sentences)), len(sentences)):
        if sum(len(sentences[each]) for each in stay) < kept * whole:
            stay.add(place)
    parts = [
        each if place in stay else _sentence(rng, weights) for place, each in enumerate(sentences)
    ]
    text = [
        rng.choice(_CHARS) if char != "。" and rng.random() < edits else char
        for char in "".join(parts)
    ]
    return "".join(text)
