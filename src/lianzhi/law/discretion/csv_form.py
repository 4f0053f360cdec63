"""A table as a clerk keeps it: one sheet, saved as CSV (UTF-8 or GB 18030).

Full-width signs are read as the plain ones in declarations, the header, tests and sums; a line that
has no comma but ， is divided there.

Lines that begin with `#` declare, all others are rows:

    #table,fire.exits,消防通道裁量基准,Discretion on fire exits
    #hit_policy,UNIQUE
    #effective_from,2026-01-01
    id,item,in:harm,in:days,list,fine_from,fine_to,article
    #type,,string,integer
    #values,,"none, minor, grave",[0..365]
    #zh,,危害后果,逾期天数
    1,fire.exit_blocked,none,<= 3,no_penalty,,,《行政处罚法》第三十三条
"""

import csv
import io
from collections.abc import Sequence

from lianzhi.law.discretion.draft import (
    MAX_ROWS,
    MAX_TEXT,
    Draft,
    DraftInput,
    DraftRow,
    Problem,
    TableError,
)
from lianzhi.law.halfwidth import half

_ABOVE = ("table", "version", "hit_policy", "effective_from", "effective_until", "priority")
_UNDER = ("type", "values", "zh", "en")
_INPUT = "in:"
#: Columns in which keys, days and sums stand.
_KEYS = ("id", "item", "list", "fine_from", "fine_to", "basis", "effective_from", "effective_until")


def draft(text: str, source: str) -> Draft:
    """The draft in a sheet. Raises TableError."""
    reader = _Sheet(source)
    try:
        lines = csv.reader(io.StringIO(text), strict=True)
        for line in lines:
            cells = line[0].split("，") if len(line) == 1 else line
            if any(cell.strip() for cell in cells):
                reader.take(f"line {lines.line_num}", [cell.strip() for cell in cells])
    except csv.Error as error:
        position = f"line {lines.line_num}"
        raise TableError(source, [Problem(position, "line", "", f"{error}; mend quotes")]) from None
    return reader.draft()


class _Sheet:
    def __init__(self, source: str) -> None:
        self.source = source
        self.above: dict[str, list[str]] = {}
        self.under: dict[str, dict[str, str]] = {}
        self.header: list[str] = []
        self.rows: list[DraftRow] = []
        self.problems: list[Problem] = []

    def take(self, place: str, cells: list[str]) -> None:
        """Read one line of the sheet."""
        head = half(cells[0])
        if head.startswith("#"):
            self._declare(place, head[1:].strip().lower(), cells[1:])
        elif not self.header:
            self._head(place, cells)
        elif len(self.rows) <= MAX_ROWS:
            self._row(place, cells)

    def _declare(self, place: str, name: str, cells: Sequence[str]) -> None:
        if name in _ABOVE:
            self.above[name] = list(cells if name == "table" else map(half, cells))
        elif name in _UNDER and self.header:
            values = map(half, cells) if name == "type" else cells
            self.under[name] = dict(zip(self.header[1:], values, strict=False))
        elif name in _UNDER:
            self._wrong(place, f"#{name}", "", "it stands above the header; put it below")
        else:
            known = ", ".join(f"#{each}" for each in (*_ABOVE, *_UNDER))
            self._wrong(place, f"#{name}", "", f"it is unknown; one of {known}")

    def _head(self, place: str, cells: list[str]) -> None:
        cells = [_column(cell) for cell in cells]
        while cells and not cells[-1]:
            cells.pop()
        for cell in dict.fromkeys(cells):
            if not cell or cells.count(cell) > 1:
                self._wrong(place, "header", cell, "name each column, and each once")
        if cells[0].startswith(_INPUT):
            self._wrong(place, "header", cells[0], "put id or item first: # declares there")
        if "item" not in cells:
            self._wrong(place, "header", ",".join(cells), "it needs the column item")
        self.header = cells

    def _row(self, place: str, cells: list[str]) -> None:
        if any(cells[len(self.header) :]):
            extra = ",".join(cells[len(self.header) :])[:MAX_TEXT]
            self._wrong(place, "line", extra, "more cells than columns; quote cells with commas")
            return
        named = dict(zip(self.header, [*cells, *[""] * len(self.header)], strict=False))
        named |= {name: half(text) for name, text in named.items() if name in _KEYS}
        self.rows.append(
            DraftRow(
                place=place,
                id=named.pop("id", ""),
                item=named.pop("item", ""),
                when={
                    name[len(_INPUT) :]: text
                    for name, text in named.items()
                    if name.startswith(_INPUT)
                },
                cells={k: text for k, text in named.items() if not k.startswith(_INPUT)},
            )
        )

    def draft(self) -> Draft:
        """The draft of all lines read."""
        if not self.header:
            self._wrong("table", "header", "", "give a line with the names of the columns")
        if not self._last("table"):
            self._wrong("table", "#table", "", "give #table,ID,TITLE_ZH,TITLE_EN")
        if self.problems:
            raise TableError(self.source, self.problems)
        named = [*self.above["table"], "", "", ""]
        priority = {
            name: tuple(value.strip() for value in values.replace(",", ";").split(";"))
            for name, name_, values in (row.partition("=") for row in self._all("priority"))
            if name_
        }
        return Draft(
            id=named[0],
            zh=named[1],
            en=named[2],
            version=self._last("version"),
            hit_policy=self._last("hit_policy"),
            effective_from=self._last("effective_from"),
            effective_until=self._last("effective_until"),
            priority=priority,
            inputs=[
                DraftInput(
                    name=name[len(_INPUT) :],
                    **{key: column.get(name, "") for key, column in self.under.items()},
                )
                for name in self.header
                if name.startswith(_INPUT)
            ],
            rows=self.rows,
            plain=True,
            by_law=True,
        )

    def _all(self, name: str) -> list[str]:
        return self.above.get(name, [])

    def _last(self, name: str) -> str:
        return (self._all(name) or [""])[0]

    def _wrong(self, row: str, column: str, value: str, mend: str) -> None:
        self.problems.append(Problem(row, column, value, mend))


def _column(cell: str) -> str:
    """The name of a column, normalised where it is a reserved one; that of an input as it is."""
    text = half(cell)
    return _INPUT + cell[len(_INPUT) :].strip() if text.startswith(_INPUT) else text
