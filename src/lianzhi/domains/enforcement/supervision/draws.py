"""Monitor of random draws 双随机: enterprises that are never drawn.

The mechanism of the draw is unknown: some bureaus draw with replacement, others go through all
enterprises before any is drawn again. So an enterprise drawn c times before is taken to have a
weight of exp(-m c), and the memory m >= 0 is fitted (0: with replacement). An enterprise that was
never drawn may have been excluded; the probability of that is fitted along by expectation
maximisation, so that a few excluded ones do not bias the memory. The P value of an included
enterprise that was never drawn is the product over all draws of its stratum while it was open;
Benjamini and Hochberg's procedure limits false alarms.
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
from lianzhi.stats.multiplicity import benjamini_hochberg

Array = NDArray[np.float64]
#: Upper bound of the memory; at it, draws are practically without replacement.
_MOST_MEMORY = 12.0
_ROUNDS = 30
_LEVELS = 64


class Stratum(NamedTuple):
    """The draws of a stratum in order, in the form that the model needs."""

    stratum: str
    days: Sequence[dt.date]
    times_drawn: Array
    """How often the drawn enterprise had been drawn before; one for each draw."""
    at: Array
    """Of the enterprises drawn at some time: how many had been drawn so often; (draws, levels)."""
    never: Sequence[str]
    """Enterprises that were never drawn."""
    open: NDArray[np.bool_]
    """Whether each of these was open; (draws, never)."""
    start: Array
    """Level at which each of these starts: newcomers begin at the others' level."""


def draw_avoids(look: Look) -> Iterator[Seen]:
    """Enterprises that a fair draw is unlikely to have passed over for so long."""
    terms = look.policy.draw
    strata = [stratum for stratum in _strata(look) if len(stratum.days) >= terms.least]
    suspects = sum(len(stratum.never) for stratum in strata)
    if not suspects:
        return
    chance, outside = _fitted(strata)
    if outside > terms.most_avoided:
        return
    names = sum(len(stratum.never) for stratum in strata)
    tested = names + sum(int(stratum.at[-1].sum()) for stratum in strata)
    p = np.ones(tested)
    p[:names] = np.concatenate(chance)
    q = iter(benjamini_hochberg(p)[:names])
    for stratum, chances in zip(strata, chance, strict=True):
        for k, name in enumerate(stratum.never):
            if next(q) <= look.policy.false:
                draws = int(stratum.open[:, k].sum())
                since = stratum.days[int(np.argmax(stratum.open[:, k]))]
                figures = {
                    "stratum": stratum.stratum,
                    "since": f"{since}",
                    "draws": draws,
                    "chance": f"{chances[k]:.1g}",
                }
                yield Seen((name,), None, figures, float(-np.log(max(chances[k], 1e-300))))


def _strata(look: Look) -> Iterator[Stratum]:
    homes = {row.id: row for row in look.rows.enterprises}
    drawn: dict[str, list[tuple[dt.date, str, str]]] = defaultdict(list)
    for row in look.rows.inspections:
        if row.reason == "random" and row.enterprise in homes:
            drawn[homes[row.enterprise].industry].append((row.day, row.id, row.enterprise))
    members: dict[str, list[Enterprise]] = defaultdict(list)
    for enterprise in look.rows.enterprises:
        members[enterprise.industry].append(enterprise)
    for stratum, draws in sorted(drawn.items()):
        yield _stratum(stratum, sorted(draws), members[stratum])


def _stratum(
    stratum: str, draws: list[tuple[dt.date, str, str]], members: list[Enterprise]
) -> Stratum:
    hit = {name for _, _, name in draws}
    opened = {member.id: member.opened or dt.date.min for member in members}
    level: dict[str, int] = {}
    outcomes, at = [], np.zeros((len(draws), _LEVELS))
    never = sorted(name for name in opened if name not in hit)
    start: dict[str, int] = {}
    waiting = sorted(opened, key=lambda name: (opened[name], name), reverse=True)
    for t, (day, _, name) in enumerate(draws):
        usual = int(np.mean([*level.values()])) if level else 0
        while waiting and (opened[waiting[-1]] <= day or waiting[-1] == name):
            new = waiting.pop()
            (level if new in hit else start)[new] = usual
        if name not in level:  # drawn before the urn opened, so the day must be wrong
            waiting.remove(name)
            level[name] = usual
        for count in level.values():
            at[t, min(count, _LEVELS - 1)] += 1
        outcomes.append(level[name])
        level[name] += 1
    opens = [opened[name] for name in never]
    open_ = np.array([[since <= day for since in opens] for day, _, _ in draws], bool)
    begins = np.array([start.get(name, 0) for name in never], float)
    shape = open_.reshape(len(draws), len(never))
    return Stratum(
        stratum, [day for day, _, _ in draws], np.array(outcomes, float), at, never, shape, begins
    )


def _fitted(strata: Sequence[Stratum]) -> tuple[list[Array], float]:
    """For each stratum the P value of each enterprise never drawn, if it was included; and the
    share of all enterprises that is excluded.
    """
    from scipy.optimize import minimize_scalar  # noqa: PLC0415 - takes .2 s to load

    inside = [np.ones(len(stratum.never)) for stratum in strata]
    total_members = sum(len(stratum.never) + stratum.at[-1].sum() for stratum in strata)
    chance, outside = inside, 0.0
    for _ in range(_ROUNDS):
        optimum = minimize_scalar(
            lambda m, w=inside: -sum(_likelihood(u, w[k], m) for k, u in enumerate(strata)),
            bounds=(0.0, _MOST_MEMORY),
            method="bounded",
        )
        chance = [
            _passed_over(stratum, w, float(optimum.x))
            for stratum, w in zip(strata, inside, strict=True)
        ]
        outside = float(sum((1 - w).sum() for w in inside) / total_members)
        share = max(outside, 1 / total_members)
        odds = [(1 - share) * c / (share + (1 - share) * c) for c in chance]
        moved = max(float(np.abs(a - b).max(initial=0)) for a, b in zip(odds, inside, strict=True))
        inside = odds
        if moved < 1e-3:
            break
    return chance, outside


def _weights(stratum: Stratum, inside: Array, memory: float) -> tuple[Any, Any]:
    """Total weight of all enterprises at each draw, and the weight of each one never drawn."""
    mine = np.exp(-memory * stratum.start)
    drawn = stratum.at @ np.exp(-memory * np.arange(_LEVELS))
    return drawn + stratum.open @ (inside * mine), mine


def _likelihood(stratum: Stratum, inside: Array, memory: float) -> float:
    total, _ = _weights(stratum, inside, memory)
    return float((-memory * stratum.times_drawn - np.log(total)).sum())


def _passed_over(stratum: Stratum, inside: Array, memory: float) -> Array:
    total, mine = _weights(stratum, inside, memory)
    whole = total[:, None] + stratum.open * ((1 - inside) * mine)  # certainly in the urn
    logs = np.where(stratum.open, np.log1p(-np.minimum(mine / whole, 1 - 1e-12)), 0.0)
    return np.asarray(np.exp(logs.sum(axis=0)))
