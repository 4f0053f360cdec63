"""A table as TOML: for those who keep it beside code, with rows that name only what they ask.

id = "fire.exits"
title = { zh = "消防通道裁量基准", en = "Discretion on fire exits" }
effective_from = 2026-01-01

[[input]]
name = "harm"
type = "string"
values = "none, minor, grave"

[[row]]
item = "fire.exit_blocked"
when = { harm = "none" }
list = "no_penalty"
article = "《行政处罚法》第三十三条"
"""

import tomllib
from typing import Any

import msgspec

from lianzhi.law.discretion.draft import (
    ABOUT,
    RESULT,
    Draft,
    DraftInput,
    DraftRow,
    Problem,
    TableError,
)
from lianzhi.law.words import Words


class _Input(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    type: str
    values: str = ""
    label: Words | None = None


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    item: str
    list: str
    id: str = ""
    when: dict[str, str] = {}
    fine_from: str = ""
    fine_to: str = ""
    basis: str = ""
    article: str = ""
    note: str = ""
    effective_from: str = ""
    effective_until: str = ""
    outputs: dict[str, str] = {}


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    title: Words
    input: list[_Input]
    row: list[Any]
    version: str = ""
    hit_policy: str = "UNIQUE"
    effective_from: str = ""
    effective_until: str = ""
    priority: dict[str, tuple[str, ...]] = {}


def draft(text: str, source: str) -> Draft:
    """The draft in a document. Raises TableError."""
    try:
        data = tomllib.loads(text, parse_float=str)
        table = msgspec.convert(_texts(data), _Table)
    except (ValueError, RecursionError) as error:  # deep nesting exhausts the parser
        reason = str(error) or "nested too deeply"
        raise TableError(source, [Problem("table", "document", "", f"{reason}; mend it")]) from None
    rows, problems = [], []
    for n, row in enumerate(table.row, 1):
        try:
            rows.append(_row(f"row {n}", msgspec.convert(row, _Row)))
        except msgspec.ValidationError as error:
            problems.append(Problem(f"row {n}", "row", str(row)[:60], f"{error}; mend it"))
    if problems:
        raise TableError(source, problems)
    return Draft(
        id=table.id,
        zh=table.title.zh,
        en=table.title.en,
        version=table.version,
        hit_policy=table.hit_policy,
        effective_from=table.effective_from,
        effective_until=table.effective_until,
        priority=table.priority,
        inputs=[
            DraftInput(
                name=column.name,
                type=column.type,
                values=column.values,
                zh=column.label.zh if column.label else "",
                en=column.label.en if column.label else "",
            )
            for column in table.input
        ],
        rows=rows,
        plain=True,
        by_law=True,
    )


def _row(place: str, row: _Row) -> DraftRow:
    about = msgspec.structs.asdict(row)
    cells = {name: about[name] for name in (*RESULT, *ABOUT)} | row.outputs
    return DraftRow(place=place, id=row.id, item=row.item, when=row.when, cells=cells)


def _texts(data: Any) -> Any:
    """The data with every number, day and boolean as the text of a cell."""
    if isinstance(data, dict):
        return {name: _texts(value) for name, value in data.items()}
    if isinstance(data, list):
        return [_texts(value) for value in data]
    return str(data).lower() if isinstance(data, bool) else str(data)
