"""Timeline of a case: arrivals, the baseline behind them, and the moments that matter."""

from collections.abc import Callable, Sequence
from datetime import tzinfo
from itertools import count
from typing import Any

import msgspec

from lianzhi.chain.views import CaseView, Step
from lianzhi.documents.format import DAY, HOUR, MINUTE, stamp
from lianzhi.domains.monitor import Bucket
from lianzhi.stats.poisson import upper_tail

WIDTHS = (MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 6 * HOUR, DAY)
MOST = 96


class Window(msgspec.Struct, frozen=True):
    """The stretch of time that is drawn, in whole buckets."""

    since: int
    until: int
    width: int

    def buckets(self, counted: Sequence[Bucket]) -> list[Bucket]:
        """Every bucket of the window, those without arrivals included."""
        known = {bucket.at: bucket for bucket in counted}
        starts = range(self.since, self.until, self.width)
        return [known.get(at) or Bucket(at, self.width, 0, 0, 0) for at in starts]


class Mark(msgspec.Struct, frozen=True):
    """A moment that matters; `key` is `watch`, `warn`, `act`, `protected` or `closed`."""

    at: int
    key: str


def window(view: CaseView, now: int) -> Window:
    """Window of a case: from before the incident until after it, or until now while it lasts."""
    first = min([view.row.opened_at, *(finding.row.since for finding in view.findings)])
    last = max([view.row.opened_at, *(finding.row.at for finding in view.findings)])
    last = max([last, *(row.at for row in view.evidence)])
    lead = max(30 * MINUTE, (last - first) // 3)
    since, until = first - lead, max(last + lead // 2, min(now, last + max(HOUR, last - first)))
    width = next((w for w in WIDTHS if (until - since) / w <= MOST), WIDTHS[-1])
    return Window(since // width * width, (until // width + 1) * width, width)


def marks(view: CaseView) -> list[Mark]:
    """When each stage was first reached, and what people did then; in order of time."""
    first: dict[str, int] = {}
    for finding in view.findings:
        first[finding.row.stage] = min(finding.row.at, first.get(finding.row.stage, finding.row.at))
    for protection in view.protections:
        first.setdefault("protected", protection.granted_at)
    if view.row.closed_at:
        first["closed"] = view.row.closed_at
    return sorted((Mark(at, key) for key, at in first.items()), key=lambda mark: mark.at)


def usual_at_most(mean: float) -> int:
    """Arrivals that a bucket stays within on 39 of 40 ordinary occasions (Poisson)."""
    return next(k for k in count() if upper_tail(k + 1, mean) <= 0.025)


def figures(
    drawn: Window,
    buckets: Sequence[Bucket],
    expected_per_hour: float | None,
    moments: Sequence[Mark],
    *,
    zone: tzinfo,
    gettext: Callable[[str], str],
) -> dict[str, Any]:
    """What the chart draws, with its words; times are written in the deployment's zone."""
    mean = None if expected_per_hour is None else expected_per_hour * drawn.width / HOUR
    shown = [mark for mark in moments if drawn.since <= mark.at < drawn.until]
    return {
        "at": [stamp(bucket.at, zone) for bucket in buckets],
        "arrivals": [bucket.arrivals for bucket in buckets],
        "strangers": [bucket.strangers for bucket in buckets],
        "harmful": [bucket.harmful for bucket in buckets],
        "usual": mean,
        "usual_most": None if mean is None else usual_at_most(mean),
        "marks": [
            {
                "bucket": (mark.at - drawn.since) // drawn.width,
                "key": mark.key,
                "label": f"{gettext(f'mark.{mark.key}')} {stamp(mark.at, zone)}",
            }
            for mark in shown
        ],
        "words": {
            **{key: gettext(f"chart.{key}") for key in ("arrivals", "strangers", "harmful")},
        },
    }


def together(steps: Sequence[Step]) -> list[tuple[Step, int]]:
    """Steps with their numbers of repetitions: equal steps in a row are merged into one.

    A batch orders many measures at once, each an entry of its own.
    """
    merged: list[tuple[Step, int]] = []
    for step in steps:
        if merged and not step.texts:
            last, times = merged[-1]
            alike = (last.kind, last.at, last.payload.get("key"), last.payload.get("by"))
            same = alike == (step.kind, step.at, step.payload.get("key"), step.payload.get("by"))
            if same and not last.texts and step.index == last.index + times:
                merged[-1] = (last, times + 1)
                continue
        merged.append((step, 1))
    return merged
