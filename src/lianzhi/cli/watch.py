"""`lianzhi watch FILE|-`: judge events from a file or a pipe, and print findings."""

from pathlib import Path
from typing import Any

import click

from lianzhi.cli.common import deployment
from lianzhi.domains.domain import lazily

_watch = lazily("lianzhi.cli.watching:watch_events")


@click.command()
@click.argument("source", metavar="FILE|-", type=click.Path(allow_dash=True, dir_okay=False))
@click.option(
    "--findings",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every finding of the deployment here, one JSON object a line.",
)
@click.option(
    "--lateness",
    type=click.FloatRange(0, 86_400),
    help="Seconds of event time by which an event may come late and still be judged; by default "
    "`lateness_seconds` of config.toml, and at least 60 for a file.",
)
@click.option(
    "--strict", is_flag=True, help="Refuse rows with unknown fields, which may be misspelt."
)
@deployment
def watch(**given: Any) -> None:
    """Read events (NDJSON, also in gzip), judge them, print findings.

    Idempotent: rows accepted before are skipped, so an interrupted run is simply run again. Bad
    rows go to quarantine (`lianzhi quarantine`), each once, and make the exit code 1.
    """
    _watch(**given)
