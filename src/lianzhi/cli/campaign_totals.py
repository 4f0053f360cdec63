"""`lianzhi campaign totals`: what published totals of a campaign say, and what they do not."""

import csv
from pathlib import Path
from typing import Annotated, Any, Literal

import click
import msgspec

from lianzhi.cli.case_words import language as spoken
from lianzhi.cli.common import fail
from lianzhi.kit.terminal import print_json
from lianzhi.law.words import LANGUAGES
from lianzhi.web.console.words import words

Subject = Literal["account", "group", "host", "app", "site", "merchant", "product", "goods", "item"]
Act = Literal["cleaned", "handled", "banned", "delisted", "closed"]
Count = Annotated[int, msgspec.Meta(ge=0, le=10**15)]
#: What a total needs beside it, in the order in which it is told.
NEEDED = ("distinct", "reversed", "exposure", "before", "control")
_MOST = 1000


class Total(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A published total, and what was published beside it."""

    subject: Subject
    act: Act
    count: Count
    distinct: Count | None = None
    """Of how many different subjects."""
    reversed: Count | None = None
    """How many were taken back."""
    exposure: Count | None = None
    """Out of how many there were."""
    before: Count | None = None
    """The same figure of as long a time before."""
    control: Count | None = None
    """The change of something alike that the campaign did not touch."""

    @property
    def missing(self) -> tuple[str, ...]:
        """What was not published beside it."""
        return tuple(name for name in NEEDED if getattr(self, name) is None)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--language", type=click.Choice(LANGUAGES), help="Language; by default the terminal's."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def totals(file: Path, language: str | None, as_json: bool) -> None:
    """Print what totals in FILE (CSV) say, and what can't be concluded from them.

    Columns: subject, act, count, and as far as published distinct, reversed, exposure, before and
    control.
    """
    gettext = words(language or spoken()).gettext
    rows = _read(file)
    if as_json:
        for row in rows:
            print_json({**msgspec.to_builtins(row), "missing": row.missing})
        return
    for row in rows:
        named = {
            "count": f"{row.count:,}",
            "subject": gettext(f"campaign_subject.{row.subject}"),
            "act": gettext(f"campaign_total.{row.act}"),
        }
        click.echo(gettext("campaign_total.states") % named)
    for name in NEEDED:
        without = [row for row in rows if name in row.missing]
        if without:
            named = {"n": f"{len(without)}", "all": f"{len(rows)}"}
            click.echo(gettext(f"campaign_total.no_{name}") % named)


def _read(file: Path) -> list[Total]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows: list[dict[str, Any]] = [*csv.DictReader(lines)]
    except (OSError, UnicodeError, csv.Error) as error:
        fail(f"{file}: {error}; give a CSV in UTF-8")
    if not 0 < len(rows) <= _MOST:
        fail(f"{file}: there are {len(rows)} totals; give 1 to {_MOST}")
    totals_ = []
    for number, row in enumerate(rows, 2):
        given = {str(name): value for name, value in row.items() if value not in ("", None)}
        try:
            totals_.append(msgspec.convert(given, Total, strict=False))
        except msgspec.ValidationError as error:
            fail(f"{file}, line {number}: {error}; mend the line")
    return totals_
