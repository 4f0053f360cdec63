"""Each guard refuses exactly what its rule forbids: the case on either side of every line."""

from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.chain.case import Case
from lianzhi.chain.guards import FLOOR, GUARDS, Attempt, check, persons, severe, validate
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import Order
from lianzhi.chain.policy import (
    CasePolicy,
    CaseType,
    MeasureRule,
    Proposal,
    Rung,
    compose,
    load_case_policy,
)

AT = 1_700_000_000_000
HARM = CaseType(
    kind="harm.person",
    outcomes=("settled", "false_positive"),
    measures=("mute", "hide", "limit", "transfer"),
    answerable=("inciter", "follower"),
    by_role={"inciter": ("freeze",)},
    subject_types=("account", "host"),
)
THING = CaseType(
    kind="harm.thing",
    outcomes=("settled",),
    measures=("hide",),
    about="thing",
    answerable=("follower",),
    on_thing=("label", "dissolve"),
)
PARTY = CaseType(
    kind="bureau.file",
    outcomes=("settled",),
    measures=("fine", "transfer"),
    about="party",
    subject_types=("enterprise", "account"),
)


@dataclass(frozen=True)
class Terms:
    types: tuple[CaseType, ...]
    proposals: tuple[Proposal, ...] = ()


BASE = load_case_policy().at(AT)[1]
POLICY = compose(BASE, [Terms((HARM, THING, PARTY))])
MOST = POLICY.automation.most_per_day


def attempt(*orders: Order, kind: str = "harm.person", step: str = "decision.made", **facts):
    case = Case(id="c", kind=kind, about="p_about", opened_at=AT)
    usual = {"step": step, "by": "li", "case": case, "policy": POLICY, "at": AT, "orders": orders}
    return Attempt(**(usual | facts))


def order(key: str = "mute", hours: int = 24, subjects=("p_a",), **more) -> Order:
    return Order(key=key, hours=hours, subjects=subjects, **more)


def passes(guard: str, *orders: Order, **facts) -> bool:
    return GUARDS[guard](attempt(*orders, **facts))


FOLLOWER = {"p_a": "follower"}


def allowed(*orders: Order, **facts) -> bool:
    return passes("measures_allowed", *orders, **({"roles": FOLLOWER} | facts))


def test_an_order_concerns_somebody_or_something():
    assert allowed(order())
    assert not allowed(order(subjects=()))
    assert not allowed(order(), order("limit", subjects=()))


def test_only_an_authority_carries_out_what_a_party_has_to_bear_but_a_transfer():
    fine = {"subject_type": "enterprise", "subjects": ("p_about",), "hours": 0}
    assert allowed(order("fine", mode="authority", **fine), kind="bureau.file")
    for mode in ("queued", "manual", "shadow"):
        assert not allowed(order("fine", mode=mode, **fine), kind="bureau.file")
    assert allowed(order("transfer", mode="manual", **fine), kind="bureau.file")
    assert not allowed(order("transfer", mode="authority", **fine), kind="bureau.file")
    assert not allowed(order(mode="authority"))
    assert allowed(order("transfer", hours=0))
    assert not allowed(order("transfer", hours=0, mode="authority"))


def on(item: str, key: str = "label", name: str = "on:film", **more) -> bool:
    thing = Order(key=key, hours=24, items=(item,))
    return allowed(thing, kind="harm.thing", object_name=name, **more)


def test_a_thing_bears_what_its_kind_knows_for_things():
    assert on("p_about")
    assert not on("p_other")
    assert not on("p_about", "hide")
    assert not on("p_about", "re_rank")
    assert not on("p_about", name="account")
    assert not on("p_about", name="")
    assert on("p_about", "dissolve", "group:7")
    assert not on("p_about", "dissolve", "on:film")
    both = Order(key="label", hours=24, items=("p_about", "p_other"))
    assert not allowed(both, kind="harm.thing", object_name="on:film")


def test_an_item_bears_what_its_kind_knows_for_accounts():
    assert on("f/1", "hide")
    assert not on("f/1", "label")
    mixed = Order(key="label", hours=24, items=("p_about", "f/1"))
    assert not allowed(mixed, kind="harm.thing", object_name="on:film")


def test_subjects_are_of_a_type_of_the_kind_and_of_the_measure():
    assert not allowed(order(subject_type="host"))  # of the kind, not of a mute
    assert not allowed(order("transfer", hours=0, subject_type="site"))  # of a transfer only
    assert allowed(order("transfer", hours=0, subject_type="host"))


def test_a_role_may_bear_more_than_the_others():
    assert allowed(order("freeze"), roles={"p_a": "inciter"})
    assert not allowed(order("freeze"))
    assert not allowed(order("freeze"), roles={})
    both = order("freeze", subjects=("p_a", "p_b"))
    assert not allowed(both, roles={"p_a": "inciter", "p_b": "follower"})


PLAIN = MeasureRule(most_hours=48)
LASTING = MeasureRule(most_hours=48, permanent=True)


def limited(given: Order, rule: MeasureRule = PLAIN) -> bool:
    policy = msgspec.structs.replace(POLICY, measures={given.key: rule})
    return passes("within_limits", given, policy=policy)


def test_a_length_is_between_an_hour_and_the_most():
    assert [h for h in range(-1, 51) if limited(order(hours=h))] == list(range(1, 49))
    assert [h for h in (-1, 0, 1, 48, 49) if limited(order(hours=h), LASTING)] == [0, 1, 48]


def test_a_kind_of_measure_that_policy_does_not_know_has_no_limits_to_be_within():
    assert not passes("within_limits", order(), policy=msgspec.structs.replace(POLICY, measures={}))


def test_every_order_of_a_decision_is_within_its_limits():
    assert passes("within_limits", order(), order("limit"))
    assert not passes("within_limits", order(), order("limit", hours=99_999))
    assert not passes("within_limits", order("limit", hours=99_999), order())


def test_a_sum_belongs_to_a_fine_and_may_belong_to_a_confiscation_or_settlement():
    for key, sums in (
        ("fine", [1, 200]),
        ("confiscation", [0, 1, 200]),
        ("settlement", [0, 1, 200]),
        ("warning", [0]),
    ):
        given = [amount for amount in (-1, 0, 1, 200) if limited(order(key, 0, amount=amount))]
        assert given == sums, key
    assert [a for a in (-1, 0, 1) if limited(order(amount=a))] == [0]


def test_only_an_order_to_rectify_sets_a_time_and_a_later_one():
    for due, fits in ((0, False), (AT - 1, False), (AT, False), (AT + 1, True)):
        assert limited(order("order_to_rectify", 0, due_at=due)) is fits
    assert not limited(order("warning", 0, due_at=AT + 1))
    assert not limited(order(due_at=AT + 1))
    assert limited(order(due_at=AT))  # a time that is over sets none


def test_what_is_done_once_has_no_length_and_only_a_transfer_an_address():
    assert limited(order("warning", 0))
    assert not limited(order("warning", 1))
    assert not limited(order("warning", 0, authority="x"))
    assert limited(order("warning", 0, authority=" "))
    assert limited(order("transfer", 0, authority="x"))
    assert not limited(order("transfer", 0, authority=" "))
    assert not limited(order("transfer", 1, authority="x"))


def test_only_what_the_platform_carries_out_needs_a_way_to_it():
    assert passes("platform_reachable", order())  # it is taken to be there
    assert not passes("platform_reachable", order(), reachable=False)
    for mode in ("shadow", "manual", "authority"):
        assert passes("platform_reachable", order(mode=mode), reachable=False)
        assert not passes("platform_reachable", order(mode=mode), order(), reachable=False)


def crowd(count: int) -> tuple[str, ...]:
    return tuple(f"p_{n}" for n in range(count))


@given(st.integers(0, MOST + 2), st.integers(0, MOST + 2), st.integers(0, 3))
def test_the_breaker_counts_single_measures_of_the_day_without_those_in_shadow(new, today, dark):
    orders = (order(subjects=crowd(new)), order("limit", subjects=crowd(dark), mode="shadow"))
    assert passes("breaker", *orders, person=False, today=today) == (new + today <= MOST)
    assert passes("breaker", *orders, person=True, today=today)


def test_the_breaker_is_closed_until_something_was_ordered():
    assert passes("breaker", order(subjects=crowd(MOST)), person=False)
    assert passes("breaker", order(subjects=crowd(MOST + 1)))  # whoever is not said to be a program


ANSWERABLE = {"p_a": "follower", "p_b": "inciter", "p_d": "defender", "p_about": "follower"}


def answerable(*orders: Order, **facts) -> bool:
    return passes("answerable_only", *orders, **({"roles": ANSWERABLE} | facts))


def test_only_an_answerable_role_answers_and_never_the_person_harmed():
    assert answerable(order(subjects=("p_a", "p_b")))
    assert not answerable(order(subjects=("p_a", "p_d")))
    assert not answerable(order(subjects=("p_a", "p_unknown")))
    assert not answerable(order(subjects=("p_a", "p_about")))
    assert not answerable(order(subjects=("p_a",)), order("limit", subjects=("p_d",)))


def test_whoever_wrote_an_item_answers_for_it_but_nobody_for_a_thing():
    def hide(item: str) -> Order:
        return Order(key="hide", hours=24, items=(item,))

    authors = {"f/1": "p_a", "f/2": "p_d", "f/3": "p_about", "p_film": "p_d"}
    assert answerable(hide("f/1"), authors=authors)
    for item in ("f/2", "f/3", "f/unknown"):
        assert not answerable(hide(item), authors=authors), item
    assert answerable(hide("p_film"), authors=authors)


def test_in_the_case_of_a_party_the_party_alone_answers():
    def fine(*subjects: str) -> Order:
        return order("fine", 0, subjects, mode="authority", amount=1)

    assert answerable(fine("p_about"), kind="bureau.file")
    assert not answerable(fine("p_a"), kind="bureau.file")
    assert not answerable(fine("p_about", "p_a"), kind="bureau.file")


def test_every_subject_acted_and_an_item_speaks_for_itself():
    assert passes("own_act", order(), acted=frozenset({"p_a", "p_b"}))
    assert passes("own_act", order(), acted=frozenset({"p_a"}))
    assert not passes("own_act", order(), acted=frozenset({"p_b"}))
    assert not passes("own_act", order(subjects=("p_a", "p_b")), acted=frozenset({"p_a"}))
    assert passes("own_act", order("hide"))


@pytest.mark.parametrize("may", [True, False])
@pytest.mark.parametrize("person", [True, False])
def test_what_is_severe_takes_a_person_who_may(person, may):
    facts = {"person": person, "may_severe": may}
    assert passes("severe_by_person", order(), order("limit"), **facts)
    assert passes("severe_by_person", order(), order("freeze"), **facts) == (person and may)


def test_nobody_is_taken_to_be_allowed_severe_measures():
    assert not passes("severe_by_person", order("freeze"))


def test_who_decided_does_not_confirm_or_answer_unless_another_body_does():
    earlier = frozenset({"wang", "zhao"})
    assert passes("another_person", deciders=earlier)
    assert not passes("another_person", deciders=earlier | {"li"})
    assert not passes("another_person", deciders=earlier, person=False)
    assert passes("another_person", deciders=earlier | {"li"}, elsewhere=True)
    assert passes("another_person", deciders=earlier, person=False, elsewhere=True)


def test_one_contests_up_to_the_last_moment_and_not_a_millisecond_longer():
    assert passes("in_time", contest_until=AT + 1)
    assert passes("in_time", contest_until=AT)
    assert not passes("in_time", contest_until=AT - 1)
    assert passes("in_time", contest_until=AT - 1, elsewhere=True)
    assert not passes("in_time", at=1)  # no time was given at all


def test_the_case_of_a_party_moves_at_its_domains_own_desk():
    assert passes("own_desk", kind="bureau.file", desk="bureau")
    for desk in ("", "bur", "bureau.file", "harm"):
        assert not passes("own_desk", kind="bureau.file", desk=desk), desk
    for desk in ("", "harm", "bureau"):
        assert passes("own_desk", desk=desk), desk


def test_an_outcome_is_among_those_of_the_kind():
    assert passes("outcome_known", outcome="settled")
    assert passes("outcome_known", outcome="false_positive")
    assert not passes("outcome_known", kind="harm.thing", outcome="false_positive")
    assert not passes("outcome_known")


STATES = [
    ("names_nobody", "named", True),
    ("ground_in_force", "ground_fault", "repealed"),
    ("nothing_awaits", "awaiting", 1),
    ("no_appeal_waits", "appeals", 1),
    ("not_leased", "leased_to", "wang"),
    ("not_leased", "leased_to", ""),
    ("not_changed", "changed", True),
    ("not_spent", "spent", True),
]


@pytest.mark.parametrize(("guard", "field", "value"), STATES)
def test_a_fact_that_speaks_against_a_step_refuses_it_and_nothing_else_does(guard, field, value):
    assert passes(guard)
    assert not passes(guard, **{field: value})


def test_a_false_positive_leaves_no_measure_standing():
    assert passes("false_positive_spares", outcome="false_positive")
    assert passes("false_positive_spares", outcome="settled", standing=1)
    assert not passes("false_positive_spares", outcome="false_positive", standing=1)


def test_reasons_are_readable_words():
    assert passes("reasons_given", reason="三次辱骂")
    for reason in ("", " \n", "\u200b", "see p_0123456789abcdef0123456789abcdef\x00"):
        assert not passes("reasons_given", reason=reason), reason


def test_severity_depends_on_the_rule_and_the_length():
    assert not severe(order(), POLICY)
    assert severe(order(hours=0), POLICY)
    assert severe(order("freeze"), POLICY)
    assert severe(order(), msgspec.structs.replace(POLICY, measures={}))


def test_a_decision_takes_as_many_people_as_its_most_severe_order():
    one = MeasureRule(severe="always", persons=1)
    two = MeasureRule(severe="always", persons=2)
    mild = MeasureRule(severe="never", persons=2)
    policy = msgspec.structs.replace(POLICY, measures={"limit": one, "close": two, "mute": mild})
    assert persons((), policy) == 1
    assert persons((order("mute"),), policy) == 1
    assert persons((order("limit"),), policy) == 1
    assert persons((order("limit"), order("close"), order("mute")), policy) == 2


def refusing(step: str, guards, **facts) -> str:
    try:
        check(attempt(step=step, **facts), guards)
    except IllegalStepError as error:
        return error.rule
    return ""


@pytest.mark.parametrize("step", sorted(FLOOR))
def test_a_step_passes_when_all_its_guards_do_and_each_of_them_can_refuse_it(step):
    def holds(attempt):
        return True

    def fails(attempt):
        return False

    def breaks(attempt):
        raise RuntimeError("no facts")

    extra = "not_spent"
    kind = msgspec.structs.replace(HARM, kind="harm.guarded", guards={step: (extra,)})
    facts = {"kind": kind.kind, "policy": compose(BASE, [Terms((kind,))])}
    guards = dict.fromkeys((*FLOOR[step], extra), holds)
    assert refusing(step, guards, **facts) == ""
    for name in guards:
        assert refusing(step, guards | {name: fails}, **facts) == name
        assert refusing(step, guards | {name: breaks}, **facts) == name
        assert refusing(step, {k: v for k, v in guards.items() if k != name}, **facts) == name


def faults(**changes) -> str:
    """What is wrong with a policy in which the kind `harm.person` is changed so."""
    kind = msgspec.structs.replace(HARM, **changes)
    try:
        validate(compose(BASE, [Terms((kind,))]))
    except ValueError as error:
        return str(error)
    return ""


def test_a_policy_names_only_what_there_is():
    assert faults() == ""
    assert faults(guards={"case.closed": ("not_spent",)}) == ""
    assert "unknown name 'case.shut'" in faults(guards={"case.shut": ()})
    assert "unknown name 'not_spend'" in faults(guards={"case.closed": ("not_spend",)})
    assert "measures: unknown name 'mutes'" in faults(measures=("mutes",))
    assert "on_thing: unknown name 'lable'" in faults(on_thing=("lable",))
    assert "by_role, inciter: unknown name 'freez'" in faults(by_role={"inciter": ("freez",)})
    assert "by_role: unknown name 'defender'" in faults(by_role={"defender": ()})
    assert "outcomes: unknown name 'settle'" in faults(outcomes=("settle",))


WORDS = {"zh": "理由", "en": "reason"}
MUTE = Proposal(key="mute", at="act", to="inciter", ground="threat", facts=WORDS)


def proposal_fault(policy: CasePolicy = BASE, **changes) -> str:
    proposal = msgspec.structs.replace(MUTE, **changes)
    try:
        validate(compose(policy, [Terms((HARM,), (proposal,))]))
    except ValueError as error:
        return str(error)
    return ""


def test_a_proposed_measure_says_why_in_both_languages_and_is_known():
    assert proposal_fault() == ""
    assert "give it a ground" in proposal_fault(ground="")
    assert "facts in zh and en" in proposal_fault(facts={"zh": "理由"})
    assert "facts in zh and en" in proposal_fault(facts={"en": "reason"})
    assert proposal_fault(facts=WORDS | {"fr": "raison"}) == ""
    assert "unknown name 'mutes'" in proposal_fault(key="mutes")
    rungs = (Rung(from_points=1.0, key="freez"),)
    assert "unknown name 'freez'" in proposal_fault(rungs=rungs)


def test_a_proposed_protection_needs_no_ground_and_is_no_measure():
    assert proposal_fault(key="protection.strangers", ground="", facts={}) == ""
