"""The pages of due process, with reports, decisions, measures and appeals on them, as they look."""

from collections.abc import Callable, Iterator

import console_house as house
import pytest
from playwright.sync_api import Page
from test_console_stories import CONTRAST, SQUEEZED

from lianzhi.jobs.node import Node
from lianzhi.office.actor import Actor
from lianzhi.office.decisions import DecisionRequest
from lianzhi.store import accounts

ROLES = ("reviewer", "senior", "appeals", "admin", "auditor")
LISTS = (
    *("/decisions", "/measures", "/appeals?status=all", "/revisits", "/rules", "/reports"),
    "/lexicons",
)
Enter = Callable[..., Page]


@pytest.fixture(scope="module")
def ids() -> dict[str, str]:
    return {}


@pytest.fixture(scope="module")
def town(ids: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with house.build(tmp_path_factory.mktemp("town")) as node:
        house.work(node)
        ids |= house.proceed(node) | house.write(node)
        nothing = DecisionRequest(orders=(), facts="原文没有针对任何人。", ground="harassment")
        proceedings = node.proceedings
        ids["known"] = proceedings.decisions.decide(ids["case"], nothing, Actor("li"), house.NOW)
        proceedings.second_looks.mark(ids["known"], True, Actor("wang"), house.NOW)
        accounts.add_user(node.ledger, "everybody", house.PASSWORD, ROLES, house.NOW, "test")
        yield node


def pages(ids: dict[str, str]) -> list[str]:
    return [
        *LISTS,
        *("/desk", "/people", "/looks", "/delivery", "/scorecard", "/reports/new"),
        f"/cases/{ids['case']}",
        f"/cases/{ids['case']}/decide",
        f"/decisions/{ids['decision']}",
        f"/decisions/{ids['awaiting']}",
        f"/appeals/{ids['appeal']}",
        f"/reports/{ids['report']}",
        f"/reports/{ids['report']}/case",
        f"/desk/looks/{ids['known']}",
        "/lexicons/new",
        f"/lexicons/{ids['shadow']}",
    ]


@pytest.mark.parametrize(("width", "language"), [(390, "zh-CN"), (1024, "en-GB"), (1440, "zh-CN")])
def test_no_page_of_due_process_scrolls_sideways(
    enter: Enter, ids: dict[str, str], width: int, language: str
) -> None:
    page = enter("everybody", language, width)
    for url in pages(ids):
        answer = page.goto(url)
        assert answer is not None
        assert answer.ok, url
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, url


@pytest.mark.parametrize(("width", "language"), [(390, "en-GB"), (1024, "zh-CN")])
def test_a_long_name_leaves_the_short_words_of_these_lists_whole(
    enter: Enter, width: int, language: str
) -> None:
    page = enter("everybody", language, width)
    for url in LISTS:
        page.goto(url)
        assert page.evaluate(SQUEEZED) == [], url
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, url


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_their_text_stands_out_from_its_ground(
    enter: Enter, ids: dict[str, str], theme: str
) -> None:
    page = enter("everybody")
    page.context.add_cookies([{"name": "theme", "value": theme, "url": page.url}])
    for url in pages(ids):
        page.goto(url)
        assert page.evaluate(CONTRAST) == [], url


def test_a_page_that_fits_does_not_scroll(enter: Enter) -> None:
    page = enter("reviewer")
    page.goto("/revisits")
    assert page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0
