"""`lianzhi astroturf`: what an operator or an analyst asks of this domain."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from lianzhi.accounts.action import ActionError, Columns, Counts, Rejected, duration
from lianzhi.accounts.coaction import STEPS, VIRAL, Settings
from lianzhi.accounts.engine import DuckDB, Kernel, Watch
from lianzhi.accounts.reading import MOST_TOLD, UNITS, Source
from lianzhi.accounts.results import Results, form_of
from lianzhi.accounts.spark import SCHEMES, Spark

_ENGINES: dict[str, Callable[..., DuckDB]] = {"duckdb": DuckDB, "numpy": Kernel}
_TABLES = {"pairs": "kept"}
#: Rows of a table that is shown.
_SHOWN = 10
_OUT = click.Path(dir_okay=False, path_type=Path)


@click.group()
def astroturf() -> None:
    """网络水军: accounts that act together, and what they rig."""


@astroturf.command()
@click.argument(
    "path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--window", default="60s", show_default=True, help="Most time between two actions.")
@click.option(
    "--min-participation", "least", default=2, show_default=True, type=click.IntRange(1),
    help="Contents an account must have acted with, and have in pairs.",
)  # fmt: skip
@click.option(
    "--columns", "mapping", default="", metavar="FIELD=COLUMN,...",
    help="Columns of FILE by other names: account, object, content, time; content= if none.",
)  # fmt: skip
@click.option(
    "--time-unit", "unit", default="s", show_default=True, type=click.Choice(list(UNITS)),
    help="Unit of times that are numbers; others are RFC 3339 with a zone.",
)  # fmt: skip
@click.option(
    "--viral", default=VIRAL, show_default=True, type=click.IntRange(2),
    help="Accounts on one object within one window that are a crowd: told apart, not paired.",
)  # fmt: skip
@click.option("--pairs", "pairs_out", type=_OUT, help="Write every pair; crowds are paired too.")
@click.option("--edges", "edges_out", type=_OUT, help="Write pairs by their two accounts.")
@click.option("--clusters", "clusters_out", type=_OUT, help="Write which accounts hang together.")
@click.option("--bursts", "bursts_out", type=_OUT, help="Write what was a crowd.")
@click.option(
    "--rejected", "rejected_out", type=_OUT,
    help="Where rows go that are no actions, with reasons.  [default: FILE.rejected.ndjson]",
)  # fmt: skip
@click.option(
    "--min-weight", "weight", default=1, show_default=True, type=click.IntRange(1),
    help="Pairs that two accounts must have to hang together.",
)  # fmt: skip
@click.option(
    "--engine", default="duckdb", show_default=True, metavar="ENGINE",
    help="duckdb; numpy, in memory; or the address of a Spark master, spark://HOST:PORT, local[2].",
)  # fmt: skip
@click.option("--memory", default="2GB", show_default=True, help="What DuckDB may use of it.")
@click.option(
    "--scratch", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder for what does not fit into memory, and that Spark's workers see too.  "
    "[default: the system's]",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def coordinate(
    *,
    path: Path,
    window: str,
    least: int,
    mapping: str,
    unit: str,
    viral: int,
    pairs_out: Path | None,
    edges_out: Path | None,
    clusters_out: Path | None,
    bursts_out: Path | None,
    rejected_out: Path | None,
    weight: int,
    engine: str,
    memory: str,
    scratch: Path | None,
    as_json: bool,
) -> None:
    """Find accounts in FILE (CSV, Parquet, NDJSON) that do the same within a window.

    Reads and writes the columns of CooRTweet. That two accounts act together is evidence for a
    person to weigh: sister pages, news and fans do so too. Exit code 1: some rows are no actions.
    """
    rejected_out = rejected_out or path.with_name(f"{path.name}.rejected.ndjson")
    outs = {"pairs": pairs_out, "edges": edges_out, "viral": bursts_out, "clusters": clusters_out}
    try:
        kind = _engine(engine)
        _distinct(path, rejected_out, *outs.values())
        settings = Settings(duration(window), least, None if pairs_out else viral)
        source = Source(path, Columns.parse(mapping), unit)
        with (
            tempfile.TemporaryDirectory(prefix="lianzhi-", dir=scratch) as folder,
            kind(Path(folder), memory) as run,
            _bar() as watch,
        ):
            watch("reading")
            counts, rejected = run.read(source)
            _set_aside(rejected, rejected_out)
            run.compare(settings, watch)
            watch("names")
            found = Results(run)
            tables = {"edges": found.edges(), "viral": found.viral()}
            tables["clusters"] = found.clusters(weight)
            if pairs_out:
                tables["pairs"] = found.pairs()
            for name, out in outs.items():
                if out is not None:
                    found.write(tables[name], out)
            sizes = {name: found.count(_TABLES.get(name, name)) for name in tables}
            top = tables["edges"].limit(_SHOWN).fetchall()
    except ActionError as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(msgspec.json.encode({**counts._asdict(), **sizes}))
    else:
        _show(counts, sizes, top, settings, rejected_out)
    if counts.rejected:
        raise SystemExit(1)


def _engine(name: str) -> Callable[..., DuckDB]:
    """The engine of a name or address. Raises ActionError."""
    if name.startswith(SCHEMES):
        return partial(Spark, master=name)
    if name not in _ENGINES:
        raise ActionError(f"engine {name!r}: give {', '.join(_ENGINES)} or spark://HOST:PORT")
    return _ENGINES[name]


def _distinct(path: Path, *outs: Path | None) -> None:
    """See that no two files are the same, and that each has a form. Raises ActionError."""
    seen = {path.resolve()}
    for out in filter(None, outs):
        form_of(out)
        if out.resolve() in seen:
            raise ActionError(f"{out}: it is read or written already; give another place")
        seen.add(out.resolve())


def _set_aside(rejected: list[Rejected], out: Path) -> None:
    if not rejected:
        return
    try:
        out.write_bytes(msgspec.json.Encoder().encode_lines([one._asdict() for one in rejected]))
    except OSError as error:
        raise ActionError(f"{out}: {error.strerror}; name another place by --rejected") from None


def _show(
    counts: Counts,
    sizes: dict[str, int],
    top: list[tuple[object, ...]],
    settings: Settings,
    rejected_out: Path,
) -> None:
    click.echo(
        f"{counts.actions:,} actions of {counts.rows:,} rows; {sizes['edges']:,} edges, "
        f"{sizes['clusters']:,} accounts in clusters"
        + (f", {sizes['pairs']:,} pairs" if "pairs" in sizes else "")
    )
    if counts.repeated:
        click.echo(f"{counts.repeated:,} rows repeat an action and count once")
    if sizes["viral"]:
        click.echo(
            f"{sizes['viral']:,} bursts of more than {settings.most:,} accounts in one window: "
            "not paired (--bursts writes them)"
        )
    if counts.rejected:
        more = f", the first {MOST_TOLD:,} of a kind told" if counts.rejected > MOST_TOLD else ""
        click.echo(f"{counts.rejected:,} rows are no actions{more}: {rejected_out}")
    if not top:
        click.echo("No two accounts acted together so often: try a longer --window.")
        return
    table = Table("from", "to", "weight", "seconds apart", title="Who acts together most")
    for one, other, weight, apart, *_ in top:
        table.add_row(str(one), str(other), f"{weight}", f"{apart:.1f}")
    Console(width=None if Console().is_terminal else 120).print(table)


@contextmanager
def _bar() -> Iterator[Watch]:
    """A bar on standard error, so that standard output stays clean."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=len(STEPS) + 2)

        def watch(step: str) -> None:
            bar.update(task, description=step, advance=1)

        yield watch
