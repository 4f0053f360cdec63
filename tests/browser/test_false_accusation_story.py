"""Forty accounts report one person who did nothing: looked into, decided, told to everybody."""

from collections.abc import Callable, Iterator

import pytest
import story_house as house
from playwright.sync_api import Page, expect
from story_house import MINUTE, Town

from lianzhi.jobs.node import Node
from lianzhi.store import views_process

VICTIM = "Orange Kitchen"
REPORTERS = [f"troll{n:02d}" for n in range(40)]
WHY = "What the reports call an insult is a recipe. Forty reports do not make it one."


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with house.opened(tmp_path_factory.mktemp("home"), {"li": ("reviewer",)}) as town:
        yield town


@pytest.fixture(scope="module")
def town(story: Town) -> Node:
    return story.node


def test_a_mass_of_reports_brings_no_measure_and_everybody_an_outcome(
    story: Town, enter: Callable[..., Page]
) -> None:
    page = enter("li")
    made = []
    for reporter in REPORTERS:
        story.clock.jumped += MINUTE
        said = {"category": "insult", "reporter": reporter, "subject": VICTIM, "words": "Ban her!"}
        made.append(story.ask(page, "reports", **said)["id"])
    story.node.intake.finish()

    house.go(page, "w", "/warnings")
    expect(page.locator("tr.row").first).to_contain_text(VICTIM)
    case = story.case_of(VICTIM)
    house.go(page, "t", "/reports")
    row = page.locator("tr.row")
    expect(row).to_have_count(1)  # they say the same
    expect(row.locator("[data-label=Alike]")).to_have_text("40")
    house.follow(page, row)
    page.select_option("#join-reach", "alike")
    page.click("#join")
    house.done(page)

    house.go(page, "c", "/cases")
    house.follow(page, page.locator("tr.row", has_text=VICTIM))
    assert page.url.endswith(f"/cases/{case}")
    page.click("#decide")
    form = page.locator("form.decide")
    expect(form).to_contain_text("Nobody is answerable in this case")
    assert form.locator("[name^=who-], [name^=do-], [name=items]").count() == 0
    page.fill("#facts", WHY)
    page.check("[name=nothing]")
    form.get_by_role("button", name="Decide", exact=True).click()
    page.wait_for_url("**/decisions/*")
    house.done(page)
    expect(page.locator("main")).to_contain_text("Nothing is done")
    expect(page.locator("main")).to_contain_text(WHY)

    page.get_by_role("link", name="Its case").click()
    page.wait_for_url(f"**/cases/{case}")
    page.locator(".action summary", has_text="Close the case").click()
    page.check("[name=outcome][value=settled]")
    page.fill("#close-reason", "Nothing that was reported breaks a rule.")
    page.locator(".action details[open]").get_by_role("button", name="Close the case").click()
    house.done(page)

    for identity in made:
        view = views_process.report_view(story.node.engine, identity)
        assert view is not None
        assert (view.row.status, view.row.outcome) == ("answered", "not_upheld")
    assert views_process.measures(story.node.engine).rows == ()
    told = [m for m in story.platform.bodies() if m["type"].startswith("measure.")]
    assert told == [], "the platform hears of no measure"
    page.goto("/reports?status=answered")
    expect(page.locator("tr.row").first).to_contain_text("Not upheld")
    assert story.verify()["ok"]
