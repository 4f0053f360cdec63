"""Figures of `lianzhi status`. Imports no SQLAlchemy for SQLite: the command is to be quick."""

import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import msgspec

from lianzhi import config
from lianzhi.cli.common import database, fail
from lianzhi.cli.exits import NO
from lianzhi.config import LOOPBACK
from lianzhi.jobs.wall_clock import wall_clock
from lianzhi.store import stored_figures
from lianzhi.store.stored_figures import StoredFigures

#: Figures that a node shows at /metrics and nothing stored tells, by their name here.
_FROM_NODE = {
    "judging_lag_events": "lianzhi_judging_lag_events",
    "judging_lag_seconds": "lianzhi_judging_lag_seconds",
    "watermark_age_seconds": "lianzhi_watermark_age_seconds",
    "backlog_judged_ratio": "lianzhi_backlog_judged_ratio",
}
_SAMPLE = re.compile(r"^(lianzhi_\w+) (\S+)$", re.M)
_TIMEOUT_S = 10.0


def print_status(home: Path, url: str | None, key_file: Path | None, as_json: bool) -> None:
    """See `lianzhi status --help`; ends the command with its exit code."""
    figures = _stored(home)
    if url is not None:
        figures |= _ask_node(url, key_file.read_text("utf-8").strip() if key_file else "")
    if as_json:
        click.echo(msgspec.json.encode(figures))
    else:
        for name, value in figures.items():
            click.echo(f"{name.replace('_', ' ').capitalize():27}  {_shown(value)}")
    sys.exit(NO if figures.get("ready") is False else 0)


def _stored(home: Path) -> dict[str, Any]:
    """Figures of what lies under a home and in its database."""
    stored, now = _database(home), wall_clock()
    quarantine = home / "quarantine.ndjson"
    saved_at = stored_figures.modified_at(home / "snapshots" / "detectors.msgpack")
    return {
        "record_entries": stored.record_entries,
        "database_bytes": stored.database_bytes,
        "outbox_messages": stored.outbox_waiting,
        "outbox_oldest_age_seconds": _age(now, stored.outbox_oldest_at),
        "outbox_dead_messages": stored.outbox_dead,
        "quarantine_rows": quarantine.read_bytes().count(b"\n") if quarantine.exists() else 0,
        "event_log_bytes": stored_figures.event_log_bytes(home),
        "snapshot_age_seconds": _age(now, saved_at),
    }


def _database(home: Path) -> StoredFigures:
    """Figures of the database; ends the command where there is no deployment."""
    url = config.load(home).url(home)
    path = url.removeprefix("sqlite:///")
    if path != url and "?" not in path and Path(path).is_file():
        try:
            with closing(
                sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True)
            ) as db:
                return stored_figures.read(lambda query: db.execute(query).fetchone(), "sqlite")
        except sqlite3.Error as error:
            fail(f"the database {path} cannot be read: {error}")
    with database(home) as engine, engine.connect() as connection:
        return stored_figures.read(
            lambda query: tuple(connection.exec_driver_sql(query).one()), engine.dialect.name
        )


def _ask_node(url: str, key: str) -> dict[str, Any]:
    """What the node at `url` says of itself."""
    from urllib3 import Timeout, request  # noqa: PLC0415 # who asks no node need not wait for it
    from urllib3.exceptions import HTTPError  # noqa: PLC0415

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
    values = dict(_SAMPLE.findall(text))
    for name, metric in _FROM_NODE.items():
        if metric in values:
            yield name, float(values[metric])


def _detail(problem: bytes) -> str:
    """What a problem says; a proxy may have answered something else."""
    try:
        return str(msgspec.json.decode(problem)["detail"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return "no answer of a node"


def _age(now: int, at: int | None) -> float | None:
    return None if at is None else max(0, now - at) / 1000


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int | float) else str(value)
