"""The page of a report: HTML that needs nothing else, the same bytes for the same audit."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined, Template

from lianzhi.domains.algorithms.report.forest import LABEL, ROW, WIDTH, Forest
from lianzhi.domains.algorithms.words import words

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
    """`fairness` or `pricing`."""
    verdict: str
    source: str
    """Name of the file."""
    policy: str
    facts: Sequence[tuple[str, str]]
    forests: Sequence[tuple[str, Forest]]
    tables: Sequence[Table]


@cache
def _template() -> Template:
    text = files("lianzhi.domains.algorithms.report").joinpath("report.html").read_text("utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(text)


def render(page: ReportPage, language: str) -> str:
    """The page as HTML."""
    gettext = words(language).gettext
    return _template().render(
        page=page, language=language, _=gettext, width=WIDTH, label=LABEL, row=ROW,
        limits=[gettext(f"algorithms_limit.{page.kind}_{n}") for n in (1, 2, 3)],
    )  # fmt: skip


def write(pages: dict[str, ReportPage], out: Path) -> None:
    """Write `report.zh.html` and `report.en.html` into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    for language, page in pages.items():
        (out / f"report.{language}.html").write_text(render(page, language), "utf-8")
