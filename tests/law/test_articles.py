"""Articles: what a text cites, and citations of an article that the statute does not have."""

import datetime as dt

import pytest
from shipped_law import BASES, bases_with

from lianzhi.law.articles import Statute, Statutes
from lianzhi.law.basis import BasisError

SHIPPED = BASES.statutes
DAY = dt.date(2026, 5, 1)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("《消防法》第六十条第一款第三项", ["60(1)(3)"]),
        ("消防法 60 条", ["60"]),
        ("《中华人民共和国消防法》（2021年修正）第６０条第1款、第七十条", ["60(1)", "70"]),
        ("《消防法》第十条至第二十条；《消防法》第七十四条之一", ["10", "20", "74"]),
        ("某市消防法实施办法第九十条", []),
        ("第九百九十九条", []),
        ("《消防法》", []),
    ],
)
def test_the_articles_that_a_text_cites(text, places):
    found = list(SHIPPED.cited(text))
    assert [one.place for one in found] == places
    assert {one.statute for one in found} <= {"消防法"}


@pytest.mark.parametrize(
    "text",
    ["《消防法》第七十五条", "消防法999条", "《消防法》第一条、第九百条", "消防法第〇条"],
)
def test_an_article_that_is_not_there_is_told_with_the_number_there_is(text):
    (said,) = SHIPPED.doubts(text, DAY)
    assert "《消防法》 has no article" in said
    assert "has 74 articles" in said


@pytest.mark.parametrize(
    "text",
    [
        "《消防法》第七十四条",
        "《行政处罚法》第八十六条",
        "《江苏省消防条例》第九百九十九条",  # nobody counted it
        "《治安管理处罚法》第一百四十四条",  # the text of 2025 was not read
    ],
)
def test_what_is_there_or_cannot_be_known_is_let_pass(text):
    assert list(SHIPPED.doubts(text, DAY)) == []
    assert list(SHIPPED.doubts(text, None)) == []


def test_the_text_in_force_on_the_day_counts():
    text = "《治安管理处罚法》第一百四十四条"
    (said,) = SHIPPED.doubts(text, dt.date(2025, 12, 31))
    assert "text of 2012-10-26 has 119 articles" in said
    assert list(SHIPPED.doubts("《消防法》第九十九条", dt.date(2010, 1, 1))) == []


def test_versions_of_a_statute_that_overlap_are_refused():
    one = Statute(name="某法", version=DAY, articles=3, effective_from=DAY)
    with pytest.raises(ValueError, match="某法"):
        Statutes([one, one])
    with pytest.raises(ValueError, match="0 articles"):
        Statute(name="某法", version=DAY, articles=0, effective_from=DAY)


OWN = """[[basis]]
key = "fire_law.x"
statute = "消防法"
version = 2021-04-29
articles = ["60(1)", "999(1)"]
effective_from = 2021-04-29
title = {{ zh = "《消防法》", en = "Fire Protection Law" }}
{statute}"""


def test_a_basis_of_ones_own_must_cite_an_article_that_is_there(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(OWN.format(statute=""), "utf-8")
    with pytest.raises(BasisError, match=r"fire_law\.x.*no article 999.*has 74 articles"):
        bases_with(file)


def test_a_file_of_ones_own_may_count_a_statute_itself(tmp_path):
    file = tmp_path / "own.toml"
    counted = '[[statute]]\nname = "消防法"\nversion = 2021-04-29\narticles = 1000\n'
    file.write_text(OWN.format(statute=counted + "effective_from = 2021-04-29\n"), "utf-8")
    assert bases_with(file).statutes.doubt("消防法", 1001, None)
    assert bases_with(file).statutes.doubt("行政处罚法", 87, None)


def test_every_shipped_basis_cites_an_article_that_is_there():
    names = {one.name for one in SHIPPED}
    assert {"消防法", "行政处罚法", "行政复议法", "行政强制法"} <= names
    assert "民法典" not in names  # only a part of it was read
