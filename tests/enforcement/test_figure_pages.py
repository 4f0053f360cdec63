"""Pages of figures: what they show, what lies behind each figure, and the check of anybody's."""

import csv
import datetime as dt
import io
import re
from pathlib import Path

import pytest
from figures_web import House, written

from lianzhi.chain.published.checks import check
from lianzhi.chain.published.reading import read
from lianzhi.domains.enforcement.figures.published_figures import vocabularies
from lianzhi.kit import periods

PAPER = Path(__file__).parents[2] / "examples" / "jiangyin-2021.csv"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("house"))
    town = written(tmp_path_factory.mktemp("town") / "files")
    house.desk.history.take(house.desk.history.read(town), "chief")
    house.on(dt.date(2026, 7, 1))
    house.token = house.sign_in("li")
    yield house
    house.node.close()


def figures(text):
    return {row["figure"]: row for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff")))}


@pytest.mark.slow
def test_the_card_is_audited_drawn_and_given_as_csv(house):
    page = house.get("/enforcement/figures?period=all").text
    assert 'role="alert"' not in page.split("<main")[1].split("</main>")[0]
    assert page.count('<svg class="plot"') >= 10
    sheet = house.get("/enforcement/figures.csv?period=all")
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    assert check(read(sheet.content, vocabularies()), vocabularies()).holds
    rows = figures(sheet.text)
    for key in ("accepted", "files", "penalised"):
        assert f"<strong>{rows[key]['value']}</strong>" in page


def test_each_figure_opens_what_it_counts(house):
    rows = figures(house.get("/enforcement/figures.csv?period=2025").text)
    page = house.get("/enforcement/figures/exempted?period=2025").text
    ids = re.findall(r'<a href="/enforcement/penalties/([^"]+)">', page)
    assert len(ids) == int(rows["exempted"]["value"])
    assert all(house.penalty(one).list == "no_penalty" for one in ids)
    assert {house.penalty(one).filed.year for one in ids} == {2025}
    assert f">{rows['exempted']['rate']}<" not in page  # as printed there are two decimals


def test_a_part_and_the_next_page(house):
    link = re.findall(
        r'"(/enforcement/figures/accepted\?[^"]*squad=S1[^"]*)"',
        house.get("/enforcement/figures?period=all").text,
    )[0].replace("&amp;", "&")
    seen = []
    while link:
        page = house.get(link).text
        seen += re.findall(r'<a href="/enforcement/requests/([^"]+)">', page)
        more = re.findall(r'"(/enforcement/figures/accepted\?[^"]*start=\d+[^"]*)"', page)
        starts = {int(re.search(r"start=(\d+)", one)[1]): one for one in more}
        link = starts.get(len(seen), "").replace("&amp;", "&")
    told = house.desk.figures.audited_card(None, dt.date(2026, 7, 2)).card
    assert seen == list(told.of("accepted", {"squad": "S1"}).ids)
    assert len(seen) > 200


@pytest.mark.parametrize(
    "path",
    [
        "?period=2026-13",
        ".csv?period=２０２６",
        "?period=2031",
        "?period=%00",
        "/none",
        ".csv?period=2026-Q5",
    ],
)
def test_what_is_no_period_or_figure_is_not_found(house, path):
    assert house.get(f"/enforcement/figures{path}").status_code == 404


def test_a_new_step_counts_at_once(house):
    def files():
        return house.desk.figures.audited_card(dt.date(2026, 7, 1), dt.date(2026, 8, 1)).card.of(
            "files"
        )

    before = len(files().ids)
    made = house.filed(act_day=dt.date(2026, 7, 1))
    assert files().ids[-1] == made
    assert len(files().ids) == before + 1


def test_anybodys_figures_are_checked_and_not_kept(house):
    size, kept = house.ledger.size, {*house.home.rglob("*")}
    for said in (
        {"data": {"csrf": house.token, "text": PAPER.read_text("utf-8")}},
        {"data": {"csrf": house.token},
         "files": {"file": ("x.csv", PAPER.read_text("utf-8").encode("gb18030"))}},
    ):  # fmt: skip
        page = house.post("/enforcement/figures/check", **said).text
        assert "187,985 ÷ 89,240 = 210.65 %" in page
        assert 'class="beyond"' in page
    assert house.ledger.size == size
    assert {*house.home.rglob("*")} == kept


def test_what_cannot_be_read_is_told(house):
    page = house.post("/enforcement/figures/check", {"csrf": house.token, "text": "a,b\n1,2"})
    assert page.status_code == 200
    assert "has to name the columns" in page.text
    lines = "figure,value\naccepted,5\ndisposed,xx\n<b>,9\n"
    page = house.post("/enforcement/figures/check", {"csrf": house.token, "text": lines}).text
    assert '<td class="num">3</td>' in page
    assert "<b>,9" not in page


def test_no_more_files_are_taken_apart_than_are_at_a_time(house):
    form = {"csrf": house.token, "text": "figure,value\naccepted,5\n"}
    gate = house.app.state.workbooks
    with gate.enter(), gate.enter():
        assert house.post("/enforcement/figures/check", form).status_code == 422
    assert house.post("/enforcement/figures/check", form).status_code == 200


def test_periods():
    today = dt.date(2026, 11, 26)
    assert periods.days_named("2026-Q4", today) == (
        "2026-Q4",
        dt.date(2026, 10, 1),
        dt.date(2027, 1, 1),
    )
    assert periods.days_named("2026-12", today) is None
    assert periods.days_named("2026-11", today).last == dt.date(2026, 11, 30)
    for choice in periods.CHOICES:
        found = periods.current(choice, today)
        assert periods.days_named(found.name, today) == found
        assert (found.since or today) <= today < found.until
