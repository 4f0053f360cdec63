"""All monitors in one tuple, and the report of their alerts."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec

from lianzhi.domains.enforcement.supervision import cases, draws, fines, patterns, visits
from lianzhi.domains.enforcement.supervision.alert import Alert, Seen
from lianzhi.domains.enforcement.supervision.look import Findings, Look, Unjudged
from lianzhi.domains.enforcement.supervision.reasons import Reason

MONITORS: tuple[Callable[[Look], Findings], ...] = (
    *(visits.visit_officers, visits.visit_certificate, visits.visit_observer, visits.no_scan),
    *(visits.over_cap, cases.case_officers, cases.case_certificate, cases.no_notice),
    *(cases.decided_early, cases.no_hearing, cases.no_legal_review, cases.same_hands),
    *(cases.decided_late, cases.served_late, cases.published_late, cases.permit_published_late),
    *(cases.fine_above_most, cases.fine_below_least, cases.outside_table, cases.limitation_over),
    *(cases.double_fine, cases.closed_owing, patterns.batch, patterns.on_time),
    *(patterns.disposed_early, patterns.undispatched, draws.draw_avoids, patterns.strictness),
    *(fines.unlike_fines, fines.far_below),
)
"""The function's name is the monitor's key in the policy."""


class MonitorResult(msgspec.Struct, frozen=True):
    """Alerts of one monitor, the largest deviations first, and the rows that it could not judge."""

    monitor: str
    alerts: tuple[Alert, ...]
    unjudged: tuple[str, ...] = ()
    """Ids of the rows that could not be judged; an empty id: all of them together."""
    reason: Reason | None = None
    """Why the first of these could not be judged."""


class Report(msgspec.Struct, frozen=True):
    """Results of all monitors over rows up to a day."""

    day: dt.date
    monitors: tuple[MonitorResult, ...]

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """All alerts, monitor by monitor."""
        return tuple(alert for monitor in self.monitors for alert in monitor.alerts)


class _Sorted(NamedTuple):
    seen: list[Seen]
    gaps: list[Unjudged]


def report(
    look: Look,
    monitors: Iterable[Callable[[Look], Findings]] = MONITORS,
    watch: Callable[[str], None] = lambda name: None,
) -> Report:
    """Run the monitors; `watch` is called with each name before it runs."""
    results = []
    for monitor in monitors:
        watch(monitor.__name__)
        results.append(_result(monitor.__name__, _sorted(monitor(look)), look))
    return Report(look.day, tuple(results))


def _sorted(findings: Findings) -> _Sorted:
    kept = _Sorted([], [])
    for unjudged in findings:
        (kept.seen if isinstance(unjudged, Seen) else kept.gaps).append(unjudged)  # type: ignore[arg-type]
    kept.seen.sort(
        key=lambda alert: (-alert.weight, -(alert.day or dt.date.max).toordinal(), alert.ids)
    )
    return kept


def _result(name: str, kept: _Sorted, look: Look) -> MonitorResult:
    question = look.policy.monitors[name]
    alerts = tuple(
        Alert(
            monitor=name,
            noun=question.noun,
            ids=seen.ids,
            day=seen.day,
            severity=question.severity,
            says=name,
            figures=dict(seen.figures),
            basis=question.basis,
            article=question.article.zh,
            weight=seen.weight,
        )
        for seen in kept.seen
    )
    reason = kept.gaps[0].reason if kept.gaps else None
    return MonitorResult(name, alerts, tuple(gap.id for gap in kept.gaps), reason)
