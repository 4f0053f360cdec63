"""Backup: one archive of a deployment, as it was at one moment, while its node may go on.

The order makes the moment. The checkpoint outside is read first, for the database is never behind
it. Then comes one transaction, with what the files of the event log were in it and a state of the
detectors that knows of no more than the record. All else is read after it: whoever was erased by
then is in no file, and nothing that was acknowledged before is missing.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, Table, func, inspect, select

from lianzhi import __version__
from lianzhi.config import Config
from lianzhi.domains.configuration import load
from lianzhi.faults import fault_point
from lianzhi.jobs.home import LEFTOVER
from lianzhi.jobs.snapshots import SNAPSHOT
from lianzhi.store import migrate, rows
from lianzhi.store.archive import Progress, Writer
from lianzhi.store.db import file_of, open_engine, snapshot
from lianzhi.store.ledger import KEY, custody
from lianzhi.store.log_snapshot import LogSnapshot, MovedError, log_snapshot
from lianzhi.store.tables import checkpoint, entry

#: Before the paths of files under the home, and before the names of tables.
HOME, TABLE = "home/", "database/"
CONFIG = Path("config.toml")
WITNESS = Path("record", "checkpoint")
#: What `keys=False` leaves out: keys of record and event ids, and the secret of sessions.
SECRETS = ("keys", "web.key")
#: Names under a home that are of no use elsewhere; archives may lie there, but not in archives.
_LEFT_OUT = (LEFTOVER, "lock", "*.new", "*.tar.gz")
BESIDE = ("", "-wal", "-shm", "-journal", "-owner")
"""Ends of the names of a database's files."""
_TRIES = 20


class BackupError(RuntimeError):
    """No backup was made; the message says why, and what to do."""


class Backup(msgspec.Struct, frozen=True):
    """A finished backup."""

    file: str
    bytes: int
    sha256: str
    entries: int
    """Entries of the record in it."""
    rows: int
    files: int
    keys: bool
    """Whether the private keys are in it."""


def backup(
    home: Path, target: Path, at: int, *, keys: bool = True, progress: Progress = lambda _: None
) -> Backup:
    """Write the archive `target`, of mode 0600; `at` is now, in Unix milliseconds.

    Raises BackupError, FileExistsError where there is a `target`, what the disk raises, and
    RowError where the database holds what no column of ours does.
    """
    config = load(home)
    with ExitStack() as opened:
        engine = open_engine(config.url(home))
        opened.callback(engine.dispose)
        out = opened.enter_context(Writer(target, progress))
        moment = _open_moment(home, engine, opened)
        if (home / CONFIG).exists():
            out.add_bytes(f"{HOME}{CONFIG}", (home / CONFIG).read_bytes())
        tables = rows.tables(moment.connection)
        counted = {table.name: _rows(out, moment.connection, table) for table in tables}
        entries, newest = _record(moment.connection)
        revisions = migrate.revisions(moment.connection)
        fault_point("backup.rows")
        moment.reading.close()
        files = _files(out, home, moment, config, keys)
        fault_point("backup.files")
        sha256, size = out.finish(
            version=__version__,
            at=at,
            revisions=revisions,
            tables={table.name: rows.columns(table) for table in tables},
            rows=counted,
            entries=entries,
            checkpoint=newest,
            key=_public(home, config),
            keys=keys,
        )
    return Backup(str(target), size, sha256, entries, sum(counted.values()), files, keys)


class _Moment(NamedTuple):
    """Consistent snapshot of a home."""

    connection: Connection
    reading: ExitStack
    """Ends the transaction when it is closed."""
    log: LogSnapshot
    witness: bytes | None
    state: bytes | None
    """Of the detectors."""


def _open_moment(home: Path, engine: Engine, opened: ExitStack) -> _Moment:
    for _ in range(_TRIES):
        with ExitStack() as tried:
            witness = _read(home / WITNESS)
            reading = tried.enter_context(ExitStack())
            connection = reading.enter_context(snapshot(engine))
            entries, _newest = _record(connection)
            state = _read(home / SNAPSHOT)  # before the log, of which it tells
            try:
                log = tried.enter_context(log_snapshot(home, connection))
            except MovedError:
                continue
            if _recorded(state) <= entries:
                opened.push(tried.pop_all())
                return _Moment(connection, reading, log, witness, state)
    raise BackupError(
        "events/ or snapshots/ has what is not on the record: see `lianzhi record verify`"
    )


def _record(connection: Connection) -> tuple[int, str | None]:
    """(entries, newest checkpoint)"""
    if not inspect(connection).has_table(entry.name):
        return 0, None
    newest = select(checkpoint.c.note).order_by(checkpoint.c.size.desc()).limit(1)
    last = connection.scalar(select(func.max(entry.c.index)))
    return 0 if last is None else last + 1, connection.scalar(newest)


class _State(msgspec.Struct):
    recorded: int


def _recorded(state: bytes | None) -> int:
    """How many entries the record had when the detectors' state was saved."""
    try:
        return 0 if state is None else msgspec.msgpack.decode(state, type=_State).recorded
    except msgspec.MsgspecError:  # a start will say that it cannot be used
        return 0


def _rows(out: Writer, connection: Connection, table: Table) -> int:
    total = 0
    for number, (lines, count) in enumerate(rows.dump(connection, table)):
        out.add_bytes(f"{TABLE}{table.name}/{number:06d}.ndjson", lines)
        total += count
    return total


def _files(out: Writer, home: Path, moment: _Moment, config: Config, keys: bool) -> int:
    """Add what lies under the home; returns how many files."""
    count = 0
    for path, data in ((WITNESS, moment.witness), (SNAPSHOT, moment.state)):
        if data is not None:
            out.add_bytes(f"{HOME}{path}", data)
            count += 1
    try:
        for name, source, size in moment.log.files():
            out.add(f"{HOME}events/{name}", source, size)
            count += 1
    except FileNotFoundError as error:
        raise BackupError(
            f"{error.filename} is gone, though it is on the record: restore it from an earlier "
            "copy, or see `lianzhi record adopt`"
        ) from None
    for path, source in _others(home, file_of(config.url(home)), keys):
        out.add(f"{HOME}{path}", source, os.fstat(source.fileno()).st_size)
        count += 1
    return count


def _others(home: Path, database: Path | None, keys: bool) -> Iterator[tuple[Path, IO[bytes]]]:
    """Everything that belongs to a home and was not told apart before."""
    beside = {Path(f"{database}{end}").resolve() for end in BESIDE} if database else set()
    seen = {home.resolve()}
    for folder, folders, names in os.walk(home, followlinks=True):
        under = Path(folder).relative_to(home)
        folders[:] = sorted(name for name in folders if (under / name).parts[0] != "events")
        folders[:] = [name for name in folders if _is_new(home / under / name, seen)]
        for name in sorted(names):
            path = under / name
            private = path.parts[0] in SECRETS and not keys
            done = path in (CONFIG, WITNESS, SNAPSHOT) or any(map(path.match, _LEFT_OUT))
            if private or done or (home / path).resolve() in beside or not (home / path).is_file():
                continue
            try:
                with (home / path).open("rb") as source:
                    yield path, source
            except FileNotFoundError:  # removed meanwhile, as it may be
                continue


def _is_new(folder: Path, seen: set[Path]) -> bool:
    """Whether a folder was not walked already: links may lead in a circle."""
    real = folder.resolve()
    new = real not in seen
    seen.add(real)
    return new


def _public(home: Path, config: Config) -> str | None:
    if not (home / KEY).exists():
        return None
    signer, _ = custody(home, config.origin)
    return str(signer.verifier)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
