"""What Lianzhi is measured beside its peers with; none of them need be installed."""

import json
from pathlib import Path

import pytest
from bench.cloak import ATTACKS
from bench.peers import __main__ as peers
from bench.peers import sets
from bench.peers.jobs import Job, LeftOut, ask, python
from bench.peers.tools import TOOLS

ROOT = Path(__file__).parents[2]
WORDS = ["不要脸的骗子", "滚出去", "狗东西"]
PLACES = ["今天天气很好。", "我去上班了"]


@pytest.fixture(scope="module")
def made():
    return sets.hide(WORDS, PLACES)


def test_words_stand_at_the_end_of_comments_as_written_and_hidden(made):
    written = [one.text for one in made if one.way == sets.WRITTEN]
    assert written == ["今天天气很好，不要脸的骗子", "我去上班了，滚出去", "今天天气很好，狗东西"]
    hidden = [one for one in made if one.way != sets.WRITTEN]
    assert {one.way for one in hidden} == set(ATTACKS)
    assert all(one.text.startswith(("今天天气很好，", "我去上班了，")) for one in hidden)
    assert not {one.text for one in hidden} & set(written)
    assert made == sets.hide(WORDS, PLACES)


def test_lists_hold_no_pattern_twice_and_do_not_change():
    many = sets.ten_thousand()
    assert len(set(many)) == len(many) == sets.MANY
    assert len(set(many) & set(sets.harm())) == sets.MANY // 2
    assert many == sets.ten_thousand()
    assert set(sets.to_hide(sets.harm())) < set(sets.harm())


def test_without_data_comments_are_those_on_invented_incidents(tmp_path, monkeypatch):
    monkeypatch.setattr(sets, "DATA", tmp_path)
    some = sets.comments()
    assert len(some.texts) == len(some.harmless) == 480
    assert "incidents.csv" in some.source
    assert 0 < sum(some.harmless) < 480


def test_words_are_hidden_where_nobody_found_anything():
    some = sets.Comments(["甲", "乙", "丙", "丁" * 99], [True, True, False, True], "made up")
    assert sets.quiet(some, [[False, True, False, False], [False] * 4]) == ["甲"]


def test_a_fresh_process_measures_a_tool():
    job = Job(["傻逼", "SB"], ["你个傻\u200b逼", "傻逼", "你好", "sb"], 1)
    ours, plain = (ask(python("tools", name), job) for name in ("lianzhi", "daachorse"))
    assert ours["found"] == [True, True, False, True]
    assert plain["found"] == [False, True, False, False]
    assert min(ours["seconds"], ours["build"], plain["seconds"], plain["build"]) > 0


def test_what_is_not_here_is_left_out_and_said(tmp_path, monkeypatch):
    monkeypatch.setattr(peers, "NPM", tmp_path)
    monkeypatch.setattr(peers.shutil, "which", lambda name: None)
    filters = {name: peers.tools()[name] for name in peers.FILTERS}
    said = []
    assert peers.each(filters, Job([], [], 0), said.append) == {}
    assert said == [
        f"left out: {name}: node is missing; install Node 20 or newer" for name in peers.FILTERS
    ]
    monkeypatch.setattr(peers.shutil, "which", lambda name: f"/bin/{name}")
    with pytest.raises(LeftOut, match="run `make bench-text`, which needs npm"):
        filters["mint-filter"](Job([], [], 0))
    monkeypatch.setattr(peers, "find_spec", lambda name: None)
    with pytest.raises(LeftOut, match="it is not installed; run `make bench-text`"):
        peers.tools()["pyahocorasick"](Job([], [], 0))


def test_what_goes_wrong_in_a_process_is_said():
    with pytest.raises(LeftOut, match="TypeError: "):
        ask(python("tools", "daachorse"), Job([1], [], 0))


def test_tools_that_find_the_same_share_a_column(made):
    nothing, some = [False] * len(made), [one.way == sets.WRITTEN for one in made]
    said = []
    peers.hidden(
        made,
        {"a": some, "b": list(some), "c": nothing},
        {"a": [True, False], "b": [True, False], "c": [False, False]},
        said.append,
    )
    assert said[1:3] == ["  (1) a, b", "  (2) c"]
    rows = {line[:30].strip(): line[30:].split() for line in said[4:]}
    assert rows[sets.WRITTEN] == ["3", "1.000", "0.000"]
    assert rows["all attacks"][1:] == ["0.000", "0.000"]
    assert rows["harmless comments"] == ["2", "0.500", "0.000"]


def test_what_is_installed_is_pinned():
    locked = (ROOT / "requirements-bench.lock").read_text("utf-8")
    for tool in TOOLS:
        assert tool.package in {"daachorse", "lianzhi"} or f"\n{tool.package}==" in locked
    lock = json.loads((ROOT / "bench/peers/package-lock.json").read_text("utf-8"))
    for name in peers.FILTERS:
        assert lock["packages"][f"node_modules/{name}"]["integrity"]
