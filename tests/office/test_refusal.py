"""Refusals: what a surface needs to show what is wrong and how to mend it."""

from lianzhi.office.refusal import Refusal


def test_a_refusal_tells_what_is_wrong_and_how_to_mend_it() -> None:
    refusal = Refusal(
        "future",
        "day is 2026-12-24, but today is 2026-12-02",
        field="day",
        value="2026-12-24",
        mend="give a day that is not to come",
        status=422,
        today="2026-12-02",
    )
    assert isinstance(refusal, ValueError)
    assert str(refusal) == "day is 2026-12-24, but today is 2026-12-02"
    assert (refusal.rule, refusal.field, refusal.value) == ("future", "day", "2026-12-24")
    assert (refusal.mend, refusal.status) == ("give a day that is not to come", 422)
    assert refusal.params == {"today": "2026-12-02"}


def test_a_refusal_is_a_conflict_unless_it_says_otherwise() -> None:
    assert Refusal("again", "it was done before").status == 409
