"""A ranking is audited: from the registry to an order, and to a re-audit that closes it, or not."""

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sign_in import PASSWORD, signing_in

sys.path.insert(0, str(Path(__file__).parents[1] / "algorithms"))

from algorithm_house import MAP, TODAY, write

from lianzhi.config import Config
from lianzhi.jobs.node import Node
from lianzhi.law.clock import midnight
from lianzhi.store.accounts import add_user

HOUR = 3_600_000
PEOPLE = {"li": ("algorithm_auditor",), "chief": ("algorithm_lead",)}
WORDS = {
    "zh-CN": {
        "suspected": "疑似", "ordered": "整改中", "replied": "已回复", "closed": "已整改",
        "insufficient": "证据不足", "none_found": "未发现", "none": "还没有复审",
    },
    "en-GB": {
        "suspected": "Suspected", "ordered": "Ordered", "replied": "Replied",
        "closed": "Rectified", "insufficient": "insufficient", "none_found": "None found",
        "none": "There is no re-audit yet",
    },
}  # fmt: skip
ORDERED, LATER = dt.date(2026, 3, 31), dt.date(2026, 3, 25)


@pytest.fixture(scope="module", params=["en-GB", "zh-CN"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def clock() -> list[int]:
    return [midnight(TODAY) + 10 * HOUR]


@pytest.fixture(scope="module")
def town(
    language: str, clock: list[int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Node]:
    home = tmp_path_factory.mktemp("algorithms")
    clock[0] = midnight(TODAY) + 10 * HOUR
    with Node(home, Config(domains=("algorithms",)), clock=lambda: clock[0]) as node:
        for name, roles in PEOPLE.items():
            add_user(node.ledger, name, PASSWORD, roles, clock[0], "test")
        yield node


@pytest.fixture
def enter(
    browser: Browser, address: str, complaints: list[str], language: str
) -> Iterator[Callable[[str], Page]]:
    with signing_in(browser, address, complaints, language, "/algorithms/registry") as sign_in:
        yield sign_in


def act(page: Page, key: str, files: dict[str, Path] | None = None, **fields: str) -> None:
    """Fill in the form of an act and take it."""
    form = page.locator(f"#act-{key}")
    if form.get_attribute("open") is None:
        form.locator("summary").click()
    for name, path in (files or {}).items():
        form.locator(f"[name={name}]").set_input_files(path)
    for name, value in fields.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("button").click()


def ordered(
    enter: Callable[[str], Page], clock: list[int], words: dict[str, str], name: str, tmp_path: Path
) -> tuple[Page, Page, Path]:
    """Register an algorithm, audit it, order rectification and note the reply; the auditor and the
    lead at the file, and the map."""
    clock[0] = midnight(TODAY) + 10 * HOUR
    columns = tmp_path / "map.yaml"
    columns.write_text(MAP, "utf-8")
    li = enter("li")
    li.goto("/algorithms/registry/new")
    for field in ("provider", "product", "service", "field"):
        li.fill(f"#{field}", f"{field}-1")
    li.fill("#name", name)
    li.select_option("#category", "ranking")
    li.check("[name=opinion]")
    li.click("form.plain-form button")
    expect(li.locator("[data-done]")).to_be_visible()
    expect(li.locator("#clocks ~ table")).to_contain_text("2026-03-16")
    li.click("a[href^='/algorithms/audits/new']")
    li.set_input_files("#file", write(tmp_path / f"{name}.csv", 8000, 0.06))
    li.set_input_files("#columns", columns)
    li.fill("#time", "day")
    li.click("form.plain-form button")
    expect(li.locator("[data-done]")).to_be_visible()
    expect(li.locator(".facts .tag")).to_have_text(words["suspected"])
    with li.expect_download() as report:
        li.click("a[href$='report?language=zh']")
    assert "<svg" in Path(report.value.path()).read_text("utf-8")
    li.click(".facts a[href^='/algorithms/rectifications/']")
    file = li.url
    expect(li.locator("#act-order")).to_have_count(0)

    chief = enter("chief")
    chief.goto(file)
    act(chief, "order", until=ORDERED.isoformat(), words="排序对乡村作者的选中率偏低，请整改。")
    expect(chief.locator(".facts .tag").first).to_have_text(words["ordered"])
    chief.click("a[href^='/decisions/']")
    expect(chief.locator("main")).to_contain_text("排序对乡村作者")

    clock[0] = midnight(dt.date(2026, 3, 10)) + 10 * HOUR
    li = enter("li")  # sessions have ended meanwhile
    li.goto(file)
    act(li, "reply", words="已调整权重。")
    expect(li.locator(".facts .tag").first).to_have_text(words["replied"])
    expect(li.locator("#open-reason")).to_contain_text(words["none"])
    clock[0] = midnight(LATER) + 10 * HOUR
    li, chief = enter("li"), enter("chief")
    li.goto(file)
    return li, chief, columns


def reaudit(page: Page, path: Path, columns: Path) -> None:
    act(page, "reaudit", {"file": path, "columns": columns}, time="day")
    expect(page.locator("[data-done]")).to_be_visible()


def test_equivalence_closes_it(
    enter: Callable[[str], Page], language: str, clock: list[int], tmp_path: Path
) -> None:
    words = WORDS[language]
    li, chief, columns = ordered(enter, clock, words, "热门榜", tmp_path)
    later = write(tmp_path / "later.csv", 8000, 0.0, dt.date(2026, 3, 11), seed=9)
    reaudit(li, later, columns)
    expect(li.locator("#reaudits ~ ul")).to_contain_text(words["none_found"])
    chief.goto(li.url.partition("?")[0])
    act(chief, "close", words="复审显示等效。")
    expect(chief.locator(".facts .tag").first).to_have_text(words["closed"])
    chief.goto("/algorithms/rectifications?status=closed")
    expect(chief.locator("table.list")).to_contain_text("热门榜")


def test_too_little_evidence_closes_nothing(
    enter: Callable[[str], Page],
    language: str,
    clock: list[int],
    complaints: list[str],
    tmp_path: Path,
) -> None:
    words = WORDS[language]
    li, chief, columns = ordered(enter, clock, words, "推荐流", tmp_path)
    few = write(tmp_path / "few.csv", 200, 0.0, dt.date(2026, 3, 11), seed=9)
    reaudit(li, few, columns)
    expect(li.locator("#open-reason")).to_contain_text(words["insufficient"])
    chief.goto(li.url.partition("?")[0])
    act(chief, "close", words="看起来没有差别。")
    expect(chief.locator("main")).to_contain_text(words["insufficient"])
    assert [each for each in complaints if "422" not in each] == []
    complaints.clear()  # the browser notes the answer to a step that is refused
    chief.goto(li.url.partition("?")[0])
    expect(chief.locator(".facts .tag").first).to_have_text(words["replied"])


def test_every_page_shows_its_words(enter: Callable[[str], Page]) -> None:
    page = enter("chief")
    for path in (
        *("audits", "audits/new", "audits?verdict=suspected", "registry", "registry/new"),
        *("registry?status=filed", "rectifications", "rectifications?status=open"),
    ):
        page.goto(f"/algorithms/{path}")
        text = page.locator("main").inner_text()
        for key in ("algorithms.", "algorithm.", "audit.", "rectification.", "algorithm_"):
            assert key not in text, path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
