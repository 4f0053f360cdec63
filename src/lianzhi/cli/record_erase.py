"""`lianzhi record erase`: erase a person from a deployment."""

import sys
from pathlib import Path

import click

from lianzhi.cli.common import database, deployment, fail
from lianzhi.cli.exits import NO
from lianzhi.flow.log import LogDamagedError
from lianzhi.jobs.erasure import RetainedError
from lianzhi.jobs.home import HomeLockedError
from lianzhi.jobs.judge import DetectionStoppedError
from lianzhi.jobs.node import Node
from lianzhi.kit.terminal import print_json
from lianzhi.store.ledger import RecordError


@click.command()
@click.option("--subject", required=True, help="Account to erase.")
@click.option(
    "--force-retained", is_flag=True, help="Erase also what the law keeps: archived case files."
)
@deployment
def erase(subject: str, force_retained: bool, home: Path, as_json: bool) -> None:
    """Erase a person everywhere; the record still verifies afterwards.

    Exit code 1 when nothing named that account. Where the law keeps a case file of theirs, nothing
    is erased and it says which, unless --force-retained.
    """
    if not subject.strip():
        raise click.BadParameter("it is blank; give the account's whole name", param_hint="subject")
    with database(home, older=True):
        pass  # asking makes nothing
    try:
        with Node(home) as node:
            erased = node.erasure.erase(subject, retained_too=force_retained)
    except RetainedError as error:
        fail(f"{subject} is not erased: {error}. Give --force-retained to erase them all the same")
    except (HomeLockedError, RecordError, LogDamagedError, DetectionStoppedError, OSError) as error:
        fail(str(error))
    record = erased.record
    if as_json:
        print_json(erased)
    elif erased.is_empty:
        click.echo(
            f"Nothing here names {subject}; is the account written as the platform writes it?"
        )
    else:
        click.echo(
            f"Erased: {erased.events} events, {len(record.evidence)} pieces of evidence, "
            f"{len(record.texts)} texts, {erased.quarantined} quarantined rows, state and "
            "protections. The record still verifies."
        )
        for index in record.suspects:
            click.echo(f"Look at entry {index}: its payload seems to name the account.", err=True)
    sys.exit(NO if erased.is_empty else 0)
