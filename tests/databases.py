"""Databases for tests: SQLite in each home, and a PostgreSQL server with one database a home.

The server is the one that LIANZHI_TEST_POSTGRES names, in which tests may make and drop databases;
where it is unset they start a server of their own from Debian's binaries.
"""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, inspect, make_url, text

from lianzhi.jobs.mounted import MODEL
from lianzhi.store.db import file_of, open_engine
from lianzhi.store.migrate import upgrade
from lianzhi.store.read_model import CHAIN, Model


def _memory() -> str | None:
    folder = Path("/dev/shm")
    roomy = folder.is_dir() and shutil.disk_usage(folder).free > 4 << 30
    return str(folder) if roomy else None


MEMORY = _memory()
"""A folder in memory, where there is room: syncing takes no time there, a new database little."""
GIVEN = os.environ.get("LIANZHI_TEST_POSTGRES", "")
MISSING = (
    "needs PostgreSQL: apt-get install postgresql, pip install 'psycopg[binary]', or set "
    "LIANZHI_TEST_POSTGRES=postgresql+psycopg://user@host/database of a server where tests may "
    "make databases"
)
SERVER = (
    *("-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off"),
    *("-c", "synchronous_commit=off", "-c", "max_connections=200"),
)


def _binaries() -> Path | None:
    """Folder of the newest server that Debian has installed."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    folders = sorted((one.parent for one in found), key=lambda bin_: float(bin_.parent.name))
    return folders[-1] if folders else None


THERE = find_spec("psycopg") is not None and bool(GIVEN or _binaries())
needs_postgres = pytest.mark.skipif(not THERE, reason=MISSING)
KINDS = ("sqlite", pytest.param("postgres", marks=(needs_postgres, pytest.mark.postgres)))
"""For fixtures with a parameter: whatever stands on them runs once on each."""


class Server:
    """A PostgreSQL server in which databases are made from a migrated one."""

    def __init__(self, url: str) -> None:
        self._url, self._own = make_url(url), f"lianzhi_{os.getpid()}_{secrets.token_hex(4)}"
        self._made = 0
        self._engine = create_engine(self._url, isolation_level="AUTOCOMMIT")
        self._create(self._own)
        engine = open_engine(self._named(self._own))
        upgrade(engine, MODEL)
        engine.dispose()

    def database(self, *, empty: bool = False) -> str:
        """URL of a new database, with our tables unless it shall be empty."""
        self._made += 1
        name = f"{self._own}_{self._made}"
        self._create(name, "template1" if empty else self._own)
        return self._named(name)

    def drop(self, url: str) -> None:
        """Drop a database, whoever still uses it."""
        self._run(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    def close(self) -> None:
        """Let go of the server."""
        self._run(f'DROP DATABASE "{self._own}" WITH (FORCE)')
        self._engine.dispose()

    def _create(self, name: str, template: str = "template1") -> None:
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def _named(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.execute(text(statement))


class Databases:
    """One database a home, all of one kind."""

    def __init__(self, server: Server | None = None) -> None:
        self._server = server
        self._urls: dict[Path, str] = {}

    @property
    def kind(self) -> str:
        """`sqlite` or `postgres`."""
        return "sqlite" if self._server is None else "postgres"

    def url(self, home: Path, *, empty: bool = False) -> str:
        """Where the database of this home is, the same at every call."""
        home = home.resolve()
        if self._server is None:
            return f"sqlite:///{home / 'lianzhi.db'}"
        if home not in self._urls:
            self._urls[home] = self._server.database(empty=empty)
        return self._urls[home]

    def copy(self, home: Path) -> "Copy":
        """What the database holds now; nobody may use it meanwhile."""
        return Copy(self.url(home), self._server)

    def close(self) -> None:
        """Drop them."""
        for url in self._urls.values():
            if self._server is not None:
                self._server.drop(url)


class Copy:
    """The rows of a database at some moment, to be put back whole."""

    def __init__(self, url: str, server: Server | None) -> None:
        self._url, self._server = url, server
        if server is None:
            path = Path(make_url(url).database or "")
            with closing_engine(url) as engine, engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            self._data = path.read_bytes()
        else:
            self._name = f"{make_url(url).database}_copy_{secrets.token_hex(4)}"
            server._create(self._name, str(make_url(url).database))

    def put_back(self) -> None:
        """The database holds again what it held."""
        name = make_url(self._url).database or ""
        if self._server is None:
            for suffix in ("-wal", "-shm"):
                Path(name + suffix).unlink(missing_ok=True)
            Path(name).write_bytes(self._data)
        else:
            self._server.drop(self._url)
            self._server._create(name, self._name)


def with_tables(url: str, busy_ms: int = 10_000, model: Model = CHAIN) -> Engine:
    """An engine on the database of a home, with our tables.

    A server makes each database from one that has them; a file is a copy of one that has them.
    """
    file = file_of(url)
    if file is not None and not file.exists():
        file.touch(mode=0o600)
        file.write_bytes(_migrated(model))
    return open_engine(url, busy_ms)


@cache
def _migrated(model: Model = CHAIN) -> bytes:
    """A file of SQLite as the migrations make it, which takes a while."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "lianzhi.db"
        with closing_engine(f"sqlite:///{file}") as engine:
            upgrade(engine, model)
        return file.read_bytes()


def upgrade_quickly(engine: Engine, model: Model = CHAIN) -> None:
    """As `migrate.upgrade`; an empty file becomes a copy of one that has the tables already."""
    file = file_of(engine.url.render_as_string(hide_password=False))
    if file is not None and not inspect(engine).get_table_names():
        engine.dispose()
        for suffix in ("-wal", "-shm"):
            Path(f"{file}{suffix}").unlink(missing_ok=True)
        file.write_bytes(_migrated(model))
    upgrade(engine, model)


@contextmanager
def closing_engine(url: str) -> Iterator[Engine]:
    """An engine for a while."""
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def rows_of(url: str) -> Iterator[Connection]:
    """Behind everybody's back: a transaction that is committed when the block ends."""
    with closing_engine(url) as engine, engine.begin() as connection:
        yield connection


@contextmanager
def running() -> Iterator[Server]:
    """The server that is given, or one of our own for a while."""
    if GIVEN:
        server = Server(GIVEN)
        try:
            yield server
        finally:
            server.close()
        return
    bin_ = _binaries()
    assert bin_ is not None, MISSING
    folder = Path(tempfile.mkdtemp(prefix="lianzhi-pg-", dir=MEMORY or "/tmp"))
    user = _somebody_else() if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)

    def call(*words: str) -> None:
        subprocess.run([bin_ / words[0], *words[1:]], check=True, user=user, cwd="/", env=_CLEAN,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # fmt: skip

    data = str(folder / "data")
    # A collation unlike the order of bytes, as a real server is likely to have.
    order = ("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=zh-CN")
    call("initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync", *order)
    options = " ".join(f"'{word}'" for word in (*SERVER, "-k", str(folder)))
    call("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield Server(f"postgresql+psycopg://postgres@/postgres?host={folder}")
    finally:
        call("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


#: Nothing of the caller's settings, such as PGHOST or LC_ALL, reaches the server.
_CLEAN = {"PATH": "/usr/bin:/bin"}


def _somebody_else() -> str:
    """A user as whom the server runs: it refuses to run as root."""
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)
