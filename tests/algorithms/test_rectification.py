"""Rectification: limits of an order, and what a re-audit has to show before it may be closed."""

import datetime as dt

import pytest
from algorithm_house import MAP, TODAY, Algorithms, unchanged

from databases import Databases
from lianzhi.chain.life import IllegalStepError
from lianzhi.domains.algorithms.rules.refusal import RefusedError
from lianzhi.office.acts import Upload
from lianzhi.stats.verdict import Verdict

DAY = dt.date
LATER = DAY(2026, 3, 11)


@pytest.fixture
def house(tmp_path) -> Algorithms:
    return Algorithms(tmp_path)


def test_a_rectification_from_order_to_closing_on_either_database(
    databases: Databases, tmp_path
) -> None:
    house = Algorithms(tmp_path, databases.url(tmp_path))
    case = house.replied()
    house.reaudit(case, 8000, 0.0, LATER)
    house.desk.tick()
    house.desk.rectifications.close(case, "chief", words="整改完成")
    assert house.file(case).status == "closed"
    assert house.rebuilt()


def rule_of(house: Algorithms, case: str) -> str:
    """The rule by which closing is refused now."""
    with pytest.raises(RefusedError) as refused, unchanged(house):
        house.desk.rectifications.close(case, "chief", words="整改完成")
    return refused.value.rule


def test_an_order_is_a_decision_with_a_measure_until_equivalence_is_shown(house) -> None:
    case = house.replied()
    (order,) = house.entries("measure.ordered")
    assert (order["key"], order["mode"], order["case"]) == ("order_to_rectify", "authority", case)
    (decision,) = house.entries("decision.made")
    assert decision["ground"]["key"] == "algorithm_provisions.rectify"
    assert house.file(case).scope == ("region: 乡 · selection_rate",)
    house.reaudit(case, 8000, 0.0, LATER)
    house.desk.rectifications.close(case, "chief", words="整改完成")
    assert house.file(case).status == "closed"
    (applied,) = house.entries("measure.applied")
    assert applied["measure"] == order["measure"]
    (closed,) = house.entries("case.closed")
    assert closed["outcome"] == "settled"
    assert house.rebuilt()


@pytest.mark.parametrize(
    ("people", "gap", "verdict"),
    [(200, 0.0, Verdict.INSUFFICIENT), (8000, 0.2, Verdict.CONFIRMED)],
)
def test_not_significant_closes_nothing(house, people, gap, verdict) -> None:
    case = house.replied()
    house.reaudit(case, people, gap, LATER)
    assert house.filed(house.file(case).reaudits[-1]).verdict == verdict
    assert rule_of(house, case) == f"reaudit_{verdict.value}"


def test_an_earlier_proof_does_not_outweigh_a_later_gap(house) -> None:
    case = house.replied()
    house.reaudit(case, 8000, 0.0, LATER)
    house.reaudit(case, 8000, 0.2, LATER)
    assert rule_of(house, case) == "reaudit_confirmed"


def test_without_a_reaudit_nothing_closes(house) -> None:
    assert rule_of(house, house.replied()) == "reaudit_none"


@pytest.mark.parametrize("day", [DAY(2026, 3, 4), DAY(2026, 3, 10)])
def test_data_have_to_begin_after_the_reply(house, day) -> None:
    case = house.replied()
    with pytest.raises(RefusedError) as refused:
        house.reaudit(case, 8000, 0.0, day)
    assert refused.value.rule == "reaudit_early"
    assert rule_of(house, case) == "reaudit_none"


def test_another_comparison_is_no_reaudit(house) -> None:
    case = house.replied()
    other = "prediction: picked\nattributes: [day]\n"
    with pytest.raises(RefusedError) as refused:
        house.reaudit(case, 8000, 0.0, LATER, other)
    assert refused.value.rule == "reaudit_scope"


def test_the_order_may_ask_for_more_than_policy_and_not_for_less(house) -> None:
    case = house.audit(4000, 0.2).case
    acts = house.desk.rectifications
    for margin in ("0.06", "0", "-1", "x", "nan"):
        with pytest.raises(RefusedError) as refused, unchanged(house):
            acts.order(case, "chief", until=DAY(2026, 3, 31), margin=margin, words="整改")
        assert refused.value.rule == "rectification_margin"
    acts.order(case, "chief", until=DAY(2026, 3, 31), margin="0.01", words="整改")
    house.on(DAY(2026, 3, 10))
    acts.reply(case, "li", words="已改", file=None, day=None)
    house.reaudit(case, 8000, 0.0, LATER)
    reaudit = house.filed(house.file(case).reaudits[-1])
    assert (reaudit.margin, reaudit.verdict) == (0.01, Verdict.INSUFFICIENT)
    wide = house.audit(8200, 0.0, LATER)
    with pytest.raises(RefusedError) as refused:
        acts.add_reaudit(case, wide.id, "li")
    assert refused.value.rule == "reaudit_margin"


@pytest.mark.parametrize("until", [TODAY, None, TODAY + dt.timedelta(91)])
def test_the_time_of_an_order_has_bounds(house, until) -> None:
    case = house.audit(4000, 0.2).case
    with pytest.raises(RefusedError) as refused, unchanged(house):
        house.desk.rectifications.order(case, "chief", until=until, margin="", words="整改")
    assert refused.value.rule == "rectification_until"


def test_an_order_needs_a_reason(house) -> None:
    case = house.audit(4000, 0.2).case
    with pytest.raises(RefusedError), unchanged(house):
        house.desk.rectifications.order(case, "c", until=DAY(2026, 3, 31), margin="", words=" ")


def test_an_overdue_order_is_noted_once(house) -> None:
    case = house.ordered()
    house.on(DAY(2026, 3, 31))
    house.desk.tick()
    assert house.file(case).overdue is None
    house.on(DAY(2026, 4, 1))
    house.desk.tick()
    house.desk.tick()
    assert house.file(case).overdue == DAY(2026, 4, 1)
    assert len(house.entries("algorithms.rectification.overdue")) == 1


def test_a_reply_keeps_its_paper_and_comes_after_the_order(house) -> None:
    case, acts = house.ordered(), house.desk.rectifications
    with pytest.raises(RefusedError) as refused:
        acts.reply(case, "li", words="早", file=None, day=DAY(2026, 3, 1))
    assert refused.value.rule == "rectification_reply"
    acts.reply(case, "li", words="附说明", file=Upload("a.pdf", b"%PDF-1.4 x"), day=None)
    (reply,) = house.file(case).replies
    assert (house.home / "evidence" / reply.file).read_bytes() == b"%PDF-1.4 x"


def test_while_it_is_contested_it_does_not_close(house) -> None:
    case, acts = house.replied(), house.desk.rectification_redress
    house.reaudit(case, 8000, 0.0, LATER)
    acts.contest(case, "li", words="申请复议")
    assert rule_of(house, case) == "rectification_contested"
    with pytest.raises(RefusedError):
        acts.contest(case, "li", words="再次申请")
    acts.uphold(case, "chief", words="维持")
    house.desk.rectifications.close(case, "chief", words="整改完成")
    assert house.file(case).status == "closed"


def test_an_overturned_order_lifts_its_measure(house) -> None:
    case, acts = house.ordered(), house.desk.rectification_redress
    acts.contest(case, "li", words="申请复议")
    acts.overturn(case, "chief", words="事实不清")
    assert house.file(case).status == "withdrawn"
    assert len(house.entries("measure.lifted")) == 1
    assert house.rebuilt()


def test_a_suspicion_may_be_dismissed_with_a_reason(house) -> None:
    case, acts = house.audit(4000, 0.2).case, house.desk.rectifications
    acts.dismiss(case, "chief", words="两地供给不同，已核实")
    assert house.file(case).status == "dismissed"
    with pytest.raises(IllegalStepError):
        acts.order(case, "chief", until=DAY(2026, 3, 31), margin="", words="整改")


def test_the_first_data_are_no_new_data(house) -> None:
    case = house.ordered()
    path = house.home / "picks-1.csv"
    house.on(DAY(2026, 3, 10))
    house.desk.rectifications.reply(case, "li", words="已改", file=None, day=None)
    with pytest.raises(RefusedError) as refused:
        house.desk.rectifications.reaudit(
            case, "li", file=Upload("x.csv", path.read_bytes()),
            columns=Upload("m.yaml", MAP.encode()), time="day",
        )  # fmt: skip
    assert refused.value.rule == "reaudit_file"
