"""Comparisons of two rates or proportions, beside R (comparisons/reference.R) and the papers."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from scipy.stats.contingency import relative_risk

from lianzhi.stats.intervals import clopper_pearson
from lianzhi.stats.multiplicity import benjamini_hochberg, holm
from lianzhi.stats.proportions import (
    detectable_difference,
    fisher_p,
    katz_ratio,
    newcombe_difference,
    score_p,
)
from lianzhi.stats.rate_ratio import rate_ratio

FOLDER = Path(__file__).parent / "comparisons"


def rows(name: str) -> list[dict[str, float]]:
    with (FOLDER / name).open() as lines:
        return [{key: float(x) for key, x in row.items()} for row in csv.DictReader(lines)]


def test_rate_ratios_are_those_of_r():
    for row in rows("rates.csv"):
        ratio = rate_ratio(
            int(row["count"]), int(row["base"]), row["exposure"], row["base_exposure"]
        )
        expected = [row[key] for key in ("value", "lo", "hi", "p")]
        assert list(ratio) == pytest.approx(expected, rel=1e-9, abs=0)


def test_tests_of_proportions_are_those_of_r():
    table = rows("shares.csv")
    for row in table:
        four = [int(x) for x in list(row.values())[:4]]
        assert fisher_p(*four) == pytest.approx(row["fisher"], rel=1e-9)
        assert score_p(*four) == pytest.approx(row["score"], rel=1e-9)
        # Without a success in a group, the method has no limits, and scipy gives NaN.
        if four[0] and four[2]:
            limits = relative_risk(*four).confidence_interval()
            assert katz_ratio(*four) == pytest.approx(tuple(limits), rel=1e-12)
    p = [row["fisher"] for row in table]
    assert holm(p) == pytest.approx([row["holm"] for row in table], rel=1e-9)
    assert benjamini_hochberg(p) == pytest.approx([row["bh"] for row in table], rel=1e-9)


@pytest.mark.parametrize(
    ("four", "lo", "hi"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
    ],
)
def test_the_examples_of_newcombe(four, lo, hi):
    """Newcombe (1998), table II, method 10."""
    assert newcombe_difference(*four) == pytest.approx((lo, hi), abs=5e-5)


def test_growth_of_the_newspaper():
    """+114 % of 7 is within chance; +1557 % is not, and its size is known roughly."""
    doubled = rate_ratio(15, 7)
    assert (round(doubled.lo, 2), round(doubled.hi, 2)) == (0.82, 6.21)
    assert not doubled.distinct
    risen = rate_ratio(116, 7)
    assert round(100 * risen.value - 100) == 1557
    assert risen.distinct
    assert (round(risen.lo, 1), round(risen.hi, 1)) == (7.8, 42.1)


def test_zero_of_800_is_up_to_half_a_per_cent():
    lo, hi = clopper_pearson(0, 800)
    assert (lo, round(100 * hi, 2)) == (0.0, 0.46)


def test_nothing_on_both_sides_says_nothing():
    nothing = rate_ratio(0, 0)
    assert math.isnan(nothing.value)
    assert (nothing.lo, nothing.hi, nothing.p, nothing.distinct) == (0, math.inf, 1, False)
    assert katz_ratio(0, 5, 2, 5) == (0, math.inf)
    assert score_p(0, 5, 0, 7) == 1


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: rate_ratio(-1, 2), "the counts are -1 and 2"),
        (lambda: rate_ratio(1, 2, 0), "the exposures are 0 and 1"),
        (lambda: newcombe_difference(3, 2, 1, 2), "successes is 3 of 2"),
        (lambda: fisher_p(0, 0, 1, 2), "successes is 0 of 0"),
    ],
)
def test_refusals_name_the_value(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_a_detectable_difference_is_found_as_often_as_it_says():
    gap = detectable_difference(0.3, 2000, 3000)
    dice = np.random.default_rng(4)
    found = [
        score_p(int(dice.binomial(2000, 0.3 + gap)), 2000, int(dice.binomial(3000, 0.3)), 3000)
        < 0.05
        for _ in range(2000)
    ]
    assert np.mean(found) == pytest.approx(0.8, abs=0.03)
    assert detectable_difference(0.3, 0, 5) == math.inf
