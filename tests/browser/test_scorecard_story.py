"""The scorecard in a browser: drawn, led through to the list, and whole on a phone."""

from collections.abc import Callable

from playwright.sync_api import Page


def test_from_a_figure_to_the_cases_behind_it(enter: Callable[..., Page]) -> None:
    page = enter()
    page.click("a[href='/scorecard']")
    page.wait_for_selector("h1:has-text('Scorecard')")
    page.click("text=90 days")
    page.wait_for_url("**/scorecard?days=90")
    drawn = page.locator("[data-chart=forest] svg")
    assert drawn.count() == page.locator("[data-chart=forest]").count() > 0
    page.click("section[aria-labelledby=section-cases] a:has-text('Cases closed')")
    page.wait_for_url("**/cases?**on=closed**")
    assert page.locator("tr.row").count() == 1
    page.go_back()
    page.fill("#month", "2026-11")
    page.click("text=Show")
    page.wait_for_url("**/scorecard?month=2026-11")
    assert page.locator("#month").input_value() == "2026-11"


def test_on_a_phone_nothing_sticks_out(enter: Callable[..., Page]) -> None:
    page = enter(language="zh-CN", width=390)
    page.goto("/scorecard?days=90")
    page.wait_for_selector("[data-chart=forest] svg")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert "办得对不对" in page.inner_text("main")
