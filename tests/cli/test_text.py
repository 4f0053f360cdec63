"""`lianzhi text explain`: the views under one another, and what was found."""

import msgspec
from click.testing import CliRunner

from lianzhi.cli.main import main


def test_views_stand_aligned_under_the_original() -> None:
    said = CliRunner().invoke(main, ["text", "explain", "你这 sha*bi，滚出去"])
    assert said.exit_code == 0
    original, surface, syllable, initial, shape = said.stdout.splitlines()[:5]
    assert original.split() == ["original", "你", "这", "sha", "bi", "，", "滚", "出", "去"]
    assert syllable.split() == ["syllable", "ni", "zhe", "sha", "bi", ",", "gun", "chu", "qu"]
    assert (initial.split()[3], surface.split()[1], shape.split()[1]) == ("s", "你", "你")
    assert "mockery: 滚出去" in said.stdout


def test_long_texts_go_on_in_further_rows_and_json_has_each_token() -> None:
    words = "你好" * 50 + "\u200b"
    said = CliRunner().invoke(main, ["text", "explain", words])
    assert said.stdout.count("syllable") > 2
    told = msgspec.json.decode(
        CliRunner().invoke(main, ["text", "explain", "--json", words]).stdout
    )
    assert len(told["tokens"]) == 100
    assert told["tokens"][1] == {
        "start": 1,
        "end": 2,
        "original": "好",
        "surface": "好",
        "syllable": "hao",
        "initial": "h",
        "shape": "好",
    }


def test_a_text_that_is_too_long_is_refused() -> None:
    said = CliRunner().invoke(main, ["text", "explain", "x" * 10_001])
    assert said.exit_code == 2
    assert "10001 characters" in said.stderr
