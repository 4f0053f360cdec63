"""`lianzhi enforcement lists` and `import`: what people see, and how the commands end."""

import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from lianzhi.domains.enforcement.commands import enforcement

EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "checklists").glob("*.csv"))
OFFICERS = "id,name,squad,department,certificate,certificate_until\n"


def call(*words):
    return CliRunner().invoke(enforcement, [str(word) for word in words])


def merge(*words):
    return call("lists", "merge", *words, "--type", "restaurant", "--day", "2026-05-01")


def test_six_lists_become_one(tmp_path):
    out = tmp_path / "one.xlsx"
    done = merge(*EXAMPLES, "--out", out, "--language", "ar")
    assert done.exit_code == 0
    assert "6 lists, 35 lines -> 22 lines; one visit instead of 6" in done.output
    assert "المخارج" in done.output
    assert "1.00" in done.output
    assert openpyxl.load_workbook(out).active.max_row == 23
    again = merge(out, "--out", tmp_path / "again.csv", "--json")
    told = json.loads(again.output)
    assert (again.exit_code, len(told["checklist"]["lines"]), told["checklist"]["joined"]) == (
        0,
        22,
        [],
    )


def test_a_bad_row_ends_with_one_and_the_good_are_merged(tmp_path):
    bad = tmp_path / "bad.csv"
    head = "item,department,enterprise_type,line,severity"
    bad.write_text(f"{head}\nfire.nothing,fire,restaurant,甲,grave\n", "utf-8")
    done = merge(*EXAMPLES, bad, "--out", tmp_path / "one.csv")
    assert done.exit_code == 1
    assert "bad.csv:2: items is 'fire.nothing': 'fire.nothing': items has none" in done.output
    assert (tmp_path / "one.csv").exists()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--type", "zoo"), "no line is for 'zoo'"),
        (("--language", "xx"), "choose one of zh"),
        (("--day", "2020-01-01"), "no power list is in force"),
        (("--out", "one.pdf"), "name it so"),
    ],
)
def test_what_cannot_be_merged_leaves_no_file(tmp_path, monkeypatch, words, why):
    monkeypatch.chdir(tmp_path)
    usual = ("--type", "restaurant", "--day", "2026-05-01", "--out", "one.csv")
    done = call("lists", "merge", *EXAMPLES, *usual, *words)
    assert done.exit_code != 0
    assert why in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_sound_folder_passes(tmp_path):
    (tmp_path / "officers.csv").write_text(OFFICERS + "O1,王,S1,fire,C1,2027-01-01\n", "utf-8")
    done = call("import", "check", tmp_path)
    assert done.exit_code == 0
    assert "no file" in done.output
    told = json.loads(call("import", "check", tmp_path, "--json").stdout)
    assert told["rows"] == {"officers": 1}
    assert told["errors"] == []


def test_bad_rows_of_a_folder_are_told(tmp_path):
    rows = "".join(f"O{n},王,S1,fires,C1,2027-01-01\n" for n in range(25))
    (tmp_path / "officers.csv").write_text(OFFICERS + rows, "utf-8")
    done = call("import", "check", tmp_path)
    assert done.exit_code == 1
    assert "officers.csv:2" in done.output
    assert "fires" in done.output
    assert "5 more; --json tells them all" in done.output
    assert len(json.loads(call("import", "check", tmp_path, "--json").stdout)["errors"]) == 25


def test_an_empty_folder_is_no_town(tmp_path):
    assert call("import", "check", tmp_path).exit_code == 1
