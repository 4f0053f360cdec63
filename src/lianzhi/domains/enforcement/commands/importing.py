"""`lianzhi enforcement import check`: faults of a town's files."""

from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.importing.town_files import FILES, read_folder
from lianzhi.domains.enforcement.law import power
from lianzhi.tabular.folder import Folder
from lianzhi.tabular.known_ids import KnownIds

_SHOWN = 20


@click.group("import")
def import_() -> None:
    """Files of a town: CSV, XLSX or JSON."""


@import_.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--power",
    "lists",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of dated power lists instead of the shipped one.",
)
@click.option(
    "--language",
    type=click.Choice(["zh", "en"]),
    default="en",
    show_default=True,
    help="In which language it is told how to mend a row.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(folder: Path, lists: Path | None, language: str, as_json: bool) -> None:
    """Tell every row in FOLDER that could not be taken in, and why; nothing is stored.

    FOLDER has grids.geojson and officers, enterprises, requests, inspections, penalties, permits as
    .csv (UTF-8), .xlsx or .json, and perhaps observers, departments and items of its own. Else
    departments are the shipped ones, and items may be of any version of the power list. Exit code
    1: some rows are wrong, or there is no file.
    """
    bar = Progress(
        *(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()),
        console=Console(stderr=True),
        transient=True,
    )
    try:
        known = KnownIds(
            {
                "items": power.keys(lists),
                "departments": {each.key for each in power.departments()},
            }
        )
    except PolicyError as error:
        raise click.ClickException(str(error)) from None
    with bar:
        task = bar.add_task("", total=len(FILES))
        folder_ = read_folder(
            folder, known, lambda kind: bar.update(task, description=kind, advance=1)
        )
    if as_json:
        _print(folder_, language)
    else:
        _show(folder_, language)
    if folder_.errors or not folder_.reads:
        raise SystemExit(1)


def _print(folder: Folder, language: str) -> None:
    summary = {
        "rows": {kind: len(read.rows) for kind, read in folder.reads.items()},
        "missing": folder.missing,
        "errors": [error.as_dict(language) for error in folder.errors],
    }
    click.echo(msgspec.json.encode(summary))


def _show(folder: Folder, language: str) -> None:
    table = Table("file", "rows taken", "errors")
    for kind, read in folder.reads.items():
        style = "red" if read.errors else "green"
        table.add_row(kind, f"{len(read.rows):,}", Text(f"{len(read.errors):,}", style))
    for kind in folder.missing:
        table.add_row(kind, Text("no file", "dim"), "")
    console = Console(width=None if Console().is_terminal else 120)
    console.print(table)
    if not folder.errors:
        return
    problems_table = Table(title="Rows left out")
    for name in ("where", "column", "value", "what to do"):
        problems_table.add_column(name, overflow="fold")
    for problem in folder.errors[:_SHOWN]:
        where = f"{problem.file}:{problem.line}" if problem.line else problem.file
        problems_table.add_row(
            *map(Text, (where, problem.column, problem.value, problem.fault.text(language)))
        )
    console.print(problems_table)
    more = len(folder.errors) - _SHOWN
    if more > 0:
        click.echo(f"{more:,} more; --json tells them all")
