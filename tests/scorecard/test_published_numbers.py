"""Printed numbers and periods: what they are worth and what they may stand for."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.chain.published.numbers import NumberError, number
from lianzhi.chain.published.periods import period


@pytest.mark.parametrize(
    ("text", "unit", "value", "group"),
    [
        ("89,240", "", 89_240, ""),
        ("８９，２４０件", "", 89_240, "matter"),
        ("89 240", "", 89_240, ""),
        ("1568万元", "", 15_680_000, "yuan"),
        ("1568", "万元", 15_680_000, "yuan"),
        ("15.68 million yuan", "", 15_680_000, "yuan"),
        ("15.68", "million yuan", 15_680_000, "yuan"),
        ("¥1,903.37", "", Fraction(190_337, 100), "yuan"),
        ("1亿2345万元", "", 123_450_000, "yuan"),
        ("8万9240件", "", 89_240, "matter"),
        ("2千万", "元", 20_000_000, "yuan"),
        ("98.08 %", "", Fraction(9808, 10_000), "percent"),
        ("９８．０８％", "", Fraction(9808, 10_000), "percent"),
        ("百分之98.08", "", Fraction(9808, 10_000), "percent"),
        ("3.5‰", "", Fraction(35, 10_000), "permille"),
        ("2.1个百分点", "", Fraction(21, 1000), "point"),
        ("-12", "户", -12, "household"),
        ("−12", "起", -12, "matter"),
        ("300人次", "", 300, "person_time"),
        ("12", "台", 12, "台"),
    ],
)
def test_a_printed_number_is_read_exactly(text, unit, value, group):
    found = number(text, unit)
    assert (found.value, found.unit.group) == (value, group)
    assert found.lo <= found.value <= found.hi


@pytest.mark.parametrize(
    ("text", "lo", "hi"),
    [
        ("89,240", 89_240, 89_240),
        ("18.8万件", 187_500, 188_500),
        ("15.68 million yuan", 15_675_000, 15_685_000),
        ("98.08 %", Fraction(98_075, 100_000), Fraction(98_085, 100_000)),
        ("100%", Fraction(995, 1000), Fraction(1005, 1000)),
        ("约2万件", 15_000, 25_000),
        ("超过2万件", 20_000, 30_000),
        ("nearly 20,000 cases", 10_000, 20_000),
        ("1500多万元", 15_000_000, 16_000_000),
    ],
)
def test_it_stands_for_what_rounds_to_it(text, lo, hi):
    found = number(text)
    assert (found.lo, found.hi) == (lo, hi)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        *(("", ""), ("x", ""), ("12.5.3", ""), ("1e5", ""), ("12,34", ""), ("九", ""), ("1/2", "")),
        *(("1万2亿", ""), ("89", "240"), ("5件", "人次"), ("9" * 31, ""), ("1" * 200, "")),
    ],
)
def test_what_is_no_number_is_refused_with_the_mend(text, unit):
    with pytest.raises(NumberError, match=r"give|write|put"):
        number(text, unit)


@given(st.integers(0, 10**12), st.sampled_from(["", "件", " cases", "元"]))
def test_separators_and_width_make_no_difference(value, unit):
    plain, wide = (
        f"{value}{unit}",
        f"{value:,}{unit}".translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789,"}),
    )
    assert number(plain)[:5] == number(wide)[:5] == number(f"{value:,}{unit}")[:5]


@given(st.fractions(0, 10**6), st.integers(0, 4))
def test_what_was_rounded_lies_in_the_range_of_what_is_printed(exact, places):
    scaled = round(exact * 100 * 10**places)
    found = number(f"{Decimal(scaled).scaleb(-places):f}%")
    assert found.lo <= exact <= found.hi
    assert found.places == places


@given(st.text(max_size=90), st.text(max_size=12))
def test_any_text_is_a_number_or_refused(text, unit):
    try:
        found = number(text, unit)
    except NumberError:
        return
    assert found.lo <= found.value <= found.hi
    assert found.step > 0


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        (
            ("2021", "2021年", "2021年度", "2021-01-01..2021-12-31", "２０２１"),
            "2021-01-01..2021-12-31",
        ),
        (
            ("2021-Q2", "2021Q2", "Q2 2021", "2021年第二季度", "2021年二季度"),
            "2021-04-01..2021-06-30",
        ),
        (("2021-H1", "2021年上半年", "2021年1-6月"), "2021-01-01..2021-06-30"),
        (("2024-02", "2024年2月", "2024/2", "2024年02月份"), "2024-02-01..2024-02-29"),
        (("2019-2021", "2019年至2021年"), "2019-01-01..2021-12-31"),
    ],
)
def test_a_period_is_the_same_however_it_is_written(texts, days):
    assert {period(text).id for text in texts} == {days}


@pytest.mark.parametrize("text", ["", "since the reform", "2021-13", "2021-02-30..2021-03-01"])
def test_a_period_without_days_goes_by_its_name(text):
    assert period(text).id == text
    assert period(text).days is None


def test_the_same_stretch_a_year_before():
    assert period("2024-02").year_before().id == period("2023-02").id
    assert period("2023-02").year_before().id == period("2022-02").id
    assert period("2025-02").year_before().id == period("2024-02").id
    assert period("2021").holds(period("2021-Q3"))
    assert not period("2021").holds(period("2021"))
    assert period("2021-Q2").follows(period("2021-Q1"))


@given(st.text(max_size=30))
def test_any_text_is_a_period(text):
    found = period(text)
    assert (found.first is None) == (found.days is None)
