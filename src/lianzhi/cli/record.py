"""`lianzhi record`: verify the record, rebuild derived tables, erase a person."""

import sys
from pathlib import Path
from typing import IO

import click
import msgspec
from sqlalchemy import Engine

from lianzhi.cli.common import database, deployment, fail
from lianzhi.cli.exits import NO
from lianzhi.domains.configuration import load
from lianzhi.flow.log import LogDamagedError
from lianzhi.jobs.adopt import adopt
from lianzhi.jobs.home import HomeLockedError
from lianzhi.jobs.mounted import MODEL
from lianzhi.jobs.wall_clock import wall_clock
from lianzhi.kit.terminal import print_json
from lianzhi.record.checkpoint import CheckpointError, Verifier
from lianzhi.store.audit_home import audit_home
from lianzhi.store.db import snapshot
from lianzhi.store.ledger import RecordError, custody, hold_against, open_ledger

#: Longest checkpoint with its signatures, in characters.
CHECKPOINT_CHARS = 1 << 16


@click.group()
def record() -> None:
    """The verifiable record."""


@record.command()
@click.option(
    "--checkpoint",
    "kept",
    type=click.File(encoding="utf-8", errors="replace"),
    help="A checkpoint kept from an earlier day: the record must begin with what it signed.",
)
@deployment
def verify(kept: IO[str] | None, home: Path, as_json: bool) -> None:
    """Prove that nothing was changed: the record, its events, its tables, users and API keys.

    Names the first entry that was edited, removed, inserted or reordered, and the checkpoint whose
    signature or root does not hold; where the record is sound, also the first event of a file, the
    first row of a table, and each user or key changed behind the record. Exit code 1 when something
    was changed. Changes nothing itself, and may run beside a node. Prints the public key: whoever
    has it and an earlier checkpoint needs to trust nobody here.
    """
    note = None if kept is None else kept.read(CHECKPOINT_CHARS)
    with database(home) as engine:
        key = home / "keys" / "record.ed25519"
        if not key.exists():
            fail(f"the key {key} is missing, so nothing can be proved: restore it from a copy")
        signer, witness = custody(home, load(home).origin)
        whole = audit_home(engine, home, signer, witness, MODEL)
        report, events, tables, accounts = whole
        earlier, broken = (
            _covered(engine, signer.verifier, note) if note and report.ok else (0, None)
        )
    public = str(signer.verifier)
    ok = broken is None and whole.ok
    if as_json:
        summary = msgspec.structs.asdict(report) | {
            "root": report.root.hex(),
            "ok": ok,
            "key": public,
        }
        audits = {"events": events, "tables": tables, "accounts": accounts, "checkpoint": broken}
        print_json(summary | audits)
    elif not report.ok:
        where = f"entry {report.first_bad}" if report.first_bad is not None else "the record"
        click.echo(f"NOT SOUND: {where}: {report.what}: {report.detail}")
    else:
        click.echo(f"The record is sound. Entries: {report.size:,}; root {report.root.hex()}")
        click.echo(f"Checkpoints: {report.checkpoints:,} signed, each consistent with the next")
        click.echo(f"Public key: {public}")
        if broken is not None:
            click.echo(f"NOT SOUND: the checkpoint given: {broken}")
        elif note:
            click.echo(f"It begins with the {earlier:,} entries of the checkpoint given")
        if events is not None:
            click.echo(
                f"Events: {events.events:,} as they were accepted, {events.erased:,} of them "
                f"erased; sealed segments: {events.segments}"
            )
            for fault in whole.event_faults():
                click.echo(f"NOT SOUND: {fault}")
        if tables is not None:
            click.echo(f"Tables: {tables.rows:,} rows are as the record tells them")
        if accounts is not None:
            click.echo(f"Users and API keys: {accounts.rows:,} are as the record tells them")
        for fault in whole.row_faults():
            click.echo(f"NOT SOUND: {fault}")
    sys.exit(0 if ok else NO)


def _covered(engine: Engine, key: Verifier, note: str) -> tuple[int, str | None]:
    """(entries that a checkpoint covers, its contradiction with the record or None)."""
    try:
        with snapshot(engine) as connection:
            return hold_against(connection, key, note), None
    except CheckpointError as error:
        return 0, str(error)


@record.command()
@deployment
def rebuild(home: Path, as_json: bool) -> None:
    """Derive the tables of findings, cases, protections and looks from the record anew."""
    with database(home) as engine:
        try:
            count = open_ledger(engine, home, load(home).origin, MODEL.make()).rebuild()
        except RecordError as error:
            fail(str(error))
    if as_json:
        print_json({"entries": count})
    else:
        click.echo(f"Rebuilt from {count:,} entries.")


@record.command(name="adopt")
@click.option("--yes", is_flag=True, help="Do not ask.")
@deployment
def adopt_(yes: bool, home: Path, as_json: bool) -> None:
    """Go on from what is there, after a loss that no copy can mend.

    For an operator who has restored an older copy, or lost files of events. Which acknowledged
    events are gone is put on the record, and their positions stay empty. Verify first: what this
    command accepts, nobody can tell from tampering afterwards.
    """
    with database(home, older=True):
        pass  # fails without a home, and creates none
    if not yes:
        click.confirm("Take record and events as they are now?", abort=True, err=True)
    try:
        adopted = adopt(home, wall_clock())
    except (HomeLockedError, RecordError, LogDamagedError, OSError) as error:
        fail(str(error))
    if as_json:
        print_json(adopted)
    else:
        click.echo(
            f"Adopted: {adopted.entries:,} entries and {adopted.events:,} events; "
            f"{adopted.lost:,} acknowledged events are gone, and the record says so."
        )
