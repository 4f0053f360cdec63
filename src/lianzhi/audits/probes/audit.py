"""Audit by paired probes: is one kind of probe shown other prices, beyond the noise of A/A?"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.special import stdtr, stdtrit

from lianzhi.audits.policy import ProbePolicy
from lianzhi.audits.probes.pairs import Pairs
from lianzhi.audits.probes.probe_map import ProbeMap
from lianzhi.nearest import did_you_mean
from lianzhi.stats.clustered_ratio import ratio_of_sums
from lianzhi.stats.intervals import Interval, wilson
from lianzhi.stats.multiplicity import holm
from lianzhi.stats.verdict import Evidence, Verdict, overall, verdict
from lianzhi.tabular.column_map import MapError


class Noise(NamedTuple):
    """What pairs of one kind of probe tell: how far prices lie apart without any difference."""

    pairs: int
    units: int
    median: float
    """Of the absolute log gap."""
    floor: float
    """Its quantile at the level of the audit: the noise floor."""


class ProbeGap(NamedTuple):
    """Prices that one kind of probe was shown against those of the reference."""

    persona: str
    reference: str
    pairs: int
    units: int
    value: float
    """Mean log gap within pairs."""
    interval: Interval
    equivalence: Interval
    detectable: float
    p: float
    beyond: float
    """Share of pairs that lie further apart than the noise floor; 1 - level is usual."""
    beyond_interval: Interval
    is_small: bool
    p_holm: float = 1.0
    verdict: Verdict = Verdict.NOT_COMPARABLE


class ProbeAudit(NamedTuple):
    """The whole audit."""

    noise: Noise | None
    """None: there are no A/A pairs, so nothing can be told apart from noise."""
    gaps: tuple[ProbeGap, ...]
    left_out: dict[str, int]
    verdict: Verdict


def probe_audit(pairs: Pairs, wanted: ProbeMap, policy: ProbePolicy) -> ProbeAudit:
    """Every kind of probe against the reference, within pairs.

    Units of chance are those of the map; the mean over pairs has its interval by linearisation over
    them (Cochran 1977, section 6.4), p-values are adjusted by Holm. Without enough A/A pairs no gap
    is judged: two probes alike may be shown other prices by chance, load or rounding. Hannak et al.
    (2014), Proc. IMC, 305-318, measured such noise by a control. Raises MapError.
    """
    reference = _reference(pairs, wanted)
    noise = _noise(pairs, policy)
    gaps = [*_gaps(pairs, reference, noise, policy)]
    adjusted = holm([gap.p for gap in gaps]) if gaps else ()
    judged = tuple(
        _judged(gap, float(p), noise, policy) for gap, p in zip(gaps, adjusted, strict=True)
    )
    return ProbeAudit(noise, judged, dict(pairs.left_out), overall(gap.verdict for gap in judged))


def _reference(pairs: Pairs, wanted: ProbeMap) -> int:
    names = list(pairs.personas)
    if not wanted.reference:
        return 0
    if wanted.reference not in names:
        near = did_you_mean(wanted.reference, names) or f" ({', '.join(names)})"
        raise MapError("reference", wanted.reference, f"name a kind of probe{near}")
    return names.index(wanted.reference)


def _noise(pairs: Pairs, policy: ProbePolicy) -> Noise | None:
    same = pairs.first == pairs.second
    if not same.any():
        return None
    gaps = np.abs(pairs.gap[same])
    units = len(np.unique(pairs.unit[same]))
    return Noise(len(gaps), units, float(np.median(gaps)), float(np.quantile(gaps, policy.level)))


def _gaps(
    pairs: Pairs, reference: int, noise: Noise | None, policy: ProbePolicy
) -> Iterator[ProbeGap]:
    for place, name in enumerate(pairs.personas):
        low, high = sorted((place, reference))
        chosen = (pairs.first == low) & (pairs.second == high)
        if place == reference or not chosen.any():
            continue
        gap = pairs.gap[chosen] * (1 if place > reference else -1)
        _, unit = np.unique(pairs.unit[chosen], return_inverse=True)
        sums, counts = np.bincount(unit, gap), np.bincount(unit)
        alpha = 1 - policy.level
        ratio = ratio_of_sums(sums, counts, policy.level)
        half = (ratio.interval.hi - ratio.interval.lo) / 2
        df = max(1, ratio.people - 1)
        scale = half / float(stdtrit(df, 1 - alpha / 2))
        t = abs(ratio.value) / scale if scale > 0 else float("inf" if ratio.value else 0)
        floor = noise.floor if noise else float("inf")
        beyond = int((np.abs(gap) > floor).sum())
        yield ProbeGap(
            name,
            pairs.personas[reference],
            len(gap),
            ratio.people,
            ratio.value,
            ratio.interval,
            ratio_of_sums(sums, counts, 1 - 2 * alpha).interval,
            float(stdtrit(df, 1 - alpha / 2) + stdtrit(df, policy.power)) * scale,
            float(2 * stdtr(df, -t)),
            beyond / len(gap),
            wilson(beyond, len(gap), policy.level),
            ratio.people < policy.least_units,
        )


def _judged(gap: ProbeGap, p: float, noise: Noise | None, policy: ProbePolicy) -> ProbeGap:
    evidence = None
    if noise is not None and noise.pairs >= policy.least_noise_pairs:
        alpha = 1 - policy.level
        evidence = Evidence(gap.interval, gap.equivalence, p, policy.margin, alpha, gap.is_small)
    return gap._replace(p_holm=p, verdict=verdict(evidence))
