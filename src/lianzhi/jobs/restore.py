"""Restore: a deployment from an archive, whole or not at all.

Every hash is looked at before anything is written. Files are put into a folder beside the home and
rows into one transaction; the folder gets the home's name last of all, so that a restore that was
killed leaves nothing that starts, and may be begun again.
"""

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

import msgspec
from sqlalchemy import Connection, Engine, MetaData, inspect
from sqlalchemy.exc import SQLAlchemyError

from lianzhi.config import DATABASE_URL, Config, with_database
from lianzhi.domains.configuration import load
from lianzhi.faults import fault_point
from lianzhi.files import sync_directory
from lianzhi.jobs.backup import BESIDE, CONFIG, HOME, TABLE
from lianzhi.jobs.home import hold
from lianzhi.jobs.mounted import MODEL
from lianzhi.jobs.restore_check import verify_restored
from lianzhi.jobs.restored import Note, leave
from lianzhi.store import migrate, owner, rows
from lianzhi.store.archive import Manifest, Progress, check, parts
from lianzhi.store.db import file_of, open_engine, shown, writing
from lianzhi.store.owner import Owner

#: What stands for SQLite in the home.
SQLITE = "sqlite"
_BLOCK = 1 << 20
_NEEDED = ("keys/record.ed25519", "keys/ids.key", "web.key")


class RestoreError(RuntimeError):
    """Restore failed and changed nothing; the message says why, and what to do."""


class Restored(msgspec.Struct, frozen=True):
    """What is there now."""

    home: str
    database: str
    """URL without a password."""
    at: int
    """When the backup was begun, Unix milliseconds UTC."""
    entries: int
    events: int
    missing: tuple[str, ...]
    """Secrets that are not in the archive and must be put there before the first start."""
    faults: tuple[str, ...]
    """What verification found; none: all is as it was recorded."""


def restore(
    source: Path,
    home: Path,
    at: int,
    *,
    database: str | None = None,
    progress: Progress = lambda _: None,
) -> Restored:
    """Put what is in the archive `source` into the folder `home`, and verify it.

    `database` is a URL that takes the place of the one in the archive, or `sqlite` for the home's
    own file; without it the configuration and the environment tell. `progress` counts the bytes of
    the archive twice. `at` is now, in Unix milliseconds.

    Raises RestoreError and ArchiveError, ConfigError, DatabaseUrlError and DatabaseRefusedError,
    and what disk and database raise; then nothing is left behind.
    """
    home = home.absolute()
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise RestoreError(f"home: {home} is not empty; name a folder that is, or is not there")
    with source.open("rb") as file, ExitStack() as opened:
        manifest = check(file, progress)
        if newer := migrate.unknown(manifest.revisions, MODEL):
            raise RestoreError(
                f"version {manifest.version} wrote it, whose tables this one does not know "
                f"({', '.join(newer)}); restore it with that version or a later one"
            )
        staging = opened.enter_context(_staging(home))
        config = _configure(file, staging, home, database)
        url = config.url(staging)
        within = file_of(url) == staging / "lianzhi.db"
        with _emptied(url, home) as engine:
            with writing(engine) as connection:
                _put(file, staging, connection, manifest, progress)
                if not within:
                    owner.sign_restoring(connection, home, at)
                fault_point("restore.put")
            fault_point("restore.committed")
            events, faults = verify_restored(engine, staging, config, manifest)
            leave(staging, Note(at, manifest.at, manifest.entries))
            _sync(staging)
            fault_point("restore.verified")
            if within:
                engine.dispose()  # so that nothing of the file is beside it
            staging.rename(home)
            fault_point("restore.named")
            sync_directory(home.parent)
            if not within:
                owner.restored(engine)
    return Restored(
        home=str(home),
        database=shown(config.url(home)).strip("'"),
        at=manifest.at,
        entries=manifest.entries,
        events=events,
        missing=() if manifest.keys else tuple(n for n in _NEEDED if not (home / n).exists()),
        faults=faults,
    )


@contextmanager
def _staging(home: Path) -> Iterator[Path]:
    """A folder beside the home, empty, for us alone; it goes unless the block ends well."""
    staging = home.with_name(f".{home.name}.restoring")
    home.parent.mkdir(parents=True, exist_ok=True)
    staging.mkdir(mode=0o700, exist_ok=True)
    with ExitStack() as opened:
        hold(staging, opened)
        try:
            for leftover in staging.iterdir():  # of a restore that was killed
                if leftover.is_dir():
                    shutil.rmtree(leftover)
                elif leftover.name != "lock":
                    leftover.unlink()
            yield staging
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise


def _configure(file: IO[bytes], staging: Path, home: Path, database: str | None) -> Config:
    """Write the configuration that the home will have, and say how it reads."""
    path, data = staging / CONFIG, b""
    for name, content in parts(file):  # it is the first, where there is one
        data = content.read() if name == f"{HOME}{CONFIG}" else b""
        break
    if database is not None:
        given = os.environ.get(DATABASE_URL, "").strip()
        if given and given != database:
            raise RestoreError(f"{DATABASE_URL} names another database: unset it, or --database")
        data = with_database(data, "" if database == SQLITE else database, path)
    if data:
        _write(path, io.BytesIO(data))
    config = load(staging)
    chosen = file_of(config.database) if config.database else None
    if chosen is not None and chosen.absolute().is_relative_to(home):
        raise RestoreError(f"database: {chosen} is in the home; say --database {SQLITE} for that")
    return config


@contextmanager
def _emptied(url: str, home: Path) -> Iterator[Engine]:
    """A database without tables, for us alone; it is so again unless the block ends well."""
    engine, path = open_engine(url), file_of(url)
    fresh = path is not None and not path.exists()
    lock = Owner(engine, home)
    try:
        with engine.connect() as connection:
            tables = inspect(connection).get_table_names()
            unfinished = bool(tables) and owner.restoring(connection)
        if tables and not unfinished:
            raise RestoreError(
                f"database: {shown(url)} is not empty, it has {len(tables)} tables; name one that "
                "has none with --database"
            )
        try:
            _drop(engine)
            yield engine
        except BaseException:
            with suppress(SQLAlchemyError):  # what went wrong first is to be told
                _drop(engine)
            raise
    except BaseException:
        if fresh:
            engine.dispose()
            for end in BESIDE:
                Path(f"{path}{end}").unlink(missing_ok=True)
        raise
    finally:
        lock.close()
        engine.dispose()


def _drop(engine: Engine) -> None:
    """Remove every table."""
    with writing(engine) as connection:
        schema = MetaData()
        schema.reflect(connection)
        schema.drop_all(connection)


def _put(
    file: IO[bytes],
    staging: Path,
    connection: Connection,
    manifest: Manifest,
    progress: Progress,
) -> None:
    """Rows into the database as it was, files into the folder, then bring the tables up to date."""
    for revision in manifest.revisions:
        migrate.bring(connection, revision, MODEL)
    tables = {table.name: table for table in rows.tables(connection)}
    if {name: rows.columns(table) for name, table in tables.items()} != manifest.tables:
        raise RestoreError("its tables are not those of the revisions that it names")
    counted = dict.fromkeys(tables, 0)
    for name, content in parts(file, progress):
        kind, _, rest = name.partition("/")
        table = rest.partition("/")[0]
        if f"{kind}/" == TABLE and table in tables:
            columns = manifest.tables[table]
            counted[table] += rows.load(connection, tables[table], columns, content.read())
        elif f"{kind}/" != HOME:
            raise RestoreError(f"{name} belongs to nothing that this version knows")
        elif rest != str(CONFIG):
            _write(staging / rest, content)
    if counted != manifest.rows:
        raise RestoreError("it has other rows than its manifest says")
    migrate.bring(connection, "heads", MODEL)


def _write(path: Path, content: IO[bytes]) -> None:
    for folder in reversed(path.parents):
        if not folder.exists():
            folder.mkdir(mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        shutil.copyfileobj(content, out, _BLOCK)
        fault_point("restore.file")
        out.flush()
        os.fsync(out.fileno())


def _sync(staging: Path) -> None:
    for folder, _, _ in os.walk(staging):
        sync_directory(Path(folder))
