"""`lianzhi status`: how a deployment is, in a few figures."""

from pathlib import Path

import click

from lianzhi.cli.common import deployment
from lianzhi.domains.domain import lazily

_status = lazily("lianzhi.cli.status_figures:print_status")


@click.command()
@click.option("--url", help="Ask the node that serves here as well, such as http://127.0.0.1:8000.")
@click.option(
    "--key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with an API key of scope `read`; without it only nodes with open metrics show them.",
)
@deployment
def status(url: str | None, key_file: Path | None, home: Path, as_json: bool) -> None:
    """Show how a deployment is: record, outbox, quarantine, event log, saved state.

    Reads what is stored, beside a node or without one; with --url also whether the node is ready,
    and how far judging is behind. Exit code 1: the node is not ready.
    """
    _status(home, url, key_file, as_json)
