"""`lianzhi quarantine`: rows that could not be accepted, with reasons."""

from pathlib import Path

import click

from lianzhi.cli.common import deployment, must_exist, when
from lianzhi.jobs.wall_clock import wall_clock
from lianzhi.kit.terminal import print_json
from lianzhi.store.quarantine import FileQuarantine


@click.command()
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@deployment
def quarantine(limit: int, home: Path, as_json: bool) -> None:
    """List quarantined rows, newest first: when, where from, line, reason, mend."""
    must_exist(home)
    kept = FileQuarantine(home / "quarantine.ndjson", wall_clock)
    rows = kept.list(limit)
    if as_json:
        for row_held in rows:
            row = row_held.row
            summary = {
                "at": row_held.at,
                "origin": row_held.origin,
                "line": row.line,
                "reason": row.reason,
            }
            raw = row.raw.decode("utf-8", "backslashreplace")
            print_json({**summary, "detail": row.detail, "raw": raw})
        return
    if not rows:
        click.echo("Nothing is in quarantine.")
        return
    for row_held in rows:
        row = row_held.row
        click.echo(f"{when(row_held.at)}  {row_held.origin}:{row.line}  {row.reason}: {row.detail}")
    if kept.count() > len(rows):
        click.echo(f"... and {kept.count() - len(rows):,} more: --limit", err=True)
