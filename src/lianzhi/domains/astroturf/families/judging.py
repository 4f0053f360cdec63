"""Judging: families with more accounts on one target than belong there, and what else they may be.

If a family's accounts chose targets as all accounts do, one with a share q of all would be chosen
by k of n as the binomial has it. Families that everybody's targets have are stock phrases. What is
told is evidence for a person to weigh.
"""

import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.domains.astroturf.families.joining import families
from lianzhi.domains.astroturf.families.shingles import Ints, shingled, weights
from lianzhi.domains.astroturf.families.template import Template, template
from lianzhi.domains.astroturf.policy import newest
from lianzhi.domains.astroturf.policy.texts import FamilySettings
from lianzhi.stats.tails import binomial_tail
from lianzhi.text.arrays.batch import SEPARATOR
from lianzhi.text.fold.folding import fold
from lianzhi.text.grammar.wording import Lists, Wording

_HOUR = 3_600_000
_EDGE = chr(SEPARATOR)


class Posts(NamedTuple):
    """Texts, by whom, about what, when: columns of equal length."""

    text: Sequence[str]
    account: Ints
    """Numbered from 0 on."""
    target: Ints
    time: Ints
    """Unix milliseconds."""


class Burst(NamedTuple):
    """The time within which most accounts wrote."""

    since: int
    until: int
    accounts: int


class Judged(NamedTuple):
    """A family on one target."""

    family: int
    target: int
    rows: Ints
    """The posts, in order of time."""
    accounts: Ints
    template: Template
    by_chance: float
    """How many families so concentrated chance would bring, of all that were looked at."""
    elsewhere: int
    """Accounts of the family on other targets ..."""
    targets: int
    """... and how many those are."""
    burst: Burst
    explanations: tuple[str, ...]


@cache
def explanations() -> tuple[tuple[str, tuple[Wording, ...]], ...]:
    """What else a family may be by its words, from `explanations.toml`: names with wordings."""
    data = tomllib.loads((files(__package__) / "explanations.toml").read_text("utf-8"))
    lists = Lists({})
    return tuple(
        (each["name"], tuple(map(lists.compiled, each["wordings"]))) for each in data["explanation"]
    )


def judge(posts: Posts, settings: FamilySettings | None = None) -> list[Judged]:
    """Families with many accounts on one target, the least likely by chance first; by the settings
    of the newest policy, unless others are given."""
    settings = settings or newest().reviews.families
    if not len(posts.text):
        return []
    some = shingled(posts.text)
    label = families(
        some, weights(some, posts.target), settings.least_alike, settings.shortest
    )  # fmt: skip
    length = np.fromiter(map(len, some.bare), np.int64, len(some.bare))
    row = np.flatnonzero(length[some.of] >= settings.shortest)
    family = label[some.of][row]
    # One account counts once on each target.
    once = np.unique(np.stack((family, posts.target[row], posts.account[row])), axis=1)
    share = _shares(posts)
    cells, there = np.unique(once[:2], axis=1, return_counts=True)
    whole = np.bincount(cells[0], there, label.max() + 1).astype(np.int64)
    asked = np.flatnonzero(there >= settings.accounts)
    tail = binomial_tail(there[asked], whole[cells[0, asked]], share[cells[1, asked]])
    lone = share[cells[1, asked]] > settings.one_target
    chance = np.where(lone, np.nan, tail * max(asked.size, 1))
    told = np.flatnonzero(lone | (chance <= settings.by_chance))
    order = np.argsort(family, kind="stable")
    sorted_family = family[order]
    found = []
    for place in told[np.lexsort((-there[asked[told]], chance[told]))].tolist():
        number, target = cells[:, asked[place]].tolist()
        first, last = np.searchsorted(sorted_family, [number, number + 1])
        rows = row[order[first:last]]
        found.append(_judged(posts, settings, number, target, rows, float(chance[place])))
    return found


def _shares(posts: Posts) -> NDArray[np.float64]:
    """Of each target its share of all accounts on targets."""
    pairs = np.unique(np.stack((posts.target, posts.account)), axis=1)
    counts = np.bincount(pairs[0])
    out: NDArray[np.float64] = counts / counts.sum()
    return out


def _judged(
    posts: Posts, settings: FamilySettings, family: int, target: int, rows: Ints, chance: float
) -> Judged:
    here = rows[posts.target[rows] == target]
    here = here[np.lexsort((here, posts.time[here]))]
    rest = rows[posts.target[rows] != target]
    accounts = np.unique(posts.account[here])
    others = np.unique(posts.account[rest])
    texts = [posts.text[place] for place in here.tolist()]
    made = template(texts)
    reasons = list(_reasons(texts, made, settings))
    if others.size >= settings.elsewhere * (others.size + accounts.size):
        reasons.append("said_elsewhere")
    if np.isnan(chance):
        reasons.append("nothing_to_compare")
    return Judged(
        family, target, here, accounts, made, chance, int(others.size),
        int(np.unique(posts.target[rest]).size),
        burst(posts.time[here], posts.account[here], round(settings.burst_hours * _HOUR)),
        tuple(reasons),
    )  # fmt: skip


def _reasons(texts: Sequence[str], made: Template, settings: FamilySettings) -> Iterator[str]:
    """What else a family may be, by its texts."""
    line = f"{_EDGE}{fold(made.example).text}{_EDGE}"
    for name, wordings in explanations():
        if any(one.search.search(line) for one in wordings):
            yield name
    if len({text.strip() for text in texts}) == 1:
        yield "word_for_word"
    if len(made.common) < settings.short:
        yield "short"


def burst(time: Ints, account: Ints, window: int) -> Burst:
    """The window, in milliseconds, in which most accounts wrote; posts in order of time."""
    best, first = Burst(int(time[0]), int(time[0]), 0), 0
    held: dict[int, int] = {}
    for last, (at, who) in enumerate(zip(time.tolist(), account.tolist(), strict=True)):
        held[who] = held.get(who, 0) + 1
        while at - int(time[first]) > window:
            gone = int(account[first])
            held[gone] -= 1
            if not held[gone]:
                del held[gone]
            first += 1
        if len(held) > best.accounts:
            best = Burst(int(time[first]), int(time[last]), len(held))
    return best
