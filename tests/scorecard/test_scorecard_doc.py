"""docs/scorecard.md has every figure with the definition that the console gives."""

import re
from pathlib import Path

from lianzhi.chain.disclosure import MEDIANS, PUBLIC, SHARES
from lianzhi.chain.scorecard_figures import CHECKS, SPECS
from lianzhi.web.console.figure_text import Names
from lianzhi.web.console.words import words

DOC = (Path(__file__).parents[2] / "docs" / "scorecard.md").read_text("utf-8")
UNITS = {"count": "number", "share": "share", "rate": "per 100", "quantile": "time", "kappa": "κ"}


def row(key: str, kind: str) -> str:
    names = Names("en")
    public = "yes" if key in {*PUBLIC, *SHARES, *MEDIANS} else ""
    return f"| `{key}` | {names.figure(key)} | {UNITS[kind]} | {names.means(key)} | {public} |"


def test_every_figure_is_defined_as_in_the_catalogue() -> None:
    rows = [row(spec.key, spec.kind) for spec in SPECS]
    told = re.findall(r"^\| `\w+\.\w+` \|.*\|$", DOC, re.M)
    assert told == rows


def test_every_check_is_told() -> None:
    said = [words("en").gettext(f"contradiction.{check.key}") for check in CHECKS]
    assert [one for one in said if f"- {one}\n" not in DOC] == []
