"""Families with more accounts on one target than expected, and alternative explanations.

If a family's accounts chose targets like all accounts, a target with a share q of all would be
chosen by k of n with binomial probability. Families found on every target are stock phrases. A
result is evidence for a person to weigh.
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
    """Texts with account, target and time: columns of equal length."""

    text: Sequence[str]
    account: Ints
    """Numbered from 0."""
    target: Ints
    time: Ints
    """Unix milliseconds."""


class Burst(NamedTuple):
    """The window in which most accounts wrote; Unix milliseconds."""

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
    """Expected number of families so concentrated by chance, over all that were tested."""
    elsewhere: int
    """Accounts of the family on other targets."""
    targets: int
    """Number of those other targets."""
    burst: Burst
    explanations: tuple[str, ...]


@cache
def explanations() -> tuple[tuple[str, tuple[Wording, ...]], ...]:
    """Alternative explanations by wording, from `explanations.toml`: names with wordings."""
    data = tomllib.loads((files(__package__) / "explanations.toml").read_text("utf-8"))
    lists = Lists({})
    return tuple(
        (each["name"], tuple(map(lists.compiled, each["wordings"]))) for each in data["explanation"]
    )


def judge(posts: Posts, settings: FamilySettings | None = None) -> list[Judged]:
    """Families with many accounts on one target, the least likely by chance first.

    `settings`: by default those of the newest policy.
    """
    settings = settings or newest().reviews.families
    if not len(posts.text):
        return []
    shingled_ = shingled(posts.text)
    label = families(
        shingled_, weights(shingled_, posts.target), settings.least_alike, settings.shortest
    )  # fmt: skip
    length = np.fromiter(map(len, shingled_.bare), np.int64, len(shingled_.bare))
    row = np.flatnonzero(length[shingled_.of] >= settings.shortest)
    family = label[shingled_.of][row]
    # An account counts once per target.
    once = np.unique(np.stack((family, posts.target[row], posts.account[row])), axis=1)
    share = _shares(posts)
    cells, there = np.unique(once[:2], axis=1, return_counts=True)
    whole = np.bincount(cells[0], there, label.max() + 1).astype(np.int64)
    widespread = np.flatnonzero(there >= settings.accounts)
    tail = binomial_tail(
        there[widespread], whole[cells[0, widespread]], share[cells[1, widespread]]
    )
    lone = share[cells[1, widespread]] > settings.one_target
    chance = np.where(lone, np.nan, tail * max(widespread.size, 1))
    significant = np.flatnonzero(lone | (chance <= settings.by_chance))
    order = np.argsort(family, kind="stable")
    sorted_family = family[order]
    results = []
    for place in significant[
        np.lexsort((-there[widespread[significant]], chance[significant]))
    ].tolist():
        number, target = cells[:, widespread[place]].tolist()
        first, last = np.searchsorted(sorted_family, [number, number + 1])
        rows = row[order[first:last]]
        results.append(_judged(posts, settings, number, target, rows, float(chance[place])))
    return results


def _shares(posts: Posts) -> NDArray[np.float64]:
    """Each target's share of all pairs of account and target."""
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
    template_ = template(texts)
    reasons = list(_reasons(texts, template_, settings))
    if others.size >= settings.elsewhere * (others.size + accounts.size):
        reasons.append("said_elsewhere")
    if np.isnan(chance):
        reasons.append("nothing_to_compare")
    return Judged(
        family, target, here, accounts, template_, chance, int(others.size),
        int(np.unique(posts.target[rest]).size),
        burst(posts.time[here], posts.account[here], round(settings.burst_hours * _HOUR)),
        tuple(reasons),
    )  # fmt: skip


def _reasons(texts: Sequence[str], template: Template, settings: FamilySettings) -> Iterator[str]:
    line = f"{_EDGE}{fold(template.example).text}{_EDGE}"
    for name, wordings in explanations():
        if any(wording.search.search(line) for wording in wordings):
            yield name
    if len({text.strip() for text in texts}) == 1:
        yield "word_for_word"
    if len(template.common) < settings.short:
        yield "short"


def burst(time: Ints, account: Ints, window: int) -> Burst:
    """The window, in milliseconds, in which most accounts wrote; posts are in order of time."""
    best, first = Burst(int(time[0]), int(time[0]), 0), 0
    inside: dict[int, int] = {}
    for last, (at, author) in enumerate(zip(time.tolist(), account.tolist(), strict=True)):
        inside[author] = inside.get(author, 0) + 1
        while at - int(time[first]) > window:
            leaving = int(account[first])
            inside[leaving] -= 1
            if not inside[leaving]:
                del inside[leaving]
            first += 1
        if len(inside) > best.accounts:
            best = Burst(int(time[first]), int(time[last]), len(inside))
    return best
