"""What all tools are given: comments, patterns, and words hidden in comments."""

import csv
from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from bench.cloak import ATTACKS, cloak
from bench.cloak.words import read
from bench.incidents import COMMENTS
from bench.stream import DATA
from lianzhi.text.lexicon import lexicons
from lianzhi.text.lexicon.entries import KINDS

SEED, MANY, HIDDEN, INNOCENT, LONGEST = 1, 10_000, 1000, 300, 60
#: Words as they are, beside the attacks of `bench.cloak`; and phrases that nobody minds.
WRITTEN, PHRASES = "as written", "phrases that nobody minds"


class Comments(NamedTuple):
    """Comments, which of them are labelled harmless, and where they are from."""

    texts: list[str]
    harmless: list[bool]
    source: str


class Hidden(NamedTuple):
    """A comment in which a word stands, hidden in some way."""

    way: str
    text: str


def comments() -> Comments:
    """COLD's test set where the data folder is at hand, else the comments on invented incidents."""
    path = DATA / "cold" / "test.csv"
    if path.is_file():
        texts, offensive = read(path)
        return Comments(texts, [not label for label in offensive], "COLD test comments")
    with COMMENTS.open(encoding="utf-8", newline="") as file:
        rows = [(row["text"], row["pool"] != "harmful") for row in csv.DictReader(file)]
    texts, harmless = (list(column) for column in zip(*rows, strict=True))
    return Comments(texts, harmless, f"bench/incidents.csv ({path} is missing)")


def harm() -> list[str]:
    """The shipped lexicon's words of harm, slots written out, folded."""
    lexicon = lexicons.shipped()
    chosen = (lexicon.role < len(KINDS)) & ~lexicon.shadow
    return sorted({term for term, is_harm in zip(lexicon.terms, chosen, strict=True) if is_harm})


def phrases() -> list[str]:
    """Phrases of four characters, from pypinyin, that are no words of harm."""
    from pypinyin.phrases_dict import phrases_dict  # noqa: PLC0415 - slow to load

    return sorted({phrase for phrase in phrases_dict if len(phrase) == 4} - set(harm()))


def ten_thousand() -> list[str]:
    """As many patterns, half words of harm, half phrases; few of them stand in comments."""
    rng, half = Random(SEED), MANY // 2
    return rng.sample(harm(), half) + rng.sample(phrases(), MANY - half)


def hide(words: Sequence[str], places: Sequence[str]) -> list[Hidden]:
    """Each word at the end of a comment, as written and by the held-out half of each attack.

    `places` are the comments, used in turn; what an attack cannot change is left out.
    """
    made = []
    for number, word in enumerate(words):
        before = places[number % len(places)].rstrip("，。！？,.!?~… ") + "，"
        text = before + word
        made.append(Hidden(WRITTEN, text))
        target = [(len(before), len(text))]
        for attack in ATTACKS:
            cloaked = cloak(text, target, attack, "held", Random(f"{SEED} {attack} {number}"))
            if cloaked:
                made.append(Hidden(attack, cloaked.text))
    return made


def innocent(places: Sequence[str]) -> list[Hidden]:
    """Phrases that nobody minds, hidden likewise: whatever is found there is found by mistake."""
    made = hide(Random(SEED).sample(phrases(), INNOCENT), places)
    return [one._replace(way=PHRASES) for one in made if one.way != WRITTEN]


def to_hide(words: Sequence[str]) -> list[str]:
    """Some words of two characters and more."""
    longer = [word for word in words if len(word) > 1]
    return Random(SEED).sample(longer, min(HIDDEN, len(longer)))


def quiet(some: Comments, found: Sequence[Sequence[bool]]) -> list[str]:
    """Harmless comments, none too long, in which no tool found anything."""
    marks = list(zip(*found, strict=True))
    return [
        text
        for text, harmless, hits in zip(some.texts, some.harmless, marks, strict=True)
        if harmless and len(text) <= LONGEST and not any(hits)
    ]
