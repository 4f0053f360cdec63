"""One case in the browser, from a resident's report to the review of the closed file.

Six people work on it, each with no more than their own role, over six weeks of the node's clock.
"""

import datetime as dt
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hearing import heard
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

sys.path.insert(0, str(Path(__file__).parents[1] / "enforcement"))

import visit_web as house
from enforcement_house import START

from lianzhi.jobs.mounted import MODEL
from lianzhi.jobs.node import Node
from lianzhi.law.clock import midnight
from lianzhi.store.accounts import add_user
from lianzhi.store.audit_tables import audit_tables

Enter = Callable[..., Page]
HOUR = 3_600_000
CLOCK = [house.NOW]
RING = [[121.0, 31.0], [121.1, 31.0], [121.1, 31.1], [121.0, 31.1], [121.0, 31.0]]
GRIDS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"id": "G01", "name": "东门", "name_en": "East Gate", "squad": "S1"},
            "geometry": {"type": "Polygon", "coordinates": [RING]},
        }
    ],
}
MORE = {"desk": ("dispatcher",), "fa": ("legal",), "sup": ("supervisor",)}


def on(day: dt.date, hour: int = 10) -> None:
    """It is so late, on this day, in China."""
    CLOCK[0] = midnight(day) + hour * HOUR


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with house.opened(tmp_path_factory.mktemp("story"), lambda: CLOCK[0]) as node:
        for name, roles in MORE.items():
            add_user(node.ledger, name, house.PASSWORD, roles, CLOCK[0], "test")
        node.desks["enforcement"].registers.grids(json.dumps(GRIDS), "test")
        yield node


@pytest.fixture
def enter(browser: Browser, address: str, complaints: list[str]) -> Iterator[Enter]:
    """Somebody signed in at a desk; each time anew, for sessions end after twelve hours."""
    contexts = []

    def listen(said: ConsoleMessage) -> None:
        if "status of 409" not in said.text:  # a step that is refused here on purpose
            heard(complaints, said)

    def come(name: str, path: str, width: int = 1280) -> Page:
        context = browser.new_context(
            base_url=address, locale="en-GB", viewport={"width": width, "height": 900}
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"/login?next={path}")
        page.fill("#name", name)
        page.fill("#password", house.PASSWORD)
        page.click("button.main")
        page.wait_for_url(f"**{path}")
        return page

    yield come
    for context in contexts:
        context.close()


def opened(page: Page, key: str) -> Locator:
    """The form of a step, in view."""
    part = page.locator(f"#act-{key}")
    if part.locator("> details").get_attribute("open") is None:
        part.locator("> details > summary").click()
    return part


def act(page: Page, key: str, **fields: str) -> None:
    """Take a step on a file, with what its form asks for."""
    part = opened(page, key)
    for name, value in fields.items():
        field = part.locator(f'[name="{name}"]').first
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        elif field.get_attribute("type") == "radio":
            part.locator(f'[name="{name}"][value="{value}"]').check()
        else:
            field.fill(value)
    part.locator("> details > form > button").click()
    # The address forgets what was done once the page has said it.
    expect(page.locator("[data-done]")).to_be_visible()


def refusal(page: Page, key: str) -> str:
    """Why a step cannot be taken now, as its grey button says."""
    part = page.locator(f"#act-{key}")
    expect(part.locator("button")).to_be_disabled()
    return part.locator(".why").inner_text()


FACTS = {
    "fact.harm": "minor", "fact.first_time": "true", "fact.corrected": "false", "fact.days": "9",
    "fact.fault": "true",
}  # fmt: skip


def file_from(page: Page) -> str:
    """File a case from the inspection that is open, and fill in what its table asks for."""
    page.get_by_role("link", name="File a case").first.click()
    for name, value in FACTS.items():
        field = page.locator(f'[name="{name}"]')
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    page.locator("[name=officers][value=wang]").check()
    page.fill("#words", "The exit on the second floor was blocked by goods.")
    page.locator("form[method=post] .button.main").click()
    page.wait_for_url(re.compile(r"/enforcement/penalties/(?!new)"))
    expect(page.locator("[data-done]")).to_be_visible()
    return re.sub(r"^.*/|\?.*$", "", page.url)


def test_one_case_from_a_report_to_the_review_of_the_file(town: Node, enter: Enter) -> None:
    desk = town.desks["enforcement"]

    # A resident calls; the dispatcher sees where it goes before anything is kept, and sends it.
    on(START)
    page = enter("desk", "/enforcement/requests/new")
    page.locator('[name="channel"][value="hotline"]').check()
    page.select_option("#category", "exit_blocked")
    page.fill("#words", "Goods block the exit on the second floor.")
    page.fill("#enterprise", "E0001")
    page.fill("#lon", "121.05")
    page.fill("#lat", "31.05")
    page.locator("form.taking .button.main").click()
    expect(page.locator("#route")).to_be_visible()
    page.locator("form.taking .button.main").click()
    page.wait_for_url(re.compile(r"/enforcement/requests/[0-9a-f]{20}"))
    request = re.sub(r"^.*/|\?.*$", "", page.url)
    act(page, "accept")
    act(page, "dispatch", to="S1")

    # The inspector goes for it, scans in, goes through the list and finds the exit blocked.
    phone = enter("li", f"/enforcement/requests/{request}", 390)
    phone.get_by_role("link", name="Inspect").click()
    expect(phone.locator("#reason")).to_have_value("request")
    phone.fill("#code", desk.visits.code("E0001", START))
    phone.locator("[name=officers][value=wang]").check()
    phone.click("form .button.main")
    phone.wait_for_url("**/walk?type=restaurant#*")
    phone.locator('.mark:has([name="mark.fire.exit_clear"][value="violation"])').click()
    phone.fill('[name="note.fire.exit_clear"]', "Boxes before the back door")
    phone.click("[data-send]")
    phone.wait_for_url("**/enforcement/inspections/*")
    case = file_from(phone)
    place = f"/enforcement/penalties/{case}"

    page = enter("li", f"/enforcement/requests/{request}")
    act(page, "dispose", outcome="resolved", words="Inspected; a case has been filed.")

    # Without evidence there is no notice: the button says so, with the article.
    page = enter("li", place)
    assert "行政处罚法第四十条" in refusal(page, "notice")
    page.locator("#act-evidence").locator('[name="file"]').set_input_files(
        {"name": "door.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + b"0" * 64}
    )
    act(page, "evidence", kind="recording", words="The back door, from inside")
    expect(page.get_by_role("link", name="door.png")).to_be_visible()

    # Notice: the case counts as serious, so it is discussed together and reviewed.
    opened(page, "notice").locator('[name="grave"]').check()
    act(page, "notice", fine="20000", words="Facts, reasons, basis and your rights.")
    act(page, "defend", words="We cleared it the same day.")
    act(page, "consider", words="Cleared after the visit; it stays a violation.")
    act(page, "submit")

    # The leader can't decide yet; the articles say why.
    chief = enter("chief", place)
    why = refusal(chief, "decide")
    assert "第四十五条" in why
    assert "第五十七条第二款" in why
    assert "第五十八条" in why
    act(chief, "discuss", words="Discussed by three heads on 5 March: the facts hold.")

    # Who investigated can't review; the legal reviewer can.
    expect(page.locator("#act-review")).to_have_count(0)
    fa = enter("fa", "/enforcement/penalties?status=review")
    fa.locator("tr.row .go").first.click()
    act(fa, "review", result="passed", words="Facts clear, procedure lawful.")

    # Once the days are over it is decided by the tables, and by no cent more than announced.
    on(START + dt.timedelta(days=10))
    chief = enter("chief", place)
    form = opened(chief, "decide")
    form.locator('[name="fine"]').fill("20001")
    form.locator('[name="words"]').fill("Facts clear, evidence sufficient.")
    form.locator("> details > form > button").click()
    expect(chief.locator("h1")).to_contain_text("can't be taken")
    expect(chief.locator("main")).to_contain_text("行政处罚法第四十五条第二款")
    chief.goto(place)
    act(chief, "decide", fine="20000", words="Facts clear, evidence sufficient.")
    act(chief, "publish")

    # Decisions of all domains stand in one list; whoever reads this one is led to the file.
    chief.goto("/decisions")
    chief.locator("tr.row .go").first.click()
    expect(chief.locator("#measures + ul")).to_contain_text("Fine 20,000 yuan")
    expect(chief.locator("#ground + p")).to_contain_text("Fire")
    expect(chief.locator("main")).to_contain_text("administrative reconsideration")
    expect(chief.locator("form[action$=reverse]")).to_have_count(0)
    chief.get_by_role("link", name="Its case").first.click()
    chief.wait_for_url(f"**{place}")

    page = enter("li", place)
    act(page, "serve", receipt="Signed by the manager", way="direct")
    on(START + dt.timedelta(days=20))
    page = enter("li", place)
    act(page, "pay", amount="20000")
    chief = enter("chief", place)
    act(chief, "close", words="Paid in full and put right.")
    act(chief, "archive")

    # Four weeks later somebody looks again.
    on(START + dt.timedelta(days=48))
    page = enter("li", place)
    act(page, "revisit", words="The exit is clear.")

    # The supervisor marks the closed file by the published sheet; who worked on it could not.
    sheet = f"/enforcement/supervision/files/penalty/{case}"
    page = enter("sup", sheet)
    page.fill("#words", "Complete, in order, in time.")
    page.locator("form .button.main").last.click()
    expect(page.locator("[data-done]")).to_be_visible()

    with desk.office.reading() as connection:
        one = desk.office.penalty(connection, case)
        assert desk.requests.load(connection, request).outcome == "resolved"
    assert one.marks is not None
    assert one.marks > 90
    assert (one.status, one.fine, one.paid, one.revisited) == (
        "archived", 20_000, 20_000, START + dt.timedelta(days=48),
    )  # fmt: skip
    assert audit_tables(town.engine, MODEL).ok
