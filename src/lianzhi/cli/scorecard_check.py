"""`lianzhi scorecard check`: contradictions between published figures."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from lianzhi.chain.published import render
from lianzhi.chain.published.checks import check as checked
from lianzhi.chain.published.figures import SEVERITIES, Audit, Bar, Cited, Result
from lianzhi.chain.published.reading import MOST_BYTES, ReadingError, read
from lianzhi.chain.published.render import describe
from lianzhi.chain.published.vocabulary import load
from lianzhi.cli.case_words import language as spoken
from lianzhi.cli.case_words import plain, show
from lianzhi.cli.common import fail
from lianzhi.cli.exits import NO
from lianzhi.domains.legal_data import folders
from lianzhi.kit.terminal import print_json
from lianzhi.law.words import LANGUAGES

_WIDTH = 100
_BAR = 44
_MARKS = {
    "contradiction": ("✗", "bold red"),
    "needs": ("!", "yellow"),
    "unclear": ("?", "cyan"),
    "note": ("·", "dim"),
    "sound": ("✓", "green"),
}


@click.command()
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
)
@click.option(
    "--language", type=click.Choice(LANGUAGES), help="Language; by default the terminal's."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, in both languages.")
def check(file: Path, language: str | None, as_json: bool) -> None:
    """Audit anybody's published figures in FILE (CSV, JSON, NDJSON, XLSX), or - for standard input.

    Flags, never corrects. Exit code 1: something contradicts, or needs what is not printed, or
    rows could not be read.
    """
    try:
        vocabularies = load(folders("vocabulary"))
        audit = checked(read(_bytes(file), vocabularies), vocabularies)
    except ReadingError as error:
        fail(f"{file}: {error}")
    except OSError as error:
        fail(f"{file}: {error.strerror}; give a file that can be read")
    if as_json:
        print_json(_json(audit))
    else:
        show(Group(*_page(audit, language or spoken())), _WIDTH)
    if not audit.holds:
        raise click.exceptions.Exit(NO)


def _bytes(file: Path) -> bytes:
    """Content of the file, up to just beyond the limit."""
    if str(file) == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with file.open("rb") as stream:
        return stream.read(MOST_BYTES + 1)


def _json(audit: Audit) -> dict[str, Any]:
    return {
        "holds": audit.holds,
        "rows": audit.figures,
        "counts": {severity: len(audit.of(severity)) for severity in SEVERITIES},
        "results": [
            msgspec.to_builtins(result)
            | {"says": {lang: msgspec.to_builtins(describe(result, lang)) for lang in LANGUAGES}}
            for result in audit.results
        ],
        "errors": msgspec.to_builtins(audit.errors),
        "ignored": audit.ignored,
    }


def _page(audit: Audit, language: str) -> Iterator[RenderableType]:
    """Contradictions by severity, with bars; sound checks in a table at the end."""
    drawn: tuple[Cited, ...] = ()
    for severity in ("contradiction", "needs"):
        for result in audit.results:
            if result.severity == severity:
                yield from _finding(result, language, bars=result.figures[:2] != drawn)
                drawn = result.figures[:2]
    for severity in ("unclear", "sound", "note"):
        if results := [result for result in audit.results if result.severity == severity]:
            yield _list(severity, results, language)
    yield from _rows(audit, language)
    if not audit.results:
        yield Text(render.phrase("nothing", language))
    counts = {severity: len(audit.of(severity)) for severity in SEVERITIES}
    yield Text()
    if audit.results and not counts["contradiction"]:
        yield Text(render.phrase("holds", language), "bold green")
    yield Text(render.phrase("found", language, **counts), "bold")
    yield Text(render.phrase("disclaimer", language), "dim")


def _finding(result: Result, language: str, *, bars: bool) -> Iterator[RenderableType]:
    words_ = describe(result, language)
    mark, style = _MARKS[result.severity]
    yield Text(f"{mark} ", style).append(plain(f"{words_.severity}  {words_.text}"))
    if result.bar is not None and bars:
        yield Padding(_bars(result, result.bar, language), (0, 0, 0, 4))
    for line in result.arithmetic:
        yield Padding(Text(line, "bold"), (0, 0, 0, 4))
    table = Table.grid(padding=(0, 2))
    for number, text in enumerate(words_.needs):
        table.add_row("" if number else render.phrase("needed", language), plain(text))
    if words_.explains:
        why = render.phrase("or", language).join(words_.explains)
        table.add_row(Text(render.phrase("may", language), "dim"), Text(why, "dim"))
    yield Padding(table, (0, 0, 0, 4))
    yield Text()


def _bars(result: Result, bar: Bar, language: str) -> RenderableType:
    """Part and whole on one scale; the part beyond the whole is highlighted."""
    scale = max(bar.part, bar.whole)
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    names = _names(result, language)
    for label, value in zip(names, (bar.whole, bar.part), strict=True):
        inside = _cells(min(value, bar.whole), scale)
        beyond = _cells(value, scale) - inside if value > bar.whole else 0
        if value > bar.whole:
            beyond = max(beyond, 1)
        drawn = Text("█" * inside, "green").append("▒" * beyond, "bold red")
        table.add_row(plain(label), f"{value:,.2f}".removesuffix(".00"), drawn)
    return table


def _names(result: Result, language: str) -> tuple[str, str]:
    """Names of the whole and of the part; added parts share one name."""
    first, *rest = (render.name(figure, language) for figure in result.figures)
    if result.key.startswith(("sum.", "periods.")):
        return first, "Σ"
    return (rest or [first])[0], first


def _cells(value: float, scale: float) -> int:
    return round(_BAR * max(value, 0) / scale) if scale > 0 else 0


def _list(severity: str, results: list[Result], language: str) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    mark, style = _MARKS[severity]
    for result in results:
        words_ = describe(result, language)
        text = plain(words_.text)
        for need in words_.needs:
            text.append_text(plain(f"; {need}"))
        table.add_row(Text(mark, style), text, Text("\n".join(result.arithmetic), "bold"))
    return table


def _rows(audit: Audit, language: str) -> Iterator[RenderableType]:
    if audit.errors:
        yield Text()
        yield Text(render.phrase("rows", language), "bold yellow")
        table = Table.grid(padding=(0, 2))
        for error in audit.errors:
            line = render.phrase("line", language, line=error.line)
            table.add_row(f"  {line}", plain(error.column), plain(error.reason))
        yield table
    if audit.ignored:
        yield Text(f"{render.phrase('ignored', language)}: ", "dim").append(
            plain(", ".join(audit.ignored)[:400])
        )
