"""The page of routes, in both languages."""

import pytest
from mediation_house import opened

from consoles import Console
from lianzhi.domains.mediation.rules import Rules


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("home")) as node:
        yield node


@pytest.mark.parametrize(
    ("language", "forum", "article"),
    [
        ("zh", "上一级海关", "《关税法》第六十六条第一款"),
        ("en", "the customs one level up", "Article 66(1)"),
    ],
)
def test_the_page_shows_the_remedies_of_a_field(node, language, forum, article):
    page = Console(node, "reader", language).get(
        "/mediation/routes?field=customs_tax&date=2024-12-02&known=2024-11-30"
    )
    assert page.status_code == 200
    main = page.text.split("<main")[1]
    assert all(text in main for text in (forum, article, "2025-02-05"))
    assert "mediation_" not in main.replace('"mediation_', "").replace("mediation_parts", "")


def test_a_wrong_filing_is_told_with_the_right_way(node):
    query = "field=customs_tax&date=2025-01-06&remedy=suit&forum=basic_court"
    page = Console(node, "reader", "en").get(f"/mediation/routes?{query}").text
    assert "This is the wrong forum. The right way: Suit (the intermediate court)." in page
    assert "The right way: Reconsideration (the customs one level up)." in page
    right = query.replace("suit", "reconsideration").replace("basic_court", "upper_customs")
    assert (
        "Remedy, forum and time are right."
        in Console(node, "reader", "en").get(f"/mediation/routes?{right}").text
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "年节假日安排尚未公布"), ("en", "are not known yet")],
)
def test_a_last_day_in_a_year_without_holidays_is_told_beside_the_remedy(node, language, said):
    last = Rules().law.calendar.known_years[-1]
    page = Console(node, "reader", language).get(
        f"/mediation/routes?field=customs_tax&date={last}-12-03"
    )
    assert page.status_code == 200
    assert said in page.text.split("<main")[1]


def test_a_year_without_holidays_is_told(node):
    page = Console(node, "reader", "en").get("/mediation/routes?field=customs_tax&date=2029-05-10")
    assert page.status_code == 409
    assert "The holidays of 2029 are not known" in page.text


def test_a_day_before_the_first_text_says_so(node):
    page = Console(node, "reader").get("/mediation/routes?field=customs_tax&date=2021-04-28")
    assert "2021-04-29" in page.text.split("<main")[1]


def test_what_is_no_day_is_refused_at_its_field(node):
    assert Console(node, "reader").get("/mediation/routes?date=soon").status_code == 409
