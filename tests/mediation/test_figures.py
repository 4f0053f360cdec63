"""The scorecard: what each figure counts, its interval, and how it reads."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.domains.mediation.learning.figures import KEYS, card, parts
from lianzhi.domains.mediation.nouns.dispute import RecordedDispute, Visit
from lianzhi.domains.mediation.wording import figure_text

DAY = dt.date(2026, 1, 10)
UNTIL = dt.date(2027, 1, 1)


def dispute(number=0, days=10, outcome="settled", **other):
    end = DAY + dt.timedelta(days)
    fields = {"closed": end if outcome else None, "outcome": outcome}
    fields["settled"] = end if outcome == "settled" else None
    return RecordedDispute(
        id=f"D{number}", party="t", field="civil", received=DAY, **{"office": "HZ"} | fields | other
    )


def satisfied(dispute):
    points = dispute.satisfaction.get("outcome")
    return None if points is None else points > 3


def figures(disputes, cases=()):
    lines = card(disputes, cases, None, UNTIL, satisfied)
    assert [line.key for line in lines] == [*KEYS]
    return {line.key: line for line in lines}


def test_none_in_800_cases_may_still_be_up_to_0_46_per_100():
    line = figures([], [DAY] * 800)["per_case"]
    assert figure_text(line.figure, "en") == ("0", "0–0.46")


def test_shares_have_exact_intervals_and_their_own_denominators():
    visit = Visit(DAY, {"outcome": 5}, "", 1)
    lines = figures(
        [
            dispute(1, visits=(visit,)),
            dispute(2, level="centre", reopened=1),
            dispute(3, outcome="not_settled"),
            dispute(4, outcome=""),
        ]
    )
    counted = {key: (line.figure.hits, line.figure.n) for key, line in lines.items()}
    assert counted["closed"] == (3, 4)
    assert counted["settled"] == (2, 3)
    assert counted["at_source"] == (1, 3)
    assert counted["escalated"] == (1, 4)
    assert counted["reopened"] == (1, 3)
    assert counted["satisfied"] == (1, 1)
    assert lines["at_source"].ids == ("D1",)
    assert lines["satisfied"].figure.lo == pytest.approx(0.025)


def test_each_step_from_the_room_to_other_routes_is_counted_with_what_it_is_a_share_of():
    lines = figures(
        [
            *(dispute(n) for n in range(6)),
            *(dispute(n, level="centre") for n in (10, 11)),
            dispute(12, outcome="not_settled", level="centre"),
            dispute(13, outcome="", level="centre"),
            dispute(14, outcome="withdrawn"),
        ]
    )
    steps = ("at_source", "escalated", "at_centre", "other_routes", "withdrawn")
    assert {key: (lines[key].figure.hits, lines[key].figure.n) for key in steps} == {
        "at_source": (6, 10), "escalated": (4, 11), "at_centre": (2, 3), "other_routes": (1, 10),
        "withdrawn": (1, 10),
    }  # fmt: skip
    assert lines["at_centre"].ids == ("D10", "D11")
    assert lines["other_routes"].figure.hi == pytest.approx(0.445, abs=1e-3)


def test_a_visit_without_a_question_of_today_is_no_satisfied_party():
    visit = Visit(DAY, {"mood": 1}, "", 1)
    assert figures([dispute(1, visits=(visit,))])["satisfied"].figure.n == 0


def test_a_median_counts_the_unsettled_as_longer_than_any():
    settled = [dispute(n, days=n) for n in range(1, 10)]
    assert figure_text(figures(settled)["days_to_settle"].figure, "en") == ("5 days", "2–8 days")
    open_ones = [dispute(n, outcome="") for n in range(20, 40)]
    line = figures([*settled, *open_ones])["days_to_settle"]
    assert figure_text(line.figure, "en") == ("–", "")
    assert len(line.ids) == 9


def test_without_disputes_nothing_is_claimed():
    lines = figures([])
    assert lines["received"].figure.value == 0
    assert all(lines[key].figure.value is None for key in KEYS if key != "received")


@given(
    st.lists(
        st.builds(
            dispute,
            days=st.integers(0, 90),
            outcome=st.sampled_from(["", "settled", "not_settled", "withdrawn"]),
            level=st.sampled_from(["front_line", "centre"]),
            office=st.sampled_from(["HZ", "NB"]),
        )
    )
)
def test_parts_add_up_and_values_lie_in_their_intervals(disputes):
    whole = figures(disputes)
    split = [figures(part) for part in parts(disputes, "office").values()]
    for key in (
        *("closed", "settled", "at_source", "escalated", "at_centre", "other_routes"),
        *("withdrawn", "reopened"),
    ):
        assert sum(part[key].figure.hits for part in split) == whole[key].figure.hits
        figure = whole[key].figure
        if figure.n:
            assert figure.lo <= figure.value <= figure.hi
    ends = ("settled", "other_routes", "withdrawn")
    assert sum(whole[key].figure.hits for key in ends) == whole["closed"].figure.hits
    assert whole["at_source"].figure.hits <= whole["settled"].figure.hits
