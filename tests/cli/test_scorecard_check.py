"""`lianzhi scorecard check` as people and programs call it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from lianzhi.cli.main import main

EXAMPLES = Path(__file__).parents[2] / "examples"
PAGE = str(EXAMPLES / "jiangyin-2021.csv")


def call(*words, **more):
    return CliRunner().invoke(main, ["scorecard", *words], **more)


def test_the_newspaper_page():
    run = call("check", PAGE, "--language", "en")
    assert run.exit_code == 1
    for said in (
        "disposed exceeds accepted by 98,745 (210.65 %)",
        "disposed on time exceeds disposed by 110 (100.06 %)",
        "disposed on time would have to be 184,367 to 184,385",
        "disposed, the base, would have to be 191,768 to 191,786",
        "8,238 ÷ 9,353 = 88.08 %",
        "contradictions 4 ",
    ):
        assert said in run.output
    assert "█▒" in run.output
    assert "fraud" not in run.output.lower()
    chinese = call("check", PAGE, "--language", "zh").output
    assert "按期办结多于办结，多出 110（100.06 %）" in chinese


def test_standard_input_and_the_terminals_language():
    data = Path(PAGE).read_bytes()
    run = call("check", "-", input=data, env={"LC_ALL": "zh_CN.UTF-8"})
    assert run.exit_code == 1
    assert "矛盾 4" in run.output


def test_json_has_everything_in_both_languages():
    run = call("check", PAGE, "--json")
    found = json.loads(run.output)
    assert run.exit_code == 1
    assert found["counts"] == {"contradiction": 4, "needs": 0, "unclear": 0, "note": 1, "sound": 1}
    first = found["results"][0]
    assert first["key"] == "within.more"
    assert set(first["says"]) == {"zh", "en"}
    assert [f["line"] for f in first["figures"]] == [3, 2]
    needs = [n for r in found["results"] for n in r["needs"]]
    assert {(n["lo"], n["hi"]) for n in needs} >= {(184_367, 184_385), (191_768, 191_786)}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_all_sound(language):
    run = call("check", str(EXAMPLES / "sound-2023.csv"), "--language", language)
    assert run.exit_code == 0
    assert "✗" not in run.output


def test_rows_that_cannot_be_read_are_told(tmp_path):
    file = tmp_path / "f.csv"
    file.write_text("figure,value,shade\naccepted,10,\ndisposed,ten,\n")
    run = call("check", str(file), "--language", "en")
    assert run.exit_code == 1
    assert "line 3" in run.output
    assert "'ten' is no number" in run.output
    assert "shade" in run.output


def test_called_wrongly_and_could_not(tmp_path):
    assert call("check").exit_code == 2
    assert call("check", str(tmp_path / "none.csv")).exit_code == 2
    assert call("check", PAGE, "--language", "fr").exit_code == 2
    assert call("--csv", "check", PAGE).exit_code == 2
    file = tmp_path / "f.csv"
    file.write_text("hello")
    run = call("check", str(file))
    assert run.exit_code == 3
    assert "name the columns" in run.output


def test_labels_cannot_steer_the_terminal(tmp_path):
    file = tmp_path / "f.json"
    rows = [{"figure": "\x1b[2Jx", "value": 5, "of": "y"}, {"figure": "y", "value": 3}]
    file.write_text(json.dumps(rows))
    assert "\x1b" not in call("check", str(file)).output
