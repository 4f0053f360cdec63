from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.documents.capital import MOST, capital

DIGITS = {char: n for n, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}


def parsed(text: str) -> Decimal:
    """What a clerk reads: the twin of `capital`, written the other way round."""
    total, group, digit = Decimal(0), 0, 0
    for char in text.removesuffix("整"):
        if char in DIGITS:
            digit = DIGITS[char]
        elif char in PLACES:
            group, digit = group + digit * PLACES[char], 0
        elif char in "万亿元":
            worth = {"万": 10**4, "亿": 10**8, "元": 1}[char]
            total, group, digit = total + (group + digit) * worth, 0, 0
        else:
            total, digit = total + digit * {"角": Decimal("0.1"), "分": Decimal("0.01")}[char], 0
    return total


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("0.55", "伍角伍分"),
        ("10", "壹拾元整"),
        ("12000", "壹万贰仟元整"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("100000010", "壹亿零壹拾元整"),
        ("100010000", "壹亿零壹万元整"),
        ("1001001", "壹佰万壹仟零壹元整"),
        ("10000000000", "壹佰亿元整"),
    ],
)
def test_as_the_rules_for_bills_write_it(amount, said):
    assert capital(Decimal(amount)) == said


@given(st.decimals(0, MOST, places=2))
def test_reads_back(amount):
    said = capital(amount)
    assert parsed(said) == amount
    assert "零零" not in said
    assert not said.removesuffix("整").endswith("零")
    assert said.endswith("整") != said.endswith("分")


@given(st.lists(st.sampled_from("00001259"), min_size=1, max_size=12), st.integers(0, 99))
def test_reads_back_where_there_are_many_zeros(digits, fen):
    amount = Decimal(int("".join(digits))) + Decimal(fen) / 100
    assert parsed(capital(amount)) == amount
    assert "零零" not in capital(amount)


@pytest.mark.parametrize("amount", ["-1", "0.001", "1000000000000", "NaN", "Infinity", "1e99"])
def test_refused(amount):
    with pytest.raises(ValueError, match="give yuan from 0"):
        capital(Decimal(amount))
