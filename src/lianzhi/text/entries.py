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

from lianzhi.text.folding import fold

#: Harm kinds, in the order of the columns of `Scores.kinds`.
KINDS = (
    "insult",  # 侮辱
    "harassment",  # 嘲讽骚扰
    "coercion",  # 道德绑架
    "threat",  # 威胁恐吓
    "doxxing",  # 人肉开盒
    "sexual",  # 性骚扰
    "incitement",  # 煽动围攻
    "self_harm",  # 教唆自杀自伤
)
#: Roles beyond the harm kinds, numbered after them.
ROLES = (*KINDS, "counter", "innocent", "person", "thing", "speaker", "report")
COUNTER, INNOCENT, PERSON, THING, SPEAKER, REPORT = range(len(KINDS), len(ROLES))


@dataclass(frozen=True, slots=True)
class Policy:
    """How context changes an entry's weight. Dated data, from `lexicon/context.toml`."""

    mention: float
    """Share of its weight that a mentioned, not used, entry keeps."""
    counter: float
    """From this counter-speech score on, a text may be mentioning abuse."""
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
    for role in (PERSON, THING, SPEAKER, REPORT):
        add(role, context["words"][ROLES[role]], 0.0, 0.0)

    terms = tuple(term for term, _ in rows)
    weights = np.array(list(rows.values()))
    return Entries(
        terms=terms,
        role=np.array([role for _, role in rows], np.int64),
        weight=weights[:, 0],
        aimed=weights[:, 1],
        latin=np.array([_is_latin(term[0]) or _is_latin(term[-1]) for term in terms]),
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
