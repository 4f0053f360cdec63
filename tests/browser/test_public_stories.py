"""A user's phone, 390 px wide, without scripts: how many taps it takes to be heard."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import console_house as house
import pytest
from hearing import heard
from playwright.sync_api import Browser, Page, Request, expect

from lianzhi.jobs.node import Node
from lianzhi.store import accounts, views_process

PHONE = {"width": 390, "height": 844}
Open = Callable[..., "Phone"]


class Phone:
    """A page, the taps on it, and the addresses that it has asked for."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps = page, 0

    def tap(self, what: str, role: Any = "link") -> None:
        """Tap on what reads so; it must be at hand for a thumb, without scrolling."""
        target = self.page.get_by_role(role, name=what, exact=True)
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44, f"{what} is {box['height']} px high"
        assert box["y"] + box["height"] <= PHONE["height"], f"{what} has to be scrolled to"
        self.taps += 1
        target.tap()
        self.page.wait_for_load_state()
        self.fits()

    def fits(self) -> None:
        """Nothing is wider than the screen."""
        wide = self.page.locator("html").bounding_box()
        assert wide is not None
        assert wide["width"] <= PHONE["width"]


@pytest.fixture
def phone(browser: Browser, address: str, town: Node, complaints: list[str]) -> Iterator[Open]:
    """Opens a link that the platform made, on a phone."""
    opened = []
    _, token = accounts.add_key(town.ledger, "platform", ("report",), house.NOW, "test")

    def open_link(path: str = "report-links", **said: Any) -> Phone:
        context = browser.new_context(
            base_url=address,
            viewport=PHONE,  # type: ignore[arg-type]
            has_touch=True,
            is_mobile=True,
            java_script_enabled=False,
        )
        opened.append(context)
        answer = context.request.post(
            f"/v1/{path}", data=said, headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.ok, answer.text()
        page = context.new_page()
        page.on("console", partial(heard, complaints))

        def note(request: Request) -> None:
            if not request.url.startswith(address):
                complaints.append(f"asked elsewhere: {request.url}")

        page.on("request", note)
        page.goto(answer.json()["url"])
        shown = Phone(page)
        shown.fits()
        return shown

    yield open_link
    for context in opened:
        assert context.cookies() == []
        context.close()


@pytest.mark.parametrize(
    ("language", "what", "who", "send", "sent"),
    [
        ("en", "Someone threatens me", "Me", "Send the report", "We have your report"),
        ("zh", "有人威胁、恐吓我", "我自己", "提交举报", "我们收到了您的举报"),
    ],
)
def test_three_taps_to_a_sent_report(
    phone: Open, town: Node, language: str, what: str, who: str, send: str, sent: str
) -> None:
    seen = phone(reporter=f"girl-{language}", subject="user1", language=language)
    seen.tap(what)
    seen.tap(who)
    seen.tap(send, "button")
    assert seen.taps == 3
    page = seen.page
    expect(page.locator("h1")).to_have_text(sent)
    assert page.locator("html").get_attribute("lang") == language
    number = page.locator(".number").inner_text()
    assert re.fullmatch(r"\w{4}-\w{4}-\w{4}", number)
    for line in ("110", "12355", "12377"):
        assert (
            page.get_by_role("link", name=line, exact=True).get_attribute("href") == f"tel:{line}"
        )
    identity = "r_" + number.replace("-", "").lower()
    view = views_process.report_view(town.engine, identity)
    assert view is not None
    assert (view.row.category, view.row.reporter_account) == ("threat", f"girl-{language}")
    assert view.row.account == f"girl-{language}"
    town.proceedings.complaints.answer(identity, "handled", "已经谈好。", "li", house.NOW)
    page.reload()
    expect(page.locator("main")).to_contain_text("已经谈好。")


def test_two_taps_where_the_platform_knows_who_is_harmed(phone: Open) -> None:
    seen = phone(reporter="aunt", about="girl", subject="user1", language="en")
    seen.tap("Someone exposes my private life")
    seen.tap("Send the report", "button")
    assert seen.taps == 2
    expect(seen.page.locator("h1")).to_contain_text("We have your report")
    seen.page.go_back()
    expect(seen.page.locator("h1")).to_contain_text("We have your report")  # it was sent once


def test_something_else_says_who_is_competent_in_three_taps(phone: Open) -> None:
    seen = phone(reporter="aunt", language="en")
    more = seen.page.locator("summary")
    more.scroll_into_view_if_needed()
    more.tap()
    fraud = seen.page.get_by_role("link", name="Someone is cheating people")
    fraud.scroll_into_view_if_needed()
    fraud.tap()
    expect(seen.page.locator(".notice")).to_contain_text("The police (110)")
    seen.page.get_by_role("button", name="Send the report").tap()
    expect(seen.page.locator("h1")).to_contain_text("We have your report")
    expect(seen.page.locator("main")).to_contain_text("The police (110)")


def test_the_language_can_be_changed_on_every_page(phone: Open) -> None:
    seen = phone(reporter="aunt", about="girl", language="zh")
    seen.page.get_by_role("link", name="English").tap()
    seen.tap("Someone threatens me")
    seen.page.get_by_role("link", name="中文").tap()
    expect(seen.page.get_by_role("button", name="提交举报")).to_be_visible()
