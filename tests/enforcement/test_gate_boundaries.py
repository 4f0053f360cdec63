"""Where each gate opens and closes: the last lawful value, and the first unlawful one after it."""

import datetime as dt
from typing import Any

import pytest

from lianzhi.domains.enforcement.law import statutes
from lianzhi.domains.enforcement.law.penalty_gates import PREDICATES
from lianzhi.domains.enforcement.law.step_facts import Certified, Facts

DAY = dt.date(2026, 3, 20)
BEFORE, AFTER = DAY - dt.timedelta(1), DAY + dt.timedelta(1)
TERMS = statutes.penalty_gates().terms(DAY)
ADULT, PUNISHABLE = TERMS.adult_age, TERMS.punishable_age

LI, WANG = Certified("li", DAY), Certified("wang", AFTER)
OUTCOMES = ("no_penalty", "mitigated", "lighter", "ordinary", "heavier")


def kinds(*names: str) -> frozenset[str]:
    return frozenset(names)


#: Gate -> facts and whether they pass.
BOUNDARIES: dict[str, list[tuple[dict[str, Any], bool]]] = {
    "enough_officers": [
        ({"officers": (LI, WANG)}, True),
        ({"officers": (LI, WANG, Certified("zhao", DAY))}, True),
        ({"officers": (LI, LI)}, False),
    ],
    "officers_certified": [
        ({"officers": (LI, WANG)}, True),
        ({"officers": (LI, Certified("zhao", BEFORE))}, False),
        ({"officers": (LI, Certified("zhao"))}, False),
        ({"officers": (LI,), "actor": WANG}, True),
        ({"officers": (LI,), "actor": Certified("zhao", BEFORE)}, False),
    ],
    "impartial": [
        ({"officers": (LI,), "by": "chief", "hearing_chair": "zhao"}, True),
        ({"officers": (LI,), "by": "chief", "related": kinds("wang")}, True),
        ({"officers": (LI,), "by": "chief", "related": kinds("li")}, False),
        ({"officers": (LI,), "by": "chief", "related": kinds("chief")}, False),
        ({"hearing_chair": "zhao", "related": kinds("zhao")}, False),
    ],
    "days_in_order": [
        ({}, True),
        ({"act_day": DAY, "found_day": DAY}, True),
        ({"act_day": BEFORE, "found_day": AFTER}, False),
        ({"act_day": DAY, "found_day": BEFORE}, False),
        ({"act_day": AFTER}, False),
    ],
    "after_previous_step": [
        ({}, True),
        ({"not_before": DAY}, True),
        ({"not_before": AFTER}, False),
    ],
    "limitation": [
        ({}, True),
        ({"limit_day": DAY}, True),
        ({"limit_day": BEFORE}, False),
        ({"limit_day": BEFORE, "found_day": BEFORE}, True),
        ({"limit_day": DAY, "found_day": AFTER}, False),
        ({"limit_day": BEFORE, "outcome": "no_penalty"}, True),
        ({"limit_day": BEFORE, "outcome": "mitigated"}, False),
    ],
    "punishable": [
        ({"outcome": "lighter"}, True),
        ({"outcome": "lighter", "age": PUNISHABLE}, True),
        ({"outcome": "lighter", "age": PUNISHABLE - 1}, False),
        ({"outcome": "no_penalty", "age": PUNISHABLE - 1}, True),
        ({"outcome": "lighter", "age": ADULT, "capable": False}, False),
        ({"outcome": "no_penalty", "capable": False}, True),
    ],
    "lighter_for_minors": [
        *(({"age": ADULT - 1, "outcome": name}, name in OUTCOMES[:3]) for name in OUTCOMES),
        *(({"age": ADULT, "outcome": name}, True) for name in OUTCOMES),
        *(({"outcome": name}, True) for name in OUTCOMES),
    ],
    "evidence_on_file": [({"evidence": 1}, True), ({"evidence": 0}, False)],
    "electronic_evidence_reviewed": [({"unreviewed": 0}, True), ({"unreviewed": 1}, False)],
    "preservation_settled": [
        ({}, True),
        ({"preserved_until": DAY}, True),
        ({"preserved_until": BEFORE}, False),
    ],
    "defence_completed": [
        ({}, True),
        ({"defence_until": DAY}, False),
        ({"defence_until": BEFORE}, True),
        ({"defence_until": DAY, "waived": True}, True),
        ({"defence_until": BEFORE, "defended": True}, False),
        ({"waived": True, "defended": True}, False),
        ({"defence_until": BEFORE, "defended": True, "considered": True}, True),
        ({"defence_until": DAY, "defended": True, "considered": True}, False),
    ],
    "not_harsher_than_notice": [
        ({"fine": 500}, True),
        ({"fine": 500, "noticed_fine": 500}, True),
        ({"fine": 501, "noticed_fine": 500}, False),
        ({"sanctions": kinds("stoppage")}, True),
        ({"sanctions": kinds("stoppage"), "noticed_kinds": kinds("stoppage")}, True),
        ({"sanctions": kinds("stoppage"), "noticed_kinds": kinds("stoppage", "warning")}, True),
        ({"sanctions": kinds("stoppage"), "noticed_kinds": kinds("warning")}, False),
        ({"sanctions": kinds("fine"), "noticed_kinds": kinds()}, True),  # the sum is compared
        ({"noticed_kinds": kinds("stoppage"), "fine": 2, "noticed_fine": 1}, False),
    ],
    "hearing_offered": [
        ({}, True),
        ({"hearing_due": True}, False),
        ({"hearing_due": True, "notice_hearing": True}, True),
    ],
    "hearing_in_time": [
        ({}, True),
        ({"hearing_until": DAY}, True),
        ({"hearing_until": BEFORE}, False),
    ],
    "chair_not_investigator": [
        ({"hearing_chair": "zhao", "officers": (LI,)}, True),
        ({"hearing_chair": "", "officers": (LI,)}, False),
        ({"hearing_chair": "li", "officers": (LI,)}, False),
        ({"hearing_chair": "zhao", "hands": kinds("zhao")}, False),
    ],
    "hearing_held": [
        ({}, True),
        ({"hearing_due": True, "hearing_until": DAY}, False),
        ({"hearing_due": True, "hearing_until": BEFORE}, True),
        ({"hearing_due": True, "hearing_until": DAY, "waived": True}, True),
        ({"hearing_due": True}, True),
        ({"hearing_until": DAY}, True),
        ({"hearing_asked": True, "hearing_until": BEFORE}, False),
        ({"hearing_asked": True, "heard": True}, True),
        ({"hearing_asked": True, "waived": True}, False),
        ({"hearing_asked": True, "hearing_given_up": True}, True),
    ],
    "legally_reviewed": [
        *(({"review_due": True, "review": r}, r == "passed") for r in ("", "passed", "failed")),
        *(({"review": r}, r != "failed") for r in ("", "passed", "failed")),
    ],
    "reviewer_separate": [
        *(
            ({"step": step, "by": by, "officers": (LI,), "hands": kinds("wang")}, by == "fa")
            for step in ("review_passed", "review_failed", "evidence_reviewed")
            for by in ("fa", "li", "wang")
        ),
        ({"officers": (LI,), "reviewers": kinds("fa"), "by": "chief"}, True),
        ({"officers": (LI,), "reviewers": kinds("fa"), "by": "fa"}, False),
        ({"officers": (LI,), "reviewers": kinds("fa", "li"), "by": "chief"}, False),
    ],
    "decider_not_investigator": [
        ({"by": "chief", "officers": (LI,), "hands": kinds("wang")}, True),
        ({"by": "li", "officers": (LI,)}, False),
        ({"by": "wang", "hands": kinds("wang")}, False),
    ],
    "no_second_fine": [
        ({"fine": 1}, True),
        ({"fine": 1, "fined_before": True}, False),
        ({"fine": 0, "fined_before": True}, True),
    ],
    "within_statutory_range": [
        *(
            ({"fine": fine, "fine_least": 100, "fine_most": 500, "outcome": "ordinary"}, fits)
            for fine, fits in ((0, False), (99, False), (100, True), (500, True), (501, False))
        ),
        *(
            ({"fine": fine, "fine_least": 100, "fine_most": 500, "outcome": "mitigated"}, fits)
            for fine, fits in ((0, True), (1, True), (99, True), (500, True), (501, False))
        ),
        ({"fine": 0, "fine_least": 0, "fine_most": 500, "outcome": "ordinary"}, True),
        ({"fine": 0, "fine_least": 1, "fine_most": 500, "outcome": "ordinary"}, False),
        ({"fine": 0, "fine_least": 100, "outcome": "no_penalty"}, True),
        ({"fine": 0, "fine_least": 100, "outcome": ""}, True),
        ({"fine": 1, "outcome": "ordinary"}, False),
    ],
    "penalty_kind_provided": [
        ({}, True),
        ({"sanctions": kinds("stoppage"), "provided": kinds("stoppage")}, True),
        ({"sanctions": kinds("stoppage"), "provided": kinds("stoppage", "warning")}, True),
        ({"sanctions": kinds("stoppage"), "provided": kinds("warning")}, False),
        ({"sanctions": kinds("stoppage")}, False),
        ({"sanctions": kinds("warning"), "provided": kinds("stoppage")}, False),
        (
            {
                "sanctions": kinds("warning"),
                "provided": kinds("stoppage"),
                "outcome": "mitigated",
            },
            True,
        ),
        (
            {
                "sanctions": kinds("revocation"),
                "provided": kinds("stoppage"),
                "outcome": "mitigated",
            },
            False,
        ),
    ],
    "penalty_not_empty": [
        ({"outcome": "ordinary"}, False),
        ({"outcome": "ordinary", "fine": 1}, True),
        ({"outcome": "ordinary", "sanctions": kinds("warning")}, True),
        ({"outcome": "no_penalty"}, True),
        ({"outcome": ""}, True),
    ],
    "order_given_first": [
        ({"fine": 1, "ordered_first": True}, True),
        ({"fine": 1, "ordered_first": False}, False),
        ({"fine": 0, "ordered_first": False}, True),
    ],
    "within_discretion_range": [
        *(
            ({"fine": fine, "tabled": (100, 500)}, fits)
            for fine, fits in ((99, False), (100, True), (500, True), (501, False))
        ),
        ({"fine": 100}, False),
    ],
    "no_penalty_if_exempted": [
        ({"outcome": "no_penalty"}, True),
        ({"outcome": "no_penalty", "fine": 1}, False),
        ({"outcome": "no_penalty", "sanctions": kinds("warning")}, False),
        ({"outcome": "lighter", "fine": 1}, True),
    ],
    "within_spot_limit": [
        *(
            ({"unit": unit, "fine": most + more}, more == 0)
            for unit, most in ((True, TERMS.spot_unit), (False, TERMS.spot_person))
            for more in (0, 1)
        ),
        ({"sanctions": kinds("warning", "fine")}, True),
        ({"sanctions": kinds("warning")}, True),
        ({"sanctions": kinds("warning", "stoppage")}, False),
    ],
}


@pytest.mark.parametrize("gate", BOUNDARIES)
def test_a_gate_opens_and_closes_where_the_law_says(gate):
    for changes, passes in BOUNDARIES[gate]:
        facts = Facts(**({"step": "decided", "day": DAY} | changes))
        assert PREDICATES[gate](facts, TERMS) is passes, changes


HEARING = {"hearing_told": BEFORE, "hearing_tell_by": BEFORE, "hearing_day": DAY}


@pytest.mark.parametrize(
    ("step", "changes", "passes"),
    [
        ("heard", {}, True),
        ("heard", {"hearing_told": DAY}, False),
        ("heard", {"hearing_day": BEFORE}, True),
        ("heard", {"hearing_day": AFTER}, False),
        ("heard", {"hearing_told": None}, False),
        ("heard", {"hearing_tell_by": None}, False),
        ("heard", {"hearing_day": None}, False),
        # The day of the call is that of the announcement, and the hearing lies ahead.
        ("hearing_called", {"hearing_tell_by": DAY, "hearing_day": AFTER}, True),
        ("hearing_called", {"hearing_tell_by": DAY, "hearing_day": AFTER,
                            "hearing_told": None}, True),
        ("hearing_called", {"hearing_tell_by": BEFORE, "hearing_day": AFTER}, False),
        ("hearing_called", {"hearing_tell_by": None, "hearing_day": AFTER}, False),
        ("hearing_called", {"hearing_tell_by": DAY, "hearing_day": None}, False),
    ],
)  # fmt: skip
def test_a_hearing_is_announced_in_time_and_not_held_before_its_day(step, changes, passes):
    facts = Facts(step=step, day=DAY, **(HEARING | changes))
    assert PREDICATES["hearing_announced"](facts, TERMS) is passes


@pytest.mark.parametrize(
    ("gate", "fact", "bad"),
    [
        ("no_observer", "observer", True),
        ("item_on_power_list", "item_known", False),
        ("basis_in_force", "basis_fault", "repealed"),
        ("preservation_ended", "preserved", True),
        ("service_proven", "receipt", False),
    ],
)
def test_a_fact_alone_decides_a_gate(gate, fact, bad):
    facts = Facts(step="decided", day=DAY)
    assert PREDICATES[gate](facts, TERMS) is True
    assert PREDICATES[gate](Facts(step="decided", day=DAY, **{fact: bad}), TERMS) is False


@pytest.mark.parametrize("noticed", [False, True])
def test_a_party_is_noticed_or_not(noticed):
    facts = Facts(step="decided", day=DAY, noticed=noticed)
    assert PREDICATES["notice_given"](facts, TERMS) is noticed


@pytest.mark.parametrize(
    ("grave", "discussed", "passes"),
    [(False, False, True), (False, True, True), (True, False, False), (True, True, True)],
)
def test_a_grave_case_is_discussed(grave, discussed, passes):
    facts = Facts(step="decided", day=DAY, grave_case=grave, discussed=discussed)
    assert PREDICATES["discussed_together"](facts, TERMS) is passes
