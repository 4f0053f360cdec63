"""Whom people can turn to at once: in both languages, each with its source."""

from pathlib import Path

import pytest

from lianzhi.chain.help_lines import load
from lianzhi.chain.policy import PolicyError
from lianzhi.domains.bullying import rulebook

LINE = """
[[help_line]]
number = "{number}"
name = {{ zh = "警察", en = "The police" }}
when = {{ zh = "有危险", en = "In danger" }}
source = "{source}"
"""


def test_the_shipped_lines_come_first_things_first() -> None:
    lines = rulebook.help_lines().latest()[1]
    assert [line.number for line in lines.ordered(minor=False)] == [
        "110",
        "12356",
        "12355",
        "12377",
    ]
    assert [line.number for line in lines.ordered(minor=True)] == ["110", "12355", "12356", "12377"]
    for line in lines.help_line:
        assert line.source.startswith("http")
        for said in (line.name, line.when):
            assert said.zh != said.en


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (LINE.format(number="1-1-0", source="https://example.org"), "digits"),
        (LINE.format(number="110", source="somewhere"), "source of 110"),
        ("help_line = []", "help_line is empty"),
    ],
)
def test_lines_that_cannot_be_used_are_refused(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "2026-11-01.toml").write_text(text, "utf-8")
    with pytest.raises(PolicyError, match=fault):
        load(tmp_path)
