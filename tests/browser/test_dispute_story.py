"""A complaint that an early warning foretold: mediated, agreed on, visited, opened again, settled,
and the note about its cause, which comes up less afterwards.

What is said in the sessions is read by the mediator, and by nobody else who opens the page.
"""

import datetime as dt
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sign_in import PASSWORD, signing_in

sys.path.insert(0, str(Path(__file__).parents[1] / "mediation"))

from mediation_house import TODAY

from consoles import Clock
from lianzhi.config import Config
from lianzhi.jobs.node import Node
from lianzhi.law.clock import midnight
from lianzhi.stats.rate_ratio import Rate, ratio_of_rate_ratios
from lianzhi.store.accounts import add_user

NOW = midnight(TODAY) + 10 * 3_600_000
PEOPLE = {"rec": "receptionist", "chief": "mediation_lead", "med": "mediator", "sun": "mediator"}
WORDS = {
    "zh-CN": {
        "settled": "调解成功", "again": "重新调解 1 次", "term": "履行协议第 2 条",
        "article": "第七十四条第一款", "recurs": "反复出现",
    },
    "en-GB": {
        "settled": "Settled", "again": "opened again: 1", "term": "Term 2 of the agreement",
        "article": "Article 74(1)", "recurs": "Recurring",
    },
}  # fmt: skip
CASES = (
    "id,party,field,office,opened,due,officer,objections,notice_missing\n"
    "K1,甲公司,customs_other,HZ,2026-01-05,2026-03-04,wang,2,true\n"
)
YEAR = dt.timedelta(180)
#: Parties that dispute a delay, at the office HZ and elsewhere: in the 180 days before those from
#: which the cause is chosen, in these, and in the 90 days after the note. The story is one more.
HISTORY = (
    (TODAY - 2 * YEAR, {"HZ": 40, "NB": 60}),
    (TODAY - YEAR, {"HZ": 45, "NB": 15}),
    (TODAY + dt.timedelta(30), {"HZ": 5, "NB": 30}),
)
#: How a message id without its words would read.
KEY = re.compile(r"\b(?:dispute|note|mediation)(?:_\w+)?\.[a-z]")
SAID = ("底线是一万元", "愿意先查验后付费")


def register(first: dt.date, offices: dict[str, int]) -> str:
    """A register of disputes, one party each, received within a month from a day."""
    rows = [
        f"R{first:%y%m%d}{office}{n},企业{first:%y%m%d}{office}{n},customs_other,{office},"
        f"{first + dt.timedelta(n % 28)},delay"
        for office, number in offices.items()
        for n in range(number)
    ]
    return "\n".join(("id,party,field,office,received,cause", *rows, ""))


def take(node: Node, kind: str, text: str) -> None:
    """Put a table on the record."""
    folder = node.home / f"in_{kind}_{node.ledger.size}"
    folder.mkdir()
    (folder / f"{kind}.csv").write_text(text, "utf-8")
    imports = node.desks["mediation"].imports
    read = imports.read(folder)
    assert not any(table.errors for table in read.reads.values())
    imports.take(read, "chief")


@pytest.fixture(scope="module", params=["en-GB", "zh-CN"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def town(language: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    home = tmp_path_factory.mktemp("mediation")
    clock = Clock(TODAY)
    with Node(home, Config(domains=("mediation",)), clock=clock) as node:
        node.time = clock  # type: ignore[attr-defined]
        for name, role in PEOPLE.items():
            add_user(node.ledger, name, PASSWORD, [role], NOW, "test")
        handled = (
            f"K{office}{n},乙{n},customs_other,{office},{TODAY - dt.timedelta(99)},,,0,"
            for office in ("HZ", "NB")
            for n in range(100)
        )
        take(node, "cases", CASES + "\n".join(handled))
        for first, offices in HISTORY[:2]:
            take(node, "disputes", register(first, offices))
        yield node


@pytest.fixture
def enter(
    browser: Browser, address: str, complaints: list[str], language: str
) -> Iterator[Callable[[str], Page]]:
    with signing_in(browser, address, complaints, language, "/mediation/disputes") as sign_in:
        yield sign_in


def act(page: Page, key: str, **fields: str) -> None:
    """Fill in the form of an act and take it."""
    form = page.locator(f"#act-{key}")
    for name, value in fields.items():
        field = form.locator(f"[name='{name}']").first
        kind = field.evaluate("field => field.type || field.tagName")
        if kind.startswith("select"):
            field.select_option(value)
        elif kind == "checkbox":
            field.check()
        else:
            field.fill(value)
    form.locator("button").click()
    expect(page.locator("[data-done]")).to_be_visible()


def test_a_warned_complaint_is_mediated_kept_and_opened_again(
    enter: Callable[[str], Page], language: str, town: Node
) -> None:
    words = WORDS[language]
    rec = enter("rec")
    rec.goto("/mediation/warnings/K1")
    rec.locator("a[href^='/mediation/disputes/new']").click()
    expect(rec.locator("[name=party]")).to_have_value("甲公司")
    rec.fill("[name=words]", "货柜被扣九天，滞箱费谁付？")
    rec.select_option("[name=field]", "customs_other")
    rec.select_option("[name=cause]", "delay")
    rec.fill("[name=known]", "2026-02-20")
    rec.fill("[name=review]", "2026-02-25")
    rec.click("form.plain-form button")
    expect(rec.locator("[data-done]")).to_be_visible()
    dispute = rec.url.partition("?")[0]
    expect(rec.locator("main a[href='/mediation/warnings/K1']")).to_be_visible()

    token = str(rec.locator("#act-assign [name=csrf]").get_attribute("value"))
    refused = rec.context.request.post(  # who handled the case at the office
        f"{dispute}/assign", form={"csrf": token, "mediator": "wang"}
    )
    assert refused.status == 422
    act(rec, "assign", mediator="med")

    med = enter("med")
    med.goto(dispute)
    for said in SAID:
        act(med, "open_session")
        act(med, "note", words=said)
        act(med, "close_session")
    act(med, "offer", words="各担一半")
    expect(med.locator("#sealed")).to_contain_text(SAID[0])
    for name in ("rec", "chief"):
        page = enter(name)
        page.goto(dispute)
        expect(page.locator("main")).not_to_contain_text(SAID[0])
        expect(page.locator("main")).not_to_contain_text("各担一半")
    assert enter("sun").context.request.get(dispute).status == 404

    due = (TODAY + dt.timedelta(14)).isoformat()
    terms = f"{TODAY.isoformat()} 海关出具扣箱说明\n{due} 双方各付一半"
    act(med, "agree", terms=terms, amount="4500")
    expect(med.locator("#clocks ~ table")).to_contain_text(words["term"])
    expect(med.locator("#clocks ~ table")).to_contain_text(due)
    med.locator("a[href^='/decisions/']").first.click()
    expect(med.locator("main")).to_contain_text(words["article"])
    expect(med.locator("main")).not_to_contain_text(SAID[0])
    med.goto(dispute)
    act(med, "keep", term="1")
    act(med, "keep", term="2")
    expect(med.locator("#agreement ~ table .tag.good")).to_have_count(2)
    act(med, "settle", words="双方已履行")
    expect(med.locator(".tag.good").first).to_have_text(words["settled"])

    rec.goto(dispute)
    act(rec, "visit", **{
        "answer.outcome": "2", "answer.fairness": "5", "answer.performance": "3",
        "words": "又来了一张滞箱费账单",
    })  # fmt: skip
    expect(rec.locator("#visits ~ p").first).to_contain_text("5 / 5")
    act(rec, "reopen", words="新账单未包括在协议内")
    expect(rec.locator("main")).to_contain_text(words["again"])
    act(rec, "assign", mediator="med")
    med.goto(dispute)
    act(med, "agree", terms=f"{TODAY.isoformat()} 免除第二张账单", amount="0")
    act(med, "keep", term="1")
    act(med, "settle", words="双方已履行")
    med.goto("/mediation/disputes?outcome=settled")
    expect(med.locator("table.list")).to_contain_text("甲公司")

    chief = enter("chief")
    chief.goto("/mediation/notes")
    causes = chief.locator("section:has(#causes) tbody tr")
    expect(causes.first).to_contain_text(words["recurs"])
    causes.first.locator("a.button").click()
    expect(chief.locator("#write [name=offices]")).to_have_value("HZ")
    chief.fill("#write [name=enterprises]", "甲公司")
    chief.fill("#write [name=words]", "查验前三日通知报关行，写明待查货柜。")
    chief.click("#write form button")
    expect(chief.locator("[data-done]")).to_be_visible()
    note = chief.url.partition("?")[0]
    expect(chief.locator("main")).to_contain_text("甲公司")
    act(chief, "send")

    town.time.now += 90 * 86_400_000  # type: ignore[attr-defined]
    take(town, "disputes", register(*HISTORY[2]))
    chief = enter("chief")
    chief.goto(note)
    change = ratio_of_rate_ratios(Rate(6, 90), Rate(40, 180), Rate(30, 90), Rate(60, 180))
    assert change.value == pytest.approx(0.3)
    for value in (change.value, change.lo, change.hi):
        expect(chief.locator("#effect ~ p.sentence")).to_contain_text(f"{value:.2f}")
    expect(chief.locator("figure svg circle")).to_have_count(6)
    rec = enter("rec")
    rec.goto(note)
    expect(rec.locator("#act-withdraw")).to_have_count(0)


def test_every_page_shows_its_words(enter: Callable[[str], Page]) -> None:
    page = enter("chief")
    page.goto("/mediation/disputes")
    story = page.locator("a.go").first.get_attribute("href")
    for path in (
        "/mediation/disputes", "/mediation/disputes/new", "/mediation/disputes/clocks",
        "/mediation/disputes?status=received", "/mediation/import", str(story),
        "/mediation/notes", "/mediation/figures", "/mediation/figures/at_centre",
    ):  # fmt: skip
        page.goto(path)
        text = page.locator("main").inner_text()
        assert not KEY.search(text), path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
