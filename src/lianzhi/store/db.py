"""The database behind a URL: SQLite by default, PostgreSQL by choice."""

import errno
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url, text

T = TypeVar("T")

#: Most values in one IN (...): few enough for any database.
CHUNK = 500

_WRITES = "lianzhi_writes"
_WRITER = 0x6C69616E7A6869
"""Key of the lock under which a transaction writes on PostgreSQL: `lianzhi` in ASCII."""
_READ_ONLY = "the disk of the record is read-only"
_FULL = "the disk of the record is full"
_OPEN_FILES = "the process has too many files open"
_DISK = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EROFS: _READ_ONLY,
    errno.EMFILE: _OPEN_FILES,
    errno.ENFILE: _OPEN_FILES,
}
"""Errors of files that may pass by themselves, or when the operator has done something."""
_LOCKED = "another process locks the database"
_MEND = (
    "give postgresql+psycopg://user@host/name, which needs the extra `postgres`, or leave it out "
    "for SQLite"
)
_SCRUB_MS = 10_000
"""Time that erasing waits for readers on PostgreSQL."""
_READ = "erased rows are still in the files: others read; erase again"
_OLDER = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND backend_type = 'client backend' AND pid <> pg_backend_pid() "
    "AND age(backend_xmin) > age(CAST(:horizon AS xid))"
)
"""Number of transactions that see the database as it was before an ended one."""
_IN_USE = {"55P03", "40P01"}
"""PostgreSQL error codes for a lock that was not obtained: lock_not_available,
deadlock_detected."""
_PASSING = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_PROTOCOL: _LOCKED,
    sqlite3.SQLITE_FULL: "the disk of the database is full",
    sqlite3.SQLITE_READONLY: "the database's files are read-only",
    sqlite3.SQLITE_CANTOPEN: "the database's files cannot be opened",
}
"""Transient errors of SQLite; disk I/O errors are not among them."""


class DatabaseUrlError(ValueError):
    """The configured URL leads to no usable database."""


class DatabaseRefusedError(RuntimeError):
    """The database must not be used; the message says why, and what to do."""


def open_engine(url: str, busy_ms: int = 10_000) -> Engine:
    """Engine for a URL such as `sqlite:////var/lib/lianzhi/lianzhi.db` or `postgresql+psycopg://`.

    On SQLite a commit is durable (WAL, synchronous=FULL), deleted content is overwritten, and a
    statement waits `busy_ms` milliseconds for a lock; only the owner may read its files. Errors
    leave out the values of a statement, which may name people.
    """
    try:
        engine = create_engine(_parsed(url), hide_parameters=True)
    except (exc.ArgumentError, ImportError) as error:  # unknown dialect or missing driver
        raise DatabaseUrlError(f"database {shown(url)} ({error}): {_MEND}") from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "do_connect", _make_private)
        event.listen(engine, "connect", lambda driver, _: _configure(driver, busy_ms))
        event.listen(engine, "begin", _begin)
    return engine


def _parsed(url: str) -> URL:
    try:
        parts = make_url(url)
    except (exc.ArgumentError, ValueError):  # ValueError: the port is no number
        raise DatabaseUrlError(f"database as configured is no URL of one: {_MEND}") from None
    if "@" in (parts.host or ""):  # the rest would be taken for the host, and shown
        raise DatabaseUrlError(
            "database: user or password has an `@`, which a URL cannot hold; write %40 in its place"
        )
    return parts


def shown(url: str) -> str:
    """The URL, quoted, without secrets. Raises DatabaseUrlError."""
    return repr(_parsed(url).set(query={}).render_as_string())


def file_of(url: str) -> Path | None:
    """The file of an SQLite URL, None for any other. Raises DatabaseUrlError."""
    parts = _parsed(url)
    if parts.get_backend_name() != "sqlite" or parts.database in (None, "", ":memory:"):
        return None
    return None if parts.database.startswith("file:") else Path(parts.database)


def outage(error: Exception) -> str | None:
    """Why the record is unavailable for now; None when waiting would not help.

    This includes the checkpoint file beside the database.
    """
    if isinstance(error, OSError):
        return _DISK.get(error.errno or 0)
    if isinstance(error, exc.TimeoutError):
        return "all connections to the database are in use"
    if not isinstance(error, exc.OperationalError | exc.InterfaceError):
        return None
    if isinstance(error.orig, sqlite3.Error):
        return _PASSING.get(getattr(error.orig, "sqlite_errorcode", 0) & 0xFF)
    return "the database does not answer"


def _make_private(_dialect: Any, _record: Any, arguments: list[Any], _named: Any) -> None:
    """Create the file before SQLite does, whose other files (-wal, -shm) then take its mode."""
    path = str(arguments[0])
    if path not in ("", ":memory:") and not path.startswith("file:"):
        with suppress(OSError):  # it exists, or SQLite reports the error
            Path(path).touch(mode=0o600, exist_ok=False)


def _configure(connection: Any, busy_ms: int) -> None:
    # BEGIN is issued below: the driver's comes too late and takes no lock
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={busy_ms}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A write transaction; only one is open at a time, over all processes."""
    with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_WRITER})"))
        yield connection


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A transaction whose reads see one state of the database."""
    with engine.connect() as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        yield connection


def scrub(engine: Engine, tables: Sequence[str]) -> None:
    """Make deleted rows unreadable in the database's files; raises TimeoutError while it is busy.

    SQLite: the whole file is rewritten and the write-ahead log emptied. PostgreSQL: the named
    tables are rewritten; its archives and replicas are the operator's to purge.
    """
    if engine.dialect.name != "sqlite":
        _rewrite(engine, tables)
        return
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("VACUUM")
        (busy, *_) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError as error:
        raise TimeoutError(f"erased rows are still in the files: {error}; erase again") from None
    finally:
        raw.close()
    if busy:
        raise TimeoutError(_READ)


def _rewrite(engine: Engine, tables: Sequence[str]) -> None:
    until = time.monotonic() + _SCRUB_MS / 1000
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        horizon = connection.scalar(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text"))
        # The new files include rows that an older transaction could still see.
        while connection.scalar(_OLDER, {"horizon": horizon}):
            if time.monotonic() > until:
                raise TimeoutError(_READ)
            time.sleep(0.01)
        # A request that waits for a table lock blocks all later ones, also of writers.
        connection.execute(text(f"SET lock_timeout = {_SCRUB_MS}"))
        try:
            connection.execute(text(f"VACUUM (FULL) {', '.join(tables)}"))
        except exc.OperationalError as error:
            if getattr(error.orig, "sqlstate", None) not in _IN_USE:
                raise
            raise TimeoutError(_READ) from None
        finally:
            connection.execute(text("RESET lock_timeout"))


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """Distinct values in order, in lists short enough for one IN (...)."""
    whole = list(dict.fromkeys(values))
    return (whole[at : at + CHUNK] for at in range(0, len(whole), CHUNK))
