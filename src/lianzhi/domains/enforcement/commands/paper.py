"""`lianzhi enforcement paper`: a document of a penalty case as Word or PDF."""

import datetime as dt
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import click
from rich.table import Table

from lianzhi.documents.paper import Paper, PaperError
from lianzhi.documents.paper_composing import bilingual, compose
from lianzhi.documents.paper_forms import FORMS
from lianzhi.domains.enforcement.papers.paper_set import PAPERS
from lianzhi.kit.terminal import console, print_json

_MOST_BYTES = 1_000_000
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("kind", required=False)
@click.option("--fields", "source", type=_FILE, help="TOML with the fields of the case.")
@click.option("--out", "target", type=_FILE, help="Where it goes: .docx or .pdf.")
@click.option(
    "--lang", type=click.Choice(["zh", "en", "both"]), default="zh", show_default=True,
    help="Language of the paper; both: English beneath the Chinese.",
)  # fmt: skip
@click.option("--number", help="文号 of this paper, in place of that among the fields.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Day of this paper, likewise.")
@click.option("--templates", "folder", help="A folder with templates of your own.",
              type=click.Path(exists=True, file_okay=False, path_type=Path))  # fmt: skip
@click.option("--example", is_flag=True, help="Print the fields of a made-up case, to fill in.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def paper(
    *,
    kind: str | None,
    source: Path | None,
    target: Path | None,
    lang: Literal["zh", "en", "both"],
    number: str | None,
    day: dt.datetime | None,
    folder: Path | None,
    example: bool,
    as_json: bool,
) -> None:
    """Make a document KIND of a penalty case. Without KIND, list the kinds.

    With KIND alone, list the fields that it needs. A missing or empty field is refused by name.
    """
    if example:
        text = files("lianzhi.domains.enforcement.papers").joinpath("example.toml").read_text()
        click.echo(text, nl=False)
        return
    if kind is None:
        _list_kinds(as_json)
        return
    try:
        if source is None and target is None:
            _list_fields(kind, as_json)
            return
        if source is None or target is None:
            raise click.UsageError("give both --fields and --out, or neither")
        if _ending(target) not in FORMS:
            raise click.UsageError(f"--out {target}: name it .docx or .pdf")
        given = _read(source)
        if number is not None:
            given["number"] = number
        if day is not None:
            given["day"] = day.date()
        if lang == "both":
            paper_ = bilingual(PAPERS, kind, given, folder)
        else:
            paper_ = compose(PAPERS, kind, lang, given, folder)
        _write(paper_, target)
    except PaperError as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        summary = {"kind": kind, "number": paper_.number, "day": paper_.day, "file": str(target)}
        print_json(summary)
    else:
        click.echo(f"{paper_.title} {paper_.number} → {target}")


def _read(source: Path) -> dict[str, Any]:
    try:
        if source.stat().st_size > _MOST_BYTES:
            raise PaperError(f"{source}: over {_MOST_BYTES:,} bytes; shorten it")
        return tomllib.loads(source.read_text("utf-8"))
    except OSError as error:
        raise PaperError(f"{source}: {error.strerror}; name a file that can be read") from None
    except (ValueError, RecursionError) as error:
        raise PaperError(f"{source}: {error}; it is no TOML in UTF-8, mend it") from None


def _ending(target: Path) -> str:
    return target.suffix.lower().removeprefix(".")


def _write(paper: Paper, target: Path) -> None:
    body = FORMS[_ending(target)](paper)
    try:
        target.write_bytes(body)
    except OSError as error:
        raise PaperError(f"{target}: {error.strerror}; name another place by --out") from None


def _list_kinds(as_json: bool) -> None:
    if as_json:
        print_json(PAPERS.kinds)
        return
    table = Table("kind", "文书", "document", "字", "依据 articles")
    for key, kind in PAPERS.kinds.items():
        table.add_row(key, kind.title.zh, kind.title.en, kind.word, kind.basis or "-")
    console().print(table)


def _list_fields(key: str, as_json: bool) -> None:
    kind = PAPERS.kind(key)
    if as_json:
        print_json(kind)
        return
    under = {name: flag for flag, names in kind.where.items() for name in names}
    table = Table("field", "字段", "type", "asked for", title=kind.title.zh)
    for name in kind.every():
        table.add_row(
            name, PAPERS.fields[name].title.zh, PAPERS.fields[name].type, under.get(name, "always")
        )
    console().print(table)
