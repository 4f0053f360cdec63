"""`lianzhi astroturf actions`: stored events as a file of actions for the other commands."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
import pyarrow.parquet as pq

from lianzhi.accounts.action import Columns
from lianzhi.chain.event import Event
from lianzhi.domains.astroturf.detection.events import objects
from lianzhi.files import whole_file
from lianzhi.kit.options import deployment_options
from lianzhi.kit.terminal import deployment, print_json, stderr

#: Rows written per batch.
_PORTION = 100_000
_DAY = click.DateTime(["%Y-%m-%d"])
_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in Columns()[:3]),
        (Columns().time, pa.timestamp("ms", "UTC")),
        ("object_kind", pa.string()),
        ("target", pa.string()),
        ("source", pa.string()),
    ]
)
Row = tuple[Any, ...]


@click.command()
@click.option(
    "--out", "target", required=True, type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the actions: a .parquet file.",
)  # fmt: skip
@click.option("--since", type=_DAY, help="First day of the events, in UTC.")
@click.option("--until", type=_DAY, help="The day after the last one, in UTC.")
@deployment_options
def actions(target: Path, since: Any, until: Any, home: Path, as_json: bool) -> None:
    """Write what accounts did, of all stored events, as a file of actions.

    One row for each thing that an event acts on: what it likes, shares, says, follows, reports.
    Texts are not written, only hashes of them; private messages are left out. May run beside a
    node. Whoever gets the file gets accounts and what they did: keep it as you keep the home.
    """
    if target.suffix != ".parquet":
        raise click.ClickException(f"--out {target}: give a name that ends in .parquet")
    bounds = [day and int(day.replace(tzinfo=dt.UTC).timestamp() * 1000) for day in (since, until)]
    count = 0
    try:
        with (
            deployment().events(home) as stored,
            whole_file(target) as part,
            pq.ParquetWriter(part, _SCHEMA) as file,
            stderr().status("reading stored events"),
        ):
            for rows in _portions(_rows(stored, *bounds)):
                columns = [pa.array(column) for column in zip(*rows, strict=True)]
                arrays = [
                    column.cast(field.type) for column, field in zip(columns, _SCHEMA, strict=True)
                ]
                file.write_table(pa.table(arrays, schema=_SCHEMA))
                count += len(rows)
    except OSError as error:
        message = f"{target}: {error.strerror}; give another place"
        raise click.ClickException(message) from None
    if as_json:
        print_json({"actions": count})
    else:
        click.echo(f"{count:,} actions: {target}")


def _rows(stored: Iterator[list[Event]], since: int | None, until: int | None) -> Iterator[Row]:
    for events in stored:
        for event in events:
            if (since is None or event.time >= since) and (until is None or event.time < until):
                for object_ in objects(event):
                    kind = object_.partition(":")[0]
                    content = f"{event.source}/{event.id}"
                    yield (
                        event.actor,
                        object_,
                        content,
                        event.time,
                        kind,
                        event.target,
                        event.source,
                    )


def _portions(rows: Iterator[Row]) -> Iterator[list[Row]]:
    portion: list[Row] = []
    for row in rows:
        portion.append(row)
        if len(portion) == _PORTION:
            yield portion
            portion = []
    if portion:
        yield portion
