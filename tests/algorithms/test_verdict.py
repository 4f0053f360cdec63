"""Verdicts: what an estimate allows to be said."""

from hypothesis import given
from hypothesis import strategies as st

from lianzhi.stats.intervals import Interval
from lianzhi.stats.verdict import Evidence, Verdict, overall, verdict

GAPS = st.floats(-1, 1)
HALF = st.floats(0.001, 1)


def evidence(
    gap: float, half: float, p: float, margin: float = 0.05, small: bool = False
) -> Evidence:
    inner = half * 0.84
    return Evidence(
        Interval(gap - half, gap + half), Interval(gap - inner, gap + inner), p, margin, 0.05, small
    )


@given(GAPS, HALF, st.floats(0.0501, 1))
def test_what_is_not_significant_is_none_found_only_where_equivalence_is_shown(
    gap: float, half: float, p: float
) -> None:
    got = verdict(evidence(gap, half, p))
    inside = abs(gap) + half * 0.84 < 0.05
    assert got is (Verdict.NONE_FOUND if inside else Verdict.INSUFFICIENT)


@given(GAPS, HALF, st.floats(0, 1))
def test_a_small_group_is_neither_confirmed_nor_cleared(gap: float, half: float, p: float) -> None:
    assert verdict(evidence(gap, half, p, small=True)) in (Verdict.SUSPECTED, Verdict.INSUFFICIENT)


def test_each_side_of_each_line() -> None:
    assert verdict(evidence(0.2, 0.1, 0.05)) is Verdict.CONFIRMED
    assert verdict(evidence(-0.2, 0.1, 0.05)) is Verdict.CONFIRMED
    assert verdict(evidence(0.2, 0.1, 0.0501)) is Verdict.INSUFFICIENT
    assert verdict(evidence(0.2, 0.16, 0.01)) is Verdict.SUSPECTED
    assert verdict(evidence(0.03, 0.01, 0.001)) is Verdict.NONE_FOUND
    assert verdict(None) is Verdict.NOT_COMPARABLE


def test_the_whole_is_as_grave_as_its_gravest_part() -> None:
    assert overall([Verdict.NONE_FOUND, Verdict.SUSPECTED]) is Verdict.SUSPECTED
    assert overall([Verdict.NONE_FOUND, Verdict.NOT_COMPARABLE]) is Verdict.NOT_COMPARABLE
    assert overall([Verdict.NONE_FOUND] * 3) is Verdict.NONE_FOUND
    assert overall([]) is Verdict.NOT_COMPARABLE
