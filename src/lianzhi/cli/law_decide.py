"""`lianzhi law decide`: a discretion table's decision on facts, with row and article."""

import datetime as dt
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click
import msgspec
from rich.table import Table as Drawn

from lianzhi.cli.common import fail
from lianzhi.cli.exits import NO
from lianzhi.cli.law_common import FILE, fine, legal_bases, result_line, safe, table_options, term
from lianzhi.kit.terminal import console, print_json
from lianzhi.law.discretion.draft import TableError
from lianzhi.law.discretion.editions import Shelf, read_all
from lianzhi.law.discretion.facts import typed
from lianzhi.law.discretion.outcome import Outcome, RefusedError
from lianzhi.law.discretion.reading import Form
from lianzhi.law.discretion.unary import UnaryError

_LONGEST_LINE = 2**20
#: Most answers printed for people; `--json` prints all.
_SHOWN = 50


class _Answered(NamedTuple):
    """A query with its answer, or the reason why there is none."""

    line: int
    item: str | None
    answer: Outcome | str
    kind: str = ""


@click.command("decide")
@table_options
@click.option("--item", help="The item that the facts are about, like fire.exit_blocked.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The day of the act.")
@click.option("--fact", "facts", multiple=True, metavar="NAME=VALUE", help="A fact; repeat it.")
@click.option(
    "--facts", "lines", type=FILE,
    help='Many: a line of JSON each, like {"item": "…", "day": "…", "facts": {"…": …}}.',
)  # fmt: skip
def decide_table(
    paths: tuple[Path, ...],
    form: Form | None,
    decision: str,
    bases: Path | None,
    as_json: bool,
    item: str | None,
    day: dt.datetime | None,
    facts: tuple[str, ...],
    lines: Path | None,
) -> None:
    """Tell what a discretion table says about facts, with row and article.

    Of a folder, or of several TABLEs, that which has the item answers, in the edition of the day.
    Exit code 1: it gives no answer to some facts; why is told.
    """
    if facts and lines:
        raise click.UsageError("give --fact or --facts, not both")
    try:
        shelf = read_all(paths, form, decision, legal_bases(bases))
    except TableError as error:
        fail(str(error))
    if len(shelf.series) > 1 and not any(series.items for series in shelf.series):
        known = ", ".join(series.newest.id for series in shelf.series)
        raise click.UsageError(f"there are several decisions; choose by --decision: {known}")
    on = day.date() if day else None
    many = _many(shelf, lines, item, on) if lines else iter([_single(shelf, facts, item, on)])
    sys.exit(NO if _show_answers(many, as_json) else 0)


def _single(
    shelf: Shelf, facts: tuple[str, ...], item: str | None, day: dt.date | None
) -> _Answered:
    written = {}
    for fact in facts:
        name, given, value = fact.partition("=")
        if not given or name in written:
            raise click.BadParameter(f"{fact!r}; write NAME=VALUE, each name once")
        written[name] = value
    try:
        known = _typed(shelf, written, item, day)
    except UnaryError as error:
        raise click.BadParameter(str(error)) from None
    return _answer(shelf, 1, known, item, day)


def _typed(
    shelf: Shelf, written: Mapping[str, Any], item: str | None, day: dt.date | None
) -> dict[str, Any]:
    """Facts converted by the inputs of the item's table. Raises UnaryError."""
    series = shelf.of(item)
    return dict(written) if series is None else typed(series.at(day), written)


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    facts: dict[str, str | bool | int | float | None]
    item: str | None = None
    day: dt.date | None = None


def _many(shelf: Shelf, path: Path, item: str | None, day: dt.date | None) -> Iterator[_Answered]:
    decoder = msgspec.json.Decoder(_Line)
    with path.open("rb") as file:
        n = 0
        while line := file.readline(_LONGEST_LINE):
            n += 1
            if not line.strip():
                continue
            try:
                if len(line) == _LONGEST_LINE:
                    while not line.endswith(b"\n") and (line := file.readline(_LONGEST_LINE)):
                        pass
                    raise UnaryError(f"it is longer than {_LONGEST_LINE:,} bytes; shorten it")
                request = decoder.decode(line)
                about, on = request.item or item, request.day or day
                facts = _typed(shelf, request.facts, about, on)
            except (ValueError, msgspec.MsgspecError) as error:
                yield _Answered(n, item, f"line {n}: {error}", "bad_line")
                continue
            yield _answer(shelf, n, facts, about, on)


def _answer(
    shelf: Shelf, n: int, facts: dict[str, Any], item: str | None, day: dt.date | None
) -> _Answered:
    try:
        return _Answered(n, item, shelf.decide(facts, item, day))
    except RefusedError as error:
        return _Answered(n, item, str(error), error.kind)


def _show_answers(decided: Iterator[_Answered], as_json: bool) -> bool:
    """Show the answers; returns whether any was refused."""
    names = ("line", "item", "list", "fine", "row", "article")
    drawn = Drawn(*(term(name) for name in names))
    counts: Counter[str] = Counter()
    for result in decided:
        refused = isinstance(result.answer, str)
        counts["refused" if refused else _listed(result.answer)] += 1
        if as_json:
            print_json({"line": result.line, "item": result.item} | _as_json(result))
        elif counts.total() <= _SHOWN:
            drawn.add_row(*map(safe, (result.line, result.item or "-", *_cells(result.answer))))
    if not as_json:
        screen = console()
        screen.print(drawn)
        if counts.total() > 1:
            totals = (f"{term(name)} {count:,}" for name, count in counts.most_common())
            screen.print(safe("; ".join(totals)))
    return bool(counts["refused"])


def _listed(answer: Outcome | str) -> str:
    return (answer.list or "-") if isinstance(answer, Outcome) else "refused"


def _as_json(request: _Answered) -> dict[str, Any]:
    if isinstance(request.answer, str):
        return {"refused": request.kind, "why": request.answer}
    answer = request.answer
    return {
        "table": answer.table,
        "version": answer.version,
        "list": answer.list,
        "fine_from": answer.fine[0],
        "fine_to": answer.fine[1],
        "outputs": answer.outputs,
        "rows": msgspec.to_builtins(answer.rows),
        "citation": answer.citation,
    }


def _cells(answer: Outcome | str) -> tuple[str, str, str, str]:
    if isinstance(answer, str):
        return term("refused"), "", "", answer
    rows = ", ".join(row.row for row in answer.rows)
    articles = "; ".join(dict.fromkeys(row.article for row in answer.rows))
    listed = term(answer.list) if answer.list else result_line(answer.result)
    return listed, fine(answer.result), rows, articles
