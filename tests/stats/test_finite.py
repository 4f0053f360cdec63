"""The interval of a share among a finite number holds the truth as often as it says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from lianzhi.stats.finite import share_drawn
from lianzhi.stats.intervals import clopper_pearson


@st.composite
def samples(draw: st.DrawFn) -> tuple[int, int, int]:
    total = draw(st.integers(1, 300))
    drawn = draw(st.integers(1, total))
    return draw(st.integers(0, drawn)), drawn, total


@given(samples())
def test_limits_hold_the_share_of_the_sample_and_are_possible(sample: tuple[int, int, int]) -> None:
    hits, drawn, total = sample
    lo, hi = share_drawn(hits, drawn, total)
    assert hits / total <= lo <= hi <= (total - drawn + hits) / total
    assert lo <= hits / drawn <= hi or drawn * total > 10**9


@settings(max_examples=60)
@given(st.integers(2, 40), st.data())
def test_the_truth_lies_within_in_at_least_95_of_100_draws(total: int, data: st.DataObject) -> None:
    drawn = data.draw(st.integers(1, total))
    truth = data.draw(st.integers(0, total))
    held = 0.0
    for hits in range(max(0, drawn + truth - total), min(drawn, truth) + 1):
        lo, hi = share_drawn(hits, drawn, total)
        if lo <= truth / total <= hi:
            held += hypergeom.pmf(hits, total, truth, drawn)
    assert held >= 0.95 - 1e-9


def test_where_all_were_drawn_nothing_is_uncertain() -> None:
    assert share_drawn(3, 40, 40) == (3 / 40, 3 / 40)


def test_of_very_many_it_is_that_of_clopper_and_pearson() -> None:
    found, known = share_drawn(3, 100, 1_000_000), clopper_pearson(3, 100)
    assert found == pytest.approx(known, abs=1e-4)


@pytest.mark.parametrize("wrong", [(2, 1, 5), (-1, 1, 5), (1, 6, 5), (0, 0, 5)])
def test_what_is_no_sample_is_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="give 0 <= hits"):
        share_drawn(*wrong)
