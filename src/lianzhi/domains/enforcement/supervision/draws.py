"""Monitor of random draws 双随机: enterprises that the lot never meets.

How the lot is drawn is not known: some bureaus put everybody back after each draw, others go
through all before anybody comes up again. So a draw is taken to favour those who came up less
often: the chance of an enterprise that came up c times goes with exp(-m c), and the memory m >= 0
is fitted (0: everybody is put back). Whoever never came up may be outside the urn; how likely each
is, is fitted along (expectation and maximisation), so that a few who are avoided do not hide the
memory. Then the chance that an enterprise in the urn would never have come up is the product over
all draws of its stratum while it was open, and Benjamini and Hochberg keep down the share of false
alarms.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.domains.enforcement.importing.town_rows import Enterprise
from lianzhi.domains.enforcement.supervision.alert import Seen
from lianzhi.domains.enforcement.supervision.look import Look
from lianzhi.stats.discovery import false_discovery_rates

Array = NDArray[np.float64]
#: Memory beyond this is a lot without replacement.
_MOST_MEMORY = 12.0
_ROUNDS = 30
_LEVELS = 64


class Urn(NamedTuple):
    """Draws of a stratum in order, as far as the model needs them."""

    stratum: str
    days: Sequence[dt.date]
    came: Array
    """How often the one that was drawn had come up before; one for each draw."""
    at: Array
    """Of those who come up some time: how many had come up so often; (draws, levels)."""
    never: Sequence[str]
    """Enterprises that never came up."""
    open: NDArray[np.bool_]
    """Whether each of these was open; (draws, never)."""
    start: Array
    """At what level each of these stands: newcomers begin where the others are."""


def draw_avoids(look: Look) -> Iterator[Seen]:
    """Enterprises that a fair draw would hardly have passed over for so long."""
    terms = look.policy.draw
    urns = [urn for urn in _urns(look) if len(urn.days) >= terms.least]
    suspects = sum(len(urn.never) for urn in urns)
    if not suspects:
        return
    chance, outside = _fitted(urns)
    if outside > terms.most_avoided:
        return
    names = sum(len(urn.never) for urn in urns)
    tested = names + sum(int(urn.at[-1].sum()) for urn in urns)
    p = np.ones(tested)
    p[:names] = np.concatenate(chance)
    q = iter(false_discovery_rates(p)[:names])
    for urn, chances in zip(urns, chance, strict=True):
        for k, name in enumerate(urn.never):
            if next(q) <= look.policy.false:
                draws = int(urn.open[:, k].sum())
                since = urn.days[int(np.argmax(urn.open[:, k]))]
                figures = {
                    "stratum": urn.stratum,
                    "since": f"{since}",
                    "draws": draws,
                    "chance": f"{chances[k]:.1g}",
                }
                yield Seen((name,), None, figures, float(-np.log(max(chances[k], 1e-300))))


def _urns(look: Look) -> Iterator[Urn]:
    homes = {row.id: row for row in look.rows.enterprises}
    drawn: dict[str, list[tuple[dt.date, str, str]]] = defaultdict(list)
    for row in look.rows.inspections:
        if row.reason == "random" and row.enterprise in homes:
            drawn[homes[row.enterprise].industry].append((row.day, row.id, row.enterprise))
    members: dict[str, list[Enterprise]] = defaultdict(list)
    for one in look.rows.enterprises:
        members[one.industry].append(one)
    for stratum, draws in sorted(drawn.items()):
        yield _urn(stratum, sorted(draws), members[stratum])


def _urn(stratum: str, draws: list[tuple[dt.date, str, str]], members: list[Enterprise]) -> Urn:
    hit = {name for _, _, name in draws}
    opened = {one.id: one.opened or dt.date.min for one in members}
    level: dict[str, int] = {}
    came, at = [], np.zeros((len(draws), _LEVELS))
    never = sorted(name for name in opened if name not in hit)
    start: dict[str, int] = {}
    waiting = sorted(opened, key=lambda name: (opened[name], name), reverse=True)
    for t, (day, _, name) in enumerate(draws):
        usual = int(np.mean([*level.values()])) if level else 0
        while waiting and (opened[waiting[-1]] <= day or waiting[-1] == name):
            new = waiting.pop()
            (level if new in hit else start)[new] = usual
        if name not in level:  # drawn before the day on which it opened: the day is wrong
            waiting.remove(name)
            level[name] = usual
        for one in level.values():
            at[t, min(one, _LEVELS - 1)] += 1
        came.append(level[name])
        level[name] += 1
    opens = [opened[name] for name in never]
    open_ = np.array([[since <= day for since in opens] for day, _, _ in draws], bool)
    begins = np.array([start.get(name, 0) for name in never], float)
    shape = open_.reshape(len(draws), len(never))
    return Urn(
        stratum, [day for day, _, _ in draws], np.array(came, float), at, never, shape, begins
    )


def _fitted(urns: Sequence[Urn]) -> tuple[list[Array], float]:
    """For each urn the chance that each of its never-drawn would not come up, were it in the urn;
    and the share of all enterprises that is outside."""
    from scipy.optimize import minimize_scalar  # noqa: PLC0415 - takes .2 s to load

    inside = [np.ones(len(urn.never)) for urn in urns]
    everybody = sum(len(urn.never) + urn.at[-1].sum() for urn in urns)
    chance, outside = inside, 0.0
    for _ in range(_ROUNDS):
        found = minimize_scalar(
            lambda m, w=inside: -sum(_likelihood(u, w[k], m) for k, u in enumerate(urns)),
            bounds=(0.0, _MOST_MEMORY),
            method="bounded",
        )
        chance = [_passed_over(urn, w, float(found.x)) for urn, w in zip(urns, inside, strict=True)]
        outside = float(sum((1 - w).sum() for w in inside) / everybody)
        share = max(outside, 1 / everybody)
        anew = [(1 - share) * c / (share + (1 - share) * c) for c in chance]
        moved = max(float(np.abs(a - b).max(initial=0)) for a, b in zip(anew, inside, strict=True))
        inside = anew
        if moved < 1e-3:
            break
    return chance, outside


def _weights(urn: Urn, inside: Array, memory: float) -> tuple[Any, Any]:
    """Weight of all in the urn at each draw, and of each never-drawn one."""
    mine = np.exp(-memory * urn.start)
    drawn = urn.at @ np.exp(-memory * np.arange(_LEVELS))
    return drawn + urn.open @ (inside * mine), mine


def _likelihood(urn: Urn, inside: Array, memory: float) -> float:
    total, _ = _weights(urn, inside, memory)
    return float((-memory * urn.came - np.log(total)).sum())


def _passed_over(urn: Urn, inside: Array, memory: float) -> Array:
    total, mine = _weights(urn, inside, memory)
    whole = total[:, None] + urn.open * ((1 - inside) * mine)  # it is in the urn for sure
    logs = np.where(urn.open, np.log1p(-np.minimum(mine / whole, 1 - 1e-12)), 0.0)
    return np.asarray(np.exp(logs.sum(axis=0)))
