"""`lianzhi enforcement import load` and `export`: files of a bureau to and from the record."""

from contextlib import AbstractContextManager
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from lianzhi.domains.enforcement.commands.terminal import console
from lianzhi.domains.enforcement.desk import Desk
from lianzhi.domains.enforcement.desk.exports import FILES as EXPORTED
from lianzhi.domains.enforcement.desk.history import NOUNS, REGISTERS
from lianzhi.domains.enforcement.desk.office import new_id
from lianzhi.domains.enforcement.importing.town_files import FILES
from lianzhi.domains.terminal import (
    NO,
    deployment,
    deployment_options,
    print_json,
    stderr,
)
from lianzhi.tabular.folder import Folder

_SHOWN = 20


def _desk(home: Path) -> AbstractContextManager[Desk]:
    """The desk of a deployment; may be open beside a node."""
    return deployment().desk(home, "enforcement")


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=stderr(), transient=True)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--strict", is_flag=True, help="Take nothing in where any row is wrong.")
@deployment_options
def load(folder: Path, strict: bool, home: Path, as_json: bool) -> None:
    """Put the good rows of FOLDER on the record, in one step: all of them, or none.

    FOLDER is as `import check` reads it. What is on the record already is told and left out;
    enterprises and officers say anew how they stand. Exit code 1: some rows were left out.
    """
    with _desk(home) as desk, _bar() as bar:
        reading = bar.add_task("reading", total=len(FILES))
        folder_ = desk.history.read(
            folder, lambda kind: bar.update(reading, description=kind, advance=1)
        )
        wrong = folder_.errors
        loaded = dict.fromkeys((*REGISTERS, *NOUNS), 0)
        coming = any(folder_.reads[kind].rows for kind in loaded if kind in folder_.reads)
        if coming and not (strict and wrong):
            writing = bar.add_task("record", total=None)
            counts = desk.history.take(
                folder_,
                deployment().by(),
                watch=lambda n, all_: bar.update(writing, completed=n, total=all_),
            )
            loaded |= {kind: count for kind, count in counts.items() if kind in loaded}
    if as_json:
        errors = [problem.as_dict("en") for problem in wrong]
        print_json({"taken": loaded, "missing": folder_.missing, "errors": errors})
    else:
        _show(folder_, loaded)
    if wrong or not (coming or any(read.same for read in folder_.reads.values())):
        raise click.exceptions.Exit(NO)


def _show(folder: Folder, loaded: dict[str, int]) -> None:
    table = Table("file", "on the record", "nothing new", "left out")
    for kind, read in folder.reads.items():
        if kind in loaded:
            left = Text(f"{len(read.errors):,}", "red" if read.errors else "dim")
            same = Text(f"{read.same:,}", "" if read.same else "dim")
            table.add_row(
                kind, Text(f"{loaded[kind]:,}", "green" if loaded[kind] else "dim"), same, left
            )
    console().print(table)
    if not folder.errors:
        return
    problems_table = Table("where", "column", "value", "what to do", title="Rows left out")
    for error in folder.errors[:_SHOWN]:
        where = f"{error.file}:{error.line}" if error.line else error.file
        problems_table.add_row(*map(Text, (where, error.column, error.value, error.mend)))
    console().print(problems_table)
    if (more := len(folder.errors) - _SHOWN) > 0:
        click.echo(f"{more:,} more; --json tells them all")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--xlsx", "sheets", is_flag=True, help="Write .xlsx instead of .csv.")
@deployment_options
def export(folder: Path, sheets: bool, home: Path, as_json: bool) -> None:
    """Write everything on the record into FOLDER, in the files that `import` reads.

    And `steps`: every entry of every noun, with what it says. Names come from the vault; who was
    erased is a blank. The export goes on the record as a look. FOLDER has to be new or empty.
    """
    with _desk(home) as desk:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(folder.iterdir()):
            message = f"{folder} holds files already; give a new or empty folder"
            raise click.ClickException(message)
        ref = f"export:{new_id()}"
        deployment().record_export(desk.office.ledger, "enforcement export", ref, desk.office.now())
        with _bar() as bar:
            task = bar.add_task("", total=len(EXPORTED))
            counts = desk.exports.write(
                folder,
                sheets=sheets,
                watch=lambda file: bar.update(task, description=file, advance=1),
            )
    if as_json:
        print_json(counts)
        return
    table = Table("file", "rows")
    for file, count in counts.items():
        table.add_row(file, f"{count:,}")
    console().print(table)
