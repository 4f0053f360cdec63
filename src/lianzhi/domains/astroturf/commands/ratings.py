"""`lianzhi astroturf ratings`: mean ratings, with suspicious ratings counting less."""

from pathlib import Path

import click
import msgspec
import numpy as np
from rich.table import Table

from lianzhi.accounts.action import ActionError, Columns, Counts
from lianzhi.accounts.engine import DuckDB
from lianzhi.accounts.kernel import Actions
from lianzhi.accounts.numbered import Numbered
from lianzhi.domains.astroturf.commands.common import OUT, Given, reading, refusals
from lianzhi.domains.astroturf.commands.json_lines import JsonLine, moment, write
from lianzhi.domains.astroturf.ratings.assess import assess
from lianzhi.domains.astroturf.ratings.item_rows import flagged_accounts, item_rows
from lianzhi.domains.astroturf.ratings.table import Ints, Ratings
from lianzhi.kit.terminal import console

#: Columns of a file of ratings, and of one of items, by default.
RATINGS = Columns("account", "item", "", "time", "rating")
RELEASES = Columns("item", "item", "", "released")
_SHOWN = 15


@click.command()
@reading
@click.option(
    "--items", "items", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of items with the columns item and released: a rating before that is flagged.",
)  # fmt: skip
@click.option("--out", type=OUT, help="Write all items with the evidence, a line of JSON each.")
def ratings(*, given: Given, items: Path | None, out: Path | None) -> None:
    """Tell what items in FILE are rated when ratings that look bought count less.

    FILE has one rating a row, by default with the columns account, item, rating, time. Beside the
    plain mean stands a robust one with its interval; bursts, throw-away accounts, groups and what
    came before the release are told with accounts and odds, for a person to weigh. Exit code 1:
    some rows are no ratings.
    """
    with refusals():
        given.check(out)
        with given.opened(DuckDB, 4) as (engine, watch):
            watch("reading")
            counts = given.read(engine, RATINGS)
            read = engine.connection.table("actions").fetchnumpy()
            numbered = Numbered.of(Actions(*(read[name] for name in Actions._fields)))
            released, unread = _released(given, items, numbered.object)
            watch("comparing")
            table, replaced = Ratings.of(
                numbered.actions.account,
                numbered.actions.object,
                np.asarray(read["rating"]),
                numbered.actions.time,
            )
            assessed = assess(table, released)
            watch("names")
            object_names = numbered.names(engine, "object", set(range(numbered.object.size)))
            account_names = numbered.names(engine, "account", flagged_accounts(assessed, table))
            lines = list(item_rows(table, assessed, object_names, account_names, moment))
            if out is not None:
                write(lines, out)
    if given.as_json:
        click.echo(msgspec.json.encode({**counts._asdict(), "replaced": replaced, "items": lines}))
    else:
        _show(table, lines)
    if replaced:
        click.echo(f"{replaced:,} ratings were replaced by a later one of the account", err=True)
    try:
        given.leave(counts)
    finally:
        if unread is not None:
            unread[0].leave(unread[1])


def _released(
    given: Given, items: Path | None, codes: Ints
) -> tuple[Ints | None, tuple[Given, Counts] | None]:
    """Release time of each item, -1 where unknown; and the counts of the file's rejected rows."""
    if items is None:
        return None, None
    other = given._replace(path=items, mapping="", rejected_out=None)
    other.check()
    with other.opened(DuckDB, 1) as (engine, watch):
        watch("reading items")
        try:
            counts = other.read(engine, RELEASES)
        except ActionError as error:
            why = str(error).partition("; name them")[0]
            raise ActionError(f"{why}; items have the columns item and released") from None
        read = engine.actions()
    released = np.full(codes.size, -1, np.int64)
    # reversed, so that the earliest of several is kept
    order = np.lexsort((-read.time, read.object))
    place = np.minimum(np.searchsorted(codes, read.object[order]), max(codes.size - 1, 0))
    known = codes[place] == read.object[order] if codes.size else np.zeros(0, bool)
    released[place[known]] = read.time[order][known]
    return released, (other, counts)


def _show(table: Ratings, lines: list[JsonLine]) -> None:
    less = sum(line["down_weighted"] for line in lines)
    flagged = [line for line in lines if line["flags"]]
    click.echo(
        f"{table.item.size:,} ratings of {len(lines):,} items by "
        f"{np.unique(table.account).size:,} accounts; {less:,} count less, "
        f"{len(flagged):,} items have flags"
    )
    if not flagged:
        return
    rows = Table("item", "ratings", "mean", "robust", "95 %", "count less", "flags")
    flagged.sort(key=lambda line: -abs(line["robust"] - line["mean"]))
    for line in flagged[:_SHOWN]:
        rows.add_row(
            line["item"],
            f"{line['ratings']:,}",
            f"{line['mean']:.2f}",
            f"{line['robust']:.2f}",
            f"{line['interval'][0]:.2f}-{line['interval'][1]:.2f}",
            f"{line['down_weighted']:,}",
            ", ".join(line["flags"]),
        )
    console().print(rows)
