"""Observers report what they saw, on a page of their own; what they send is a request like any."""

import re

import pytest
from requests_web import HERE, PASSWORD, Console, Town, sign_in

from lianzhi.store.accounts import add_user

PAGE = "/enforcement/report"


class Observer(Console):
    """Somebody who may report, and read nothing."""

    def __init__(self, town, language="zh"):
        self.client = town.anybody()
        sign_in(self.client, "ann", PASSWORD)
        self.headers = {"accept": "text/html", "accept-language": language}
        page = self.get(PAGE).text
        self.token = page.split('name="csrf" value="')[1].split('"')[0]
        self.once = page.split('name="once" value="')[1].split('"')[0]

    def report(self, **said):
        """Send the form."""
        good = {"channel": "volunteer", "category": "litter", "words": "河边堆了垃圾"}
        return self.post(PAGE, **{"once": self.once, **good, **said})


@pytest.fixture
def town(tmp_path):
    with Town(tmp_path) as town:
        add_user(town.node.ledger, "ann", PASSWORD, ("observer",), town.now, "test")
        yield town


def number(answer):
    """Under which it was taken in."""
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removeprefix(f"{PAGE}?number=")


@pytest.mark.parametrize(("language", "title"), [("zh", "上报线索"), ("en", "Report")])
def test_the_page_is_in_their_navigation_and_every_field_has_a_label(town, language, title):
    page = Observer(town, language).get(PAGE).text
    assert re.search(rf'href="{PAGE}".*?{title}', page, re.S)
    labelled = set(re.findall(r'<label for="(\w+)"', page))
    assert {"category", "words", "where", "grid", "lon", "lat"} <= labelled
    assert "/enforcement/requests" not in page.replace("/enforcement/public/requests", "")


def test_a_report_is_a_request_with_its_channel_and_observer_on_the_record(town):
    ann = Observer(town)
    made = number(ann.report(grid="G3", place="桥头"))
    one = town.request(made)
    assert (one.channel, one.category, one.grid, one.status) == (
        "volunteer", "litter", "G3", "received"
    )  # fmt: skip
    page = Console(town, "desk").get(f"/enforcement/requests/{made}").text
    assert "河边堆了垃圾" in page
    assert "桥头" in page
    assert "ann" in page
    told = ann.get(f"{PAGE}?number={made}").text
    assert made in told
    assert f"/enforcement/public/requests?number={made}" in told


def test_a_place_on_the_map_decides_the_grid(town):
    made = number(Observer(town).report(lon=HERE[0], lat=HERE[1], grid="G3"))
    assert town.request(made).grid == "G1"


def test_a_form_that_is_sent_twice_counts_once(town):
    ann = Observer(town)
    assert number(ann.report()) == number(ann.report())
    assert number(Observer(town).report()) != number(ann.report())


@pytest.mark.parametrize(
    "wrong",
    [
        {"category": "nothing"},
        {"category": ""},
        {"grid": "G99"},
        {"channel": "hotline"},
        {"words": "  "},
        {"words": "字" * 4001},
        {"lon": "abc", "lat": "31"},
        {"lat": "31"},
        {"once": "no-uuid"},
    ],
)
def test_what_cannot_be_taken_in_is_refused_and_nothing_kept(town, wrong):
    ann = Observer(town)
    before = town.node.ledger.size
    assert ann.report(**wrong).status_code == 422
    assert town.node.ledger.size == before


def test_a_number_that_is_none_is_not_told_as_sent(town):
    assert "data-done" not in Observer(town).get(f"{PAGE}?number=nothing-such").text


def test_who_neither_observes_nor_enforces_does_not_report_here(town):
    assert Console(town, "reader").get(PAGE).status_code == 403
