"""Monitors of patterns that no single file shows and that are unlikely by chance.

Each compares one body, grid or batch with all others of the same rows; at most the share `false` of
the reported ones is false (Benjamini and Hochberg 1995, J. R. Stat. Soc. B 57, 289-300).
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from scipy.special import bdtr

from lianzhi.domains.enforcement.importing.town_rows import Penalty, Request
from lianzhi.domains.enforcement.inspection.funnel import apart
from lianzhi.domains.enforcement.inspection.penalised import NotFittedError
from lianzhi.domains.enforcement.supervision.alert import Seen
from lianzhi.domains.enforcement.supervision.look import Findings, Look, Unjudged, judge_rows
from lianzhi.domains.enforcement.supervision.reasons import why
from lianzhi.law.clock import china_day, midnight
from lianzhi.stats.multiplicity import benjamini_hochberg
from lianzhi.stats.poisson import upper_tail

_MINUTE_MS, _DAY_MS = 60_000, 86_400_000
_STEPS = ("filed", "noticed", "reviewed", "decided", "served")


# -- batches -----------------------------------------------------------------------------------


def batch(look: Look) -> Iterator[Seen]:
    """Files of a squad whose steps all have the same days, far more than coincide by chance.

    Two files of a squad coincide when they are filed on one day and take the same days for every
    step. The probability of each is estimated from the other files; the size of a batch is then
    compared with a Poisson distribution of that mean, corrected for the number of batches of more
    than one.
    """
    terms = look.policy.burst
    files = [(row, days) for row in look.rows.penalties if (days := _days(row)) is not None]
    squads: dict[str, list[tuple[Penalty, tuple[dt.date, ...]]]] = defaultdict(list)
    for row, days in files:
        squads[look.rows.squads.get(row.officers[0], row.department)].append((row, days))
    spans = Counter(_spans(days) for _, days in files)
    together = [
        (squad, days, rows)
        for squad, group in sorted(squads.items())
        for days, rows in _groups(group).items()
        if len(rows) > 1
    ]
    for squad, days, rows in together:
        size, group = len(rows), squads[squad]
        same_day = _collision(Counter(d[0] for _, d in group), days[0], size)
        mean = (len(group) - 1) * same_day * _collision(spans, _spans(days), size)
        if size >= terms.least and upper_tail(size - 1, mean) * len(together) <= terms.chance:
            figures = {
                "squad": squad,
                "files": size,
                "days": " / ".join(f"{day}" for day in days),
                "expected": round(1 + mean, 2),
            }
            yield Seen(tuple(sorted(row.id for row in rows)), days[-1], figures, size)


def _days(row: Penalty) -> tuple[dt.date, ...] | None:
    days = tuple(getattr(row, name) for name in _STEPS)
    return None if None in days else days


def _spans(days: tuple[dt.date, ...]) -> tuple[int, ...]:
    return tuple((day - days[0]).days for day in days)


def _groups(
    dated: Sequence[tuple[Penalty, tuple[dt.date, ...]]],
) -> dict[tuple[dt.date, ...], list[Penalty]]:
    groups: dict[tuple[dt.date, ...], list[Penalty]] = defaultdict(list)
    for row, days in dated:
        groups[days].append(row)
    return groups


def _collision(counts: Counter[Any], mine: Any, size: int) -> float:
    """Probability that two others agree, smoothed by one agreement, without the batch itself."""
    rest = Counter(counts)
    rest[mine] -= size
    total = sum(rest.values())
    return (sum(n * (n - 1) for n in rest.values()) + 1) / (total * (total - 1) + 1)


# -- requests ----------------------------------------------------------------------------------


def on_time(look: Look) -> Iterator[Seen]:
    """Squads and departments whose disposal times cluster at the due time."""
    terms = look.policy.on_time
    window = terms.window_minutes * _MINUTE_MS
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in look.rows.requests:
        if row.dispatched_to and row.due_at is not None and row.disposed_at is not None:
            counts[row.dispatched_to][0] += 1
            counts[row.dispatched_to][1] += 0 <= row.due_at - row.disposed_at <= window
    bodies = [name for name, (n, _) in sorted(counts.items()) if n >= terms.least]
    if len(bodies) < 3:
        return
    whole, heaped = np.array([counts[name] for name in bodies], float).T
    expected, limits = apart(heaped, whole)
    for k, name in enumerate(bodies):
        beyond = (heaped[k] - expected[k]) / whole[k]
        if limits.q[k] <= look.policy.false and beyond >= terms.least_share:
            figures = {
                "body": name,
                "disposed": int(whole[k]),
                "heaped": int(heaped[k]),
                "minutes": terms.window_minutes,
                "expected": round(float(expected[k]), 1),
            }
            yield Seen((name,), None, figures, float(limits.z[k]))


def disposed_early(look: Look) -> Findings:
    """Requests disposed of before they were accepted."""

    def judge(row: Request) -> Seen | None:
        if row.disposed_at is None or row.accepted_at is None or row.disposed_at >= row.accepted_at:
            return None
        figures = {"accepted": _clock(row.accepted_at), "disposed": _clock(row.disposed_at)}
        early = (row.accepted_at - row.disposed_at) / _MINUTE_MS
        return Seen((row.id,), china_day(row.disposed_at), figures, early)

    return judge_rows(look.rows.requests, judge)


def undispatched(look: Look) -> Iterator[Seen]:
    """Grids whose accepted requests are hardly ever dispatched, compared with the others."""
    terms = look.policy.undispatched
    until = midnight(look.day) - terms.days * _DAY_MS
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in look.rows.requests:
        if row.accepted_at is not None and row.accepted_at < until and row.outcome != "declined":
            counts[row.grid][0] += 1
            counts[row.grid][1] += row.dispatched_at is not None
    grids = [name for name, (n, _) in sorted(counts.items()) if n >= terms.least]
    if len(grids) < 2:
        return
    accepted, sent = np.array([counts[name] for name in grids], float).T
    share = (sent.sum() - sent + 0.5) / (accepted.sum() - accepted + 1)
    q = benjamini_hochberg(bdtr(sent, accepted.astype(int), share))
    for k, name in enumerate(grids):
        if q[k] <= look.policy.false and sent[k] <= terms.most_share * accepted[k]:
            figures = {
                "accepted": int(accepted[k]),
                "dispatched": int(sent[k]),
                "expected": round(float(accepted[k] * share[k])),
            }
            yield Seen((name,), None, figures, float(accepted[k]))


def _clock(ms: int) -> str:
    day = china_day(ms)
    minutes = (ms - midnight(day)) // _MINUTE_MS
    return f"{day} {minutes // 60:02}:{minutes % 60:02}"


# -- unlike treatment --------------------------------------------------------------------------


def strictness(look: Look) -> Findings:
    """Officers who find far more or fewer violations than their enterprises explain."""
    try:
        inspectors = look.strictness.compared
    except NotFittedError as error:
        yield Unjudged("", why(error))
        return
    for inspector in inspectors:
        if inspector.look:
            figures = {
                "officer": inspector.officer,
                "inspections": inspector.inspections,
                "observed": inspector.observed,
                "expected": round(inspector.expected, 1),
                "ratio": round(inspector.observed / inspector.expected, 2),
            }
            yield Seen((inspector.officer,), None, figures, abs(inspector.z))
