"""A year has begun whose holidays nobody has put in: pages go on and say what is missing."""

import datetime as dt

import pytest
from figures_web import House

LATE = dt.date(2026, 12, 28)  # a Monday: seven working days end in the next year
NEW_YEAR = dt.date(2027, 2, 3)
PAGES = (
    "penalties", "requests", "inspections", "letters", "supervision", "figures", "map", "lists",
    "risk", "draws", "visit", "penalties/new", "penalties/spot", "requests/new",
)  # fmt: skip


@pytest.fixture
def house(tmp_path):
    made = House(tmp_path)
    made.on(LATE)
    made.case = made.filed(act_day=LATE)
    made.desk.penalties.record("preserved", made.case, "li", "账册可能灭失")
    made.request = made.desk.requests.receive("hotline", "litter", "桥头堆了建筑垃圾", "chief")
    with made.client:
        yield made
    made.node.close()


def test_two_months_ahead_the_lists_ask_for_the_holidays(house):
    house.sign_in("chief")
    for page in ("penalties", "requests"):
        said = house.get(f"/enforcement/{page}").text
        assert "The holidays of 2027 are not known yet" in said


def test_every_page_opens_in_a_year_that_the_calendar_does_not_know(house):
    house.on(NEW_YEAR)
    house.desk.tick()
    for who in ("li", "chief", "audit"):
        house.sign_in(who)
        for page in (*PAGES, f"penalties/{house.case}", f"requests/{house.request}"):
            status = house.get(f"/enforcement/{page}").status_code
            assert status in (200, 303, 403), (who, page, status)


def test_a_clock_that_cannot_be_counted_says_from_when_it_is_unknown(house):
    house.on(NEW_YEAR)
    house.sign_in("chief")
    assert "not before 2027-01-01" in house.get(f"/enforcement/penalties/{house.case}").text


def test_with_the_holidays_in_a_file_nothing_is_asked_for(tmp_path):
    folder = tmp_path / "enforcement"
    folder.mkdir()
    known = 'years = [2027]\n[[days]]\ndate = 2027-01-01\nkind = "holiday"\n'
    (folder / "holidays.toml").write_text(known, "utf-8")
    house = House(tmp_path)
    house.on(LATE)
    case = house.filed(act_day=LATE)
    house.desk.penalties.record("preserved", case, "li", "账册可能灭失")
    with house.client:
        house.sign_in("chief")
        assert "are not known" not in house.get("/enforcement/penalties").text
        assert "2027-01-07" in house.get(f"/enforcement/penalties/{case}").text
    house.node.close()
