"""The page of a report as HTML that needs nothing else and as PDF.

The same audit gives the same bytes.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from jinja2 import Environment, StrictUndefined, Template

from lianzhi.audits.words import words
from lianzhi.documents import render as documents
from lianzhi.kit.pictures.picture import Picture, svg

LANGUAGES = ("zh", "en")


class Table(NamedTuple):
    """A table of a report, in words."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


class ReportPage(NamedTuple):
    """What a report says, in one language."""

    kind: str
    """Name of the audit, such as `fairness`."""
    verdict: str
    """Empty: the audit has none."""
    source: str
    """Name of the file."""
    policy: str
    """Version of the policy: its day and digest."""
    facts: Sequence[tuple[str, str]]
    pictures: Sequence[Picture]
    tables: Sequence[Table]
    limits: int = 3
    """How many limits the catalogue has of this kind."""


@cache
def _template() -> Template:
    text = files("lianzhi.audits.report").joinpath("report.html").read_text("utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(text)


def render(page: ReportPage, language: str) -> str:
    """The page as HTML."""
    drawn = [(each, svg(each)) for each in page.pictures]
    return _template().render(language=language, page=page, drawn=drawn, **_texts(page, language))


def pdf(page: ReportPage, language: str) -> bytes:
    """The page as PDF/A. The date in it is that of the policy: the same audit, the same bytes."""
    day = dt.datetime.combine(dt.date.fromisoformat(page.policy[:10]), dt.time(), dt.UTC)
    data = {
        **_texts(page, language),
        "lang": {"zh": "zh-CN", "en": "en"}[language],
        "source": page.source,
        "facts": [list(fact) for fact in page.facts],
        "pictures": [
            {"title": each.title, "caption": each.caption, "svg": svg(each, printed=True)}
            for each in page.pictures
        ],
        "tables": [
            {
                "title": each.title,
                "note": each.note,
                "heads": list(each.heads),
                "rows": [list(row) for row in each.rows],
            }
            for each in page.tables
        ],
    }
    return documents.pdf(data, int(day.timestamp() * 1000), "audit")


def write(pages: Mapping[str, ReportPage], out: Path) -> None:
    """Write `report.zh.html`, `report.zh.pdf` and both in English into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    for language, page in pages.items():
        (out / f"report.{language}.html").write_text(render(page, language), "utf-8")
        (out / f"report.{language}.pdf").write_bytes(pdf(page, language))


def write_fields(fields: Mapping[str, Any], out: Path) -> None:
    """Write an audit as plain data into a folder, as `<audit>.json`."""
    out.mkdir(parents=True, exist_ok=True)
    text = msgspec.json.format(msgspec.json.encode(fields)) + b"\n"
    (out / f"{fields['audit']}.json").write_bytes(text)


def _texts(page: ReportPage, language: str) -> dict[str, Any]:
    gettext = words(language).gettext
    named = f"audit_verdict.{page.verdict}" if page.verdict else "audit_report.no_verdict"
    meaning = f"audit_meaning.{page.verdict or page.kind}"
    return {
        "title": gettext(f"audit_report.{page.kind}"),
        "verdict": f"{gettext('audit_table.verdict')}: {gettext(named)}",
        "meaning": gettext(meaning),
        "limits_title": gettext("audit_report.limits"),
        "limits": [gettext(f"audit_limit.{page.kind}_{n}") for n in range(1, page.limits + 1)],
    }
