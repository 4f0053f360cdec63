"""A water army, from the first joint likes to the scorecard: seen, weighed, decided part by part,
contested by the owner of the video and by somebody who was paid, closed and visited again; and the
same people under new names, who are seen to act alike."""

import random
import re
from collections.abc import Callable, Iterator

import pytest
import story_house as house
from playwright.sync_api import Page, expect
from story_house import DAY, HOUR, MINUTE, NOW, Town

from lianzhi.chain.event import Event
from lianzhi.jobs.node import Node
from streams import event, merged
from waiting import eventually

STUDIO = "蓝莓工作室"
VIDEOS = [f"蓝莓新片{n}" for n in range(1, 10)]
LEADER = "团长"
RUN = [f"小号{n}" for n in range(1, 7)]
PAID = [f"兼职{n}" for n in range(1, 5)]
SAYS = "蓝莓工作室的新片真的太好看了，全家都在追"
WHY = (
    "按统一安排，与其他账号在几分钟内先后为同样几个视频点赞、发表同样的话，所附行为已作为证据保存。"
)
STAFF = {"li": ("reviewer", "appeals"), "wang": ("senior",), "hong": ("appeals",)}
Enter = Callable[..., Page]


def life(draw: random.Random, until: int) -> Iterator[Event]:
    """Twelve days of other people's likes, some of them for the same videos."""
    others = [f"视频{n}" for n in range(400)]
    for n in range(4000):
        video = draw.choice(VIDEOS) if draw.random() < 0.05 else draw.choice(others)
        at = until - int(draw.random() * 12 * DAY)
        actor = f"看客{int(draw.paretovariate(1.2) * 30) % 900}"
        owner = STUDIO if video in VIDEOS else None
        yield event(f"life{until}-{n}", at, actor, owner, kind="like", object=video)


def army(
    draw: random.Random, until: int, leader: str, run: list[str], paid: list[str]
) -> Iterator[Event]:
    """One begins, six live for nothing else, four come three times in four and have lives."""
    for place, video in enumerate(VIDEOS):
        begin = until - 10 * DAY + place * 27 * HOUR
        for who in (leader, *run, *paid):
            if who in paid and draw.random() > 0.75:
                continue
            at = begin if who == leader else begin + draw.randrange(5_000, 4 * MINUTE)
            name = f"army{place}-{who}"
            yield event(name, at, who, STUDIO, kind="like", object=video)
            said = f"{SAYS}！第{'一二三四五六七八九'[place]}集"
            if who in run:
                yield event(f"{name}-says", at + 20_000, who, STUDIO, object=video, text=said)
    for who in (leader, *paid):
        for n in range(30):
            at, video = until - int(draw.random() * 10 * DAY), f"视频{draw.randrange(400)}"
            yield event(f"own-{who}-{n}", at, who, None, kind="like", object=video)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    draw = random.Random(7)
    with house.opened(
        tmp_path_factory.mktemp("home"), STAFF, domains=("bullying", "astroturf")
    ) as town:
        town.stream(merged(life(draw, NOW), army(draw, NOW, LEADER, RUN, PAID)))
        yield town


@pytest.fixture(scope="module")
def town(story: Town) -> Node:
    return story.node


def test_a_water_army_from_the_first_likes_to_the_scorecard(
    story: Town, enter: Enter, outside: Page
) -> None:
    li = enter("li", "zh-CN")
    case = _opens_the_case(li)
    thing = _weighs_who_was_with_whom(li)
    decision = _decides_on_followers_and_the_thing(li, story, case, thing)
    _freezes_who_leads(enter("wang", "zh-CN"), story, case)
    appeal = _contests(outside, story, decision, STUDIO, "我没有买过点赞，请查清楚是谁买的。")
    hong = enter("hong", "zh-CN")
    _answers(hong, appeal, "overturned", "没有证据表明所有者知情，冻结评分超出必要。")
    assert eventually(lambda: len(story.applied("measure.ended")) == 1)
    (ended,) = story.applied("measure.ended").values()
    assert (ended["item"], ended["why"]) == ({"thing": thing}, "appeal")
    paid = next(one["account"] for one in story.told("measure.ordered").values()
                if one["key"] == "limit")  # fmt: skip
    appeal = _contests(outside, story, decision, paid, "我只是顺手点赞。")
    _answers(hong, appeal, "upheld", "多次在几分钟内与同一批账号一起行动，证据充分。")
    _closes(li, case)
    story.clock.jumped += 8 * DAY
    li = enter("li", "zh-CN")
    _holds_the_revisit(li, case)
    _reads_the_scorecard(li)
    _sees_them_come_back(li, enter, story, case)
    assert story.verify()["ok"]


def _opens_the_case(page: Page) -> str:
    house.go(page, "c", "/cases")
    row = page.locator("tr.row", has_text="协同行为").first
    expect(row).to_contain_text("蓝莓新片")
    expect(row).not_to_contain_text("on:")
    house.follow(page, row)
    expect(page.locator("h1")).to_contain_text("协同行为")
    return page.url.rsplit("/", 1)[1]


def _weighs_who_was_with_whom(page: Page) -> str:
    """The graph, why each edge is there, the line of time, the texts, what else it may be."""
    graph = page.locator("svg.cluster")
    expect(graph.locator(".spot")).to_have_count(1 + len(RUN) + len(PAID))
    expect(graph.locator(".spot.organiser text")).to_have_text(LEADER)
    expect(graph.locator(".spot.operator")).to_have_count(len(RUN))
    expect(graph.locator(".spot.paid_follower")).to_have_count(len(PAID))
    assert re.search(r"\d+ 次（序号 1-\d+", graph.locator("line title").last.text_content() or "")
    expect(page.locator("svg.line-of-time rect").first).to_be_visible()
    page.locator("summary", has_text="每条连线的缘由").click()
    expect(
        page.locator("li", has_text=re.compile(r"小号\d 与 小号\d：\d+ 次")).first
    ).to_be_visible()
    section = page.locator("section[aria-labelledby=together]")
    expect(section.locator("q", has_text="全家都在追").first).to_be_visible()
    expect(section).to_contain_text("其他可能的解释")
    expect(section).to_contain_text("绝不是采取措施的理由")
    roles = page.locator("ul.roles")
    for who, what in ((LEADER, "组织者"), (RUN[0], "操控号"), (PAID[0], "受雇跟单")):
        expect(roles.locator("li", has_text=what)).to_contain_text(who)
    expect(roles.locator("li", has_text="商家或作者")).to_contain_text(STUDIO)
    title = page.locator("h1").inner_text()
    return "on:" + title.split("：", 1)[1]


def _decides_on_followers_and_the_thing(page: Page, story: Town, case: str, thing: str) -> str:
    page.click("#decide")
    page.wait_for_url("**/decide")
    assert page.locator("[name=who-owner]").count() == 0, "whoever owns it is not answerable"
    assert page.locator("[name=do-paid_follower] option[value=freeze]").count() == 0
    expect(page.locator("#ground")).to_have_value("inauthentic")
    page.select_option("[name=do-paid_follower]", "limit")
    page.select_option("[name=hours-paid_follower]", "72")
    page.select_option("[name=do-thing]", "freeze_rating")
    page.fill("#facts", WHY)
    expect(page.locator("#preview")).to_contain_text("关于您账号的处理决定")
    page.get_by_role("button", name="作出决定").click()
    page.wait_for_url("**/decisions/*")
    house.done(page)
    main = page.locator("main")
    expect(main).to_contain_text("冻结评分")
    expect(main).to_contain_text(STUDIO)
    orders = len(PAID) + 1
    assert eventually(lambda: len(story.applied("measure.ordered")) == orders)
    (on_thing,) = [m for m in story.applied("measure.ordered").values() if "item" in m]
    assert (on_thing["item"], on_thing["account"]) == ({"thing": thing}, STUDIO)
    return page.url.rsplit("/", 1)[1].partition("?")[0]


def _freezes_who_leads(page: Page, story: Town, case: str) -> None:
    page.goto(f"/cases/{case}/decide")
    page.select_option("[name=do-organiser]", "freeze")
    page.select_option("[name=hours-organiser]", "168")
    page.fill("#facts", "每次都最先行动，带动其他账号在几分钟内跟进，所附行为已作为证据保存。")
    page.get_by_role("button", name="作出决定").click()
    page.wait_for_url("**/decisions/*")
    house.done(page)
    assert eventually(
        lambda: any(
            (one["account"], one["key"]) == (LEADER, "freeze")
            for one in story.applied("measure.ordered").values()
        )
    )


def _contests(outside: Page, story: Town, decision: str, account: str, words: str) -> str:
    link = story.ask(
        outside, "appeal-links", decision=decision, account=account, party="affected", language="zh"
    )
    outside.goto(link["url"])
    expect(outside.locator("main")).to_contain_text(WHY)
    assert LEADER not in outside.locator("main").inner_text()
    outside.fill("#reason", words)
    outside.get_by_role("button", name="提交申诉").click()
    expect(outside.locator("h1")).to_have_text("我们收到了您的申诉")
    return outside.locator("code").inner_text()


def _answers(page: Page, appeal: str, outcome: str, reason: str) -> None:
    page.goto(f"/appeals/{appeal}")
    page.check(f"[name=outcome][value={outcome}]")
    page.fill("#answer", reason)
    page.click("#answer-do")
    house.done(page)


def _closes(page: Page, case: str) -> None:
    page.goto(f"/cases/{case}")
    page.locator(".action summary", has_text="结案").click()
    page.check("[name=outcome][value=settled]")
    page.fill("#close-reason", "组织者已冻结，受雇账号已限制。")
    page.locator(".action details[open]").get_by_role("button", name="结案").click()
    house.done(page)


def _holds_the_revisit(page: Page, case: str) -> None:
    house.go(page, "v", "/revisits")
    house.follow(page, page.locator(f"tr.row:has(a[href='/cases/{case}'])"))
    page.check("[name=rebound][value=false]")
    page.fill("#revisit-text", "没有再一起行动。")
    page.get_by_role("button", name="回访").click()
    house.done(page)


def _reads_the_scorecard(page: Page) -> None:
    house.go(page, "f", "/scorecard")
    asked = page.locator(".ask", has_text="申诉推翻率")
    expect(asked.locator("b").first).to_have_text(re.compile(r"50\s?%"))


def _sees_them_come_back(page: Page, enter: Enter, story: Town, case: str) -> None:
    """New names, the same habits: a link to the case of the former ones, and nothing to order."""
    page.goto(f"/cases/{case}")
    expect(page.locator("section[aria-labelledby=memory]")).to_contain_text("个账号的行事方式")
    story.clock.jumped += 12 * DAY
    draw, now = random.Random(8), story.clock()
    names = [f"小号{n}" for n in range(61, 67)]
    back = army(draw, now, "新团长", names, [f"临时工{n}" for n in range(1, 5)])
    story.stream(merged(life(draw, now), back))
    page = enter("li", "zh-CN")
    house.go(page, "c", "/cases")
    row = page.locator("tr.row", has_text="相似群组再现").first
    house.refreshed(page, lambda: row.count() > 0, 60)
    house.follow(page, row)
    memory = page.locator("section[aria-labelledby=memory]")
    expect(memory).to_contain_text("单个账号不作对应")
    expect(memory.locator(f"a[href='/cases/{case}']")).to_be_visible()
    expect(page.locator("table.reasons")).to_contain_text("同样的说法")
    page.click("#decide")
    form = page.locator("form.decide")
    assert form.locator("[name^=who-], [name^=do-], [name=items]").count() == 0
