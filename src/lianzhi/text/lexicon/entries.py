"""The lexicon as a value: entries per harm kind, innocent collisions, words that make context.

Flat arrays, so that a batch of hits can be judged at once. `lexicon/lexicons.py` builds it from the
files under `terms/` and from an operator's own.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

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
#: `terms/context.toml` says what the words of context do.
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
    "looked_up",
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
    LOOKED_UP,
) = range(len(KINDS), len(ROLES))


@dataclass(frozen=True, slots=True)
class Policy:
    """How context changes the weight of an entry. Dated data, from `terms/context.toml`."""

    mention: float
    """Share of its weight that an entry keeps where it is mentioned, not used."""
    counter_speech: float
    """Strength of counter-speech from which on a text may mention abuse."""
    defence: float
    """Weight as counter-speech of abuse ascribed to others and condemned."""
    assent: float
    """Share of its counter-speech that a text keeps when it agrees with abuse."""
    criticism: float
    """Share of its probability of offence that criticism of things keeps ..."""
    criticism_from: float
    """... where that is so high."""
    clear: float
    """Strength from which on a kind of harm is clear, and a text more than criticism."""
    short: int
    """Texts of at most so many code points, with no thing or speaker, are aimed at their reader."""
    span: float
    """Weight in context below which an entry is not shown."""


#: An entry in shadow is matched and reported separately; it counts nothing.
State = Literal["active", "shadow"]


class Group(NamedTuple):
    """Properties shared by the entries of one `[[group]]` of a file."""

    kind: str
    """One of `ROLES`."""
    sense: str
    source: str
    """The file they come from, or who wrote them."""
    date: dt.date
    state: State


class Entry(NamedTuple):
    """One entry with its group and weights, for display."""

    term: str
    """Folded."""
    group: Group
    weight: float
    aimed: float


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Lexicon:
    """All entries, one row each; `terms` are folded. Built by `lexicons.build`; immutable."""

    version: str
    """Short hash of all files that it was built from."""
    terms: tuple[str, ...]
    role: NDArray[np.int64]
    """Index into `ROLES`."""
    weight: NDArray[np.float64]
    aimed: NDArray[np.float64]
    """Weight where the entry is aimed at a person; equal to `weight` for most."""
    shadow: NDArray[np.bool_]
    """Whether the entry is in shadow."""
    shadows: bool
    """Whether any is."""
    latin: NDArray[np.bool_]
    """Begins or ends with an ASCII letter or digit, and so may not stand inside such a run."""
    group: NDArray[np.int64]
    """Index into `groups`."""
    groups: tuple[Group, ...]
    people: NDArray[np.bool_]
    """For each code point whether it stands for people."""
    policy: Policy
    examples: dict[str, tuple[str, ...]]
    """Sentences that each kind must catch."""

    def entry(self, place: int) -> Entry:
        """Return the entry in a row."""
        return Entry(
            self.terms[place],
            self.groups[self.group[place]],
            float(self.weight[place]),
            float(self.aimed[place]),
        )
