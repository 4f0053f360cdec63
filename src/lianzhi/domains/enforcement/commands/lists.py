"""`lianzhi enforcement lists`: merge the checklists of several agencies."""

import datetime as dt
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.law import power
from lianzhi.domains.enforcement.lists import languages
from lianzhi.domains.enforcement.lists.checklist_table import schema
from lianzhi.domains.enforcement.lists.line import Line
from lianzhi.domains.enforcement.lists.merge import Checklist, MergeError, merge
from lianzhi.domains.enforcement.lists.policy import merging
from lianzhi.kit.terminal import console, print_json
from lianzhi.tabular import writing
from lianzhi.tabular.known_ids import KnownIds
from lianzhi.tabular.reading import read

_CHINA = dt.timezone(dt.timedelta(hours=8))
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def lists() -> None:
    """Checklists: one enterprise, one list."""


@lists.command("merge")
@click.argument("paths", metavar="FILES...", nargs=-1, required=True, type=_FILE)
@click.option("--type", "enterprise_type", required=True, help="Type of enterprise: restaurant.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the one list goes: .csv, .xlsx or .json.",
)
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day whose power list and merging policy apply.  [default: today]",
)
@click.option("--language", default="zh", show_default=True, help="Language in which it is shown.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def merge_(
    paths: tuple[Path, ...],
    enterprise_type: str,
    out: Path,
    day: dt.datetime | None,
    language: str,
    as_json: bool,
) -> None:
    """Merge the checklists in FILES into the one list of an enterprise type.

    Each file is the list of one agency, with the columns department, enterprise_type, item, line
    (or zh), method, severity, and perhaps place, key, en, ar, fr, ru, ko, ja. Duplicates are merged
    and every merge is told; rows that are wrong are told and left out. Exit code 1: some were.
    """
    on = day.date() if day else dt.datetime.now(_CHINA).date()
    try:
        items, policy, catalogue = power.load(on), merging(on), languages.load()
        catalogue.check(language)
        known = KnownIds(
            {
                "items": items.keys,
                "departments": items.departments,
                "places": {place.key for place in policy.places},
            }
        )
        given = [read(path, schema(), known) for path in paths]
        checklist = merge([table.rows for table in given], items, policy, enterprise_type)
        writing.write(out, schema(), checklist.lines)
    except (PolicyError, MergeError, writing.WriteError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    errors = [problem for table in given for problem in table.errors]
    if as_json:
        print_json({"checklist": checklist, "errors": [error.as_dict("en") for error in errors]})
    else:
        _show(checklist, catalogue, language)
        for problem in errors:
            click.echo(str(problem), err=True)
    if errors:
        raise SystemExit(1)


def _show(checklist: Checklist, catalogue: languages.Catalogue, language: str) -> None:
    out = console()
    table = _table("", "place", "line", "items", "departments", "severity")
    for number, line in enumerate(checklist.lines, 1):
        style = {"grave": "red", "serious": "yellow"}.get(line.severity, "")
        table.add_row(
            str(number), line.place, Text(catalogue.localise(line, language).text),
            *("\n".join(each) for each in (line.items, line.departments)),
            Text(line.severity, style),
        )  # fmt: skip
    out.print(table)
    joined_table = _table("alike", "kept", "kept from", "joined", "joined from", title="Merged")
    for joined in checklist.joined:
        joined_table.add_row(f"{joined.likeness:.2f}", *_row(joined.kept), *_row(joined.joined))
    if checklist.joined:
        out.print(joined_table)
    visits = f"one visit instead of {checklist.lists}" if checklist.lists > 1 else "one visit"
    click.echo(
        f"{checklist.lists} lists, {checklist.read} lines -> {len(checklist.lines)} lines; {visits}"
    )


def _table(*names: str, title: str | None = None) -> Table:
    table = Table(title=title)
    for name in names:
        table.add_column(name, overflow="fold")
    return table


def _row(line: Line) -> tuple[Text, str]:
    return Text(line.zh), ", ".join(line.departments)
