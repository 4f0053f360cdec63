"""Monitors: all of them in one tuple, and what they say of the rows."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec

from lianzhi.domains.enforcement.supervision import cases, draws, fines, patterns, visits
from lianzhi.domains.enforcement.supervision.alert import Alert, Seen
from lianzhi.domains.enforcement.supervision.look import Found, Look, Unjudged
from lianzhi.domains.enforcement.supervision.reasons import Reason

MONITORS: tuple[Callable[[Look], Found], ...] = (
    *(visits.visit_officers, visits.visit_certificate, visits.visit_observer, visits.no_scan),
    *(visits.over_cap, cases.case_officers, cases.case_certificate, cases.no_notice),
    *(cases.decided_early, cases.no_hearing, cases.no_legal_review, cases.same_hands),
    *(cases.decided_late, cases.served_late, cases.published_late, cases.permit_published_late),
    *(cases.fine_above_most, cases.fine_below_least, cases.outside_table, cases.limitation_over),
    *(cases.double_fine, cases.closed_owing, patterns.batch, patterns.on_time),
    *(patterns.disposed_early, patterns.undispatched, draws.draw_avoids, patterns.strictness),
    *(fines.unlike_fines, fines.far_below),
)
"""Each is known by the name of its function, under which the policy has its words."""


class Told(msgspec.Struct, frozen=True):
    """What one monitor says: alerts, those furthest out first; and rows that it could not judge."""

    monitor: str
    alerts: tuple[Alert, ...]
    unjudged: tuple[str, ...] = ()
    """Ids of the rows that could not be judged; an empty one: all of them together."""
    reason: Reason | None = None
    """Why the first of these could not be judged."""


class Report(msgspec.Struct, frozen=True):
    """What all monitors say of rows that tell until a day."""

    day: dt.date
    monitors: tuple[Told, ...]

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """All alerts, monitor by monitor."""
        return tuple(alert for one in self.monitors for alert in one.alerts)


class _Sorted(NamedTuple):
    seen: list[Seen]
    gaps: list[Unjudged]


def report(
    look: Look,
    monitors: Iterable[Callable[[Look], Found]] = MONITORS,
    watch: Callable[[str], None] = lambda name: None,
) -> Report:
    """Run monitors; `watch` hears of each before it runs."""
    told = []
    for monitor in monitors:
        watch(monitor.__name__)
        told.append(_told(monitor.__name__, _sorted(monitor(look)), look))
    return Report(look.day, tuple(told))


def _sorted(found: Found) -> _Sorted:
    kept = _Sorted([], [])
    for one in found:
        (kept.seen if isinstance(one, Seen) else kept.gaps).append(one)  # type: ignore[arg-type]
    kept.seen.sort(key=lambda one: (-one.weight, -(one.day or dt.date.max).toordinal(), one.ids))
    return kept


def _told(name: str, kept: _Sorted, look: Look) -> Told:
    asked = look.policy.monitors[name]
    alerts = tuple(
        Alert(
            monitor=name,
            noun=asked.noun,
            ids=one.ids,
            day=one.day,
            severity=asked.severity,
            says=name,
            figures=dict(one.figures),
            basis=asked.basis,
            article=asked.article.zh,
            weight=one.weight,
        )
        for one in kept.seen
    )
    reason = kept.gaps[0].reason if kept.gaps else None
    return Told(name, alerts, tuple(one.id for one in kept.gaps), reason)
