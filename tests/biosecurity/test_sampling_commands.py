"""`lianzhi biosecurity sample-size` and `infestation`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lianzhi.cli.main import main


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["biosecurity", *words])


def test_how_many_boxes_to_find_one_per_cent() -> None:
    done = run("sample-size", "--share", "0.01", "--lot", "1000", "--per-box", "50",
               "--correlation", "0.1")  # fmt: skip
    assert done.exit_code == 0, done.output
    large, lot, boxes = done.output.splitlines()
    assert "inspect 299 units" in large
    assert "Lot of 1,000: inspect 258 units" in lot
    assert "inspect 18 boxes (900 units), if 1 % of the units" in boxes
    assert "查验 299 件" in run("sample-size", "--share", "0.01", "--language", "zh").output


def test_a_blunt_inspection_may_never_be_enough() -> None:
    done = run("sample-size", "--share", "0.01", "--lot", "100", "--sensitivity", "0.8")
    assert "even inspecting all of it does not reach 95 % confidence" in done.output


@pytest.fixture
def lots(tmp_path: Path) -> Path:
    file = tmp_path / "lots.csv"
    file.write_text("查验件数,染疫件数\n" + "50,0\n" * 20 + "50,20\n50,11\n50,1\n50,30\n")
    return file


def test_the_correlation_is_taken_from_past_inspections(lots: Path) -> None:
    share = json.loads(run("infestation", str(lots), "--json").output)
    assert share["correlation"] > 0.3
    size = run("sample-size", "--share", "0.01", "--per-box", "50", "--from", str(lots), "--json")
    sizes = json.loads(size.output)
    assert sizes["correlation"] == pytest.approx(share["correlation"])
    assert sizes["sizes"]["clustered"] > 18
    text = run("infestation", str(lots)).output
    assert "Infested units come together" in text
    assert "染疫件聚集" in run("infestation", str(lots), "--language", "zh").output


def test_wrong_arguments_are_explained(lots: Path) -> None:
    assert "need --per-box" in run("sample-size", "--share", ".1", "--correlation", ".1").output
    both = run("sample-size", "--share", ".1", "--per-box", "5", "--from", str(lots),
               "--correlation", "0.1")  # fmt: skip
    assert "not both" in both.output
    lots.write_text("inspected,infested\n5,0\n")
    assert "give two or more" in run("infestation", str(lots)).output
