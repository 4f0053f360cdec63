"""Measures of platforms and of authorities: whom each may concern, and what it has to say."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.chain.appeal import ROUTES, appeal_id
from lianzhi.chain.case import Case
from lianzhi.chain.guards import Attempt, check, measures_allowed, within_limits
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import KINDS, ON_ITEMS, SUBJECT_TYPES, Order, single, subject_types
from lianzhi.chain.policy import CaseType, compose, load_case_policy
from lianzhi.law.basis import Sanction

DAY = 86_400_000
AT = 1_700_000_000_000
BASE = load_case_policy().at(AT)[1]
PARTY = CaseType(
    kind="bureau.file",
    outcomes=("settled",),
    about="party",
    subject_types=SUBJECT_TYPES,
    measures=KINDS,
)


class Terms:
    """A domain with one kind of case."""

    def __init__(self, *types):
        self.types, self.proposals = types, ()


POLICY = compose(BASE, [Terms(PARTY)])


def asked(*orders, desk="bureau", **more):
    case = Case(id="c", kind="bureau.file", about="p_party", opened_at=AT)
    facts = {"reason": "事实清楚", "may_severe": True, "acted": frozenset({"p_party"})} | more
    return Attempt(
        step="decision.made", by="chief", case=case, policy=POLICY, at=AT, orders=orders, desk=desk,
        **facts,
    )  # fmt: skip


def order(key, **more):
    said = {"subjects": ("p_party",), "subject_type": min(subject_types(key)), "mode": "authority"}
    return Order(key=key, **(said | more))


def test_every_penalty_of_the_law_is_a_measure():
    assert set(get_args(Sanction)) <= set(KINDS)


@given(st.sampled_from(sorted(set(KINDS) - ON_ITEMS)), st.sampled_from(SUBJECT_TYPES))
def test_a_measure_concerns_the_types_of_subject_that_it_is_for(key, subject):
    mode = "manual" if key == "transfer" else "authority"
    fits = measures_allowed(asked(order(key, subject_type=subject, mode=mode)))
    assert fits == (subject in subject_types(key))


@pytest.mark.parametrize(
    ("key", "more", "holds"),
    [
        ("fine", {"amount": 200}, True),
        ("fine", {}, False),
        ("fine", {"amount": -1}, False),
        ("fine", {"amount": 200, "hours": 1}, False),
        ("warning", {"amount": 200}, False),
        ("confiscation", {"amount": 900}, True),
        ("confiscation", {}, True),
        ("order_to_rectify", {"due_at": AT + DAY}, True),
        ("order_to_rectify", {"due_at": AT}, False),
        ("order_to_rectify", {}, False),
        ("warning", {"due_at": AT + DAY}, False),
        ("transfer", {"authority": "市公安局", "mode": "manual"}, True),
        ("transfer", {"mode": "manual"}, False),
        ("warning", {"authority": "市公安局"}, False),
        ("seizure", {"hours": 720}, True),
        ("seizure", {"hours": 1441}, False),
        ("seizure", {}, False),
        ("stoppage", {}, True),
    ],
)
def test_a_measure_says_what_belongs_to_it_and_nothing_else(key, more, holds):
    assert within_limits(asked(order(key, **more))) == holds


def refused(request):
    try:
        check(request)
    except IllegalStepError as error:
        return error.rule
    return ""


def test_the_case_of_a_party_is_decided_at_its_own_desk_and_against_the_party_alone():
    fine = order("fine", amount=200)
    assert refused(asked(fine)) == ""
    assert refused(asked(fine, desk="")) == "own_desk"
    assert refused(asked(fine, desk="bur")) == "own_desk"
    assert refused(asked(order("fine", amount=200, mode="queued"))) == "measures_allowed"
    other = order("fine", amount=200, subjects=("p_other",))
    assert refused(asked(other, acted=frozenset({"p_other"}))) == "answerable_only"
    assert refused(asked(fine, acted=frozenset())) == "own_act"
    assert refused(asked(fine, may_severe=False)) == "severe_by_person"
    assert refused(asked(fine, person=False)) == "severe_by_person"


def test_the_entry_of_a_measure_says_what_it_comes_to():
    draft = single("measure.ordered", "d", "c", order("fine", amount=200), ("p_party", ""), AT)
    assert (draft.payload["amount"], draft.payload["subject_type"]) == (200, "enterprise")
    assert "due_at" not in draft.payload


def test_one_appeals_once_but_goes_to_other_bodies_as_often_as_they_take_it():
    assert appeal_id("d", "p") == appeal_id("d", "p", place=7)
    there = [appeal_id("d", "p", route, place) for route in ROUTES[1:] for place in (1, 2)]
    assert len({*there, appeal_id("d", "p")}) == len(there) + 1


def test_two_domains_cannot_describe_one_kind_of_case():
    with pytest.raises(ValueError, match=r"case\.types bureau\.file: described twice"):
        compose(BASE, [Terms(PARTY), Terms(PARTY)])
