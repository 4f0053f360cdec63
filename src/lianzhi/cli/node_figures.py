"""Figures that a running node tells, for `lianzhi status --url`."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import msgspec
from prometheus_client.parser import text_string_to_metric_families
from urllib3 import Timeout, request
from urllib3.exceptions import HTTPError

from lianzhi.cli.common import fail
from lianzhi.outbound import LOOPBACK

#: Figures that a node shows at /metrics and nothing stored tells, by their name here.
_FROM_NODE = {
    "judging_lag_events": "lianzhi_judging_lag_events",
    "judging_lag_seconds": "lianzhi_judging_lag_seconds",
    "watermark_age_seconds": "lianzhi_watermark_age_seconds",
    "backlog_judged_ratio": "lianzhi_backlog_judged_ratio",
}
_TIMEOUT_S = 10.0


def ask_node(url: str, key: str) -> dict[str, Any]:
    """What the node at `url` says of itself; ends the command where it does not answer."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        fail(f"--url {url!r}: give http://host:port or https://host")
    if key and parts.scheme == "http" and parts.hostname not in LOOPBACK:
        fail(f"--url {url!r}: a key is sent over https only; give https://host")
    headers = {"Authorization": f"Bearer {key}"} if key else {}

    def get(path: str) -> Any:
        return request(
            "GET",
            url.rstrip("/") + path,
            headers=headers,
            timeout=Timeout(_TIMEOUT_S),
            retries=False,
            redirect=False,
        )

    try:
        ready, metrics = get("/readyz"), get("/metrics")
    except (HTTPError, OSError) as error:
        fail(f"--url {url}: the node does not answer ({error})")
    figures: dict[str, Any] = {"ready": ready.status == 200}
    if not figures["ready"]:
        figures["trouble"] = _detail(ready.data)
    if metrics.status == 200:
        return figures | dict(_samples(metrics.data.decode()))
    return figures | {"metrics": _detail(metrics.data)}


def _samples(text: str) -> Iterator[tuple[str, float]]:
    families = {family.name: family for family in text_string_to_metric_families(text)}
    for name, metric in _FROM_NODE.items():
        for sample in families[metric].samples if metric in families else ():
            yield name, sample.value


def _detail(problem: bytes) -> str:
    """What a problem says; a proxy may have answered something else."""
    try:
        return str(msgspec.json.decode(problem)["detail"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return "no answer of a node"
