"""docs/domains.md quotes the installed domain word for word, and tells every part of `Domain`."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from lianzhi.domains.domain import Domain

INSTALLED = Path(__file__).parent / "installed"
PAGE = (Path(__file__).parents[2] / "docs" / "domains.md").read_text("utf-8")
FILES = sorted(
    str(path.relative_to(INSTALLED))
    for path in INSTALLED.rglob("*")
    if path.is_file() and "__pycache__" not in path.parts
)
#: A line that names a file, and the block below it.
QUOTED = re.compile(r"^`([^`\n]+)`:\n\n```\w+\n(.*?)```$", re.M | re.S)


def quotes() -> dict[str, list[str]]:
    """The blocks of each file that the page names, in the order of the page."""
    blocks = defaultdict(list)
    for name, block in QUOTED.findall(PAGE):
        blocks[name].append(block)
    return blocks


@pytest.mark.parametrize("name", FILES)
def test_the_blocks_of_a_file_are_the_whole_file(name: str) -> None:
    rest = (INSTALLED / name).read_text("utf-8")
    for block in quotes()[name]:
        assert rest.startswith(block)
        rest = rest.removeprefix(block).lstrip("\n")
    assert rest == ""


def test_every_block_of_code_is_quoted_from_a_file() -> None:
    others = re.findall(r"^```(\w+)$", QUOTED.sub("", PAGE), re.M)
    assert others == ["sh"]
    assert sorted(quotes()) == FILES


def test_the_table_has_every_part_of_a_domain_once() -> None:
    first_column = re.findall(r"^\| (`.*?) \|", PAGE, re.M)
    parts = [part for cell in first_column for part in re.findall(r"`(\w+)`", cell)]
    assert sorted(parts) == sorted(Domain.__struct_fields__)


def test_the_whole_domain_takes_less_than_150_lines_of_python():
    lines = sum(
        len(path.read_text("utf-8").splitlines()) for path in (INSTALLED / "scalping").glob("*.py")
    )
    assert lines < 150
