"""Ranking audit: every entry of every list with and without coordinated actions."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import kendalltau

from lianzhi.audits.policy import RankingPolicy
from lianzhi.audits.ranking.actions import Actions, Floats, RankedList, Whole
from lianzhi.audits.ranking.ranking_map import RankingMap
from lianzhi.stats.intervals import Interval
from lianzhi.stats.multiplicity import holm
from lianzhi.stats.proportions import fisher_p
from lianzhi.stats.traffic_shares import TrafficShares
from lianzhi.stats.verdict import Evidence, Verdict, overall, verdict


class Entry(NamedTuple):
    """An entry of a list."""

    time: float
    item: str
    rank: int
    """Place in the list as it was published, from 1."""
    organic: int
    """Actions of other accounts in the window."""
    coordinated: int
    """Actions of coordinated accounts in the window."""
    accounts: int
    """Accounts that acted on it in the window."""
    rank_with: int
    """By the stated score of all actions; items of equal score share the better rank."""
    rank_without: int
    """The same without coordinated actions."""
    lift: Interval
    """Places gained by coordinated actions: interval by bootstrap over accounts."""
    equivalence: Interval
    p: float
    """Fisher's exact test that coordinated accounts are as frequent here as on other items."""
    is_small: bool
    comparable: bool
    p_holm: float = 1.0
    verdict: Verdict = Verdict.NOT_COMPARABLE


class ListSummary(NamedTuple):
    """A list as a whole."""

    time: float
    entries: int
    agreement: float
    """Kendall's tau of the published places and the stated score; NaN for fewer than two."""
    displaced: int
    """Entries that would not stand on a list of this length without coordinated actions."""
    share: float
    """Share of the entries' score that is of coordinated accounts."""
    limits: Interval


class RankingAudit(NamedTuple):
    """The whole audit."""

    score: str
    actions: int
    left_out: int
    accounts: int
    coordinated: int
    """Coordinated accounts among those that acted."""
    lists: tuple[ListSummary, ...]
    entries: tuple[Entry, ...]
    traffic: TrafficShares | None
    verdict: Verdict
    seed: int


def ranking_audit(
    actions: Actions,
    lists: Sequence[RankedList],
    coordinated: frozenset[str],
    wanted: RankingMap,
    policy: RankingPolicy,
    *,
    seed: int,
    traffic: TrafficShares | None = None,
) -> RankingAudit:
    """Each list re-ranked by the stated score with and without actions of coordinated accounts."""
    marked = np.array([name in coordinated for name in actions.accounts], np.bool_)
    place = {name: n for n, name in enumerate(actions.items)}
    dice = np.random.default_rng(seed)
    summaries, entries = [], []
    for each in lists:
        summary, mine = _list(each, actions, marked, place, wanted, policy, dice)
        summaries.append(summary)
        entries += mine
    judged = tuple(_judged(entries, policy))
    return RankingAudit(
        wanted.score, int(actions.time.size), actions.left_out, len(actions.accounts),
        int(marked.sum()), tuple(summaries), judged, traffic,
        overall(each.verdict for each in judged), seed,
    )  # fmt: skip


def ranks(scores: Floats, places: Whole) -> Whole:
    """Rank of some items among all: 1 more than there are items of a higher score."""
    ordered = np.sort(scores)
    return np.asarray(1 + scores.size - np.searchsorted(ordered, scores[places], "right"))


def _list(
    ranked: RankedList, actions: Actions, marked: NDArray[np.bool_], place: dict[str, int],
    wanted: RankingMap, policy: RankingPolicy, dice: np.random.Generator,
) -> tuple[ListSummary, list[Entry]]:  # fmt: skip
    end = np.searchsorted(actions.time, ranked.time, "right")
    begin = np.searchsorted(actions.time, ranked.time - 60 * wanted.window_minutes, "right")
    window = slice(int(begin), int(end))
    size = len(actions.items) + 1
    known = np.array([place.get(item, size - 1) for item, _ in ranked.entries])
    keys, at = np.unique(actions.account[window], return_inverse=True)
    values = np.ones(at.size) if wanted.score != "weighted" else actions.weight[window]
    item = actions.item[window]
    shape = (size, max(keys.size, 1))
    table = csr_array((values, (item, at)), shape=shape)
    events = csr_array((np.ones(at.size), (item, at)), shape=shape)
    table.sum_duplicates()
    events.sum_duplicates()
    if wanted.score == "accounts":
        table.data[:] = 1.0
    mine = marked[keys] if keys.size else np.zeros(1, np.bool_)
    scores, organic = _scores(table, mine, np.ones((shape[1], 1)))
    # Poisson bootstrap: how often an account is drawn.
    weights = dice.poisson(1.0, (shape[1], policy.bootstraps)).astype(np.float64)
    drawn, drawn_organic = _scores(table, mine, weights)
    before, after = ranks(scores[:, 0], known), ranks(organic[:, 0], known)
    lifts = np.stack(
        [
            ranks(drawn_organic[:, n], known) - ranks(drawn[:, n], known)
            for n in range(policy.bootstraps)
        ]
    )
    published = [rank for _, rank in ranked.entries]
    agreement = float("nan")
    if len(published) > 1:
        agreement = float(kendalltau(published, -scores[known, 0]).statistic)
    acted = np.asarray((events > 0).sum(1)).ravel()
    acted_marked = np.asarray((events[:, np.flatnonzero(mine)] > 0).sum(1)).ravel()
    counts = np.asarray(events.sum(1)).ravel()
    counts_marked = np.asarray(events[:, np.flatnonzero(mine)].sum(1)).ravel()
    comparable = agreement >= policy.least_agreement
    alpha = 1 - policy.level
    entries = [
        Entry(
            ranked.time, name, rank, int(counts[k] - counts_marked[k]), int(counts_marked[k]),
            int(acted[k]), int(before[n]), int(after[n]), _limits(lifts[:, n], policy.level),
            _limits(lifts[:, n], 1 - 2 * alpha),
            _excess_p(acted_marked, acted, int(k)), bool(acted[k] < policy.least_accounts),
            bool(comparable and acted[k] > 0),
        )
        for n, ((name, rank), k) in enumerate(zip(ranked.entries, known, strict=True))
    ]  # fmt: skip
    total = scores[known, 0].sum()
    sums = drawn[known].sum(0)
    shares = 1 - drawn_organic[known].sum(0)[sums > 0] / sums[sums > 0]
    share = 1 - float(organic[known, 0].sum() / total) if total else 0.0
    limits = _limits(shares, policy.level) if shares.size else Interval(0.0, 1.0)
    displaced = int(((before <= len(known)) & (after > len(known))).sum())
    return ListSummary(ranked.time, len(known), agreement, displaced, share, limits), entries


def _scores(table: csr_array, marked: NDArray[np.bool_], weights: Floats) -> tuple[Floats, Floats]:
    """Scores of items by all accounts, and by those that are not coordinated."""
    return table @ weights, table @ (weights * ~marked[:, None])


def _excess_p(marked: Floats, acted: Floats, k: int) -> float:
    others = float(acted.sum() - acted[k])
    if not (acted[k] and others):
        return 1.0
    elsewhere = int(marked.sum() - marked[k])
    return min(1.0, fisher_p(int(marked[k]), int(acted[k]), elsewhere, int(others)))


def _limits(values: Floats, level: float) -> Interval:
    lo, hi = np.quantile(values, [(1 - level) / 2, (1 + level) / 2], method="inverted_cdf")
    return Interval(float(lo), float(hi))


def _judged(entries: Sequence[Entry], policy: RankingPolicy) -> Iterator[Entry]:
    adjusted = iter(holm([each.p for each in entries if each.comparable] or [1.0]))
    for each in entries:
        if not each.comparable:
            yield each
            continue
        p_holm = float(next(adjusted))
        evidence = Evidence(
            each.lift, each.equivalence, p_holm, policy.margin, 1 - policy.level,
            each.is_small, one_sided=True,
        )  # fmt: skip
        yield each._replace(p_holm=p_holm, verdict=verdict(evidence))
