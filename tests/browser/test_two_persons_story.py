"""What takes two: closing an account, and not getting in each other's way."""

from collections.abc import Callable, Iterator

import pytest
import story_house as house
from playwright.sync_api import Page, expect
from story_house import HOUR, Town

from lianzhi.jobs.node import Node
from waiting import eventually

HARMED, OTHER = "阿宁", "赵老师"
STAFF = {"li": ("reviewer",), "wang": ("senior",), "zhao": ("senior",)}
Enter = Callable[..., Page]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with house.opened(tmp_path_factory.mktemp("home"), STAFF) as town:
        town.pile_on(HARMED, 40, seed=3)
        town.clock.jumped += HOUR
        town.pile_on(OTHER, 40, seed=4)
        yield town


@pytest.fixture(scope="module")
def town(story: Town) -> Node:
    return story.node


def test_an_account_is_closed_by_two(story: Town, enter: Enter) -> None:
    wang = enter("wang", "zh-CN")
    wang.goto(f"/cases/{story.case_of(HARMED)}/decide")
    wang.select_option("[name=do-inciter]", "close")
    wang.select_option("[name=hours-inciter]", "0")
    for one in wang.locator("[name=who-inciter]").all()[1:]:
        one.uncheck()
    wang.select_option("#ground", "incitement")
    wang.fill("#facts", "此前两次被禁言，仍多次号召他人攻击同一个人。")
    wang.locator("form.decide").get_by_role("button", name="作出决定").click()
    wang.wait_for_url("**/decisions/*")
    expect(wang.locator("h1")).to_contain_text("等待第二人确认")
    expect(wang.locator(".case-side")).to_contain_text("须由另一个人进行。")
    assert wang.locator("#confirm").count() == 0
    sent = wang.context.request.post(
        wang.url.split("?")[0] + "/confirm",
        form={"csrf": wang.locator("[name=csrf]").first.input_value()},
    )
    assert sent.status == 409
    assert story.told("measure.ordered") == {}

    zhao = enter("zhao", "zh-CN")
    house.go(zhao, "d", "/decisions")
    zhao.get_by_role("link", name="等待第二人确认").click()
    zhao.wait_for_url("**/decisions?status=awaiting")
    house.follow(zhao, zhao.locator("tr.row", has_text=HARMED))
    zhao.click("#confirm")
    house.done(zhao)
    expect(zhao.locator("h1")).to_contain_text("已生效")
    assert eventually(lambda: len(story.applied("measure.ordered")) == 1)
    (order,) = story.applied("measure.ordered").values()
    assert order["key"] == "close"
    house.refreshed(
        zhao, lambda: zhao.locator("#measures ~ .lines", has_text="已执行").count() == 1
    )


def test_who_decides_is_not_disturbed(story: Town, enter: Enter) -> None:
    case = story.case_of(OTHER)
    li, wang = enter("li", "zh-CN"), enter("wang", "zh-CN")
    li.goto(f"/cases/{case}/decide")
    expect(li.locator("#lease")).to_contain_text("您正在处理")
    wang.goto(f"/cases/{case}")
    side = wang.locator(".case-side")
    expect(side).to_contain_text("li 正在处理")
    expect(side.get_by_role("button", name="作出决定")).to_be_disabled()
    wang.goto(f"/cases/{case}/decide")
    expect(wang.locator(".notice.bad")).to_contain_text("li 正在处理")
    expect(wang.locator("form.decide button#decide")).to_be_disabled()
    sent = wang.context.request.post(
        f"/cases/{case}/decide",
        form={
            "csrf": wang.locator("[name=csrf]").first.input_value(),
            "nothing": "true",
            "ground": "harassment",
            "facts": "不采取措施。",
        },
    )
    assert sent.status == 409

    house.go(li, "k", "/desk")
    li.locator("#held ~ .lines button").click()
    li.wait_for_load_state()
    wang.goto(f"/cases/{case}/decide")
    expect(wang.locator("form.decide button#decide")).to_be_enabled()
    assert story.verify()["ok"]
