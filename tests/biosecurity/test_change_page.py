"""The page of a change, in both languages, says what growth and zero do not say."""

import datetime as dt

import pytest

from consoles import PASSWORD, Clock, Console
from lianzhi.config import Config
from lianzhi.jobs.node import Node
from lianzhi.store.accounts import add_user
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    clock = Clock(dt.date(2026, 3, 2))
    home = tmp_path_factory.mktemp("home")
    with Node(home, Config(domains=("biosecurity",)), clock=clock) as node:
        add_user(node.ledger, "reader", PASSWORD, ["viewer"], clock.now, "test")
        node.app = create_app(node, Settings(client_rate=1e6, client_burst=1e6))
        yield node


def main_of(node, language: str, query: str) -> str:
    page = Console(node, "reader", language).get(f"/biosecurity/change{query}")
    assert page.status_code == 200
    main = str(page.text.split("<main")[1])
    assert "biosecurity_change" not in main
    return main


def test_growth_is_shown_with_its_interval(node):
    main = main_of(node, "en", "?before=7&after=15")
    assert "+114 %" in main
    assert "not distinguishable from no change" in main
    assert "Counts: 0.82 – 6.21" in main
    assert "与没有变化无法区分" in main_of(node, "zh", "?before=7&after=15")
    assert "a rise beyond chance" in main_of(node, "en", "?before=7&after=116")


def test_effort_gets_a_bar_of_its_own(node):
    query = "?before=20&after=60&effort_before=1000&effort_after=3200"
    assert "Per unit of effort: 0." in main_of(node, "en", query)


def test_none_of_800_is_up_to_half_a_per_cent(node):
    assert "0 % to 0.46 %" in main_of(node, "en", "?hits=0&n=800")
    assert "0 % 至 0.46 %" in main_of(node, "zh", "?hits=0&n=800")


def test_an_empty_form_says_nothing_and_no_number_is_refused(node):
    assert 'class="sentence"' not in main_of(node, "en", "")
    assert main_of(node, "en", "?before=0&after=0").count("<circle") == 1
    wrong = Console(node, "reader", "en").get("/biosecurity/change?before=7&after=many")
    assert wrong.status_code == 409


@pytest.mark.parametrize(
    ("query", "mend"),
    [
        ("?before=7&after=15&effort_before=100", "of both periods"),
        ("?before=7&after=15&effort_before=100&effort_after=0", "of both periods"),
        ("?hits=9&n=8", "9 of 8 is no share"),
        ("?hits=0&n=0", "0 of 0 is no share"),
    ],
)
def test_what_can_not_be_judged_is_refused_with_its_mend(node, query, mend):
    page = Console(node, "reader", "en").get(f"/biosecurity/change{query}")
    assert page.status_code == 422
    assert mend in page.text
