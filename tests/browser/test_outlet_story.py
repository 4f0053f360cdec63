"""An outlet's day: 5,000 reprints, planted cases, and an appeal that mends the figures."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sign_in import PASSWORD, signing_in

sys.path.insert(0, str(Path(__file__).parents[1] / "dissemination"))

from made_days import pushes, reprints, row
from outlet_house import OUTLETS, SOURCES, TODAY, write_files

from lianzhi.config import Config
from lianzhi.jobs.node import Node
from lianzhi.law.clock import midnight
from lianzhi.office.actor import Actor
from lianzhi.store.accounts import add_user
from lianzhi.store.office_queries import QUERIES

NOW = midnight(TODAY) + 10 * 3_600_000
PEOPLE = {"zhao": ("dissemination_lead",), "wu": ("senior",)}
OUTLET = "江岸网"


@pytest.fixture(scope="module", params=["en-GB", "zh-CN"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def town(language: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    home = tmp_path_factory.mktemp("outlets")
    with Node(home, Config(domains=("dissemination",)), clock=lambda: NOW) as node:
        for name, roles in PEOPLE.items():
            add_user(node.ledger, name, PASSWORD, roles, NOW, "test")
        yield node


@pytest.fixture
def enter(
    browser: Browser, address: str, complaints: list[str], language: str
) -> Iterator[Callable[[str], Page]]:
    with signing_in(browser, address, complaints, language, "/dissemination/days") as sign_in:
        yield sign_in


def copies() -> list[dict[str, str]]:
    """Three articles of one text, at three outlets."""
    text = "望江县住建局介绍，今年计划为41个老旧小区加装电梯，每台补贴15万元，预计惠及2300余户。"
    return [
        row(f"c{n}", "2026-12-01", "", "电梯") | {"outlet": outlet, "text": text + "完" * n,
                                                  "time": f"2026-12-01 1{n}:00"}
        for n, outlet in enumerate(("望江网", OUTLET, OUTLET))
    ]  # fmt: skip


def test_a_day_becomes_cases_and_an_upheld_appeal_mends_the_figures(
    enter: Callable[[str], Page], town: Node, tmp_path: Path
) -> None:
    zhao = enter("zhao")
    for name, files in (
        ("lists", {"outlets": OUTLETS, "sources": SOURCES}),
        ("day", {"reprints": [*reprints(5000), *copies(), row("bad", "no day", "题", "题")],
                 "pushes": pushes()}),
    ):  # fmt: skip
        zhao.goto("/dissemination/import")
        zhao.set_input_files("#files", write_files(tmp_path / name, **files))
        zhao.click("form[enctype] button")
        zhao.locator("form[action$=confirm] button").click(timeout=60_000)
        expect(zhao.locator("[data-done]")).to_be_visible(timeout=60_000)

    zhao.goto("/dissemination/days")
    expect(zhao.locator("main")).to_contain_text("5,006")
    zhao.locator("table.list a", has_text=OUTLET).first.click()
    main = zhao.locator("main")
    expect(main.locator("a.big b")).to_have_text("3")
    expect(main.locator("svg.plot text")).to_have_count(3)
    expect(main.locator("#arrivals ~ ul")).to_contain_text("reprints.csv")
    main.locator("a.big").click()
    expect(zhao.locator("#chosen ~ table tbody tr")).to_have_count(3)
    expect(zhao.locator("#chosen ~ table mark").first).to_be_visible()
    case = zhao.locator("#chosen ~ table a[href^='/cases/']").first.get_attribute("href")

    wu = enter("wu")
    wu.goto(str(case))
    expect(wu.locator("main mark").first).to_be_visible()
    wu.click("#decide")
    wu.wait_for_url("**/decide")
    wu.select_option("[name=do-thing]", "label")
    wu.select_option("[name=ground]", index=1)
    wu.fill("#facts", "转载标题把“部分”改为“所有”，与稿源不符。")
    wu.locator("form.decide button.main").click()
    wu.wait_for_url("**/decisions/*")
    decision = wu.url.rpartition("/")[2].partition("?")[0]

    zhao.goto("/dissemination/days")
    figures = zhao.locator("#figures ~ table tbody tr", has_text=OUTLET).locator("td.num")
    expect(figures.nth(2)).to_have_text("3")
    expect(figures.nth(3)).to_have_text("0")
    with town.engine.connect() as connection:
        (measure,) = QUERIES.measures.measures_of(connection, decision)
    account = town.ledger.vault.account(measure["subject"])
    redress = town.proceedings.redress
    appeal = redress.file(decision, "affected", str(account), "稿源后来更正了标题。", NOW)
    redress.answer(appeal, "overturned", (), "稿源已更正，标题与其一致。", Actor("sun"), NOW)
    zhao.reload()
    expect(figures.nth(2)).to_have_text("2")
    expect(figures.nth(3)).to_have_text("1")
    zhao.goto(str(case))
    expect(zhao.locator("main")).to_contain_text(OUTLET)


def test_every_page_shows_its_words(enter: Callable[[str], Page]) -> None:
    page = enter("zhao")
    for path in ("outlets", "sources", "sources?query=none", "import", "days"):
        page.goto(f"/dissemination/{path}")
        expect(page.locator("h1")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
