"""What people do at the console, in a real browser. Any complaint of the browser fails a test."""

import re
from collections.abc import Callable

import console_house as house
import pytest
from playwright.sync_api import Page, expect

from lianzhi.jobs.node import Node

Enter = Callable[..., Page]


def test_from_sign_in_to_a_protected_person(enter: Enter, town: Node) -> None:
    page = enter()
    row = page.locator("#live tr.row", has_text=house.HARMED)
    row.get_by_role("link", name="Open the case").click()
    page.wait_for_url("**/cases/*")
    assert house.HARMED in page.locator("h1").inner_text()
    assert page.locator("[data-chart=timeline] svg").count() == 1
    page.get_by_role("button", name="Grant protection").click()
    page.get_by_text("Protection is granted and on the record.").wait_for()
    assert "done=" not in page.url
    assert (
        town.guard.check("comment", "somebody new", house.HARMED, house.NOW, None).allowed is False
    )
    page.goto("/protections")
    row = page.locator("tr.row", has_text=house.HARMED)
    assert "2026-11-27 21:30" in row.inner_text()
    lift = row.get_by_role("button")
    lift.click()
    assert "Press again" in lift.inner_text()
    assert page.locator("tr.row", has_text=house.HARMED).count() == 1
    lift.click()
    page.get_by_text("Protection is ended and on the record.").wait_for()
    assert page.locator("tr.row", has_text=house.HARMED).count() == 0


def test_the_live_part_follows_without_moving_the_rest(enter: Enter) -> None:
    page = enter()
    assert page.locator("#pulse svg").count() == 1
    with page.expect_response("**/live"):
        pass
    page.wait_for_timeout(100)
    assert page.locator("#live .ask").count() == 4
    assert page.locator("#pulse svg").count() == 1


def test_a_live_part_that_stops_says_so_until_it_goes_on(
    enter: Enter, town: Node, complaints: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = enter()
    told = page.locator("#told")
    page.route("**/live", lambda route: route.abort())
    expect(told).to_contain_text("can't be reached")
    assert page.locator("#live .ask").count() == 4
    page.unroute("**/live")
    expect(told).to_be_empty()
    with monkeypatch.context() as broken:
        broken.setattr(town.live, "pulse", None)
        expect(told).to_contain_text("Something broke on our side")
        told.get_by_role("button", name="Close").click()
        expect(told).to_be_empty()
    expect(told).to_be_empty()
    assert page.locator("#live .ask").count() == 4
    expected = ("htmx:", "/live", "Failed to load resource")
    assert all(any(word in said for word in expected) for said in complaints), complaints
    complaints.clear()


def test_language_and_theme_switch_in_place(enter: Enter) -> None:
    page = enter()
    page.goto("/cases?status=all")
    page.get_by_role("button", name="中文").click()
    page.wait_for_load_state()
    assert page.locator("h1").inner_text() == "案件"
    assert page.url.endswith("/cases?status=all")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for _ in range(2):  # system, light, dark
        page.get_by_role("button", name=re.compile("外观")).click()
        page.wait_for_load_state()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_the_lists_work_by_keyboard_alone(enter: Enter) -> None:
    page = enter()
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/cases")
    names = page.locator("tr.row .go").all_inner_texts()
    focused = "document.activeElement.innerText"
    for key, at in (("j", 0), ("j", 1), ("k", 0), ("k", 0)):
        page.keyboard.press(key)
        assert page.evaluate(focused) == names[at]
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/*")
    page.keyboard.press("?")
    assert page.locator("dialog[open]").count() == 1
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("jk")
    assert page.input_value("#search") == "jk"
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.wait_for_url(re.compile(r":\d+/$"))


def test_what_was_said_stays_blurred_until_asked_for(enter: Enter, town: Node) -> None:
    page = enter()
    page.goto(f"/cases/{house.case_of(town, house.HARMED)}")
    quotes = page.locator(".quote")
    blurred = re.compile("blur")
    assert quotes.count() > 3
    expect(quotes.nth(0)).to_have_css("filter", blurred)
    quotes.nth(0).focus()
    page.keyboard.press("Enter")
    expect(quotes.nth(0)).to_have_css("filter", "none")
    expect(quotes.nth(1)).to_have_css("filter", blurred)
    page.keyboard.press("b")
    expect(quotes.nth(1)).to_have_css("filter", "none")
    assert page.locator("mark").first.get_attribute("title")
    page.keyboard.press("b")
    expect(quotes.nth(0)).to_have_css("filter", blurred)


@pytest.mark.parametrize("width", [390, 1440])
def test_why_a_text_was_flagged_opens_under_its_quote(enter: Enter, town: Node, width: int) -> None:
    page = enter(width=width)
    page.goto(f"/cases/{house.case_of(town, house.HARMED)}")
    quote = page.locator(".quotes > li", has_text=house.CLOAKED)
    quote.locator("summary", has_text="Why was this flagged?").focus()
    page.keyboard.press("Enter")
    aligned = quote.locator(".aligned")
    expect(aligned).to_contain_text("你去死")
    expect(aligned).to_have_css("filter", "none")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert aligned.evaluate("e => e.scrollWidth - e.clientWidth") <= 0, "it breaks into lines"
    together = aligned.locator("li", has_text="你去死").locator(".cells > span")
    tops = together.evaluate_all("all => all.map(one => one.offsetTop)")
    assert len(tops) == 5
    assert len(set(tops)) == 1, "what is meant as one stands in one line, where there is room"
    page.keyboard.press("b")
    page.keyboard.press("b")
    expect(aligned).to_have_css("filter", re.compile("blur"))


@pytest.mark.parametrize("width", [390, 1280])
def test_no_text_however_written_pushes_its_page_sideways(enter: Enter, width: int) -> None:
    page = enter(width=width)
    page.goto("/lexicons/try")
    far = "\u200b" * 30  # each is shown by its name
    page.fill("textarea", f"你c{far}h{far}u{far}sheng弱{'…' * 12}智")
    page.click("main button.main")
    expect(page.locator(".aligned")).to_contain_text("U+200B")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_no_page_scrolls_sideways(enter: Enter, town: Node, width: int) -> None:
    page = enter(width=width)
    case = f"/cases/{house.case_of(town, house.HARMED)}"
    for url in (
        "/",
        "/warnings",
        "/cases",
        case,
        "/protections?status=all",
        "/quarantine",
        "/record",
        "/settings",
    ):
        page.goto(url)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, url


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_a_long_name_leaves_short_words_whole(enter: Enter, width: int, language: str) -> None:
    page = enter(width=width, language=language)
    for url in ("/", "/warnings", "/cases?status=all", "/protections?status=all"):
        page.goto(url)
        assert page.evaluate(SQUEEZED) == [], url
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, url


SQUEEZED = """() => {
  for (const name of document.querySelectorAll('.list .who-name')) {
    name.textContent = '一个特别特别特别长的名字_with_no_spaces_in_it_0123456789_'.repeat(2);
  }
  const lines = (e) => {
    const all = document.createRange();
    all.selectNodeContents(e);
    const ends = [...all.getClientRects()].map((box) => box.bottom).sort((a, b) => a - b);
    return ends.filter((end, n) => !n || end - ends[n - 1] > 10).length;
  };
  return [...document.querySelectorAll('.list tbody td, .list .button')]
    .filter((e) => !e.querySelector('.who-name, time, .under') && e.textContent.trim().length < 9)
    .filter((e) => lines(e) > 1).map((e) => e.textContent.trim());
}"""


def test_the_phone_keeps_the_rest_of_the_menu_folded(enter: Enter) -> None:
    page = enter("auditor", width=390)
    link = page.get_by_role("link", name="Record", exact=True)
    assert not link.is_visible()
    page.locator(".rail summary").click()
    link.click()
    page.wait_for_url("**/record")
    page.get_by_role("button", name="Verify now").click()
    page.get_by_text(re.compile("entries checked, no fault")).wait_for()


def test_a_case_prints_without_frame_and_without_abuse(enter: Enter, town: Node) -> None:
    page = enter()
    page.goto(f"/cases/{house.case_of(town, house.HARMED)}")
    page.emulate_media(media="print")
    assert not page.locator(".rail").is_visible()
    assert not page.locator(".actions").is_visible()
    ink = page.locator(".quote").first.evaluate("q => getComputedStyle(q).color")
    assert ink == "rgba(0, 0, 0, 0)"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_from_its_ground(enter: Enter, town: Node, theme: str) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1 for every text that is shown and not disabled."""
    page = enter()
    page.context.add_cookies([{"name": "theme", "value": theme, "url": page.url}])
    for url in ("/", "/cases?status=all", f"/cases/{house.case_of(town, house.HARMED)}", "/record"):
        page.goto(url)
        assert page.evaluate(CONTRAST) == [], url


CONTRAST = """() => {
  const parse = (c) => c.match(/[\\d.]+/g).map(Number);
  const lum = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0.99) return c;
    }
    return [255, 255, 255];
  };
  const bad = [];
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.checkVisibility() || e.closest('svg, [disabled], .sr, .veiled .quote')) continue;
    const [a, b] = [lum(parse(getComputedStyle(e).color)), lum(ground(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) bad.push(`${e.className || e.tagName}: ${e.textContent.trim()} ${ratio}`);
  }
  return [...new Set(bad)];
}"""
