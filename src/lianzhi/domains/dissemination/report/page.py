"""The page of the report, in one language, as HTML that needs nothing else and as PDF/A."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, StrictUndefined, Template

from lianzhi.documents import render
from lianzhi.domains.dissemination.queries.days import DayRow
from lianzhi.domains.dissemination.rules.figures import Figures
from lianzhi.domains.dissemination.words import words

LANGUAGES = {"zh": "zh-CN", "en": "en"}
_LIMITS = 3


class Report(NamedTuple):
    """What a report tells."""

    figures: Sequence[Figures]
    days: Sequence[DayRow]
    expected: tuple[int, int]
    """How many titles would be flagged if all reworded ones were faithful."""
    policy: str
    """Version of the policy in force."""
    day: str
    at: int
    """Unix milliseconds UTC."""


@cache
def _template() -> Template:
    text = files(__package__).joinpath("report.html").read_text("utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(text)


def data(report: Report, language: str) -> dict[str, Any]:
    """What the page says, in words."""
    gettext = words(language).gettext
    reworded = sum(row.reworded for row in report.figures)
    standing = sum(row.standing for row in report.figures)
    low, high = report.expected
    return {
        "lang": LANGUAGES[language],
        "title": gettext("dissemination_report.title"),
        "source": report.day,
        "verdict": gettext("dissemination_report.sum") % {"n": standing, "of": reworded},
        "meaning": gettext("dissemination.expected_false") % {"n": reworded, "lo": low, "hi": high},
        "facts": [[gettext("dissemination_report.policy"), report.policy]],
        "pictures": [],
        "tables": [_figures(report, language), _days(report, language)],
        "limits_title": gettext("dissemination_report.limits"),
        "limits": [gettext(f"dissemination_report.limit_{n}") for n in range(1, _LIMITS + 1)],
    }


def write(report: Report, out: Path) -> None:
    """Write `report.zh.html`, `report.zh.pdf` and both in English into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        page = data(report, language)
        (out / f"report.{language}.html").write_text(_template().render(page), "utf-8")
        (out / f"report.{language}.pdf").write_bytes(render.pdf(page, report.at, "audit"))


def _figures(report: Report, language: str) -> dict[str, Any]:
    names = ("outlet", "reprints", "reworded", "distorted", "overturned", "share")
    rows = [
        [
            row.outlet, f"{row.reprints:,}", f"{row.reworded:,}", f"{row.standing:,}",
            f"{row.overturned:,}",
            f"{row.share.lo * 100:.1f}–{row.share.hi * 100:.1f} %" if row.share else "–",
        ]
        for row in report.figures
    ]  # fmt: skip
    return _table(language, "figures", names, rows, "figures_lead")


def _days(report: Report, language: str) -> dict[str, Any]:
    rows = [
        [row.day.isoformat(), row.outlet, f"{row.items:,}", f"{row.flagged:,}"]
        for row in report.days
    ]
    return _table(language, "days", ("day", "outlet", "items", "flagged"), rows)


def _table(
    language: str, name: str, heads: Sequence[str], rows: Sequence[Sequence[str]], note: str = ""
) -> dict[str, Any]:
    gettext = words(language).gettext
    title = gettext("nav.dissemination_days" if name == "days" else f"dissemination.{name}")
    lead = gettext(f"dissemination.{note}") % {} if note else ""
    return {
        "title": title,
        "note": lead,
        "heads": [gettext(f"dissemination.{head}") for head in heads],
        "rows": rows,
    }
