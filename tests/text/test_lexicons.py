"""Lexicons: values made of the shipped files and an operator's; shadow counts for nothing."""

import tomllib
from collections import Counter
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from lianzhi.text import KINDS, Lexicon, Shadow, Span, assess, assess_many, score_many
from lianzhi.text.lexicon.lexicons import (
    LONGEST_TERM,
    MOST_BYTES,
    MOST_FILES,
    LexiconError,
    build,
    parse,
    read,
    shipped,
)

CLEAR = 0.5

OWN = """
kind = "insult"
version = 2026-11-25
examples = ["你就是个蓝鲸怪"]
innocent = ["蓝鲸怪谈"]

[[group]]
sense = "code word"
weight = 0.8
terms = ["蓝鲸怪", "{p}灯塔水"]
"""
TEXTS = ("你就是个蓝鲸怪", "蓝鲸怪谈很好看", "他灯塔水", "你这个傻逼", "今天天气很好")


def made(text: str) -> Lexicon:
    return build({"own.toml": parse("own.toml", text.encode())})


@pytest.mark.parametrize("kind", [*KINDS, "counter_speech"])
def test_what_is_shipped_passes_what_is_asked_of_others(kind: str) -> None:
    data = (files("lianzhi.text.lexicon") / "terms" / f"{kind}.toml").read_bytes()
    assert parse(f"{kind}.toml", data).kind == kind


def test_further_files_add_entries_and_innocent_words() -> None:
    own = made(OWN)
    found = assess_many(TEXTS, own)
    assert [one.kinds.get("insult", 0) >= CLEAR for one in found] == [
        True,
        False,
        True,
        True,
        False,
    ]
    assert found[0].spans == (Span(4, 7, "insult", "蓝鲸怪"),)
    assert found[0] == assess(TEXTS[0], own)
    shipped_alone = assess_many(TEXTS[:3])
    assert not any(span.entry for one in shipped_alone for span in one.spans), "knows no code"
    assert "你就是个蓝鲸怪" in own.examples["insult"]


def test_scores_are_those_of_assess() -> None:
    own = made(OWN)
    scores = score_many(TEXTS, own)
    for place, one in enumerate(assess_many(TEXTS, own)):
        assert scores.offence[place] == np.float32(one.offence)
        assert scores.kinds[place, KINDS.index("insult")] == np.float32(one.kinds.get("insult", 0))


def test_an_entry_in_shadow_is_told_apart_and_counts_for_nothing() -> None:
    own = made(OWN.replace("[[group]]", '[[group]]\nstate = "shadow"'))
    for mine, plain in zip(score_many(TEXTS, own), score_many(TEXTS), strict=True):
        assert (mine == plain).all()
    found = assess_many(TEXTS, own)
    assert [one.spans for one in found] == [one.spans for one in assess_many(TEXTS)]
    assert [one.shadow for one in found] == [
        (Shadow(4, 7, "insult", "蓝鲸怪"),),
        (),
        (Shadow(0, 4, "insult", "他灯塔水"),),
        (),
        (),
    ]


def test_innocent_words_of_entries_in_shadow_excuse_nothing_else() -> None:
    text = 'kind = "insult"\nversion = 2026-11-25\ninnocent = ["傻逼"]\n[[group]]\n'
    rest = 'sense = ""\nweight = 0.8\nterms = ["蓝鲸怪"]\n'
    assert assess("你这个傻逼", made(text + 'state = "shadow"\n' + rest)).kinds["insult"] >= CLEAR
    assert not any(one.entry for one in assess("你这个傻逼", made(text + rest)).spans)


def test_what_is_shipped_already_adds_nothing_in_shadow() -> None:
    own = made(OWN.replace("[[group]]", '[[group]]\nstate = "shadow"').replace("蓝鲸怪", "傻逼"))
    assert assess("你这个傻逼", own).shadow == ()


def test_the_version_tells_lexicons_apart() -> None:
    assert made(OWN).version == made(OWN + "\n# a remark\n").version
    others = {made(OWN).version, made(OWN.replace("0.8", "0.7")).version, shipped().version}
    assert len(others) == 3
    assert build({}).version == shipped().version


def test_each_entry_tells_where_it_comes_from() -> None:
    own = made(
        OWN + '\n[[group]]\nsense = "x"\nweight = 0.2\naimed = 0.6\nsource = "Li"\n'
        'date = 2026-12-01\nstate = "shadow"\nterms = ["ＱＷＥ"]\n'
    )
    entry = own.entry(own.terms.index("蓝鲸怪"))
    assert (entry.group.kind, entry.group.sense, entry.group.source) == (
        "insult",
        "code word",
        "own.toml",
    )
    assert (str(entry.group.date), entry.group.state, entry.weight) == ("2026-11-25", "active", 0.8)
    entry = own.entry(own.terms.index("qwe"))
    assert (entry.group.source, str(entry.group.date), entry.group.state) == (
        "Li",
        "2026-12-01",
        "shadow",
    )
    assert (entry.weight, entry.aimed) == (0.2, 0.6)
    for place in range(len(shipped().terms)):
        assert shipped().entry(place).group.kind


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'kind = "insult"',
            'kind = "rudeness"',
            "own.toml: kind is 'rudeness'; give one of insult",
        ),
        ('kind = "insult"', "", "own.toml: Object missing required field `kind`"),
        ("weight = 0.8", "weight = 1.8", "own.toml: group[0].weight is 1.8: Expected `float` < 1"),
        ("weight = 0.8", "weight = nan", "own.toml: group[0].weight is nan"),
        ("weight = 0.8", 'weight = "high"', "own.toml: group[0].weight is 'high'"),
        ("weight = 0.8", "weight = 0.8\naimed = 0.2", "group[0].aimed is 0.2: give 0.8"),
        ("weight = 0.8", 'weight = 0.8\nstate = "on"', "group[0].state is 'on'"),
        ("weight = 0.8", 'weight = 0.8\nwords = ["x"]', "unknown field `words`"),
        ('"蓝鲸怪",', '"\\u200b",', "group[0].terms[0] is '\\u200b': folding leaves nothing"),
        ('"蓝鲸怪",', '"{x}怪",', "group[0].terms[0] is '{x}怪': braces stand for {p}"),
        ('"蓝鲸怪",', "3,", "group[0].terms[0] is 3: Expected `str`"),
        ('"蓝鲸怪谈"', f'"{"长" * (LONGEST_TERM + 1)}"', "innocent[0] is '长长"),
        ("version = 2026-11-25", 'version = "today"', "own.toml: version is 'today'"),
        ("[[group]]", "[[group", "own.toml: "),
    ],
)
def test_a_bad_file_names_file_field_value_and_mend(old: str, new: str, said: str) -> None:
    with pytest.raises(LexiconError) as caught:
        made(OWN.replace(old, new))
    assert said in str(caught.value)


def test_a_folder_is_read_in_order_and_has_bounds(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.toml").write_text(OWN, "utf-8")
    (tmp_path / "notes.txt").write_text("not a lexicon")
    assert list(read(tmp_path)) == ["a.toml", "b.toml"]
    assert list(read(tmp_path / "b.toml")) == ["b.toml"]
    (tmp_path / "c.toml").write_bytes(b"#" * (MOST_BYTES + 1))
    with pytest.raises(LexiconError, match=r"c\.toml: it is longer than"):
        read(tmp_path)
    (tmp_path / "c.toml").unlink()
    with pytest.raises(LexiconError, match="make it readable"):
        read(tmp_path / "d.toml")
    for number in range(MOST_FILES):
        (tmp_path / f"{number}.toml").touch()
    with pytest.raises(LexiconError, match="files; 200 at most"):
        read(tmp_path)


def test_too_many_entries_are_refused() -> None:
    terms = ", ".join(f'"{{p}}词{number}"' for number in range(6000))
    with pytest.raises(LexiconError, match="entries are too many"):
        made(OWN.replace('"蓝鲸怪", ', f"{terms}, "))


@pytest.mark.parametrize("name", [*KINDS, "counter_speech"])
def test_no_term_stands_twice_in_a_shipped_file(name: str) -> None:
    path = files("lianzhi.text.lexicon") / "terms" / f"{name}.toml"
    groups = tomllib.loads(path.read_text("utf-8"))["group"]
    count = Counter(term for group in groups for term in group["terms"])
    assert [term for term, times in count.items() if times > 1] == []


@pytest.mark.parametrize(
    "text",
    [
        "妈逼我受够你了",
        "妈逼着什么急",
        "你妈妈逼里爬出来的",
        "老子早操她妈了",
        "你老婆我早操她八百遍",
        "我昨天晚上了她女朋友",
        "趁她喝醉骑上了她",
        "好想日本妞",
        "你个破鞋子",
        "楼主弱智能不能别发了",
        "人渣土匪",
        "你真是三八式的女人",
        "妈宝马上就哭着找妈",
        "公主病房事都要人伺候",
        "小人偶尔得志",
    ],
)
def test_innocent_phrases_hide_no_abuse_that_begins_like_them(text: str) -> None:
    assert max(assess(text).kinds.values(), default=0) >= 0.5
