"""What published totals of a campaign allow to conclude."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from lianzhi.cli.main import main

EXAMPLE = Path(__file__).parents[2] / "examples" / "campaign-totals.csv"


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["campaign", "totals", *arguments])
    return done.exit_code, done.output


@pytest.mark.parametrize(
    ("language", "states", "lacks"),
    [
        ("en", "1,340,000,000", "whether there is less harm"),
        ("zh", "1,340,000,000", "危害是否减少"),
    ],
)
def test_the_example_tells_what_its_totals_do_not_say(
    language: str, states: str, lacks: str
) -> None:
    code, printed = run(str(EXAMPLE), "--language", language)
    assert code == 0
    assert states in printed
    assert lacks in printed
    assert len(printed.splitlines()) == 5 + 5, "five totals, five things that they lack"


def test_what_was_published_is_not_said_to_be_lacking(tmp_path: Path) -> None:
    file = tmp_path / "totals.csv"
    file.write_text("subject,act,count,distinct,reversed\naccount,banned,10,7,0\n", "utf-8")
    code, printed = run(str(file), "--json")
    assert code == 0
    assert json.loads(printed)["missing"] == ["exposure", "before", "control"]


@pytest.mark.parametrize("row", ["account,banned,-1", "account,banned,many", "king,banned,1", ""])
def test_a_bad_line_is_named(tmp_path: Path, row: str) -> None:
    file = tmp_path / "totals.csv"
    file.write_text(f"subject,act,count\n{row}\n", "utf-8")
    code, printed = run(str(file))
    assert code == 3
    assert str(file) in printed
