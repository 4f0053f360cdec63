"""Sheets: scorecards and public reports as tables for programs and spreadsheets.

The header is the same in every language; names and definitions are in the reader's.
"""

from lianzhi.chain.disclosure import FEW, Report
from lianzhi.chain.scorecard import Figure, Scorecard
from lianzhi.tabular.writing import Value
from lianzhi.web.console.figure_text import Names

HEADER = (
    *("since", "until", "figure", "part", "name", "part_name", "unit", "value"),
    *("low_95", "high_95", "n", "hits", "definition"),
)
PUBLIC_HEADER = (
    *("since", "until", "figure", "part", "name", "part_name", "unit", "value"),
    *("low_95", "high_95", "definition"),
)

Row = tuple[Value, ...]


def scorecard_table(card: Scorecard, names: Names) -> list[Row]:
    """Every figure of a scorecard; times in Unix milliseconds, shares from 0 to 1."""
    bounds, means = (card.since, card.until), names.means
    rows = [
        (*bounds, *_named(row, names), *_values(row), row.n, _plain(row.hits), means(row.key))
        for row in card.figures
    ]
    return [HEADER, *rows]


def report_table(report: Report, names: Names) -> list[Row]:
    """What is published of a period: `<5` for a total of few, `withheld` for a breakdown."""
    rows: list[Row] = [PUBLIC_HEADER]
    for table in report.tables:
        definition = (names.means(table.key),)
        bounds = (report.since, report.until, table.key)
        whole = ("", names.figure(table.key), "", "number", _total(table.total), "", "")
        rows.append((*bounds, *whole, *definition))
        for dim, cells in table.parts.items():
            if cells is None:
                part = (dim, names.figure(table.key), "")
                rows.append((*bounds, *part, "number", "withheld", "", "", *definition))
                continue
            for name, number in cells.items():
                part = (f"{dim}={name}", names.figure(table.key), names.part(dim, name))
                rows.append((*bounds, *part, "number", number, "", "", *definition))
    for row in report.figures:
        named = (report.since, report.until, *_named(row, names))
        rows.append((*named, *_values(row), names.means(row.key)))
    return rows


def _total(total: int | None) -> str:
    return f"<{FEW}" if total is None else str(total)


def _named(row: Figure, names: Names) -> Row:
    part = ";".join(f"{dim}={name}" for dim, name in row.part.items())
    return (row.key, part, names.figure(row.key), names.parts(row.part), row.unit)


def _values(row: Figure) -> Row:
    return tuple(_plain(value) for value in (row.value, row.lo, row.hi))


def _plain(value: float | None) -> str | float:
    if value is None:
        return ""
    return int(value) if value == int(value) else float(f"{value:.6g}")
