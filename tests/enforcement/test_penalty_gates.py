"""Every penalty gate lets through what is lawful and refuses what is not, with the article."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.law import statutes
from lianzhi.domains.enforcement.law.penalty_gates import PREDICATES
from lianzhi.domains.enforcement.law.step_facts import Certified, Facts
from lianzhi.domains.enforcement.rulebook.rulebook import Rulebook
from lianzhi.law.gates import GatesError, RefusedStepError

DAY = dt.date(2026, 3, 20)
TWO = (Certified("li", dt.date(2027, 1, 1)), Certified("wang", dt.date(2026, 3, 20)))
#: A decision that passes every gate.
LAWFUL = Facts(
    step="decided",
    day=DAY,
    officers=TWO,
    by="chief",
    act_day=dt.date(2026, 2, 1),
    found_day=dt.date(2026, 2, 3),
    limit_day=dt.date(2028, 2, 1),
    sanctions=frozenset({"fine"}),
    provided=frozenset({"fine", "stoppage"}),
    outcome="ordinary",
    fine=20_000,
    fine_most=50_000,
    fine_least=5_000,
    tabled=(18_500, 36_500),
    evidence=2,
    noticed=True,
    noticed_fine=20_000,
    notice_hearing=True,
    defence_until=dt.date(2026, 3, 10),
    hearing_due=True,
    hearing_until=dt.date(2026, 3, 10),
    review_due=True,
    review="passed",
    reviewers=frozenset({"fa"}),
)
SPOT = {
    "step": "spot_decided", "unit": True, "fine": 3000, "fine_least": 0, "tabled": (0, 3000),
}  # fmt: skip
HEARING = {
    "step": "heard",
    "hearing_told": dt.date(2026, 3, 6),
    "hearing_day": dt.date(2026, 3, 19),
    "hearing_tell_by": dt.date(2026, 3, 10),
    "hearing_chair": "zhao",
}

#: Gate -> (what makes a lawful step lawful for it, what breaks it).
CASES = {
    "enough_officers": ({}, {"officers": TWO[:1]}),
    "officers_certified": ({}, {"officers": (TWO[0], Certified("old", dt.date(2026, 3, 19)))}),
    "impartial": ({"related": frozenset({"nobody"})}, {"related": frozenset({"wang"})}),
    "penalty_not_empty": (
        {"fine_least": 0},
        {"fine": 0, "fine_least": 0, "sanctions": frozenset()},
    ),
    "order_given_first": ({"ordered_first": True}, {"ordered_first": False}),
    "no_observer": ({"step": "found"}, {"step": "found", "observer": True}),
    "item_on_power_list": ({}, {"item_known": False}),
    "basis_in_force": ({}, {"basis_fault": "it takes effect later"}),
    "days_in_order": ({}, {"act_day": dt.date(2026, 2, 4)}),
    "after_previous_step": (
        {"step": "served", "not_before": DAY},
        {"step": "served", "not_before": dt.date(2026, 3, 21)},
    ),
    "limitation": (
        {"found_day": dt.date(2026, 2, 3), "limit_day": dt.date(2026, 2, 3)},
        {"found_day": dt.date(2026, 2, 3), "limit_day": dt.date(2026, 2, 2)},
    ),
    "punishable": (
        {"age": 14, "outcome": "lighter"},
        {"age": 13},
    ),
    "lighter_for_minors": ({"age": 17, "outcome": "lighter"}, {"age": 17}),
    "evidence_on_file": ({}, {"evidence": 0}),
    "electronic_evidence_reviewed": ({}, {"unreviewed": 1}),
    "preservation_settled": ({"preserved_until": DAY}, {"preserved_until": dt.date(2026, 3, 19)}),
    "notice_given": ({}, {"noticed": False}),
    "defence_completed": ({"defended": True, "considered": True}, {"defended": True}),
    "preservation_ended": ({}, {"preserved": True}),
    "not_harsher_than_notice": ({}, {"noticed_fine": 19_999}),
    "hearing_offered": ({"step": "noticed"}, {"step": "noticed", "notice_hearing": False}),
    "hearing_in_time": (
        {"step": "hearing_requested", "hearing_until": DAY},
        {"step": "hearing_requested", "hearing_until": dt.date(2026, 3, 19)},
    ),
    "hearing_announced": (HEARING, HEARING | {"hearing_told": dt.date(2026, 3, 11)}),
    "chair_not_investigator": (HEARING, HEARING | {"hearing_chair": "li"}),
    "hearing_held": ({"hearing_asked": True, "heard": True}, {"hearing_asked": True}),
    "legally_reviewed": ({}, {"review": ""}),
    "reviewer_separate": ({}, {"reviewers": frozenset({"li"})}),
    "decider_not_investigator": ({}, {"by": "li"}),
    "discussed_together": ({"grave_case": True, "discussed": True}, {"grave_case": True}),
    "no_second_fine": ({}, {"fined_before": True}),
    "within_statutory_range": ({}, {"fine": 50_001, "tabled": (0, 60_000), "noticed_fine": 60_000}),
    "penalty_kind_provided": (
        {"sanctions": frozenset({"fine", "stoppage"})},
        {"sanctions": frozenset({"fine", "revocation"})},
    ),
    "within_discretion_range": ({}, {"fine": 18_499}),
    "no_penalty_if_exempted": (
        {"outcome": "no_penalty", "fine": 0, "sanctions": frozenset(), "tabled": (0, 0)},
        {"outcome": "no_penalty", "tabled": (0, 20_000)},
    ),
    "within_spot_limit": (SPOT, SPOT | {"fine": 3001, "tabled": (0, 4000)}),
    "service_proven": ({"step": "served"}, {"step": "served", "receipt": False}),
}


@pytest.fixture(scope="module")
def shipped():
    return statutes.penalty_gates()


def refused(shipped, **changes) -> set[str]:
    return {one.gate for one in shipped.check(msgspec.structs.replace(LAWFUL, **changes))}


def test_every_gate_is_tried_here_and_asked_by_the_shipped_rules(shipped):
    assert CASES.keys() == PREDICATES.keys()
    assert {gate.key for gate in shipped.at(DAY)} == PREDICATES.keys()


@pytest.mark.parametrize("gate", CASES)
def test_a_gate_lets_a_lawful_step_through(shipped, gate):
    lawful, _ = CASES[gate]
    assert gate not in refused(shipped, **lawful)


@pytest.mark.parametrize("gate", CASES)
def test_a_gate_refuses_an_unlawful_step_with_its_article(shipped, gate):
    _, unlawful = CASES[gate]
    found = {one.gate: one for one in shipped.check(msgspec.structs.replace(LAWFUL, **unlawful))}
    assert gate in found
    assert "行政处罚法" in found[gate].article
    assert found[gate].says.zh
    assert found[gate].says.en


def test_the_lawful_decision_passes_everything(shipped):
    shipped.require(LAWFUL)


def test_a_refused_step_names_all_that_stands_against_it(shipped):
    bad = msgspec.structs.replace(LAWFUL, noticed=False, officers=TWO[:1])
    with pytest.raises(RefusedStepError, match="行政处罚法第四十二条") as error:
        shipped.require(bad)
    assert {"notice_given", "enough_officers"} <= {one.gate for one in error.value.refusals}


def test_the_spot_is_smaller_for_a_person(shipped):
    assert "within_spot_limit" in refused(shipped, **SPOT | {"unit": False, "fine": 201})
    assert "within_spot_limit" not in refused(shipped, **SPOT | {"unit": False, "fine": 200})


def test_a_mitigated_fine_may_lie_below_the_least(shipped):
    below = {"fine": 2_000, "tabled": (500, 4_500)}
    assert "within_statutory_range" in refused(shipped, **below)
    assert "within_statutory_range" not in refused(shipped, **below, outcome="mitigated")


def test_the_time_to_defend_is_waited_for_unless_it_was_given_up(shipped):
    assert "defence_completed" in refused(shipped, defence_until=DAY)
    assert "defence_completed" not in refused(shipped, defence_until=DAY, waived=True)


def test_every_article_has_a_basis_that_was_read_and_is_in_force(shipped):
    known = statutes.bases()
    for gate in shipped.at(DAY):
        assert known.citable(gate.basis, DAY).statute == "行政处罚法"


def test_a_day_before_the_law_is_refused_and_not_judged_by_later_rules(shipped):
    with pytest.raises(GatesError, match="2021-07-15"):
        shipped.check(msgspec.structs.replace(LAWFUL, day=dt.date(2021, 7, 14)))


OWN = """
[[gate]]
key = "enough_officers"
steps = ["filed"]
basis = "penalty_law.two_officers"
article = "某省条例第九条"
effective_from = 2021-07-15
says = { zh = "三名执法人员", en = "three officers" }
"""


def test_a_deployment_replaces_a_gate_and_the_figures_and_keeps_the_others(tmp_path, shipped):
    (tmp_path / "gates").mkdir()
    own = tmp_path / "gates" / "ours.toml"
    terms = "[[terms]]\neffective_from = 2021-07-15\nofficers = 3\nadult_age = 18\n"
    own.write_text(
        terms + "punishable_age = 14\nspot_person = 200\nspot_unit = 3000\n" + OWN, "utf-8"
    )
    found = Rulebook(tmp_path).gates
    assert found.terms(DAY).officers == 3
    assert [gate.key for gate in found.at(DAY)] == [gate.key for gate in shipped.at(DAY)]
    filed = msgspec.structs.replace(LAWFUL, step="filed")
    assert [each.article for each in found.check(filed)] == ["某省条例第九条"]
    assert found.check(LAWFUL) == [], "the deployment asks for three only when a case is filed"


def test_a_gate_of_a_deployment_that_nobody_can_judge_is_refused_by_name(tmp_path):
    (tmp_path / "gates").mkdir()
    own = tmp_path / "gates" / "ours.toml"
    own.write_text(OWN.replace('"enough_officers"', '"magic"'), "utf-8")
    with pytest.raises(
        PolicyError, match=r"gates/ours\.toml: gate 'magic': predicate is 'magic'; use"
    ):
        Rulebook(tmp_path)


@given(fine=st.integers(0, 100_000), noticed=st.none() | st.integers(0, 100_000))
def test_nobody_ever_pays_more_than_was_announced_or_than_the_law_allows(fine, noticed):
    found = refused(statutes.penalty_gates(), fine=fine, noticed_fine=noticed)
    if not found:
        assert noticed is None or fine <= noticed
        assert 18_500 <= fine <= 36_500
