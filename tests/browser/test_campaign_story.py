"""A campaign on fake ratings: three platforms, one measure overturned, displaced, back again."""

import datetime as dt
from collections.abc import Iterator
from functools import partial

import pytest
from campaign_house import DAY, WEEK, decided, findings, overturn
from hearing import heard
from playwright.sync_api import Browser, Page, expect
from web_house import HOUR, PASSWORD, FakeNode

from lianzhi.law.clock import midnight
from lianzhi.store.accounts import add_user

WORDS = {
    "zh-CN": ("检出情况：下降", "需要回访", "已反弹", "逾期", "上升的：水军广告"),
    "en-GB": (
        "What was detected fell",
        "A revisit is due",
        "The harm is back",
        "overdue",
        "by itself: Advert of the trade",
    ),
}
WIDTHS = {"zh-CN": 390, "en-GB": 1280}
#: Weeks of findings before the campaign.
BEFORE = 108
PLATFORMS = ("甲平台", "乙平台", "丙平台")


@pytest.fixture(scope="module", params=["en-GB", "zh-CN"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def town(language: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeNode]:
    node = FakeNode(tmp_path_factory.mktemp("campaign"))
    add_user(node.ledger, "lead", PASSWORD, ("campaign_lead",), node.clock, "test")
    yield node
    node.engine.dispose()


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"[name={name}]").first.fill(value)


def sign_in(page: Page, address: str) -> None:
    """Sign in, anew where the session has run out, and go there."""
    page.goto("/login")
    fill(page, name="lead", password=PASSWORD)
    page.locator("button.main").click()
    page.wait_for_url("**/")
    page.goto(address)


def test_a_campaign_from_its_plan_to_its_rebound(
    browser: Browser, address: str, complaints: list[str], town: FakeNode, language: str
) -> None:
    fell, due, back, overdue, moved = WORDS[language]
    today = town.campaigns.today()
    since = midnight(today)
    noise = [0, 2, 1, -1, -2]
    for kind, counts in {
        "astroturf.ratings": [40 + noise[week % 5] for week in range(BEFORE)],
        "bullying.pile_on": [30 + noise[(week + 2) % 5] for week in range(BEFORE + 12)],
        "astroturf.advert": [12 + noise[(week + 1) % 5] for week in range(BEFORE)]
        + [26 + noise[(week + 1) % 5] for week in range(10)],
    }.items():
        findings(town, kind, counts, since - BEFORE * WEEK)
    context = browser.new_context(
        base_url=address, locale=language, viewport={"width": WIDTHS[language], "height": 900}
    )
    page = context.new_page()
    page.on("console", partial(heard, complaints))
    sign_in(page, "/campaign/plans/new")
    last = today + dt.timedelta(days=69)
    fill(
        page,
        title="清朗",
        kinds="astroturf.ratings",
        first=today.isoformat(),
        last=last.isoformat(),
        outcome="每万条评分中的集中虚假评分",
        denominator="评分",
        controls="bullying.pile_on",
        neighbours="astroturf.advert",
        words="三周内上升",
    )
    page.locator("form.narrow-form button.main").click()
    expect(page.locator("h1")).to_have_text("清朗")
    plan = page.url.split("?")[0]
    for name in PLATFORMS:
        page.locator("#act-task summary").click()
        form = page.locator("#act-task form")
        form.locator("[name=body][value=platform]").check()
        form.locator("[name=name]").fill(name)
        form.locator("[name=due]").fill((today + dt.timedelta(days=2)).isoformat())
        form.locator("[name=words]").fill("清理并报数")
        form.locator("button.main").click()
        expect(page.locator("h1")).to_have_text(name)
        page.goto(plan)

    first = decided(town, 1, "astroturf.ratings")
    decided(town, 2, "astroturf.ratings")
    standing = page.locator("a[href$='measures?state=standing']").first
    page.goto(plan)
    expect(standing).to_have_text("2")
    overturn(town, first)
    page.goto(plan)
    expect(standing).to_have_text("1")

    during = [15 + noise[week % 5] for week in range(10)]
    findings(town, "astroturf.ratings", [*during, 16, 50], since)
    town.clock = since + 10 * WEEK + DAY
    town.campaigns.tick()
    sign_in(page, plan)
    expect(page.locator("main")).to_contain_text(fell)
    expect(page.locator("main")).to_contain_text(moved)
    expect(page.locator("main")).to_contain_text(overdue)

    town.clock = since + 12 * WEEK + HOUR
    town.campaigns.tick()
    sign_in(page, plan)
    expect(page.locator("main")).to_contain_text(due)
    page.locator("#act-revisit summary").click()
    page.locator("#act-revisit [name=words]").fill("逐平台核实")
    page.locator("#act-revisit button.main").click()
    expect(page.locator("main")).to_contain_text(back)
    context.close()
