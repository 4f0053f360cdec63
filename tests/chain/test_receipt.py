"""A number that can be read aloud over a bad line, and typed again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.chain.receipt import LENGTH, SIGNS, number, read, report_id

NUMBERS = st.text(SIGNS, min_size=LENGTH, max_size=LENGTH)


@given(NUMBERS, st.sampled_from(["", " ", "-", " - ", "–"]), st.booleans())
def test_what_was_read_aloud_finds_its_report(plain: str, between: str, upper: bool) -> None:
    told = between.join(number(report_id(plain)).split("-"))
    assert read(told if upper else told.lower()) == report_id(plain)
    assert read(report_id(plain)) == report_id(plain)


def test_it_is_short_and_holds_no_sign_that_is_taken_for_another() -> None:
    assert number("r_7k3m92qx4tra") == "7K3M-92QX-4TRA"
    assert not set("01ilou") & set(SIGNS)
    assert len(SIGNS) ** LENGTH > 2**58


@pytest.mark.parametrize(
    "text",
    ["", "7K3M-92QX", "7K3M-92QX-4TRAX", "7K3M-92QX-4TR0", "alice", "c0ffee", "7K3M92QX4TRO"],
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert read(text) is None


def test_full_width_signs_are_read_as_a_chinese_keyboard_writes_them() -> None:
    assert read("７Ｋ３Ｍ　９２ＱＸ　４ＴＲＡ") == "r_7k3m92qx4tra"
