"""Ownership: the single node that works on a database.

A record refers to one event log in one home: two homes would give the same positions to different
events. So a node owns its database while it runs. On PostgreSQL it holds a lock in a session of its
own, on SQLite one on a file beside the database; both end with the process. A row identifies the
owner to a refused node. A session can break while its process lives: every batch checks the row, so
that a node stops writing once another has taken over.
"""

import fcntl
import os
import secrets
import socket
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Integer,
    Table,
    Text,
    delete,
    exc,
    insert,
    inspect,
    select,
    text,
)

from lianzhi.store import db
from lianzhi.store.tables import metadata

_OWNER = 0x6F776E6572
"""Key of the lock on PostgreSQL: `owner` in ASCII."""
WAIT_S = 3.0
"""Seconds to wait for the lock: a server takes a moment to notice the end of a process."""
SAME_WAIT_S = 30.0
"""The wait where this very home had the lock: then its process has ended."""
_TRIES_S = 0.05
_ALIVE = ("tcp_keepalives_idle = 5", "tcp_keepalives_interval = 5", "tcp_keepalives_count = 3")
"""Settings by which the server notices a dead machine within seconds."""

owner = Table(
    "owner",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("token", Text, nullable=False, comment="of one run of one node"),
    Column("host", Text, nullable=False),
    Column("home", Text, nullable=False),
    Column("since", BigInteger, nullable=False, comment="Unix milliseconds UTC"),
)


_RESTORING = "restoring"
"""Token of a database that is being restored; no node has it."""


class OwnerLostError(RuntimeError):
    """Another node has taken the database over; this one must stop."""


class Owner:
    """Holds a database for one home, from construction until `close`. Thread-safe."""

    def __init__(self, engine: Engine, home: Path) -> None:
        """Take the lock. Raises DatabaseRefusedError where another node has it."""
        self._engine, self._home = engine, str(home.resolve())
        self._token = secrets.token_hex(16)
        self._lock = threading.Lock()
        self._session: Connection | None = None
        self._file: int | None = None
        if engine.dialect.name == "sqlite":
            self._hold_file()
        else:
            self._hold_session()

    def sign(self, at: int) -> None:
        """Record the owner; the tables must be up to date. `at` is now, Unix ms."""
        signature = {"token": self._token, "host": socket.gethostname(), "home": self._home}
        with db.writing(self._engine) as connection:
            connection.execute(delete(owner))
            connection.execute(insert(owner), [{"one": 1, **signature, "since": at}])

    def check(self, connection: Connection) -> None:
        """Raises OwnerLostError unless the database is still ours in this transaction."""
        if connection.scalar(select(owner.c.token)) != self._token:
            raise OwnerLostError(
                f"another node works on the database: {self._description(connection)}"
            )

    def keep(self) -> None:
        """Check the session, and take the lock again where it broke.

        Raises OwnerLostError where another node was faster, and the database's error where it does
        not answer.
        """
        with self._lock:
            if self._file is not None or self._alive():
                return
            session = _session(self._engine)
            if not _locks(session):
                content = self._owner_row()
                session.close()
                raise OwnerLostError(f"another node works on the database: {content}")
            self._session = session
        with self._engine.connect() as connection:
            self.check(connection)

    def close(self) -> None:
        """Release the lock and its session."""
        with self._lock:
            if self._session is not None:
                with suppress(exc.SQLAlchemyError):  # a broken session holds no lock
                    self._session.close()
            if self._file is not None:
                os.close(self._file)
            self._session = self._file = None

    def _alive(self) -> bool:
        if self._session is None:
            return False
        try:
            self._session.execute(text("SELECT 1"))
        except exc.SQLAlchemyError:
            with suppress(exc.SQLAlchemyError):
                self._session.close()
            self._session = None
            return False
        return True

    def _hold_file(self) -> None:
        path = db.file_of(self._engine.url.render_as_string(hide_password=False))
        if path is None:  # in memory: no other process can open it
            return
        beside = path.resolve()
        handle = os.open(f"{beside}-owner", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            self._refuse()
        self._file = handle

    def _hold_session(self) -> None:
        session = _session(self._engine)
        began = time.monotonic()
        while not _locks(session):
            if time.monotonic() - began > (SAME_WAIT_S if self._same() else WAIT_S):
                session.close()
                self._refuse()
            time.sleep(_TRIES_S)
        self._session = session

    def _same(self) -> bool:
        """Whether this very home was the last owner."""
        with self._engine.connect() as connection:
            row = _signed(connection)
        return row is not None and (row.host, row.home) == (socket.gethostname(), self._home)

    def _owner_row(self) -> str:
        with self._engine.connect() as connection:
            return self._description(connection)

    def _description(self, connection: Connection) -> str:
        row = _signed(connection)
        if row is None or row.token == self._token:
            return "a node that is just starting"
        at = datetime.fromtimestamp(row.since / 1000, UTC)
        return f"the node of {row.home} on {row.host} (since {at:%Y-%m-%d %H:%M:%S} UTC)"

    def _refuse(self) -> NoReturn:
        raise db.DatabaseRefusedError(
            f"database: {self._owner_row()} works on it; stop that node first, or give this "
            "home a database of its own (LIANZHI_DATABASE_URL, or `database` in config.toml)"
        )


def sign_restoring(connection: Connection, home: Path, at: int) -> None:
    """Record that a restore into `home` is under way, in the caller's transaction."""
    signature = {"host": socket.gethostname(), "home": str(home), "since": at}
    connection.execute(insert(owner), [{"one": 1, "token": _RESTORING, **signature}])


def restoring(connection: Connection) -> bool:
    """Whether a restore began here and did not end."""
    row = _signed(connection)
    return row is not None and row.token == _RESTORING


def restored(engine: Engine) -> None:
    """Record the end of the restore."""
    with db.writing(engine) as connection:
        connection.execute(delete(owner).where(owner.c.token == _RESTORING))


def _session(engine: Engine) -> Connection:
    """An unpooled connection; closing it releases its locks."""
    session = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    session.detach()
    for setting in _ALIVE:
        session.execute(text(f"SET {setting}"))
    return session


def _locks(session: Connection) -> bool:
    return bool(session.scalar(text(f"SELECT pg_try_advisory_lock({_OWNER})")))


def _signed(connection: Connection) -> Any:
    if not inspect(connection).has_table(owner.name):
        return None
    return connection.execute(select(owner)).first()
