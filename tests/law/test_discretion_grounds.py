"""What a row of a discretion table rests on: articles that are there, fines that they allow."""

import pytest
from shipped_law import BASES

from lianzhi.law.basis import load
from lianzhi.law.discretion.draft import TableError
from lianzhi.law.discretion.reading import parse

TABLE = """#table,t,裁量表,A table
#effective_from,2026-01-01
id,item,list,fine_from,fine_to,basis,article
1,fire.x,{list},{low},{high},{basis},{article}
"""
EXITS = "fire_law.penalty_exits"


def problems(*, low="", high="", basis="", article="", listed="ordinary", bases=None):
    text = TABLE.format(list=listed, low=low, high=high, basis=basis, article=article)
    try:
        parse(text.encode(), "csv", "t.csv", bases=bases or BASES)
    except TableError as error:
        return error.problems
    return ()


def test_an_article_that_its_statute_has_not_is_refused():
    (one,) = problems(article="《消防法》第九百九十九条")
    assert (one.row, one.column) == ("line 4", "article")
    assert "has no article 999: its text of 2021-04-29 has 74 articles" in one.mend
    assert not problems(article="《消防法》第七十四条")


@pytest.mark.parametrize(
    ("cited", "high", "most"),
    [
        ({"basis": EXITS}, 60_000, "50,000"),
        ({"basis": f"penalty_law.lighter_removed; {EXITS}"}, 60_000, "50,000"),
        ({"article": "《消防法》第六十条第一款第三项"}, 50_001, "50,000"),
        ({"article": "《消防法》第六十条"}, 60_000, "50,000"),
        ({"article": "消防法第六十六条"}, 5_001, "5,000"),
        ({"article": "《行政处罚法》第三十二条第一项；《消防法》第六十六条"}, 5_001, "5,000"),
    ],
)
def test_a_fine_above_the_maximum_of_its_basis_is_refused(cited, high, most):
    (one,) = problems(high=high, **cited)
    assert (one.row, one.column, one.value) == ("line 4", "fine_to", str(high))
    assert f"above the maximum: {most} yuan" in one.mend


def test_the_lower_end_is_held_against_it_too():
    assert [one.column for one in problems(low=60_000, basis=EXITS)] == ["fine_from"]


@pytest.mark.parametrize(
    "cited",
    [
        {"basis": EXITS, "high": 50_000},
        {"basis": f"fire_law.penalty_wiring; {EXITS}", "high": 50_000},
        {"article": "《消防法》第六十条；《江苏省消防条例》第五十条", "high": 90_000},
        {"article": "《行政处罚法》第三十二条第一项", "high": 90_000},
        {"article": "区政府文件", "high": 90_000},
    ],
)
def test_a_fine_within_it_or_of_an_unknown_maximum_is_let_pass(cited):
    assert not problems(**cited)


def test_the_graver_limb_has_its_own_maximum(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(
        """[[basis]]
key = "some_law.x"
statute = "某条例"
version = 2021-04-29
articles = ["6"]
kind = "penalty"
effective_from = 2021-04-29
title = { zh = "《某条例》第六条", en = "Some Rules, Article 6" }
sanctions = ["fine"]
fines = [{ subject = "unit", to = 100, grave_to = 1000 }]
""",
        "utf-8",
    )
    own = load([file])
    assert not problems(high=1000, basis="some_law.x", bases=own)
    assert problems(high=1001, basis="some_law.x", bases=own)
    file.write_text(file.read_text("utf-8").replace("grave_to = 1000", "grave_to = 10"), "utf-8")
    with pytest.raises(ValueError, match="grave_to is 10, below 100"):
        load([file])
