"""Paired probes: how often no gap is taken for one, and how often a gap is found.

Worlds are made here; they share no code and no constants with the audit.
"""

import numpy as np
from numpy.typing import NDArray

from lianzhi.audits.probes.audit import ProbeGap, probe_audit
from lianzhi.audits.probes.pairs import Pairs
from lianzhi.audits.probes.probe_map import ProbeMap
from lianzhi.domains.algorithms.policy import load
from lianzhi.stats.intervals import wilson

POLICY = load().latest()[1].probes
MAP = ProbeMap(pair="p", persona="k", price="c")
WORLDS, ALIKE = 5000, 100
#: Name, units, pairs of each, spread of units and of pairs on the log scale, heavy tails.
SCENARIOS = (
    ("pairs independent", 40, 10, 0.0, 0.02, False),
    ("pairs of an item alike", 40, 10, 0.02, 0.02, False),
    ("25 items", 25, 12, 0.02, 0.02, False),
    ("12 items", 12, 25, 0.02, 0.02, False),
    ("heavy tails", 40, 10, 0.01, 0.02, True),
)


def drawn(
    dice: np.random.Generator, units: int, each: int, spread: tuple[float, float], heavy: bool
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Log gaps of pairs and their units."""
    unit = np.repeat(np.arange(units), each)
    fresh = dice.standard_t(3, len(unit)) / 3**0.5 if heavy else dice.standard_normal(len(unit))
    return dice.normal(0, spread[0], units)[unit] + spread[1] * fresh, unit


def judged(
    gap: NDArray[np.float64], unit: NDArray[np.int64], noise: NDArray[np.float64]
) -> ProbeGap:
    """The audit of such pairs beside pairs alike."""
    zeros = np.zeros(len(gap) + ALIKE, np.int64)
    other = np.concatenate([np.ones(len(gap), np.int64), np.zeros(ALIKE, np.int64)])
    units = np.concatenate([unit, 10_000 + np.arange(ALIKE)])
    pairs = Pairs(("new", "old"), zeros, other, np.concatenate([gap, noise]), units, {})
    return probe_audit(pairs, MAP, POLICY).gaps[0]


def rate(hits: int) -> str:
    lo, hi = wilson(hits, WORLDS)
    return f"{hits / WORLDS:.3f} ({lo:.3f}-{hi:.3f})"


def main() -> None:
    print(f"\n{WORLDS:,} worlds a row; {ALIKE} pairs alike in each")
    print("| world | pairs independent: rejected | the audit: rejected | confirmed | equivalence "
          "shown | gap of 3 %: found | confirmed |\n|---|---|---|---|---|---|---|")  # fmt: skip
    for number, (name, units, each, *spread, heavy) in enumerate(SCENARIOS):
        dice = np.random.default_rng((20261204, number))
        hits = [0] * 6
        for _ in range(WORLDS):
            gap, unit = drawn(dice, units, each, (spread[0], spread[1]), heavy)
            noise = dice.normal(0, spread[1], ALIKE)
            null, real = judged(gap, unit, noise), judged(gap + 0.03, unit, noise)
            naive = abs(gap.mean()) / (gap.std(ddof=1) / len(gap) ** 0.5) > 1.96
            verdicts = [null.verdict == "confirmed", null.verdict == "none_found"]
            seen = [naive, null.p <= 0.05, *verdicts, real.p <= 0.05, real.verdict == "confirmed"]
            hits = [count + bool(hit) for count, hit in zip(hits, seen, strict=True)]
        print(f"| {name} | " + " | ".join(map(rate, hits)) + " |", flush=True)


if __name__ == "__main__":
    main()
