"""`lianzhi text`: the views under one another and what was found; lexicons of one's own."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from lianzhi.cli.main import main


def test_views_stand_aligned_under_the_original() -> None:
    said = CliRunner().invoke(main, ["text", "explain", "你这 sha*bi，滚出去"])
    assert said.exit_code == 0
    original, found, meant, surface, syllable, initial, shape = said.stdout.splitlines()[:7]
    assert original.split() == ["original", "你", "这", "sha", "bi", "，", "滚", "出", "去"]
    assert cells(original).index("sha") == cells(meant).index(cells("傻逼"))
    assert cells(found).index("~~~") == cells(original).index("sha")
    assert syllable.split() == ["syllable", "ni", "zhe", "sha", "bi", ",", "gun", "chu", "qu"]
    assert (initial.split()[3], surface.split()[1], shape.split()[1]) == ("s", "你", "你")
    assert "mockery: 滚出去" in said.stdout


def cells(line: str) -> str:
    """The line as a terminal shows it: a wide character takes two places."""
    return "".join(char + " " * (cell_len(char) - 1) for char in line)


def test_what_was_found_is_told_with_how_it_is_written() -> None:
    words = "亻尔 去 歹匕 吧，我知道你住哪，\x1b[31m全\u200b家死光"
    said = CliRunner().invoke(main, ["text", "explain", words]).stdout
    assert "0-7 self_harm_urging: 亻尔 去 歹匕, entry 你去死, by split for 你去死, cost 2.5" in said
    assert re.search("0-7 split: 亻尔 去 歹匕 for 你去死, cost 2.5, log-odds [1-9]", said)
    assert "threat: 知道你住哪, wording: what one knows of somebody's whereabouts" in said
    assert "threat: 知道你住," not in said, "what stands inside another stretch says nothing more"
    assert "\x1b" not in said, "nothing that steers the terminal"
    assert "\u200b" not in said
    as_json = CliRunner().invoke(main, ["text", "explain", "--json", words]).stdout
    spans = msgspec.json.decode(as_json)["spans"]
    assert {bool(span["entry"]) != bool(span["sense"]) for span in spans} == {True}


def test_where_a_text_as_a_whole_is_found_its_words_are_marked_all_the_same() -> None:
    words = "你个2b，天天发这种东西，去s吧，真是个狗r的。别以为换了号我不认识你，沙笔"
    said = CliRunner().invoke(main, ["text", "explain", words]).stdout
    assert re.search("0-38 mockery: .*wording: as a whole", said)
    marked = "".join(line.removeprefix("found") for line in said.splitlines() if "found" in line)
    assert 10 < len(re.findall("~+", marked)) < 30, "of 38 tokens"


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


OWN = """
kind = "insult"
version = 2026-11-25
examples = ["你就是个蓝鲸怪"]
innocent = ["蓝鲸怪谈"]

[[group]]
sense = "code word"
weight = 0.8
terms = ["蓝鲸怪"]
"""


def checked(path: Path, text: str, *options: str) -> Result:
    path.write_text(text, "utf-8")
    return CliRunner().invoke(main, ["text", "lexicon", "check", *options, str(path)])


def test_a_sound_lexicon_is_checked_without_remarks(tmp_path: Path) -> None:
    said = checked(tmp_path / "own.toml", OWN)
    assert (said.exit_code, said.stdout) == (0, "1 entries in 1 files; to mend: 0\n")
    folder = CliRunner().invoke(main, ["text", "lexicon", "check", str(tmp_path)])
    assert folder.stdout == said.stdout


@pytest.mark.parametrize(
    ("old", "new", "code", "remark"),
    [
        ("蓝鲸怪谈", "蓝鲸怪", 1, "mend  own.toml: “蓝鲸怪” is an innocent word"),
        ("你就是个蓝鲸怪", "你好", 1, "mend  own.toml: the example “你好” is not caught"),
        ('["蓝鲸怪"]', '["蓝鲸怪", "垃圾桶"]', 1, "“垃圾桶” is an innocent word"),
        ('["蓝鲸怪"]', '["蓝鲸怪", "操"]', 0, "look  own.toml: “操” is one character"),
        ('["蓝鲸怪"]', '["蓝鲸怪", "机场"]', 0, "look  own.toml: “机场” stands in “机场”"),
        ('["蓝鲸怪"]', '["蓝鲸怪", "傻逼"]', 0, "look  own.toml: “傻逼” is shipped already"),
        ('["蓝鲸怪"]', '["蓝鲸怪", "去死"]', 0, "“去死” is shipped as self_harm_urging"),
        ('["蓝鲸怪"]', '["蓝鲸怪", "蓝鲸怪"]', 0, "“蓝鲸怪” is listed before, in own.toml"),
        ("0.8", "8", 1, "own.toml: group[0].weight is 8"),
    ],
)
def test_what_is_wrong_with_a_lexicon_is_told(
    tmp_path: Path, old: str, new: str, code: int, remark: str
) -> None:
    said = checked(tmp_path / "own.toml", OWN.replace(old, new, 1))
    assert (said.exit_code, remark in said.stdout) == (code, True), said.output
    told = msgspec.json.decode(
        checked(tmp_path / "own.toml", OWN.replace(old, new, 1), "--json").stdout
    )
    assert told.get("error") or told["remarks"]


def test_a_text_is_explained_by_a_lexicon_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN, "utf-8")
    words = ["text", "explain", "--lexicon", str(tmp_path), "你就是个蓝鲸怪"]
    assert "  4-7 insult: 蓝鲸怪" in CliRunner().invoke(main, words).stdout
    shadow = OWN.replace("[[group]]", '[[group]]\nstate = "shadow"')
    (tmp_path / "own.toml").write_text(shadow, "utf-8")
    said = CliRunner().invoke(main, words).stdout
    assert "  4-7 insult, in shadow: 蓝鲸怪" in said
    assert "  4-7 insult: " not in said
    (hit,) = msgspec.json.decode(CliRunner().invoke(main, [*words, "--json"]).stdout)["shadow"]
    assert hit == {"start": 4, "end": 7, "kind": "insult", "term": "蓝鲸怪"}
    (tmp_path / "own.toml").write_text("kind", "utf-8")
    assert CliRunner().invoke(main, words).exit_code == 3


def test_a_lexicon_is_counted_with_its_version(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN, "utf-8")

    def show(*words: str) -> Any:
        said = CliRunner().invoke(main, ["text", "lexicon", "show", "--json", *words])
        return msgspec.json.decode(said.stdout)

    shipped, own = show(), show(str(tmp_path))
    assert shipped["version"] != own["version"]
    assert own["kinds"]["insult"]["active"] == shipped["kinds"]["insult"]["active"] + 1
    plain = CliRunner().invoke(main, ["text", "lexicon", "show"]).stdout
    assert plain.startswith(f"version {shipped['version']}\ninsult ")
    (tmp_path / "own.toml").write_text("kind", "utf-8")
    assert CliRunner().invoke(main, ["text", "lexicon", "show", str(tmp_path)]).exit_code == 3
