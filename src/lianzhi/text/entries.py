"""The lexicon as a value: entries per harm kind, innocent collisions, words that make context.

It is flat arrays over which a batch of hits can be judged at once. `text/lexicons.py` makes it of
the files under `lexicon/` and of an operator's own.
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


#: An entry in shadow is matched and reported apart; it counts for nothing.
State = Literal["active", "shadow"]


class Group(NamedTuple):
    """What entries that were written together have in common."""

    kind: str
    """One of `ROLES`."""
    sense: str
    source: str
    """The file they come from, or who wrote them."""
    date: dt.date
    state: State


class Entry(NamedTuple):
    """One entry, for people to look at."""

    term: str
    """Folded."""
    group: Group
    weight: float
    aimed: float


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Lexicon:
    """All entries, one row each; `terms` are folded. Made by `lexicons.build`; never changed."""

    version: str
    """Short hash of all that it was made of."""
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
    """Of each code point, whether it stands for people."""
    policy: Policy
    examples: dict[str, tuple[str, ...]]
    """Sentences that each kind must catch."""

    def entry(self, place: int) -> Entry:
        """What is known of the entry in a row."""
        return Entry(
            self.terms[place],
            self.groups[self.group[place]],
            float(self.weight[place]),
            float(self.aimed[place]),
        )
