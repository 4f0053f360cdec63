"""Likelihood ratios by trait that a group is a remembered one.

The share of habits that a group has kept is unknown, so the likelihood is averaged over shares from
a hundredth to nearly all: with a share s kept, a value comes from the remembered group with
probability s, from ordinary life otherwise. Rare values count much, universal ones nothing.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp

from lianzhi.accounts.chance import Floats
from lianzhi.accounts.kernel import Ints
from lianzhi.accounts.memory.observed import TIMING, Observed
from lianzhi.accounts.memory.shares import Shares
from lianzhi.accounts.memory.traces import Traces

#: Categorical traits, and all traits, in the order of the columns of a likeness.
VALUES = ("object", "source", "phrase", "name", "account")
TRAITS = (*VALUES, *TIMING)
#: Grid of the share of habits a group keeps, over which the likelihood is averaged.
_KEPT = np.array([0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.95])
#: Probability in ordinary groups above which a value is no evidence.
_USUAL = 0.5
#: Cap of the evidence of one value, however rare: a copied press text is as rare as any, and what
#: matters is the share of a group's values that match.
_MOST_RATIO = 10.0
#: Cap of the effective sample size of a histogram, in joint actions: a schedule is one habit,
#: however long it is kept.
_MOST_TIMES = 20.0
#: Weight of the ordinary histogram within a group's own, in joint actions.
_ORDINARY = 5.0


class Match(NamedTuple):
    """A value on which a group agrees with a remembered one."""

    trait: str
    value: int
    """Number of the value in the file."""
    members: int
    """Members of the observed group that show it (joint actions, for an account that was
    present)."""
    remembered: float
    """Share of the remembered group's members with it."""
    others: float
    """Share of all other accounts of the file with it."""


class Likeness:
    """Compares groups observed in a file with remembered ones."""

    def __init__(self, traces: Traces, shares: Shares, ordinary: Sequence[Observed]) -> None:
        """`shares`: of these traces, or of traces that include them; `ordinary`: groups of the
        file, from which the usual times of joint actions are taken.
        """
        self.traces, self.entries, self.names = traces, shares.entries, shares.names
        self._shares, entries = shares.by_trait, shares.entries
        self._timing, self._usual = {}, {}
        for trait in TIMING:
            mine = np.array([entry.timing[trait] for entry in entries], np.float64)
            seen = np.array([observed.timing[trait] for observed in ordinary], np.float64)
            usual = _mean(
                np.concatenate((mine.reshape(-1, TIMING[trait]), seen.reshape(-1, TIMING[trait])))
            )
            self._usual[trait] = usual
            scaled = _scaled(mine.reshape(-1, TIMING[trait]))
            whole = scaled.sum(1, keepdims=True) + _ORDINARY
            self._timing[trait] = (scaled + _ORDINARY * usual) / whole

    def of(self, seen: Observed) -> Floats:
        """Log-likelihood ratios, one row for each entry, one column for each of TRAITS; 0 where
        nothing is known.
        """
        values = [self._by_value(trait, seen) for trait in VALUES]
        return np.stack([*values, *(self._by_time(trait, seen) for trait in TIMING)], axis=1)

    def matches(self, seen: Observed, place: int) -> list[Match]:
        """Values in common with an entry, the most informative first."""
        matches: list[tuple[float, Match]] = []
        for trait in VALUES:
            if trait not in self._shares or trait not in seen.values:
                continue
            value, count = seen.values[trait]
            share = self._shares[trait][:, value].toarray()[place]
            q = self._others(trait, seen, value, count)
            ratio = _present(share, len(seen.members)) / self._usually(trait, seen, q)
            for n in np.flatnonzero((share > 0) & (ratio > 1)):
                match = Match(trait, int(value[n]), int(count[n]), float(share[n]), float(q[n]))
                matches.append((float(ratio[n]), match))
        return [match for _, match in sorted(matches, key=lambda match: -match[0])]

    def _others(self, trait: str, seen: Observed, value: Ints, count: Ints) -> Floats:
        """Share of other accounts with each value, with half an account added as smoothing."""
        others = max(self.traces.active.size - len(seen.members), 0) + 1.0
        if trait != "account":
            out: Floats = (self.traces.spread[trait][value] - count + 0.5) / others
            return out
        # By chance, an account joins a group in proportion to the objects on which it acts.
        own = np.isin(value, seen.members)
        often = np.minimum(self.traces.objects_by_account[value] / max(self.traces.objects, 1), 1.0)
        return np.where(own, 1.0 / others, often)

    def _usually(self, trait: str, seen: Observed, q: Floats) -> Floats:
        """Probability that an ordinary group of that size shows each value."""
        tries = max(seen.joint, 1) if trait == "account" else len(seen.members)
        return _present(np.minimum(q, 1.0), max(tries, len(seen.members)))

    def _by_value(self, trait: str, seen: Observed) -> Floats:
        if trait not in self._shares or trait not in seen.values:
            return np.zeros(len(self.entries))
        value, count = seen.values[trait]
        usual = self._usually(trait, seen, self._others(trait, seen, value, count))
        # Only values shared by members are habits; one member's own say little about the others.
        rare = (usual < _USUAL) & ((count >= min(2, len(seen.members))) | (trait == "account"))
        value, usual = value[rare], usual[rare]
        column = self._shares[trait][:, value].tocoo()
        ratio = _present(column.data, len(seen.members)) / usual[column.col]
        ratio = np.minimum(ratio, _MOST_RATIO)
        # log(1 - s) for each value missing from the entry, if a share s of habits is kept.
        out = np.empty((_KEPT.size, len(self.entries)))
        for n, kept in enumerate(_KEPT):
            gain = np.log1p(kept * ratio / (1 - kept))
            out[n] = value.size * np.log1p(-kept)
            out[n] += np.bincount(column.row, gain, len(self.entries))
        return _averaged(out)

    def _by_time(self, trait: str, seen: Observed) -> Floats:
        count = _scaled(seen.timing[trait].astype(np.float64)[None])[0]
        ratio = self._timing[trait] / self._usual[trait]
        out = np.stack([np.log1p(kept * (ratio - 1)) @ count for kept in _KEPT])
        return _averaged(out)


def _present(share: Floats, tries: int) -> Floats:
    """Probability of at least one success in a number of tries."""
    out: Floats = -np.expm1(tries * np.log1p(-np.minimum(share, 1 - 1e-9)))
    return out


def _scaled(counts: Floats) -> Floats:
    total = counts.sum(1, keepdims=True)
    out: Floats = counts * np.minimum(1.0, _MOST_TIMES / np.maximum(total, 1.0))
    return out


def _mean(counts: Floats) -> Floats:
    """Mean of histograms with equal weights; no bin has probability 0."""
    counted = counts[counts.sum(1) > 0]
    bins = counts.shape[1]
    if not counted.size:
        return np.full(bins, 1 / bins)
    share = (counted / counted.sum(1, keepdims=True)).mean(0)
    out: Floats = (share + 0.01) / (1 + 0.01 * bins)
    return out


def _averaged(logs: Floats) -> Floats:
    out: Floats = logsumexp(logs, axis=0) - np.log(len(logs))
    return out
