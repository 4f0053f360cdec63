"""`lianzhi astroturf coordinate`: pairs, edges, clusters and crowds in a file of actions."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import click
import msgspec
from rich.table import Table

from lianzhi.accounts.action import ActionError, Counts, duration
from lianzhi.accounts.coaction import STEPS, VIRAL, Settings
from lianzhi.accounts.engine import DuckDB, Kernel
from lianzhi.accounts.results import Results
from lianzhi.accounts.spark import SCHEMES, Spark
from lianzhi.domains.astroturf.commands.common import OUT, Given, reading, refusals, shown
from lianzhi.kit.terminal import console

_ENGINES: dict[str, Callable[..., DuckDB]] = {"duckdb": DuckDB, "numpy": Kernel}
_TABLES = {"pairs": "kept"}
#: Most rows of a displayed table.
_SHOWN = 10


@click.command()
@reading
@click.option("--window", default="60s", show_default=True, help="Most time between two actions.")
@click.option(
    "--min-participation", "least", default=2, show_default=True, type=click.IntRange(1),
    help="Contents an account must have acted with, and have in pairs.",
)  # fmt: skip
@click.option(
    "--viral", default=VIRAL, show_default=True, type=click.IntRange(2),
    help="Accounts on one object within one window that are a crowd: told apart, not paired.",
)  # fmt: skip
@click.option("--pairs", "pairs_out", type=OUT, help="Write every pair; crowds are paired too.")
@click.option("--edges", "edges_out", type=OUT, help="Write pairs by their two accounts.")
@click.option("--clusters", "clusters_out", type=OUT, help="Write which accounts hang together.")
@click.option("--bursts", "bursts_out", type=OUT, help="Write what was a crowd.")
@click.option(
    "--min-weight", "weight", default=1, show_default=True, type=click.IntRange(1),
    help="Pairs that two accounts must have to hang together.",
)  # fmt: skip
@click.option(
    "--engine", default="duckdb", show_default=True, metavar="ENGINE",
    help="duckdb; numpy, in memory; or the address of a Spark master, spark://HOST:PORT, local[2].",
)  # fmt: skip
def coordinate(
    *,
    given: Given,
    window: str,
    least: int,
    viral: int,
    pairs_out: Path | None,
    edges_out: Path | None,
    clusters_out: Path | None,
    bursts_out: Path | None,
    weight: int,
    engine: str,
) -> None:
    """Find accounts in FILE (CSV, Parquet, NDJSON) that do the same within a window.

    Reads and writes the columns of CooRTweet. That two accounts act together is evidence for a
    person to weigh: sister pages, news and fans do so too. Exit code 1: some rows are no actions.
    """
    outs = {"pairs": pairs_out, "edges": edges_out, "viral": bursts_out, "clusters": clusters_out}
    with refusals():
        kind = _engine(engine)
        given.check(tables=list(outs.values()))
        settings = Settings(duration(window), least, None if pairs_out else viral)
        with given.opened(kind, len(STEPS) + 2) as (run, watch):
            watch("reading")
            counts = given.read(run)
            run.compare(settings, watch)
            watch("names")
            results = Results(run)
            tables = {"edges": results.edges(), "viral": results.viral()}
            tables["clusters"] = results.clusters(weight)
            if pairs_out:
                tables["pairs"] = results.pairs()
            for name, out in outs.items():
                if out is not None:
                    results.write(tables[name], out)
            sizes = {name: results.count(_TABLES.get(name, name)) for name in tables}
            top = tables["edges"].limit(_SHOWN).fetchall()
    if given.as_json:
        click.echo(msgspec.json.encode({**counts._asdict(), **sizes}))
    else:
        _show(counts, sizes, top, settings)
    given.leave(counts)


def _engine(name: str) -> Callable[..., DuckDB]:
    if name.startswith(SCHEMES):
        return partial(Spark, master=name)
    if name not in _ENGINES:
        raise ActionError(f"engine {name!r}: give {', '.join(_ENGINES)} or spark://HOST:PORT")
    return _ENGINES[name]


def _show(
    counts: Counts,
    sizes: dict[str, int],
    top: list[tuple[object, ...]],
    settings: Settings,
) -> None:
    click.echo(
        f"{counts.actions:,} actions of {counts.rows:,} rows; {sizes['edges']:,} edges, "
        f"{sizes['clusters']:,} accounts in clusters"
        + (f", {sizes['pairs']:,} pairs" if "pairs" in sizes else "")
    )
    if sizes["viral"]:
        click.echo(
            f"{sizes['viral']:,} bursts of more than {settings.most:,} accounts in one window: "
            "not paired (--bursts writes them)"
        )
    if not top:
        click.echo("No two accounts acted together so often: try a longer --window.")
        return
    table = Table("from", "to", "weight", "seconds apart", title="Who acts together most")
    for account, other, weight, apart, *_ in top:
        table.add_row(shown(account), shown(other), f"{weight}", f"{apart:.1f}")
    console().print(table)
