"""Inspections on a phone whose network comes and goes, and an observer who reads Arabic."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hearing import heard
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

sys.path.insert(0, str(Path(__file__).parents[1] / "enforcement"))

import visit_web as house
from enforcement_house import START

from lianzhi.domains.enforcement.nouns.visit import Visit
from lianzhi.domains.enforcement.queries import tables
from lianzhi.jobs.node import Node

Enter = Callable[..., Page]
#: What a browser says of a network that is gone, and of what was refused.
EXPECTED = re.compile(r"ERR_INTERNET_DISCONNECTED|status of 409")
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with house.opened(tmp_path_factory.mktemp("visits")) as node:
        yield node


@pytest.fixture
def phone(browser: Browser, address: str, complaints: list[str]) -> Iterator[Enter]:
    """Somebody signed in on a phone, where visits begin. What is lost offline is no complaint."""
    contexts = []

    def listen(said: ConsoleMessage) -> None:
        if not EXPECTED.search(said.text):
            heard(complaints, said)

    def enter(name: str, locale: str = "zh-CN") -> Page:
        context = browser.new_context(base_url=address, locale=locale, viewport=PHONE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/login?next=/enforcement/visit")
        page.fill("#name", name)
        page.fill("#password", house.PASSWORD)
        page.click("button.main")
        page.wait_for_url("**/enforcement/visit")
        return page

    yield enter
    for context in contexts:
        context.close()


def begin(page: Page, town: Node, reason: str = "request") -> None:
    """The officer scans in with a colleague and an observer, and has the checklist before them."""
    page.fill("#code", town.desks["enforcement"].visits.code("E0001", START))
    page.select_option("#reason", reason)
    page.locator("[name=officers][value=wang]").check()
    page.fill("#observers", "ann")
    page.click("form .button.main")
    page.wait_for_url("**/walk?type=restaurant#*")


def mark(page: Page, line: str, result: str, note: str = "") -> None:
    page.locator(f'.mark:has([name="mark.{line}"][value="{result}"])').click()
    if note:
        page.fill(f'[name="note.{line}"]', note)


def held(town: Node) -> list[Visit]:
    with town.engine.connect() as connection:
        return tables.inspection.every(connection)


def drafts(page: Page) -> list[str]:
    return page.evaluate(
        "Object.keys(localStorage).filter((key) => key.startsWith('lianzhi.visit:'))"
    )


def test_an_inspection_survives_losing_the_network(town: Node, phone: Enter) -> None:
    before = len(held(town))
    li = phone("li")
    begin(li, town)
    expect(li.locator("[data-shelved=yes]")).to_be_attached()
    mark(li, "fire.fire_lane", "good")
    li.context.set_offline(True)
    mark(li, "fire.exit_clear", "violation", "货箱堵住后门")
    li.select_option("[data-who]", "ann")
    mark(li, "fire.gas", "reported", "闻到气味")
    expect(li.locator("[data-count]")).to_have_text("已查 3 / 29")
    li.click("[data-send]")
    expect(li.locator("[data-badge]")).to_have_text("已存在本机，将自动发送")
    expect(li.locator("[data-state]")).to_contain_text("没有网络")
    assert len(held(town)) == before

    li.reload()  # the phone opens the page again without a network
    expect(li.locator("[data-badge]")).to_be_visible()
    expect(li.locator('[name="mark.fire.exit_clear"][value=violation]')).to_be_checked()
    expect(li.locator('[name="note.fire.exit_clear"]')).to_have_value("货箱堵住后门")
    assert len(drafts(li)) == 1

    li.context.set_offline(False)
    li.wait_for_url("**/enforcement/inspections/*")
    expect(li.locator("main")).to_contain_text("货箱堵住后门")
    expect(li.get_by_role("link", name="立案")).to_be_visible()
    assert drafts(li) == []
    assert len(held(town)) == before + 1
    (one,) = held(town)[-1:]
    assert {(each.line, each.result, each.by) for each in one.lines} == {
        ("fire.fire_lane", "good", "li"),
        ("fire.exit_clear", "violation", "li"),
        ("fire.gas", "reported", "ann"),
    }
    assert len(one.requests) == 1


def test_an_answer_that_is_lost_makes_no_second_inspection(town: Node, phone: Enter) -> None:
    before = len(held(town))
    li = phone("li")
    begin(li, town)
    mark(li, "fire.hoods", "good")
    lost = []

    def lose(route):
        """The server takes it, and its answer never comes."""
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            route.abort("internetdisconnected")
        else:
            route.continue_()

    li.context.route("**/enforcement/visit", lose)
    li.click("[data-send]")
    expect(li.locator("[data-state]")).to_contain_text("没有网络")
    expect(li.locator("[data-badge]")).to_be_visible()
    assert (lost, len(held(town))) == ([200], before + 1)
    assert len(drafts(li)) == 1
    li.goto("/enforcement/visit")  # where what is kept is sent as well
    expect(li.locator("#kept")).to_contain_text("已发送")
    assert drafts(li) == []
    assert len(held(town)) == before + 1


def test_what_is_refused_stays_on_the_phone_with_the_reason(town: Node, phone: Enter) -> None:
    before = len(held(town))
    li = phone("li")
    begin(li, town)
    li.locator("[data-mend] summary").click()
    li.fill("#officers", "li")
    mark(li, "fire.hoods", "good")
    li.click("[data-send]")
    expect(li.locator("[data-state]")).to_contain_text("第四十二条")
    assert len(drafts(li)) == 1
    li.goto("/enforcement/visit")
    expect(li.locator("#kept")).to_contain_text("未被接受")
    assert len(held(town)) == before
    li.locator("#kept").get_by_role("link").click()
    expect(li.locator("[data-state]")).to_contain_text("第四十二条")
    li.fill("#officers", "li，wang")
    li.click("[data-send]")
    li.wait_for_url("**/enforcement/inspections/*")
    assert drafts(li) == []
    assert len(held(town)) == before + 1


def test_a_draft_can_be_given_up(town: Node, phone: Enter) -> None:
    li = phone("li")
    begin(li, town)
    mark(li, "fire.hoods", "good")
    li.goto("/enforcement/visit")
    expect(li.locator("#kept")).to_contain_text("填写中")
    li.locator("#kept").get_by_role("button", name="删除").click()
    assert len(drafts(li)) == 1
    li.locator("#kept").get_by_role("button", name="确认删除").click()
    expect(li.locator("#kept")).to_be_hidden()
    assert drafts(li) == []


def test_drafts_of_one_are_not_sent_by_another(town: Node, phone: Enter) -> None:
    before = len(held(town))
    li = phone("li")
    begin(li, town)
    mark(li, "fire.hoods", "good")
    walk = li.url
    li.goto("/enforcement/visit")
    li.get_by_role("button", name="退出").click()
    li.goto("/login?next=/enforcement/visit")
    li.fill("#name", "wang")
    li.fill("#password", house.PASSWORD)
    li.click("button.main")
    li.wait_for_url("**/enforcement/visit")
    expect(li.locator("#kept")).to_be_hidden()
    li.goto(walk)
    expect(li.locator("[data-state]")).to_contain_text("没有这份草稿")
    assert len(held(town)) == before


def test_an_observer_reports_in_arabic_and_can_find_nothing(town: Node, phone: Enter) -> None:
    size, before = town.ledger.size, len(held(town))
    ann = phone("ann", "ar")
    ann.fill("#enterprise", "E0001")
    ann.click("form .button.main")
    ann.wait_for_url("**/walk?type=restaurant#*")
    expect(ann.locator("body")).to_have_attribute("dir", "rtl")
    line = ann.locator('[data-line="fire.fire_lane"]')
    expect(line.locator("legend")).to_have_attribute("lang", "ar")
    expect(line).to_contain_text("第二十八条")
    assert ann.locator("[value=violation]").count() == 0
    assert re.sub(r"\s+", " ", line.locator(".marks").inner_text()) == "سليم إبلاغ لا ينطبق"

    forged = ann.evaluate(
        """async () => {
          const me = await (await fetch("/enforcement/visit/me")).json();
          const fields = new FormData(document.querySelector("[data-walk]"));
          fields.set("mark.fire.fire_lane", "violation");
          const headers = {Accept: "application/json", "X-CSRF-Token": me.csrf};
          const body = new URLSearchParams(fields);
          const answer = await fetch("/enforcement/visit", {method: "POST", body, headers});
          return [answer.status, await answer.json()];
        }"""
    )
    assert forged[0] == 409
    assert forged[1]["rule"] == "no_observer"
    assert "第四十二条" in forged[1]["said"][0]
    assert town.ledger.size == size

    mark(ann, "fire.fire_lane", "reported", "سيارات متوقفة")
    ann.select_option("[data-language]", label="Français")
    ann.wait_for_url("**lang=fr#*")
    expect(ann.locator('[name="note.fire.fire_lane"]')).to_have_value("سيارات متوقفة")
    ann.select_option("[data-language]", label="العربية")
    ann.wait_for_url("**lang=ar#*")
    ann.click("[data-send]")
    expect(ann.locator("[data-state]")).to_contain_text("شكرا")
    assert drafts(ann) == []
    assert len(held(town)) == before
    assert town.ledger.size == size + 1
    kinds = [entry.kind for entry in town.ledger.entries(size, size + 1)]
    assert kinds == ["enforcement.request.received"]
