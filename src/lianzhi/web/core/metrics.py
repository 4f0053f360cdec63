"""Metrics of a node and its application in the Prometheus text format.

Everything is counted elsewhere, in plain integers, and read when it is asked for. Each name
and its help text stand in docs/operations.md as well.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from lianzhi.jobs.counts import Counts
from lianzhi.jobs.figures import Figures
from lianzhi.web.core.ports import NodePort
from lianzhi.web.core.request_counts import BOUNDS_S, Latency, RequestCounts

CONTENT_TYPE = CONTENT_TYPE_LATEST


class Metrics:
    """Metrics of one application, in a registry of its own. Thread-safe."""

    def __init__(self, node: NodePort, requests: RequestCounts) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(NodeCollector(node, requests))

    def text(self) -> bytes:
        """All metrics at this moment."""
        return generate_latest(self._registry)


class NodeCollector(Collector):
    """Reads the figures of a node and of its requests."""

    def __init__(self, node: NodePort, requests: RequestCounts) -> None:
        self._node, self._requests = node, requests

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        figures = self._node.figures.read()
        yield from _counted(figures.counts)
        yield from _judging(figures)
        yield from _stored(figures)
        yield from _requested(self._requests)


def _counted(counts: Counts) -> Iterator[Metric]:
    events = {
        ("accepted",): counts.accepted,
        ("duplicate",): counts.duplicates,
        ("quarantined",): counts.quarantined,
        ("late",): counts.late,
    }
    yield _counter(
        "lianzhi_events",
        "Events of answered batches; late ones are accepted as well.",
        events,
        "outcome",
    )
    yield _counter(
        "lianzhi_judged_events",
        "Events given to the detectors, replays included.",
        {(): counts.judged},
    )
    yield _counter(
        "lianzhi_findings",
        "Findings that the detectors put on the record.",
        dict(counts.findings),
        "kind",
        "stage",
    )
    readers = dict(counts.text_seconds)
    yield _counter(
        "lianzhi_texts",
        "Texts read, by the judge and for nudges.",
        {(reader,): counts.texts[reader] for reader in readers},
        "reader",
    )
    yield _counter(
        "lianzhi_texts_not_in_full",
        "Texts so long that their end was searched for words of the lexicon alone.",
        {(reader,): counts.texts_cut[reader] for reader in readers},
        "reader",
    )
    yield _counter(
        "lianzhi_text_seconds",
        "Seconds spent on texts; of the judge: on everything, the record included.",
        {(reader,): seconds for reader, seconds in readers.items()},
        "reader",
    )


def _judging(figures: Figures) -> Iterator[Metric]:
    lag = figures.lag
    yield _gauge(
        "lianzhi_judging_lag_events", "Events accepted and not given to the detectors.", lag.events
    )
    yield _gauge(
        "lianzhi_judging_lag_seconds",
        "Event time from the watermark of what is judged to that of what is accepted.",
        lag.seconds,
    )
    yield _gauge(
        "lianzhi_watermark_age_seconds",
        "Time from the watermark of what is judged to the clock.",
        lag.watermark_age,
    )
    yield _gauge("lianzhi_buffered_events", "Events that wait for the watermark.", lag.buffered)
    yield _gauge(
        "lianzhi_backlog_judged_ratio",
        "Share of what was accepted before the start that is judged; 1: there is no backlog.",
        lag.backlog_share,
    )
    yield _gauge(
        "lianzhi_snapshot_age_seconds",
        "Time since the state of the detectors was saved.",
        figures.snapshot_age,
    )


def _stored(figures: Figures) -> Iterator[Metric]:
    stored = figures.stored
    yield _gauge("lianzhi_database_up", "Whether the database answers.", int(stored is not None))
    yield _gauge(
        "lianzhi_record_entries", "Entries of the record.", stored and stored.record_entries
    )
    yield _gauge(
        "lianzhi_database_bytes",
        "Bytes of the database: record, vault, tables.",
        stored and stored.database_bytes,
    )
    yield _gauge(
        "lianzhi_outbox_messages",
        "Messages to the platform and to people that wait to be delivered.",
        stored and stored.outbox_waiting,
    )
    yield _gauge(
        "lianzhi_outbox_oldest_age_seconds",
        "Age of the oldest message that waits; 0: none waits.",
        stored and figures.outbox_oldest_age,
    )
    yield _gauge(
        "lianzhi_outbox_dead_messages",
        "Messages given up, until somebody sends them again.",
        stored and stored.outbox_dead,
    )
    yield _gauge("lianzhi_quarantine_rows", "Rows in quarantine.", figures.quarantine_rows)
    yield _gauge("lianzhi_event_log_events", "Events in the event log.", figures.event_log_events)
    yield _gauge(
        "lianzhi_event_log_bytes", "Bytes of the event log's files.", figures.event_log_bytes
    )


def _requested(requests: RequestCounts) -> Iterator[Metric]:
    by_route = {
        (route, str(status)): count for (route, status), count in dict(requests.requests).items()
    }
    yield _counter(
        "lianzhi_http_requests",
        "Requests, by template of the route and status of the answer.",
        by_route,
        "route",
        "status",
    )
    latency = HistogramMetricFamily(
        "lianzhi_http_request_seconds",
        "How long requests take that platforms wait for.",
        labels=["route"],
    )
    for route, histogram in requests.latency.items():
        latency.add_metric([route], _cumulative(histogram), histogram.seconds)
    yield latency


def _counter(name: str, help_text: str, values: Mapping[Any, float], *labels: str) -> Metric:
    """A counter; `values` by the tuple of the labels' values."""
    family = CounterMetricFamily(name, help_text, labels=labels)
    for label_values, value in values.items():
        family.add_metric(label_values, value)
    return family


def _gauge(name: str, help_text: str, value: float | None) -> Metric:
    """A gauge; without a value it has no sample, which an alert can ask for as `absent`."""
    family = GaugeMetricFamily(name, help_text, labels=())
    if value is not None:
        family.add_metric((), value)
    return family


def _cumulative(histogram: Latency) -> list[tuple[str, float]]:
    bounds: Iterable[str] = (*map(str, BOUNDS_S), "+Inf")
    return list(zip(bounds, accumulate(histogram.buckets), strict=True))
