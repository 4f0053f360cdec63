"""A platform is instructed: draft, issue, reply, a draw by lot that passes, closing; on a phone in
Chinese and on a desk in English."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sign_in import PASSWORD, signing_in

from lianzhi.config import Config
from lianzhi.jobs.node import Node
from lianzhi.law.clock import midnight
from lianzhi.store.accounts import add_user

HOUR = 3_600_000
TODAY = dt.date(2026, 12, 7)
PEOPLE = {
    "li": ("platform_supervisor",),
    "zhao": ("platform_supervisor",),
    "chief": ("oversight_lead",),
}
WORDS = {
    "zh-CN": {
        "own": "不能自己签发", "unread": "不能责令整改", "issued": "待答复", "replied": "待复查",
        "missing": "还缺一次复查：抽查", "passed": "通过", "closed": "已结案",
    },
    "en-GB": {
        "own": "another person has to issue it", "unread": "grounds no order",
        "issued": "Issued", "replied": "Replied", "missing": "A re-check is missing: Draw",
        "passed": "Passed", "closed": "Closed",
    },
}  # fmt: skip


@pytest.fixture(scope="module", params=["en-GB", "zh-CN"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def clock() -> list[int]:
    return [0]


@pytest.fixture(scope="module")
def town(
    language: str, clock: list[int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Node]:
    home = tmp_path_factory.mktemp("oversight")
    clock[0] = midnight(TODAY) + 10 * HOUR
    with Node(home, Config(domains=("oversight",)), clock=lambda: clock[0]) as node:
        for name, roles in PEOPLE.items():
            add_user(node.ledger, name, PASSWORD, roles, clock[0], "test")
        yield node


@pytest.fixture
def enter(
    browser: Browser, address: str, complaints: list[str], language: str
) -> Iterator[Callable[[str], Page]]:
    with signing_in(browser, address, complaints, language, "/oversight/instructions") as sign_in:
        yield sign_in


def act(page: Page, key: str, **fields: str) -> None:
    """Fill in the form of an act and take it."""
    form = page.locator(f"#act-{key}")
    if form.get_attribute("open") is None:
        form.locator("summary").click()
    for name, value in fields.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("button").click()


def drafted(page: Page, kind: str, duty: str) -> None:
    """Fill in the form of a draft about the only platform, and send it."""
    page.goto("/oversight/instructions/new")
    page.select_option("#platform", index=1)
    page.check(f"[name=kind][value={kind}]")
    page.check(f"[name=duties][value={duty}]")
    page.fill("#until", (TODAY + dt.timedelta(10)).isoformat())
    page.fill("#words", "抽查的举报多数逾期未答")
    page.click("form.plain-form button")


@pytest.mark.slow
def test_only_a_draw_that_nobody_chose_closes_an_order(
    enter: Callable[[str], Page], language: str, clock: list[int], complaints: list[str]
) -> None:
    words = WORDS[language]
    li = enter("li")
    li.goto("/oversight/platforms/new")
    li.fill("#operator", "某科技公司")
    li.fill("#name", "某点评")
    li.select_option("#service", "reviews")
    li.fill("#users", "9000000")
    li.fill("#words", "平台月报")
    li.click("form.plain-form button")
    expect(li.locator("[data-done]")).to_be_visible()

    drafted(li, "order", "bulletin")
    expect(li.locator("main")).to_contain_text(words["unread"])
    complaints.clear()  # the browser tells of the refusal, which is what was asked for
    drafted(li, "order", "complaints")
    expect(li.locator("[data-done]")).to_be_visible()
    file = li.url.partition("?")[0]
    expect(li.locator("#act-issue")).to_have_count(0)

    chief = enter("chief")
    chief.goto(file)
    act(chief, "issue", words="举报渠道不便捷，受理不及时。")
    expect(chief.locator(".facts .tag").first).to_have_text(words["issued"])
    chief.click("a[href^='/decisions/']")
    expect(chief.locator("main")).to_contain_text("举报渠道不便捷")

    li.goto(file)
    act(li, "reply", words="入口已移到首页。")
    expect(li.locator(".facts .tag").first).to_have_text(words["replied"])
    expect(li.locator("#open-reason")).to_contain_text(words["missing"])
    act(
        li, "plan", roster="\n".join(f"举报{n:02}" for n in range(12)), count="12",
        source="某日开奖号码", on=(TODAY + dt.timedelta(1)).isoformat(),
        reveal_until=(TODAY + dt.timedelta(2)).isoformat(), words="逾期未答",
    )  # fmt: skip
    recheck = li.url.partition("?")[0]

    clock[0] += 24 * HOUR
    zhao, chief = enter("zhao"), enter("chief")  # sessions have ended meanwhile
    zhao.goto(recheck)
    act(zhao, "reveal", public="03 08 12 17 22 31")
    for n in range(12):
        expect(zhao.locator("#item small")).to_have_text(f"{n + 1} / 12")
        act(zhao, "judge")
    expect(zhao.locator(".facts .tag").first).to_have_text(words["passed"])

    chief.goto(file)
    act(chief, "close", words="复查通过")
    expect(chief.locator(".facts .tag").first).to_have_text(words["closed"])
    chief.goto("/oversight/platforms")
    expect(chief.locator("tbody tr").first).to_contain_text("某点评")
