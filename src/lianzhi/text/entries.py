"""The lexicon as data: entries per harm kind, innocent collisions, words that make context.

The files under `lexicon/` are the source; this module reads them into flat arrays over which a
batch of hits can be judged at once.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lianzhi.text.folding import SEPARATOR, fold

#: Harm kinds, in the order of the columns of `Scores.kinds`.
KINDS = (
    "insult",  # 侮辱
    "mockery",  # 嘲讽
    "coercion",  # 道德绑架
    "threat",  # 威胁恐吓
    "doxxing",  # 人肉开盒
    "sexual_harassment",  # 性骚扰
    "group_hate",  # 群体仇视
    "incitement",  # 煽动围攻
    "self_harm_urging",  # 教唆自杀自伤
)
#: Roles beyond the harm kinds, numbered after them.
#: What the words of context do is told in `lexicon/context.toml`.
WORDS = (
    "person",
    "thing",
    "speaker",
    "report",
    "attribution",
    "avowal",
    "crowd",
    "blame",
    "moral",
    "outside",
    "speakers",
    "assent",
)
ROLES = (*KINDS, "counter_speech", "innocent", *WORDS)
(
    COUNTER,
    INNOCENT,
    PERSON,
    THING,
    SPEAKER,
    REPORT,
    ATTRIBUTION,
    AVOWAL,
    CROWD,
    BLAME,
    MORAL,
    OUTSIDE,
    SPEAKERS,
    ASSENT,
) = range(len(KINDS), len(ROLES))


@dataclass(frozen=True, slots=True)
class Policy:
    """How context changes an entry's weight. Dated data, from `lexicon/context.toml`."""

    mention: float
    """Share of its weight that a mentioned, not used, entry keeps."""
    counter_speech: float
    """From this counter-speech score on, a text may be mentioning abuse."""
    defence: float
    """Weight as counter-speech of abuse ascribed to others and condemned."""
    assent: float
    """Share of its counter-speech that a text keeps when it agrees with abuse."""
    criticism: float
    """Share of its probability of offence that criticism of things keeps ..."""
    criticism_from: float
    """... where that is so high."""
    clear: float
    """From this strength on, a kind of harm is clear, and a text no mere criticism."""
    short: int
    """Texts of at most so many code points, with no thing or speaker, are aimed at their reader."""
    span: float
    """An entry that counts less than this where it stands is not marked."""


@dataclass(frozen=True, slots=True)
class Entries:
    """All entries, one row each; `terms` are folded."""

    terms: tuple[str, ...]
    role: NDArray[np.int64]
    """Index into `ROLES`."""
    weight: NDArray[np.float64]
    aimed: NDArray[np.float64]
    """Weight where the entry is aimed at a person; equal to `weight` for most."""
    latin: NDArray[np.bool_]
    """Begins or ends with an ASCII letter or digit, and so may not stand inside such a run."""
    people: NDArray[np.bool_]
    """Of each code point, whether it stands for people."""
    policy: Policy
    examples: dict[str, tuple[str, ...]]
    """Sentences that each kind must catch."""


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "lexicon" / f"{name}.toml").read_text("utf-8"))


@cache
def load() -> Entries:
    """Read the shipped lexicon."""
    context = _read("context")
    rows: dict[tuple[str, int], tuple[float, float]] = {}
    examples: dict[str, tuple[str, ...]] = {}

    def add(role: int, terms: list[str], weight: float, aimed: float) -> None:
        for term in _expand(terms, context["slot"]):
            rows.setdefault((fold(term).text, role), (weight, aimed))

    for role, kind in enumerate(ROLES[:INNOCENT]):
        file = _read(kind)
        examples[kind] = tuple(file["examples"])
        add(INNOCENT, file["innocent"], 0.0, 0.0)
        for group in file["group"]:
            add(role, group["terms"], group["weight"], group.get("aimed", group["weight"]))
    for role in range(PERSON, len(ROLES)):
        add(role, context["words"][ROLES[role]], 0.0, 0.0)

    terms = tuple(term for term, _ in rows)
    weights = np.array(list(rows.values()))
    people = np.zeros(SEPARATOR + 1, bool)
    people[[ord(char) for char in context["people"]]] = True
    return Entries(
        terms=terms,
        role=np.array([role for _, role in rows], np.int64),
        weight=weights[:, 0],
        aimed=weights[:, 1],
        latin=np.array([_is_latin(term[0]) or _is_latin(term[-1]) for term in terms]),
        people=people,
        policy=Policy(**context["policy"]),
        examples=examples,
    )


def _expand(terms: list[str], slots: dict[str, list[str]]) -> Iterator[str]:
    """Write out the slot of each term that has one: 弄死{p} stands for 弄死你, 弄死她, ..."""
    for term in terms:
        slot = next((slot for slot in slots if f"{{{slot}}}" in term), None)
        if slot is None:
            yield term
        else:
            yield from (term.replace(f"{{{slot}}}", who) for who in slots[slot])


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
