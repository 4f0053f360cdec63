"""Single checks on small publications."""

import pytest
from made_figures import audit, keys


def figure(name, value, **more):
    return {"figure": name, "value": value} | more


def only(found, key):
    (one,) = (r for r in found.results if r.key == key)
    return one


def test_more_disposed_than_accepted_needs_a_stock_where_no_rate_says_otherwise():
    found = audit(figure("accepted", 100), figure("disposed", 130))
    carried = only(found, "within.carried")
    assert (carried.severity, carried.needs[0].lo) == ("needs", 30)
    assert not found.holds
    assert audit(figure("accepted", 100), figure("disposed", 130), figure("opening", 30)).holds
    more = audit(figure("accepted", 100), figure("disposed", 130), figure("opening", 29))
    assert only(more, "within.more").severity == "contradiction"


def test_a_rate_above_100_percent_of_a_flow_is_a_clearance_rate():
    found = audit(figure("accepted", 100), figure("disposed", 130, rate="130 %"))
    assert keys(found, "contradiction") == set()
    assert "rate.sound" in keys(found)


def test_a_rate_without_a_base_is_of_the_usual_one():
    found = audit(figure("受理", 100), figure("办结", 90, rate="95%"))
    assert only(found, "rate.differs").arithmetic == ("90 ÷ 100 = 90.00 % ≠ 95 %",)


def test_a_rate_may_be_a_row_of_its_own_and_of_another_base():
    rows = [figure("受理", 100), figure("办结", 90), figure("按期办结", 81)]
    assert only(audit(*rows, figure("按期办结率", "90%")), "rate.sound")
    assert only(audit(*rows, figure("按期办结率", "90%", of="受理")), "rate.differs")
    assert only(audit(*rows, figure("按期办结率", "81%", of="受理")), "rate.sound")
    assert only(audit(*rows, figure("some rate", "0.81", of="on_time/accepted")), "rate.sound")


@pytest.mark.parametrize(
    ("rate", "key"),
    [
        *(("66.67 %", "rate.sound"), ("66.7 %", "rate.sound"), ("67 %", "rate.sound")),
        *(("66.66 %", "rate.cut"), ("66 %", "rate.cut"), ("66.68 %", "rate.differs")),
        *(("约70%", "rate.sound"), ("超六成", None)),
    ],
)
def test_the_printed_precision_counts(rate, key):
    rows = [figure("w", 3), figure("p", 2, of="w", rate=rate)]
    if key is None:
        with pytest.raises(AssertionError):
            audit(*rows)
    else:
        assert key in keys(audit(*rows))


def test_a_rate_that_no_whole_number_gives():
    found = audit(figure("w", 10), {"figure": "p", "rate": "33 %", "of": "w"})
    assert only(found, "rate.impossible").severity == "contradiction"
    half = audit(figure("w", 10), {"figure": "p", "rate": "30 %", "of": "w"})
    assert [(n.lo, n.hi) for n in only(half, "rate.half").needs] == [(3, 3)]


def test_a_base_that_is_not_printed_is_told_by_its_range():
    found = audit(figure("p", 50, of="w", rate="25 %"))
    # 50 / 0.255 = 196.08 and 50 / 0.245 = 204.08
    assert [(n.key, n.lo, n.hi) for n in only(found, "rate.half").needs] == [
        ("denominator", 197, 204)
    ]
    assert found.holds


def test_a_rate_of_nothing():
    for part in (0, 5):
        found = audit(figure("w", 0), figure("p", part, of="w", rate="100 %"))
        assert only(found, "rate.nothing").severity == "contradiction"


def test_which_printed_figures_would_fit():
    found = audit(figure("w", 200), figure("v", 100), figure("p", 50, of="w", rate="50.0 %"))
    fits = only(found, "rate.differs").fits
    assert {(fit.part.key, fit.whole.key) for fit in fits} == {("p", "v"), ("v", "w")}


@pytest.mark.parametrize("other", ["户", "人次", "元"])
def test_unlike_units_are_not_part_and_whole(other):
    declared = audit(figure("w", 10, unit="件"), figure("p", 5, unit=other, of="w"))
    assert only(declared, "unit.differs").severity == "contradiction"
    natural = audit(figure("files", 10, unit="件"), figure("penalised", 5, unit=other))
    assert only(natural, "unit.differs").severity == "needs"
    assert audit(figure("w", 10, unit="件"), figure("p", 5, unit="起", of="w")).holds


def test_households_may_be_in_several_parts():
    rows = [figure(f"p{n}", 6, unit="户", part_of="w") for n in (1, 2)]
    found = audit(figure("w", 10, unit="户"), *rows)
    assert only(found, "sum.overlap").severity == "needs"
    assert "a" not in keys(audit(figure("w", 12, unit="户"), *rows), "contradiction", "needs")


def test_parts_that_leave_something_out_need_it():
    found = audit(figure("w", 10), figure("a", 6, part_of="w"), figure("b", 3, part_of="w"))
    less = only(found, "sum.less")
    assert (less.severity, less.named["gap"]) == ("needs", "1")


def test_shares_of_one_whole_make_up_a_hundred():
    def parts(*shares):
        rows = [figure(f"p{n}", share, part_of="all") for n, share in enumerate(shares)]
        return keys(audit(*rows))

    assert "shares.sound" in parts("33.3 %", "33.3 %", "33.3 %")
    assert "shares.more" in parts("60 %", "45 %")
    assert "shares.less" in parts("60 %", "30 %")


def test_rounded_parts_may_be_off_by_what_was_rounded():
    assert audit(
        figure("w", "1.5万"), figure("a", "0.8万", part_of="w"), figure("b", 7300, part_of="w")
    ).holds


def test_households_of_quarters_may_come_again():
    rows = [figure("x", 40, unit="户", period=f"2023-Q{n}") for n in (1, 2, 3, 4)]
    assert audit(figure("x", 100, unit="户", period="2023"), *rows).holds
    assert "periods.more" in keys(audit(figure("x", 30, unit="户", period="2023"), *rows))


def test_quarters_of_a_name_of_ones_own_may_be_a_stock():
    def found(more):
        year = figure("x", 90, unit="件", period="2023")
        quarters = [figure("x", 20, unit="件", period=f"2023-Q{n}") | more for n in (1, 2, 3, 4)]
        return audit(year | more, *quarters)

    less = only(found({}), "periods.less")
    assert (less.severity, less.arithmetic[1]) == ("needs", "90 − 80 = 10")
    assert "stock" in less.explains
    assert found({"flow": "closing"}).holds
    assert only(found({"figure": "立案"}), "periods.less").severity == "contradiction"


def test_stocks_of_quarters_are_not_added():
    rows = [figure("closing", 40, period=f"2023-Q{n}") for n in (1, 2, 3, 4)]
    assert audit(figure("closing", 40, period="2023"), *rows).holds


def test_two_flows_stay_apart():
    rows = [
        figure("a", 1, flow="s:opening"),
        figure("b", 5, flow="s:in"),
        figure("c", 4, flow="s:out"),
        figure("d", 2, flow="s:closing"),
        figure("e", 7, flow="t:opening"),
        figure("f", 1, flow="t:in"),
        figure("g", 2, flow="t:out"),
        figure("h", 7, flow="t:closing"),
    ]
    found = audit(*rows)
    assert only(found, "flow.sound").arithmetic == ("1 + 5 − 4 = 2",)
    assert only(found, "flow.differs").arithmetic[0] == "7 + 1 − 2 = 6 ≠ 7"


def test_a_stock_that_is_not_printed_is_implied_and_not_below_nought():
    implied = audit(figure("opening", 5), figure("accepted", 10), figure("disposed", 12))
    assert [(n.lo, n.hi) for n in only(implied, "flow.implied").needs] == [(3, 3)]
    below = audit(figure("closing", 1), figure("accepted", 10), figure("disposed", 5))
    assert only(below, "flow.negative").severity == "contradiction"


def test_a_change_in_points_and_against_the_period_before():
    assert "change.sound" in keys(
        audit(
            figure("满意率", "92.5%", period="2022"),
            figure("满意率", "95.0%", period="2023", change="上升2.5个百分点"),
        )
    )
    assert "change.differs" in keys(
        audit(
            figure("x", 100, period="2023-Q1"),
            figure("x", 80, period="2023-Q2", change="环比增长20%"),
        )
    )
    assert "change.sound" in keys(
        audit(
            figure("x", 100, period="2023-Q1"),
            figure("x", 80, period="2023-Q2", change="环比下降20%"),
        )
    )


def test_a_change_without_the_figure_before_is_told_by_its_range():
    (one,) = audit(figure("x", 110, period="2023", change="+10%")).of("unclear")
    # 110 / 1.105 = 99.55 and 110 / 1.095 = 100.46
    assert [(n.lo, n.hi) for n in one.needs] == [(100, 100)]


def test_one_figure_twice_in_two_precisions_is_one():
    assert audit(figure("fines", "1568万元"), figure("fines", "15,683,200元")).holds
    found = audit(figure("fines", "1568万元"), figure("fines", "15,733,200元"))
    assert only(found, "same.values").arithmetic == ("15,733,200 − 15,680,000 = 53,200",)


def test_a_growth_rate_may_be_above_a_hundred_and_below_nought():
    assert audit(figure("营收增长率", "230%"), figure("同比增长", "-12%")).holds
    assert "plain.above" in keys(audit(figure("满意率", "102%")), "contradiction")
    assert "plain.above" in keys(audit(figure("something", "102%")), "unclear")


def test_round_numbers_are_a_note_and_no_more():
    found = audit(figure("accepted", "20,000"))
    assert [(r.key, r.severity) for r in found.results] == [("digits.round", "note")]


def test_natural_relations_hold_only_within_a_period():
    assert audit(figure("on_time", 50, period="2022"), figure("disposed", 40, period="2023")).holds


def test_a_whole_may_be_divided_in_several_ways():
    ways = [
        *(figure(f"c{n}", 5, part_of="w:channel") for n in (1, 2)),
        *(figure(f"k{n}", 2, part_of="w:kind") for n in range(5)),
    ]
    found = audit(figure("w", 10), *ways)
    assert found.holds
    assert len([r for r in found.results if r.key == "sum.sound"]) == 2
    assert "sum.more" in keys(audit(figure("w", 9), *ways), "contradiction")
