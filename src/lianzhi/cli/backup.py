"""`lianzhi backup` and `lianzhi restore`: a deployment as one file."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from lianzhi.cli.common import database, deployment, fail, when
from lianzhi.cli.exits import NO
from lianzhi.jobs.backup import BackupError
from lianzhi.jobs.backup import backup as back_up
from lianzhi.jobs.home import HomeLockedError
from lianzhi.jobs.restore import RestoreError
from lianzhi.jobs.restore import restore as put_back
from lianzhi.jobs.wall_clock import wall_clock
from lianzhi.kit.terminal import print_json, stderr
from lianzhi.store.archive import ArchiveError
from lianzhi.store.archive import Progress as Told
from lianzhi.store.ledger import RecordError
from lianzhi.store.rows import RowError

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=FILE)
@click.option("--without-keys", is_flag=True, help="Leave the private keys out: kept elsewhere.")
@deployment
def backup(file: Path, without_keys: bool, home: Path, as_json: bool) -> None:
    """Write the whole deployment into FILE, as it is at this moment; a node may go on meanwhile.

    Everything is in it that was acknowledged before: database, event log, keys, configuration,
    detectors' state, quarantine. Keep it as safe as the deployment itself. FILE is a tar file in
    gzip, whatever its name; .tar.gz keeps it out of further backups if it lies in the home.
    """
    with database(home, older=True):
        pass
    try:
        with _progress("writing", None) as progress:
            archive = back_up(home, file, wall_clock(), keys=not without_keys, progress=progress)
    except (BackupError, FileExistsError, RowError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"FILE {file}: {_why(error)}; nothing is left of it, make room or name another place")
    if as_json:
        print_json(archive)
        return
    click.echo(
        f"{archive.file}: {archive.bytes:,} bytes, {archive.entries:,} entries of the record, "
        f"{archive.rows:,} rows, {archive.files:,} files"
        f"{'' if archive.keys else ', no keys'}"
    )
    click.echo(f"SHA-256 {archive.sha256}")


@click.command()
@click.argument("file", type=FILE)
@click.option(
    "--database",
    "url",
    help="Database without tables in place of the configured one: a URL, or `sqlite` for a file "
    "in the home. A password is safer in LIANZHI_DATABASE_URL.",
)
@deployment
def restore(file: Path, url: str | None, home: Path, as_json: bool) -> None:
    """Put the deployment in FILE into an empty home and an empty database, and verify it.

    Nothing is written unless every byte of FILE is as it was written, and nothing is left where it
    cannot be done. Exit code 1 when what was restored is not sound.
    """
    try:
        size = file.stat().st_size
        with _progress("reading", 2 * size) as progress:
            done = put_back(file, home, wall_clock(), database=url, progress=progress)
    except (ArchiveError, RestoreError, RowError) as error:
        fail(f"FILE {file}: {error}" if not isinstance(error, RestoreError) else str(error))
    except (HomeLockedError, RecordError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or file}: {_why(error)}; nothing was restored")
    if as_json:
        print_json(done)
        sys.exit(NO if done.faults else 0)
    click.echo(
        f"{done.home} is as it was on {when(done.at)} UTC: {done.entries:,} entries of the record, "
        f"{done.events:,} events; database {done.database}"
    )
    for fault in done.faults:
        click.echo(f"NOT SOUND: {fault}")
    if done.missing:
        click.echo(f"Put there before the first start: {', '.join(done.missing)}", err=True)
    click.echo(
        "Hold it against the newest checkpoint that you published: `lianzhi record verify "
        "--checkpoint FILE`. Never run it beside the deployment that it was taken from. People, "
        "keys and measures stand as they stood then: see docs/operations.md, Restore.",
        err=True,
    )
    sys.exit(NO if done.faults else 0)


@contextmanager
def _progress(label: str, total: int | None) -> Iterator[Told]:
    console = stderr()
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(
        *columns,
        TransferSpeedColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    ) as progress:
        bar = progress.add_task(label, total=total)
        yield lambda count: progress.update(bar, advance=count)


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
