"""docs/figures.md names every column, severity and check."""

from pathlib import Path

from lianzhi.chain.published.catalogue import catalogue
from lianzhi.chain.published.figure_rows import COLUMNS
from lianzhi.chain.published.figures import SEVERITIES

DOC = (Path(__file__).parents[2] / "docs" / "figures.md").read_text("utf-8")


def test_everything_is_named():
    checks = {key.partition(".")[0] for key in catalogue().results}
    named = {*COLUMNS, *SEVERITIES, *checks}
    assert {name for name in named if f"`{name}`" not in DOC} == set()
