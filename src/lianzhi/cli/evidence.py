"""`lianzhi evidence`: a case as a verifiable file."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, TypeVar

import click

from lianzhi.cli.case_words import language
from lianzhi.cli.common import database, deployment, fail
from lianzhi.cli.exits import NO
from lianzhi.documents import verify as packs
from lianzhi.documents.format import BEIJING
from lianzhi.documents.forms import LANGUAGES, Facts
from lianzhi.documents.pack import PackTooLargeError
from lianzhi.documents.pack_reader import MOST_BYTES
from lianzhi.domains.configuration import load
from lianzhi.jobs import evidence as exports
from lianzhi.jobs.mounted import MODEL
from lianzhi.jobs.wall_clock import wall_clock
from lianzhi.kit.terminal import print_json
from lianzhi.record.checkpoint import CheckpointError, Verifier
from lianzhi.store.ledger import RecordError, open_ledger

T = TypeVar("T")
_CHUNK = 1 << 20


@click.group()
def evidence() -> None:
    """Evidence of a case as one file: export it, verify one."""


@evidence.command()
@click.argument("case_id", metavar="CASE")
@click.option(
    "-o",
    "--out",
    "target",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The ZIP file to write; it must not be there yet.",
)
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language of the summary.")
@deployment
def export(case_id: str, target: Path, lang: str | None, home: Path, as_json: bool) -> None:
    """Write everything that proves a case into one file.

    Originals, salts, proofs, the checkpoint and a summary for people, in the language of the
    terminal unless --lang says another. The export goes on the record. May run beside a node.
    """
    with database(home) as engine:
        config = load(home)
        facts = Facts(
            case=case_id,
            lang="zh" if (lang or language()) == "zh" else "en",
            made_at=wall_clock(),
            by="cli",
            deployment=config.deployment,
            utc_offset_minutes=offset_minutes(),
        )
        try:
            ledger = open_ledger(engine, home, config.origin, MODEL.make())
            done = written(
                target, lambda file: exports.export(ledger, home / "events", facts, file)
            )
        except KeyError:
            fail(f"there is no case {case_id}; see `lianzhi case list`")
        except FileExistsError:
            fail(f"{target} is there already; give another name with -o")
        except (RecordError, PackTooLargeError, OSError) as error:
            fail(str(error))
    if as_json:
        print_json(done)
    else:
        click.echo(
            f"{target}: {done.entries:,} entries and {done.events:,} events under checkpoint "
            f"{done.checkpoint:,}; on the record as entry {done.entry}"
        )
        click.echo(f"SHA-256: {done.sha256}")


def offset_minutes() -> int:
    """UTC offset of the deployment's time zone, in minutes."""
    return int((BEIJING.utcoffset(None)).total_seconds()) // 60


def written(target: Path, make: Callable[[BinaryIO], T]) -> T:
    """Make a file atomically, readable only by its owner.

    Raises FileExistsError where the name is taken.
    """
    fresh = target.with_name(f".{target.name}.{os.urandom(4).hex()}")
    try:
        handle = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w+b") as file:
            if target.exists():
                raise FileExistsError(target)
            done = make(file)
            os.fsync(file.fileno())
        target.hardlink_to(fresh)
    finally:
        fresh.unlink(missing_ok=True)
    return done


@evidence.command()
@click.argument("file", type=click.File("rb"))
@click.option(
    "--key",
    "known",
    help="The record's public key, as `lianzhi record verify` prints it where the record is kept.",
)
@click.option(
    "--sha256",
    default="",
    metavar="HEX",
    help="The file's digest, as the export printed it and the record holds it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(file: BinaryIO, known: str | None, sha256: str, as_json: bool) -> None:
    """Verify a pack, on any machine: no deployment, no database, no network.

    FILE may be - for standard input. Names the first fault of each part. Exit code 1 when there is
    one.
    """
    try:
        key = None if known is None else Verifier.parse(known)
    except CheckpointError as error:
        raise click.BadParameter(str(error), param_hint="--key") from None
    try:
        with _sought(file) as source:
            verdict = packs.verify(source, key, sha256)
    except OSError as error:
        fail(f"the file can't be read, or not kept while it is: {error}")
    if as_json:
        print_json(verdict)
    else:
        _print_verdict(verdict)
    sys.exit(0 if verdict.ok else NO)


@contextmanager
def _sought(file: BinaryIO) -> Iterator[BinaryIO]:
    """The file, or a seekable copy of a pipe.

    Of an oversized input, just enough is read to show that it is too large.
    """
    if file.seekable():
        yield file
        return
    with TemporaryFile() as copy:
        left = MOST_BYTES + 1
        while left and (chunk := file.read(min(left, _CHUNK))):
            copy.write(chunk)
            left -= len(chunk)
        yield copy


def _print_verdict(verdict: packs.Verdict) -> None:
    if verdict.ok:
        click.echo(
            f"The pack is sound. Case {verdict.case}: {verdict.entries:,} entries and "
            f"{verdict.events:,} events under a record of {verdict.size:,} entries; "
            f"{verdict.erased:,} erased"
        )
    for part in verdict.parts:
        click.echo(f"{'good' if part.ok else 'NOT SOUND'}: {part.name}: {part.detail}")
    if not verdict.known_key:
        click.echo(
            "The signatures were checked with the key inside the pack, which shows that it agrees "
            "with itself; give --key to learn whose it is"
        )
