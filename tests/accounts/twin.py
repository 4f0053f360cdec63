"""Co-action as it is defined, every two actions compared: slow, and plain to read."""

from collections import defaultdict
from itertools import combinations
from typing import NamedTuple


class Action(NamedTuple):
    account: str
    object: str
    content: str
    time: int
    """Unix milliseconds."""


Pair = tuple[Action, Action]


def pairs(actions: list[Action], period: int, least: int, viral: int | None) -> list[Pair]:
    """The older action first; of two at the same time that of the lesser content."""
    contents: defaultdict[str, set[str]] = defaultdict(set)
    for one in actions:
        contents[one.account].add(one.content)
    acting = [one for one in actions if len(contents[one.account]) >= least]
    cells: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    for one in acting:
        if any(near(one, other, period) for other in acting if other is not one):
            cells[one.object, one.time // period].add(one.account)
    crowded = {cell for cell, some in cells.items() if viral is not None and len(some) > viral}
    calm = [one for one in acting if (one.object, one.time // period) not in crowded]
    found = [
        (min(two, key=order), max(two, key=order))
        for two in combinations(calm, 2)
        if near(*two, period)
        and two[0].account != two[1].account
        and two[0].content != two[1].content
    ]
    paired: defaultdict[str, set[str]] = defaultdict(set)
    for two in found:
        for one in two:
            paired[one.account].add(one.content)
    return [two for two in found if any(len(paired[one.account]) >= least for one in two)]


def near(one: Action, other: Action, period: int) -> bool:
    return one.object == other.object and abs(one.time - other.time) <= period


def order(one: Action) -> tuple[int, str]:
    return one.time, one.content


def edges(found: list[Pair]) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    """By accounts: weight, milliseconds between, contents of the lesser and of the greater."""
    met: defaultdict[tuple[str, str], dict[tuple[str, str], int]] = defaultdict(dict)
    for one, two in found:
        apart = two.time - one.time
        lesser, greater = sorted((one, two), key=lambda action: action.account)
        contents = met[lesser.account, greater.account]
        both = lesser.content, greater.content
        contents[both] = min(apart, contents.get(both, apart))
    return {
        accounts: (
            len(contents),
            sum(contents.values()),
            len({one for one, _ in contents}),
            len({two for _, two in contents}),
        )
        for accounts, contents in met.items()
    }
