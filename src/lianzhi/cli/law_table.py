"""`lianzhi law check`: the faults of a discretion table, each with a case that shows it."""

import datetime as dt
import sys
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.table import Table as Drawn
from rich.text import Text

from lianzhi.cli.case_words import language
from lianzhi.cli.exits import FAILED, NO
from lianzhi.cli.law_common import legal_bases, result_line, safe, table_options, term
from lianzhi.kit.terminal import console, print_json, progress
from lianzhi.law.discretion.checking import check
from lianzhi.law.discretion.draft import TableError
from lianzhi.law.discretion.editions import read_all
from lianzhi.law.discretion.fault import Fault
from lianzhi.law.discretion.reading import Form
from lianzhi.law.discretion.space import DAY
from lianzhi.law.discretion.table import Row, Table


@click.command("check")
@table_options
def check_table(
    paths: tuple[Path, ...], form: Form | None, decision: str, bases: Path | None, as_json: bool
) -> None:
    """Find the faults of a discretion table, with a case that shows each.

    A gap: facts for which no row applies. An overlap or a contradiction: rows that apply at once,
    with the same or another result. An unreachable row. TABLE is CSV, TOML or DMN XML, or a folder
    of them: editions of one table stand side by side there, each checked for its own days. Exit
    code 0: sound; 1: it has faults, or rows that cannot be read; 3: not fully checked.
    """
    try:
        tables = read_all(paths, form, decision, legal_bases(bases)).tables
    except TableError as error:
        _show_problems(error, as_json)
        sys.exit(NO)
    code = 0
    for table in tables:
        faults = _checked(table)
        real = [fault for fault in faults if fault.kind != "unfinished"]
        code = NO if real or code == NO else FAILED if faults or code else 0
        if as_json:
            sound = not faults if real or not faults else None
            print_json(
                _about(table) | {"sound": sound, "faults": [_as_json(fault) for fault in faults]}
            )
        else:
            _show_faults(table, faults)
    sys.exit(code)


def _checked(table: Table) -> list[Fault]:
    with progress() as bar:
        task = bar.add_task(table.id, total=len(table.items))
        return check(table, watch=lambda: bar.advance(task))


def _about(table: Table) -> dict[str, Any]:
    return {
        "table": table.id,
        "version": table.version,
        "hit_policy": table.hit_policy,
        "rows": len(table.rows),
        "items": len(table.items),
    }


def _as_json(fault: Fault) -> dict[str, Any]:
    payload: dict[str, Any] = msgspec.to_builtins(fault)
    if fault.witness is not None:
        payload["witness"] = {
            name: value if isinstance(value, str | bool | int) else _plain(value)
            for name, value in fault.witness.items()
        }
    return payload | {"said": {"zh": fault.say("zh"), "en": fault.say("en")}}


def _plain(value: Any) -> str | float:
    return value.isoformat() if isinstance(value, dt.date) else float(value)


def _show_problems(error: TableError, as_json: bool) -> None:
    if as_json:
        print_json(
            {"file": error.source, "problems": [msgspec.to_builtins(p) for p in error.problems]}
        )
        return
    drawn = Drawn(*(term(name) for name in ("row", "column", "value", "mend")), expand=False)
    for problem in error.problems:
        drawn.add_row(*map(safe, (problem.row, problem.column, problem.value[:60], problem.mend)))
    screen = console()
    screen.print(safe(f"{error.source}: {term('unread')}"))
    screen.print(drawn)


def _show_faults(table: Table, faults: list[Fault]) -> None:
    screen = console()
    title = table.title.say(language())
    verdict = f"{len(faults)} {term('faults')}" if faults else term("sound")
    items = f", {len(table.items)} {term('items')}" if table.items != (None,) else ""
    head = f"{table.id}@{table.version} {title} ({table.hit_policy}): {len(table.rows)} "
    screen.print(safe(f"{head}{term('rows')}{items}: {verdict}"))
    for n, fault in enumerate(faults, 1):
        about = f" {fault.item}" if fault.item else ""
        screen.print()
        screen.print(Text(f"{n}.{about} ", style="bold") + safe(fault.say(language())))
        if fault.rows or fault.witness is not None:
            screen.print(_drawn(table, fault))


def _drawn(table: Table, fault: Fault) -> Drawn:
    """The rows concerned, the region and a witness, under the inputs that matter."""
    named = set(fault.rows)
    rows = [row for row in table.rows if row.id in named]
    witness = fault.witness or {}
    used = [
        (k, fact)
        for k, fact in enumerate(table.inputs)
        if fact.name in witness or any(not row.when[k].any for row in rows)
    ]
    dated = fault.day is not None or any(row.effective_from or row.effective_until for row in rows)
    drawn = Drawn("")
    for _, fact in used:
        drawn.add_column(safe(fact.label.say(language())))
    if dated:
        drawn.add_column(term("day"))
    drawn.add_column(term("result"))

    def add(head: str, cells: list[str], day: str, result: str) -> None:
        drawn.add_row(*map(safe, (head, *cells, *([day] if dated else []), result)))

    for row in sorted(rows, key=lambda row: fault.rows.index(row.id)):
        tests = [row.when[k].text for k, _ in used]
        add(f"{row.id} ({row.place})", tests, _days(row), result_line(row.result))
    drawn.add_section()
    if fault.region:
        region = {name: words.say(language()) for name, words in fault.region.items()}
        tests = [region.get(fact.name, "-") for _, fact in used]
        add(term("all"), tests, region.get(DAY, "-"), "")
    if fault.witness is not None:
        facts = [_value(witness[fact.name]) if fact.name in witness else "-" for _, fact in used]
        add(term("witness"), facts, str(fault.day or "-"), fault.answer(language()))
    return drawn


def _days(row: Row) -> str:
    if not row.effective_from and not row.effective_until:
        return "-"
    return f"{row.effective_from or ''}..{row.effective_until or ''}"


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
