"""Commands that take people's tables in and write them out; domains name only the rows."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, Protocol

import click
from rich.table import Table
from rich.text import Text

from lianzhi.kit.options import deployment_options
from lianzhi.kit.terminal import (
    NO,
    console,
    deployment,
    print_json,
    print_problems,
    progress,
)
from lianzhi.tabular.folder import Folder
from lianzhi.tabular.reading import read
from lianzhi.tabular.schema import Schema
from lianzhi.tabular.writing import csv_bytes, table_of

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def table_group(
    domain: str,
    summary: str,
    schema: Schema,
    take: Callable[[Any, Sequence[Any], str], object],
    rows: Callable[[Any], Sequence[Any]],
) -> click.Group:
    """The commands of a domain that keeps one table: `import FILE` and `export`.

    `take` puts rows on the record, all of them or none: desk, rows, who does it. `rows` gives those
    that the desk has. Where a row of the file is wrong, none is taken in.
    """

    @click.group(name=domain, help=summary)
    def group() -> None:
        pass

    @group.command("import")
    @click.argument("file", type=_FILE)
    @deployment_options
    def import_(file: Path, home: Path, as_json: bool) -> None:
        """Take the rows of FILE in: CSV, XLSX or JSON; all of them or none."""
        table = read(file, schema)
        if table.errors:
            raise click.ClickException("\n".join(map(str, table.errors)))
        with deployment().desk(home, domain) as desk:
            take(desk, table.rows, deployment().by())
        count = len(table.rows)
        print_json({"taken": count}) if as_json else click.echo(f"{count:,} taken in")

    @group.command()
    @deployment_options
    def export(home: Path, as_json: bool) -> None:
        """Write the rows as CSV, or as JSON."""
        with deployment().desk(home, domain) as desk:
            exported = rows(desk)
        if as_json:
            print_json(exported)
        else:
            click.echo(csv_bytes(table_of(schema, exported)), nl=False)

    return group


class Import(Protocol):
    """How a desk takes in a folder of tables."""

    def read(self, folder: Path, watch: Callable[[str], None]) -> Folder:
        """What of the folder may come in; `watch` hears of each kind before it is read."""
        ...

    def take(self, folder: Folder, by: str, *, watch: Callable[[int, int], None]) -> dict[str, int]:
        """Puts the good rows on the record; returns how many by kind."""
        ...


def load_command(
    domain: str,
    summary: str,
    files: Collection[str],
    taken_kinds: Collection[str],
    importer: Callable[[Any], Import],
) -> click.Command:
    """A command that puts the good rows of a folder on the record, in one step.

    `files`: kinds of files; `taken_kinds`: those of which rows go on the record.
    """

    @click.command("load", help=summary)
    @click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
    @click.option("--strict", is_flag=True, help="Take nothing in where any row is wrong.")
    @deployment_options
    def load(folder: Path, strict: bool, home: Path, as_json: bool) -> None:
        with deployment().desk(home, domain) as desk, progress() as bar:
            desk_import = importer(desk)
            reading = bar.add_task("reading", total=len(files))
            tables = desk_import.read(
                folder, lambda kind: bar.update(reading, description=kind, advance=1)
            )
            counts = dict.fromkeys(taken_kinds, 0)
            coming = any(tables.reads[kind].rows for kind in counts if kind in tables.reads)
            if coming and not (strict and tables.errors):
                writing = bar.add_task("record", total=None)
                appended = desk_import.take(
                    tables,
                    deployment().by(),
                    watch=lambda n, total: bar.update(writing, completed=n, total=total),
                )
                counts |= {kind: n for kind, n in appended.items() if kind in counts}
        if as_json:
            errors = [problem.as_dict("en") for problem in tables.errors]
            print_json({"taken": counts, "missing": tables.missing, "errors": errors})
        else:
            _print_counts(tables, counts)
            print_problems(tables.errors)
        same = any(table.same for table in tables.reads.values())
        if tables.errors or not (coming or same):
            raise click.exceptions.Exit(NO)

    return load


def _print_counts(tables: Folder, counts: dict[str, int]) -> None:
    printed = Table("file", "on the record", "nothing new", "left out")
    for kind, table in tables.reads.items():
        if kind in counts:
            left = Text(f"{len(table.errors):,}", "red" if table.errors else "dim")
            same = Text(f"{table.same:,}", "" if table.same else "dim")
            count = Text(f"{counts[kind]:,}", "green" if counts[kind] else "dim")
            printed.add_row(kind, count, same, left)
    console().print(printed)


def export_command(
    domain: str,
    summary: str,
    files: Collection[str],
    write: Callable[..., dict[str, int]],
    record: Callable[[Any], None],
) -> click.Command:
    """A command that writes everything on the record into a new folder.

    `write(desk, folder, sheets=, watch=)` gives the rows by file; `record` puts on the record that
    personal data is exported, before it is.
    """

    @click.command("export", help=summary)
    @click.argument("folder", type=_FOLDER)
    @click.option("--xlsx", "sheets", is_flag=True, help="Write .xlsx instead of .csv.")
    @deployment_options
    def export(folder: Path, sheets: bool, home: Path, as_json: bool) -> None:
        with deployment().desk(home, domain) as desk:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if any(folder.iterdir()):
                message = f"{folder} holds files already; give a new or empty folder"
                raise click.ClickException(message)
            record(desk)
            with progress() as bar:
                task = bar.add_task("", total=len(files))
                counts = write(
                    desk,
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

    return export
