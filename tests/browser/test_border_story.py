"""A pest at the border: from the find to a first, an alarm, a risk profile, and the correction."""

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sign_in import PASSWORD, signing_in

sys.path.insert(0, str(Path(__file__).parents[1] / "biosecurity"))

from border_house import PORTS, TAXA, TODAY, row, write_files

from lianzhi.config import Config
from lianzhi.jobs.node import Node
from lianzhi.law.clock import midnight
from lianzhi.store.accounts import add_user

NOW = midnight(TODAY) + 10 * 3_600_000
PEOPLE = {
    "li": ("border_inspector",),
    "chen": ("identifier",),
    "chief": ("border_leader",),
    "wu": ("senior",),
}
WORDS = {
    "zh-CN": {
        "stands": "成立",
        "revoked": "已撤销",
        "alarm": "预警",
        "raised": "较高",
        "destroy": "销毁",
    },
    "en-GB": {
        "stands": "Stands",
        "revoked": "Revoked",
        "alarm": "Alarm",
        "raised": "Raised",
        "destroy": "Destruction",
    },
}


@pytest.fixture(scope="module", params=["en-GB", "zh-CN"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def town(language: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    home = tmp_path_factory.mktemp("border")
    with Node(home, Config(domains=("biosecurity",)), clock=lambda: NOW) as node:
        for name, roles in PEOPLE.items():
            add_user(node.ledger, name, PASSWORD, roles, NOW, "test")
        yield node


@pytest.fixture
def enter(
    browser: Browser, address: str, complaints: list[str], language: str
) -> Iterator[Callable[[str], Page]]:
    with signing_in(browser, address, complaints, language, "/biosecurity/overview") as sign_in:
        yield sign_in


def act(page: Page, key: str, **fields: str) -> None:
    """Fill in the form of an act and take it."""
    form = page.locator(f"#act-{key}")
    for name, value in fields.items():
        field = form.locator(f"[name={name}]").first
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    form.locator("button").click()
    expect(page.locator("[data-done]")).to_be_visible()


def test_a_find_becomes_a_first_and_its_correction_revokes_it(
    enter: Callable[[str], Page], language: str, tmp_path: Path
) -> None:
    words = WORDS[language]
    monday = dt.date(2026, 2, 23)
    quiet = [
        row(f"q{n}", (monday - dt.timedelta(7 * n)).isoformat(), "TROGGA",
            (monday - dt.timedelta(7 * n - 2)).isoformat())
        for n in range(2, 40, 3)
    ]  # fmt: skip
    burst = [row(f"b{n}", "2026-02-24", "TROGGA", "2026-02-26") for n in range(8)]
    bad = [row("x1", "1923-02-24", "TROGGA", "1923-02-26")]
    near = [row("x2", "2026-02-24", "Trogoderma granarrium", "2026-02-26")]
    effort = [{"port": "HHHT", "channel": "freight", "since": "2026-02-01",
               "until": "2026-02-28", "inspected": "4000"}]  # fmt: skip
    files = write_files(
        tmp_path / "files", taxa=TAXA, ports=PORTS, effort=effort,
        interceptions=[*quiet, *burst, *bad, *near],
    )  # fmt: skip
    chief = enter("chief")
    chief.goto("/biosecurity/import")
    chief.set_input_files("#files", files)
    chief.click("form[enctype] button")
    main = chief.locator("main")
    expect(main).to_contain_text("1980-01-01")  # the mend of an impossible day
    expect(main).to_contain_text("Trogoderma granarium Everts (TROGGA)")
    chief.locator("form[action$=confirm] button").click()
    expect(chief.locator("[data-done]")).to_be_visible()

    li = enter("li")
    li.goto("/biosecurity/interceptions/new")
    li.select_option("#port", "HHHT")
    li.select_option("#channel", "mail_express")
    li.fill("#batch", "EE-1")
    li.fill("#host", "mango")
    li.fill("#origin", "TH")
    li.click("form.plain-form button")
    expect(li.locator("[data-done]")).to_be_visible()
    found = li.url.partition("?")[0]
    act(li, "sample", number="S-1")

    chen = enter("chen")
    chen.goto(found)
    act(chen, "identify", name="Dacus dorsalis Hendel", method="molecular")
    expect(chen.locator("h1")).to_contain_text("Bactrocera dorsalis")
    chen.goto("/biosecurity/firsts?scope=region")
    chen.click("text=Bactrocera dorsalis (Hendel)")
    expect(chen.locator(".tag").first).to_have_text(words["stands"])
    first = chen.url
    case = chen.locator("a[href^='/cases/']").first
    case.click()
    expect(chen.locator("#signs ~ ul")).to_contain_text("Bactrocera dorsalis")

    wu = enter("wu")
    wu.goto(chen.url)
    wu.click("#decide")
    wu.wait_for_url("**/decide")
    expect(wu.locator("#ground")).to_have_value("plant_quarantine.imported_plants")
    wu.select_option("[name=do-thing]", "destruction")
    wu.fill("#facts", "检出桔小实蝇，货物已隔离。")
    wu.locator("form.decide button.main").click()
    wu.wait_for_url("**/decisions/*")
    expect(wu.locator("main")).to_contain_text(words["destroy"])

    chief.goto("/biosecurity/alarms")
    chief.click("text=Trogoderma granarium")
    expect(chief.locator("svg[role=img] text", has_text="▲").first).to_be_attached()
    chief.locator(".head a.button").click()
    chief.select_option("#level", "raised")
    chief.fill("[name=words]", "2026-02 alarm")
    chief.click("form.plain-form button")
    expect(chief.locator(".tag").first).to_have_text(words["raised"])
    expect(chief.locator("main")).to_contain_text("2026-02 alarm")

    chen.goto(found)
    act(chen, "reidentify", name="CERTCA", method="molecular", words="PCR")
    expect(chen.locator("h1")).to_contain_text("Ceratitis capitata")
    chen.goto(first)
    expect(chen.locator(".tag").first).to_have_text(words["revoked"])
    chen.goto("/biosecurity/firsts?scope=region")
    expect(chen.locator("table.list").first).to_contain_text("Ceratitis capitata")
    expect(chen.locator("table.list").first).not_to_contain_text("Bactrocera")
    chen.goto("/biosecurity/overview")
    ladder = chen.locator("#ladder ~ table")
    expect(ladder).to_contain_text("Ceratitis capitata")
    expect(ladder).not_to_contain_text("Bactrocera")


def test_every_page_shows_its_words(enter: Callable[[str], Page]) -> None:
    page = enter("chief")
    for path in (
        *("overview", "campaign", "interceptions", "interceptions/b1", "firsts", "alarms", "taxa"),
        *("taxa?query=Bactrocera+dorsallis", "taxa/TROGGA", "profiles", "import"),
        *("overview?period=all", "alarms/TROGGA/freight", "interceptions?origin=TH"),
    ):
        page.goto(f"/biosecurity/{path}")
        text = page.locator("main").inner_text()
        assert "biosecurity." not in text, path
        assert "biosecurity_" not in text, path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
