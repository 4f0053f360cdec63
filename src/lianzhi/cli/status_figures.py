"""Figures of `lianzhi status`. Imports no SQLAlchemy for SQLite: the command is to be quick."""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import msgspec

from lianzhi import config
from lianzhi.cli.common import database, fail
from lianzhi.cli.exits import NO
from lianzhi.domains.domain import lazily
from lianzhi.jobs.snapshots import SNAPSHOT
from lianzhi.jobs.wall_clock import wall_clock
from lianzhi.store import stored_figures
from lianzhi.store.stored_figures import StoredFigures

#: Asking a node takes a library that who asks none need not wait for.
_ask_node = lazily("lianzhi.cli.node_figures:ask_node")


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
    saved_at = stored_figures.modified_at(home / SNAPSHOT)
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


def _age(now: int, at: int | None) -> float | None:
    return None if at is None else max(0, now - at) / 1000


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int | float) else str(value)
