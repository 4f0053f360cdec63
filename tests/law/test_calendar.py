"""Calendars: working days of known years, and files of holidays of one's own."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.law.calendar import MOST, Calendar, Marked, UnknownYearError
from lianzhi.law.holidays import HolidaysError, load, shipped

CALENDAR = shipped()
DAYS = st.dates(dt.date(2005, 1, 1), dt.date(2024, 12, 31))
DAY = dt.timedelta(days=1)
TOML = """
years = [2031]
[[days]]
date = 2031-01-01
kind = "holiday"
name = "元旦"
[[days]]
date = 2031-01-04
kind = "workday"
"""
CSV = "# years: 2031\ndate,kind,name\n2031-01-01,holiday,元旦\n\n2031-01-04,workday\n"


def day(text):
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "working"),
    [
        ("2022-01-28", True),  # Friday
        ("2022-01-29", True),  # Saturday worked for the Spring Festival
        ("2022-01-31", False),  # its first day off, a Monday
        ("2022-02-06", False),
        ("2022-02-12", False),  # plain Saturday
        ("2020-01-31", False),  # the holiday that was made longer in 2020
        ("2025-10-08", False),
        ("2025-10-11", True),
    ],
)
def test_a_day_is_worked_or_not(text, working):
    assert CALENDAR.is_working(day(text)) is working


@given(DAYS)
def test_the_next_and_the_previous_working_day_enclose_a_day(one):
    before, after = CALENDAR.previous_working(one), CALENDAR.next_working(one)
    assert before <= one <= after
    assert CALENDAR.is_working(before)
    assert CALENDAR.is_working(after)
    assert CALENDAR.count_working(before, after) == (1 if CALENDAR.is_working(one) else 2)


@given(DAYS, st.integers(1, 400))
def test_counting_back_undoes_counting_on(one, n):
    there = CALENDAR.add_working(one, n)
    assert CALENDAR.count_working(one + DAY, there) == n
    assert CALENDAR.add_working(there, -n) == CALENDAR.previous_working(one)
    assert CALENDAR.add_working(one, 0) == one


@pytest.mark.parametrize("text", ["1999-12-31", "2003-12-31", "2050-06-01"])
def test_a_year_that_is_not_known_is_never_guessed(text):
    for ask in (
        CALENDAR.is_working,
        CALENDAR.next_working,
        CALENDAR.previous_working,
        CALENDAR.mark,
        lambda one: CALENDAR.add_working(one, 1),
        lambda one: CALENDAR.count_working(one, one),
    ):
        with pytest.raises(UnknownYearError) as told:
            ask(day(text))
        assert told.value.year == day(text).year
        assert f"of {text[:4]} are not known (known: 2004-" in str(told.value)
        assert f"years = [{text[:4]}]" in str(told.value)


def test_a_count_that_leaves_the_known_years_is_refused_at_either_end():
    with pytest.raises(UnknownYearError, match="of 2003"):
        CALENDAR.add_working(dt.date(2004, 1, 5), -5)
    with pytest.raises(ValueError, match="count at most"):
        CALENDAR.add_working(dt.date(2004, 1, 5), MOST + 1)


def test_a_count_is_of_a_hundred_years_at_most():
    assert (dt.date(2001, 1, 1) - dt.date(1901, 1, 1)).days == MOST
    for n in (MOST, -MOST):
        with pytest.raises(UnknownYearError):
            CALENDAR.add_working(dt.date(2010, 1, 5), n)
    with pytest.raises(ValueError, match="count at most"):
        CALENDAR.add_working(dt.date(2010, 1, 5), -MOST - 1)


#: 2022 begins on a Saturday and ends on one.
PLAIN = Calendar([2022], [])
FIRST, LAST = dt.date(2022, 1, 3), dt.date(2022, 12, 30)


def test_a_known_year_is_known_from_its_first_day_to_its_last():
    assert not PLAIN.is_working(dt.date(2022, 1, 1))
    assert not PLAIN.is_working(dt.date(2022, 12, 31))
    worked = Calendar([2020], [])  # from a Wednesday to a Thursday
    assert worked.is_working(dt.date(2020, 1, 1))
    assert worked.is_working(dt.date(2020, 12, 31))


def test_the_first_and_the_last_working_day_of_what_is_known_can_be_reached():
    assert PLAIN.next_working(dt.date(2022, 1, 1)) == FIRST
    assert PLAIN.previous_working(FIRST) == FIRST
    assert PLAIN.previous_working(dt.date(2022, 12, 31)) == LAST
    assert PLAIN.next_working(LAST) == LAST
    assert PLAIN.add_working(dt.date(2022, 1, 4), -1) == FIRST
    for beyond, year in (
        (lambda: PLAIN.previous_working(dt.date(2022, 1, 2)), 2021),
        (lambda: PLAIN.add_working(FIRST, -1), 2021),
        (lambda: PLAIN.next_working(dt.date(2022, 12, 31)), 2023),
        (lambda: PLAIN.add_working(LAST, 1), 2023),
    ):
        with pytest.raises(UnknownYearError) as error:
            beyond()
        assert error.value.year == year


def test_nothing_is_counted_backwards():
    assert PLAIN.count_working(FIRST, FIRST) == 1
    assert PLAIN.count_working(FIRST + DAY, FIRST) == 0


def test_a_gap_between_known_years_is_not_jumped():
    gap = Calendar([2020, 2022], [Marked(dt.date(2020, 1, 1), "holiday")])
    assert gap.known() == "2020, 2022"
    with pytest.raises(UnknownYearError, match="of 2021"):
        gap.add_working(dt.date(2020, 12, 30), 5)
    with pytest.raises(UnknownYearError, match="of 2021"):
        gap.count_working(dt.date(2020, 12, 30), dt.date(2022, 1, 5))
    with pytest.raises(ValueError, match="2021-05-01 is marked"):
        Calendar([2020], [Marked(dt.date(2021, 5, 1), "holiday")])


@pytest.mark.parametrize(("name", "text"), [("h.toml", TOML), ("h.csv", CSV), ("h.CSV", CSV)])
def test_a_file_adds_whole_years(tmp_path, name, text):
    (tmp_path / name).write_text(text, "utf-8")
    found = load(tmp_path / name)
    assert found.known() == f"{CALENDAR.known()}, 2031"
    worked = {1: False, 2: True, 3: True, 4: True, 5: False}  # 2031-01-01 is a Wednesday
    assert {n: found.is_working(dt.date(2031, 1, n)) for n in worked} == worked
    assert found.mark(dt.date(2031, 1, 1)) == (dt.date(2031, 1, 1), "holiday", "元旦")
    assert found.is_working(dt.date(2022, 1, 29)), "the other years stay"


def test_a_file_changes_a_day_of_a_known_year_or_takes_a_year_anew(tmp_path):
    file = tmp_path / "h.csv"
    file.write_text("date,kind\n2022-01-28,holiday\n2022-01-31,workday\n", "utf-8")
    found = load(file)
    assert not found.is_working(dt.date(2022, 1, 28))
    assert found.is_working(dt.date(2022, 1, 31))
    assert not found.is_working(dt.date(2022, 2, 1))
    file.write_text("# years: 2022\n2022-01-03,holiday\n", "utf-8")
    assert load(file).is_working(dt.date(2022, 2, 1)), "nothing of the old year is left"


CHINESE = """# years：2031年
日期,类型,名称
2031/1/1,休,元旦
2031年1月2日,节假日,元旦
2031.1.3,holiday,元旦
２０３１－１－４,补班,
2031/1/5 0:00,班,
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_a_sheet_from_a_chinese_desk_reads_as_a_plain_one(tmp_path, encoding):
    file = tmp_path / "h.csv"
    file.write_text(CHINESE, encoding)
    calendar = load(file)
    first = dt.date(2031, 1, 1)
    working = [calendar.is_working(first + dt.timedelta(days=n)) for n in range(6)]
    assert working == [False, False, False, True, True, True]
    file.write_bytes(("\ufeff" + CHINESE).encode("gb18030"))
    assert load(file).is_working(first) is False


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2031/2/30,休", "row 8: date is '2031/2/30'; write like 2027-01-01"),
        ("1/3/2031,休", "row 8: date is '1/3/2031'; write like 2027-01-01"),
        ("2031/1-6,休", "row 8: date is '2031/1-6'"),
        ("1月6日,休", "row 8: date is '1月6日'"),
        ("2031/1/5,休", "row 8: date is 2031-01-05, which an earlier row has"),
        ("2031/1/6,半天", "row 8: kind is '半天'; choose one of holiday, workday"),
    ],
)
def test_a_bad_row_of_it_is_named(tmp_path, line, said):
    file = tmp_path / "h.csv"
    file.write_text(CHINESE + line + "\n", "gbk")
    with pytest.raises(HolidaysError) as told:
        load(file)
    assert said in str(told.value)


def test_a_file_in_no_known_encoding_is_told_with_the_line(tmp_path):
    file = tmp_path / "h.csv"
    file.write_bytes(b"# years: 2031\n2031-01-01,holiday,\xff\xff\n")
    with pytest.raises(HolidaysError, match="line 2 is neither UTF-8 nor GB 18030"):
        load(file)


def test_every_bad_row_is_named_with_its_mend(tmp_path):
    file = tmp_path / "h.csv"
    file.write_text(
        "# years: 2031\n"
        "date,kind,name\n"
        "2031-01-01,holiday\n"
        "2031-13-01,holiday\n"
        "2031-01-05,feast\n"
        "2031-01-01,holiday\n"
        "2032-01-01,holiday\n"
        "2031-01-06,workday\n"
        "2031-01-07,holiday,x,y\n",
        "utf-8",
    )
    with pytest.raises(HolidaysError) as told:
        load(file)
    rows = dict(told.value.rows)
    assert sorted(rows) == [4, 5, 6, 7, 8, 9]
    for row, said in {
        4: "date is '2031-13-01'",
        5: "kind is 'feast'; choose one of holiday, workday",
        6: "which an earlier row has",
        7: "add 2032 to years",
        8: "a weekday and so a working day anyway",
        9: "'column 4'",
    }.items():
        assert said in rows[row]
    assert str(told.value).startswith("h.csv: row 4: ")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("years = [2031]", "years = 2031", "write like years = [2027]"),
        ("years = [2031]", "years = [31]", "years has 31"),
        ("years = [2031]", "years = [2031, 2032]", "no holiday of it is listed"),
        ("years = [2031]", "year = [2031]", "'year'; the fields are years and days"),
        ("years = [2031]", "years = [2031]\ndays = 1", "Cannot"),
        ("2031-01-01", '"soon"', "row 1: date is 'soon'"),
        ("2031-01-01", "2031-01-01T08:00:00", "row 1: date is datetime"),
        ('name = "元旦"', "name = 7", "row 1: name is 7"),
        ('kind = "workday"', 'kinds = "workday"', "row 2: it has 'kinds'"),
        ("[[days]]", "[[days", "line"),
    ],
)
def test_a_file_of_holidays_that_cannot_be_used(tmp_path, old, new, said):
    file = tmp_path / "h.toml"
    file.write_text(TOML.replace(old, new, 1), "utf-8")
    with pytest.raises(HolidaysError) as told:
        load(file)
    assert said in str(told.value)


def test_a_file_is_bounded_and_must_be_there(tmp_path):
    with pytest.raises(HolidaysError, match=r"none\.csv: No such file"):
        load(tmp_path / "none.csv")
    big = tmp_path / "big.csv"
    big.write_bytes(b"#" * 1_000_001)
    with pytest.raises(HolidaysError, match="more than 1000000 bytes"):
        load(big)
    big.write_text("2022-01-01,holiday\n" * 10_001, "utf-8")
    with pytest.raises(HolidaysError, match="more than 10000 days"):
        load(big)
    big.write_bytes(b"\xff\xfe")
    with pytest.raises(HolidaysError, match=r"big\.csv"):
        load(big)
    deep = tmp_path / "deep.toml"
    deep.write_text("years = " + "[" * 5000, "utf-8")
    with pytest.raises(HolidaysError, match=r"deep\.toml"):
        load(deep)
