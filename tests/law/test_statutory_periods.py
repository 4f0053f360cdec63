"""Statutory periods: what is shipped says what the statutes say; files that cannot be used."""

import datetime as dt
import re

import pytest
from shipped_law import BASES, PERIODS

from lianzhi.law import periods
from lianzhi.law.periods import PeriodError, UnknownPeriodError

ALL = [one for key in PERIODS.keys for one in PERIODS.versions(key)]
DAY = dt.date(2024, 6, 3)


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_each_period_rests_on_a_basis_of_the_same_days(one):
    found = BASES.get(one.basis, one.effective_from)
    assert found.verified == one.verified
    assert found.effective_from == one.effective_from
    assert one.warn is not None


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_the_unit_is_the_one_that_its_statute_gives_to_its_number(one):
    number, unit = one.length.number, one.length.unit
    basis = BASES.get(one.basis, one.effective_from)
    working = {
        "行政处罚法": {2, 3, 5, 7},  # 85
        "行政复议法": {5, 7} if basis.version.year < 2023 else {3, 5, 7, 10},  # 40(2); 88
        "行政强制法": set(range(1, 11)),  # 69
    }.get(basis.statute)
    if working is not None and unit in ("day", "working_day"):
        assert (unit == "working_day") == (number in working)


@pytest.mark.parametrize(
    ("key", "number", "unit", "extension"),
    [
        ("penalty.decide", 90, "day", None),
        ("penalty.serve", 7, "working_day", None),
        ("penalty.hearing_request", 5, "working_day", None),
        ("penalty.pay", 15, "day", None),
        ("penalty.limitation", 2, "year", None),
        ("penalty.limitation_grave", 5, "year", None),
        ("reconsideration.decide", 60, "day", 30),
        ("reconsideration.decide_simplified", 30, "day", None),
        ("litigation.direct", 6, "month", None),
        ("coercion.seizure", 30, "day", 30),
        ("coercion.report", 24, "hour", None),
        ("supervision.correct", 30, "day", None),
    ],
)
def test_the_number_occurs_in_the_quote_of_its_basis(key, number, unit, extension):
    one = PERIODS.get(key, DAY)
    assert (one.length.number, one.length.unit) == (number, unit)
    assert (one.extension and one.extension.number) == extension
    said = {90: "九十日", 5: "五", 7: "七日", 15: "十五日", 2: "二年", 60: "六十日",
            30: "三十日", 6: "六个月", 24: "二十四小时"}[number]  # fmt: skip
    assert said in BASES.citable(one.basis, DAY).quote


def test_what_was_seen_in_secondary_pages_only_is_marked():
    unread = {one.key for one in ALL if not one.verified}
    assert unread == {
        "penalty.publish", "permit.publish", "enforcement.publish", "fire.recheck", "fire.seal",
    }  # fmt: skip


def test_a_period_is_taken_by_its_day():
    with pytest.raises(UnknownPeriodError, match="known from 2021-07-15 to now"):
        PERIODS.get("penalty.decide", dt.date(2021, 7, 14))
    with pytest.raises(UnknownPeriodError, match=r"'penalty\.decided': no such key; near it: pen"):
        PERIODS.get("penalty.decided", DAY)
    assert PERIODS.get("penalty.decide", dt.date(2021, 7, 15)) in PERIODS.at(DAY)


ROW = """
[[period]]
key = "a.b"
length = { number = 30, unit = "day" }
since = { zh = "某日", en = "some day" }
whose = "authority"
basis = "a.b"
effective_from = 2001-01-01
effective_until = 2002-12-31
title = { zh = "某事", en = "Something" }
"""


def test_an_operator_brings_periods_of_their_own(tmp_path):
    file = tmp_path / "ours.toml"
    later = ROW.replace("2001-01-01", "2003-01-01").replace("effective_until = 2002-12-31\n", "")
    file.write_text(ROW + later.replace("30", "60"), "utf-8")
    found = periods.load([file])
    assert found.get("a.b", dt.date(2002, 12, 31)).length.number == 30
    assert found.get("a.b", dt.date(2003, 1, 1)).length.number == 60


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"a.b"', '"A"', "key is 'A'"),
        ("number = 30", "number = 0", "number is 0; give 1 to"),
        ('"day"', '"week"', "week"),
        ("2002-12-31", "2000-12-31", "before it begins"),
        ("2002-12-31", '2002-12-31\nruns = "before"\nrolls = true', "leave out rolls"),
        ("2002-12-31", '2002-12-31\nwarn = { number = 1, unit = "hour" }', "warn of a.b is in h"),
        ("whose", "who", "who"),
        ("[[period]]", "[[period", "line"),
        ("[[period]]", ROW + "[[period]]", "end it before"),
    ],
)
def test_a_file_of_periods_that_cannot_be_used(tmp_path, old, new, said):
    file = tmp_path / "ours.toml"
    file.write_text(ROW.replace(old, new, 1), "utf-8")
    with pytest.raises(PeriodError, match=re.escape(said)) as told:
        periods.load([file])
    assert str(told.value).startswith(f"{file}: ")


def test_a_file_of_periods_must_be_there(tmp_path):
    with pytest.raises(PeriodError, match=r"none\.toml"):
        periods.load([tmp_path / "none.toml"])


def test_a_later_folder_replaces_all_versions_of_the_keys_that_it_has(tmp_path):
    first, own = tmp_path / "first", tmp_path / "own"
    for folder, text in (
        (first, ROW + ROW.replace('key = "a.b"', 'key = "a.c"')),
        (own, ROW.replace("number = 30", "number = 60").replace("2001-01-01", "2002-01-01")),
    ):
        folder.mkdir()
        (folder / "some.toml").write_text(text, "utf-8")
    found = periods.load([first, own])
    assert found.get("a.b", dt.date(2002, 1, 1)).length.number == 60
    assert found.get("a.c", dt.date(2001, 1, 1)).length.number == 30
    with pytest.raises(UnknownPeriodError, match="known from 2002-01-01"):
        found.get("a.b", dt.date(2001, 1, 1))
    assert periods.load([own, first]).get("a.b", DAY.replace(year=2001)).length.number == 30


def test_the_shared_room_knows_the_periods_of_redress_only():
    assert {key.partition(".")[0] for key in periods.shipped().keys} == {
        "reconsideration", "litigation",
    }  # fmt: skip
