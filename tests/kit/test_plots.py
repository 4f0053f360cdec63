"""Plots are laid out on one scale, and their figures have signs and minuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.kit import plots
from lianzhi.kit.plots import Part

LIMITS = st.floats(-1e6, 1e6)


def part(value, lo=None, hi=None):
    return Part("a", str(value), "", "/", value, lo, hi, False)


@pytest.mark.parametrize("upright", [True, False])
def test_a_bar_with_its_interval_stays_in_its_room(upright):
    room = plots.COLUMNS if upright else plots.WIDTH - plots.LABEL - plots.VALUE
    drawn = plots.plot([part(4, 2, 8), part(2)], 3, upright=upright, share=False)
    assert [(bar.size, bar.lo, bar.hi) for bar in drawn.bars] == [
        (room / 2, room / 4, room),
        (room / 4, None, None),
    ]
    assert (drawn.whole, drawn.top) == (round(room * 3 / 8, 1), "8")


def test_the_scale_of_a_share_ends_at_100_percent():
    drawn = plots.plot([part(0.5), part(0.1)], None, upright=True, share=True)
    assert (drawn.bars[0].size, drawn.top, drawn.whole) == (plots.COLUMNS / 2, "100 %", None)


@given(LIMITS, LIMITS)
def test_round_marks_enclose_both_values(a, b):
    least, most = min(a, b, 0.0), max(a, b, 0.0)
    marks = plots.round_marks(least, most)
    assert marks[0] <= least + 1e-9
    assert marks[-1] >= most - 1e-9
    assert 2 <= len(marks) <= 12


@pytest.mark.parametrize(("value", "text"), [(3.4, "+3"), (-3.6, "−4"), (0.2, "0"), (-0.2, "0")])
def test_a_whole_number_has_its_sign(value, text):
    assert plots.signed(value) == text


@pytest.mark.parametrize(("value", "text"), [(-0.01, "0.0"), (-1.25, "−1.2"), (7.0, "7.0")])
def test_a_decimal_has_a_minus_only_where_there_is_something(value, text):
    assert plots.decimal(value) == text


def test_a_bar_of_points_leaves_the_middle_to_its_side():
    assert plots.bar_from_middle(10, 20) == (50, 25)
    assert plots.bar_from_middle(-10, 20) == (25, 25)
    assert plots.bar_from_middle(5, 0) == (50, 0)


def test_a_ratio_lies_on_a_logarithmic_scale():
    places = [plots.log_place(value, 0.01, 100) for value in (0.01, 0.1, 1, 10, 100)]
    assert places == [0, 25, 50, 75, 100]
    beyond = (0.0, float("inf"), float("nan"))
    assert [plots.log_place(value, 0.01, 100) for value in beyond] == [0, 100, 50]
