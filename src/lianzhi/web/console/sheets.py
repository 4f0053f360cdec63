"""Sheets: scorecards and public reports as tables for programs and spreadsheets.

The header is the same in every language; names and definitions are in the reader's.
"""

from lianzhi.chain.disclosure import FEW, Report
from lianzhi.chain.scorecard import Figure, Scorecard
from lianzhi.tabular.writing import Value
from lianzhi.web.console.said import Names

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
        (*bounds, *_named(one, names), *_values(one), one.n, _plain(one.hits), means(one.key))
        for one in card.figures
    ]
    return [HEADER, *rows]


def report_table(report: Report, names: Names) -> list[Row]:
    """What is published of a period: `<5` for a total of few, `withheld` for a breakdown."""
    rows: list[Row] = [PUBLIC_HEADER]
    for table in report.tables:
        said = (names.means(table.key),)
        bounds = (report.since, report.until, table.key)
        whole = ("", names.figure(table.key), "", "number", _told(table.total), "", "")
        rows.append((*bounds, *whole, *said))
        for dim, cells in table.parts.items():
            if cells is None:
                part = (dim, names.figure(table.key), "")
                rows.append((*bounds, *part, "number", "withheld", "", "", *said))
                continue
            for name, number in cells.items():
                part = (f"{dim}={name}", names.figure(table.key), names.part(dim, name))
                rows.append((*bounds, *part, "number", number, "", "", *said))
    for figure in report.figures:
        named = (report.since, report.until, *_named(figure, names))
        rows.append((*named, *_values(figure), names.means(figure.key)))
    return rows


def _told(total: int | None) -> str:
    return f"<{FEW}" if total is None else str(total)


def _named(figure: Figure, names: Names) -> Row:
    part = ";".join(f"{dim}={name}" for dim, name in figure.part.items())
    return (figure.key, part, names.figure(figure.key), names.parts(figure.part), figure.unit)


def _values(figure: Figure) -> Row:
    return tuple(_plain(one) for one in (figure.value, figure.lo, figure.hi))


def _plain(value: float | None) -> str | float:
    if value is None:
        return ""
    return int(value) if value == int(value) else float(f"{value:.6g}")
