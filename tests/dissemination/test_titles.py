"""Titles: every kind of distortion is found with its place, faithful rewritings are left alone."""

import json
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.domains.dissemination.commands import dissemination
from lianzhi.domains.dissemination.titles import Change, Detector
from lianzhi.domains.dissemination.titles.lexicon import load

TITLE = "望江县拟对部分老旧小区加装电梯 补贴15万元"
BODY = "望江县住建局介绍，今年计划为41个老旧小区加装电梯，每台补贴15万元，预计惠及2300余户。"


@cache
def detector() -> Detector:
    return Detector(load().latest()[1])


def changes(reprint: str, title: str = TITLE, body: str = BODY) -> list[Change]:
    return detector().changes(title, body, reprint)


@pytest.mark.parametrize(
    ("reprint", "rule"),
    [
        ("望江县拟对部分老旧小区加装电梯 补贴150万元", "number"),
        ("望江县拟不对部分老旧小区加装电梯 补贴15万元", "negation"),
        ("望海县拟对部分老旧小区加装电梯 补贴15万元", "entity"),
        ("望江县对部分老旧小区加装电梯 补贴15万元", "modality"),
        ("望江县拟对所有老旧小区加装电梯 补贴15万元", "quantifier"),
        ("望江县疯狂砸钱 拟对部分老旧小区加装电梯", "intensity"),
    ],
)
def test_a_distortion_is_found_by_its_rule(reprint: str, rule: str) -> None:
    assert rule in {change.rule for change in changes(reprint)}


@pytest.mark.parametrize(
    "reprint",
    [
        TITLE,
        "望江县拟对部分老旧小区加装电梯 补贴150000元",
        "補貼15萬元 望江縣擬對部分老舊小區加裝電梯",
        "【民生】望江县计划对部分老旧小区加装电梯，补贴十五万元",
        "望江县拟对41个老旧小区加装电梯 惠及2300余户",
    ],
)
def test_a_faithful_rewriting_is_left_alone(reprint: str) -> None:
    assert changes(reprint) == []


@pytest.mark.parametrize(
    ("title", "reprint", "rule"),
    [
        ("租客状告房东拒退押金", "房东状告租客拒退押金", "role"),
        ("业主打伤保安被拘留", "业主被保安打伤", "role"),
        ("网传“水厂停水三天”不实 水务集团：系例行检修", "水厂停水三天", "truncation"),
        ("药品降价近三成", "药品降价超三成", "number"),
        ("河堤加固工程不影响通航", "河堤加固工程影响通航", "negation"),
    ],
)
def test_roles_cuts_and_bounds(title: str, reprint: str, rule: str) -> None:
    assert rule in {change.rule for change in changes(reprint, title, "")}


@pytest.mark.parametrize(
    ("title", "body", "reprint"),
    [
        ("租客状告房东拒退押金", "", "房东拒退押金被租客状告"),
        ("药品降价近三成", "平均降价28.6%。", "药品降价28.6%"),
        ("亩产突破400公斤", "平均亩产412公斤。", "亩产突破800斤"),
        ("男子被判一年六个月", "", "男子被判1年半"),
        ("出土器物128件", "", "出土器物百余件"),
    ],
)
def test_the_same_said_otherwise(title: str, body: str, reprint: str) -> None:
    assert changes(reprint, title, body) == []


def test_spans_are_offsets_of_the_titles_as_given() -> None:
    reprint = "望江縣擬對部分老舊小區加裝電梯 補貼150萬元"
    (change,) = changes(reprint)
    assert TITLE[slice(*change.source)] == "15万元"
    assert reprint[slice(*change.reprint)] == "150萬元"


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=120))
def test_any_text_has_spans_within_it(title: str, reprint: str, body: str) -> None:
    for change in changes(reprint, title, body):
        for (start, end), text in ((change.source, title), (change.reprint, reprint)):
            assert 0 <= start <= end <= len(text)


@given(st.text(max_size=60), st.text(max_size=120))
def test_a_title_is_faithful_to_itself(title: str, body: str) -> None:
    assert changes(title, title, body) == []


def test_the_half_for_tuning_keeps_its_recall() -> None:
    lines = (Path(__file__).parents[2] / "bench" / "titles" / "titles.jsonl").read_text("utf-8")
    rows = [row for line in lines.splitlines() if (row := json.loads(line))["half"] == "dev"]
    found: dict[str, list[bool]] = {}
    for row in rows:
        flagged = bool(changes(row["reprint_title"], row["source_title"], row["source_body"]))
        found.setdefault(row["type"], []).append(flagged)
    recall = {kind: sum(marks) / len(marks) for kind, marks in found.items()}
    assert recall.pop("harmless") <= 0.01
    assert recall.pop("truncation") >= 0.7
    assert recall.pop("role_swap") >= 0.8
    assert min(recall.values()) >= 0.95, recall


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_the_command_writes_findings_and_names_bad_rows(tmp_path: Path, suffix: str) -> None:
    source = tmp_path / "pairs.jsonl"
    good = {"source_title": TITLE, "source_body": BODY, "reprint_title": TITLE.replace("15", "51")}
    lines = [json.dumps(good), "{", json.dumps({"source_title": "无"})]
    source.write_text("\n".join(lines), "utf-8")
    out = tmp_path / f"out{suffix}"
    ran = CliRunner().invoke(dissemination, ["title", str(source), "--out", str(out), "--json"])
    assert ran.exit_code == 1
    answer = json.loads(ran.stdout)
    assert (answer["pairs"], answer["distorted"]) == (1, 1)
    assert [error["line"] for error in answer["errors"]] == [2, 3]
    assert "reprint_title" in answer["errors"][1]["problem"]
    assert "51万元" in out.read_text("utf-8")


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "pairs.xlsx"
    file.write_bytes(b"")
    ran = CliRunner().invoke(dissemination, ["title", str(file)])
    assert ran.exit_code == 1
    assert "give .csv or .jsonl" in ran.output


def test_a_word_of_the_lexicon_has_an_effect_only_from_its_file(tmp_path: Path) -> None:
    shipped = files("lianzhi.domains.dissemination") / "policy" / "titles" / "2026-12-01.toml"
    own = shipped.read_text("utf-8").replace('hedge = "', 'hedge = "听闻 ', 1)
    (tmp_path / "2026-12-02.toml").write_text(own, "utf-8")
    later = Detector(load(tmp_path).latest()[1])
    pair = ("工厂搬迁", "", "听闻工厂搬迁")
    assert not detector().changes(*pair)
    assert {change.rule for change in later.changes(*pair)} == {"modality"}
