"""From the first insult to the scorecard: a pile-on, what was decided, and what was taken back."""

import re
from collections.abc import Callable, Iterator

import pytest
import story_house as house
from playwright.sync_api import Page, expect
from story_house import DAY, Town

from lianzhi.jobs.node import Node
from waiting import eventually

HARMED = "小满说天气"
ENOUGH = "在同一晚对同一个人发表侮辱性言论，所附言论已作为证据保存。"
STAFF = {
    "li": ("reviewer", "appeals"),
    "wang": ("senior",),
    "hong": ("appeals",),
}
Enter = Callable[..., Page]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with house.opened(tmp_path_factory.mktemp("home"), STAFF) as town:
        yield town


@pytest.fixture(scope="module")
def town(story: Town) -> Node:
    return story.node


def test_a_pile_on_from_the_warning_to_the_scorecard(
    story: Town, enter: Enter, outside: Page
) -> None:
    story.pile_on(HARMED, 60, seed=2)
    li = enter("li", "zh-CN")
    case = _protects(li, story)
    receipts = _reports(outside, li, story, case)
    mutes = _mutes_the_followers(li, story, case)
    _mutes_the_inciter(enter("wang", "zh-CN"), story, case)
    _sees_them_applied(li, story)
    account, decision, appeal = _appeals(outside, story, mutes)
    _may_not_answer_herself(li, appeal)
    hong = enter("hong", "zh-CN")
    _overturns(hong, story, appeal, mutes[account])
    _sees_it_undone(li, story, case, decision, account)
    _read_the_answers(outside, story, receipts)
    _closes(li, case)
    story.clock.jumped += 8 * DAY
    li = enter("li", "zh-CN")
    _holds_the_revisit(li, case)
    _reads_the_scorecard(li, account)
    _sees_the_rest_lapse(li, story, mutes)
    assert story.verify()["ok"]


def _protects(page: Page, story: Town) -> str:
    """The warning on the overview leads to the case, and there one click protects."""
    row = page.locator("#live tr.row", has_text=HARMED)
    row.locator("a[href^='/cases/']").first.click()
    page.wait_for_url("**/cases/*")
    expect(page.locator(".case-head .stage.act")).to_be_visible()
    page.click("#grant")
    house.done(page)
    assert not story.node.guard.check(
        "comment", "somebody new", HARMED, story.clock(), None
    ).allowed
    return page.url.rsplit("/", 1)[1]


def _reports(outside: Page, li: Page, story: Town, case: str) -> list[str]:
    """One reports by the public link, one by the API; both are put with the case.

    Returns the addresses of their receipts.
    """
    link = story.ask(outside, "report-links", reporter="aunt", about=HARMED, language="zh")
    outside.goto(link["url"])
    outside.get_by_role("link", name="有人威胁、恐吓我", exact=True).click()
    outside.get_by_role("button", name="提交举报").click()
    expect(outside.locator("h1")).to_have_text("我们收到了您的举报")
    said = {"category": "insult", "reporter": "uncle", "about": HARMED, "words": "一群人在骂她"}
    made = story.ask(outside, "reports", **said)
    for _ in range(2):
        house.go(li, "t", "/reports")
        house.follow(li, li.locator("tr.row", has_text=HARMED).first)
        li.click("#join")
        house.done(li)
    house.go(li, "t", "/reports")
    assert li.locator("tr.row").count() == 0
    return [outside.url, made["id"]]


def _mutes_the_followers(page: Page, story: Town, case: str) -> dict[str, str]:
    """As policy proposes, for all of them at once. Returns the measure of each account."""
    page.goto(f"/cases/{case}")
    page.click("#decide")
    page.wait_for_url("**/decide")
    page.select_option("[name=do-follower]", "proposed")
    page.select_option("#ground", "harassment")
    page.fill("#facts", ENOUGH)
    followers = page.locator("[name=who-follower]").count()
    assert followers > 10
    page.get_by_role("button", name="作出决定").click()
    page.wait_for_url("**/decisions/*")
    house.done(page)
    assert eventually(lambda: len(story.applied("measure.ordered")) == followers)
    orders = story.applied("measure.ordered").values()
    assert {(one["key"], one["hours"]) for one in orders} == {("mute", 24)}
    return {one["account"]: one["measure"] for one in orders}


def _mutes_the_inciter(page: Page, story: Town, case: str) -> None:
    page.goto(f"/cases/{case}/decide")
    page.select_option("[name=do-inciter]", "mute")
    page.select_option("[name=hours-inciter]", "720")
    page.select_option("#ground", "incitement")
    page.fill("#facts", "号召他人一起去攻击同一个人。")
    before = len(story.applied("measure.ordered"))
    page.get_by_role("button", name="作出决定").click()
    page.wait_for_url("**/decisions/*")
    house.done(page)
    assert eventually(lambda: len(story.applied("measure.ordered")) > before)
    assert 720 in {one["hours"] for one in story.applied("measure.ordered").values()}


def _sees_them_applied(page: Page, story: Town) -> None:
    house.go(page, "m", "/measures")
    rows = page.locator("tr.row")

    def all_applied() -> bool:
        return 0 < rows.count() == rows.filter(has_text="已执行").count()

    house.refreshed(page, all_applied)


def _appeals(outside: Page, story: Town, mutes: dict[str, str]) -> tuple[str, str, str]:
    """A follower contests; returns the account, the decision and the appeal."""
    account, measure = next(iter(mutes.items()))
    orders = story.applied("measure.ordered").values()
    (decision,) = {one["decision"] for one in orders if one["measure"] == measure}
    link = story.ask(
        outside, "appeal-links", decision=decision, account=account, party="affected", language="zh"
    )
    outside.goto(link["url"])
    main = outside.locator("main")
    expect(main).to_contain_text(ENOUGH)
    assert HARMED not in main.inner_text(), "the reasons name nobody"
    outside.fill("#reason", "那是我们之间的玩笑，她可以作证。")
    outside.get_by_role("button", name="提交申诉").click()
    expect(outside.locator("h1")).to_have_text("我们收到了您的申诉")
    return account, decision, outside.locator("code").inner_text()


def _may_not_answer_herself(page: Page, appeal: str) -> None:
    """Li holds appeals too, but she decided."""
    house.go(page, "a", "/appeals")
    house.follow(page, page.locator("tr.row").first)
    assert page.url.endswith(f"/appeals/{appeal}")
    side = page.locator(".case-side")
    expect(side).to_contain_text("须由另一个人进行。")
    assert page.locator("#answer-do").count() == 0
    sent = page.context.request.post(
        f"/appeals/{appeal}/answer",
        form={
            "csrf": page.locator("[name=csrf]").first.input_value(),
            "outcome": "upheld",
            "reason": "我的决定没有错。",
        },
    )
    assert sent.status == 409
    page.reload()
    expect(page.locator("h1")).to_contain_text("待答复")


def _overturns(page: Page, story: Town, appeal: str, measure: str) -> None:
    house.go(page, "k", "/desk")
    page.click("#next")
    page.wait_for_url(f"**/appeals/{appeal}")
    page.check("[name=outcome][value=overturned]")
    page.fill("#answer", "她本人说明那是玩笑，这一条不构成侮辱。")
    page.click("#answer-do")
    house.done(page)
    assert eventually(lambda: f"{measure}-2" in story.applied("measure.ended"))
    assert set(story.applied("measure.ended")) == {f"{measure}-2"}, "of nobody else"


def _sees_it_undone(page: Page, story: Town, case: str, decision: str, account: str) -> None:
    page.goto(f"/decisions/{decision}")
    expect(page.locator("h1")).to_contain_text("部分撤销")
    line = page.locator("section[aria-labelledby=measures] li", has_text=account)
    expect(line).to_contain_text("已解除")
    page.goto(f"/cases/{case}")
    for summary in page.locator(".roles summary").all():
        summary.click()
    parts = page.locator(".roles .accounts > span, .roles .accounts .accounts > span")
    struck = parts.filter(has_text="记分")
    assert struck.count() > 10
    own = parts.filter(has_text=account)
    assert own.count() == 1
    assert struck.filter(has_text=account).count() == 0


def _read_the_answers(outside: Page, story: Town, receipts: list[str]) -> None:
    outside.goto(receipts[0])
    expect(outside.locator("h1")).to_have_text("您的举报有结果了")
    expect(outside.locator(".notice")).to_contain_text("情况属实，已经采取措施")
    assert HARMED not in outside.locator("main").inner_text()
    key = {"Authorization": f"Bearer {story.key}"}
    receipt = outside.context.request.get(f"/v1/reports/{receipts[1]}", headers=key).json()
    assert (receipt["status"], receipt["outcome"]) == ("answered", "upheld")


def _closes(page: Page, case: str) -> None:
    page.goto(f"/cases/{case}")
    page.locator(".action summary", has_text="结案").click()
    page.check("[name=outcome][value=settled]")
    page.fill("#close-reason", "围攻已停，当事人已得到防护。")
    page.locator(".action details[open]").get_by_role("button", name="结案").click()
    house.done(page)


def _holds_the_revisit(page: Page, case: str) -> None:
    house.go(page, "v", "/revisits")
    house.follow(page, page.locator("tr.row", has_text=HARMED))
    page.wait_for_url(f"**/cases/{case}")
    page.check("[name=rebound][value=false]")
    page.fill("#revisit-text", "她已恢复发布，没有新的攻击。")
    page.get_by_role("button", name="回访").click()
    house.done(page)
    house.go(page, "v", "/revisits")
    assert page.locator("tr.row").count() == 0


def _reads_the_scorecard(page: Page, account: str) -> None:
    """It shows the overturn, that nothing was automated, and leads to the appeal."""
    house.go(page, "f", "/scorecard")
    asked = page.locator(".ask", has_text="申诉推翻率")
    expect(asked.locator("b").first).to_have_text(re.compile(r"100\s?%"))
    automated = page.locator(".figures tr.row", has_text="自动作出的比例")
    expect(automated.locator("strong").first).to_have_text(re.compile(r"^0\s?%"))
    asked.locator("a.big").click()
    page.wait_for_url("**/appeals?**")
    row = page.locator("tr.row")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(account)
    house.follow(page, row)
    expect(page.locator("main")).to_contain_text("她本人说明那是玩笑")


def _sees_the_rest_lapse(page: Page, story: Town, mutes: dict[str, str]) -> None:
    """A day's mutes ended by themselves; the inciter's goes on."""
    assert eventually(lambda: len(story.applied("measure.ended")) == len(mutes))
    house.go(page, "m", "/measures")
    for row in page.locator("tr.row").all():
        expect(row).to_contain_text("30 天")
