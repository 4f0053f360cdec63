"""`lianzhi enforcement import check`: faults of a town's files."""

from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.importing.town_files import FILES, read_folder
from lianzhi.domains.enforcement.law import power
from lianzhi.kit.terminal import console, print_json, print_problems, progress
from lianzhi.tabular.folder import Folder
from lianzhi.tabular.known_ids import KnownIds


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
    try:
        known = KnownIds(
            {
                "items": power.keys(lists),
                "departments": {each.key for each in power.departments()},
            }
        )
    except PolicyError as error:
        raise click.ClickException(str(error)) from None
    with progress() as bar:
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
    print_json(summary)


def _show(folder: Folder, language: str) -> None:
    table = Table("file", "rows taken", "errors")
    for kind, read in folder.reads.items():
        style = "red" if read.errors else "green"
        table.add_row(kind, f"{len(read.rows):,}", Text(f"{len(read.errors):,}", style))
    for kind in folder.missing:
        table.add_row(kind, Text("no file", "dim"), "")
    console().print(table)
    print_problems(folder.errors, language)
