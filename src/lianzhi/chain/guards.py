"""Guards: named conditions on a step, besides the status of its noun; policy lists them by name.

A guard is a predicate on facts, evaluated when the step is taken, in the transaction that records
it; a guard that raises an error refuses. The refusal names the guard, whose words for
people stand in the catalogues as `rule.<name>`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, get_args

import msgspec

from lianzhi.chain.case import OUTCOMES, Case
from lianzhi.chain.finding import Role
from lianzhi.chain.harm_chain import CASE, ITEMS
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import (
    KINDS,
    OBJECT_PREFIXES,
    ON_ITEMS,
    ONCE,
    ONLY_ON,
    SUMS,
    Order,
    is_thing,
    subject_types,
)
from lianzhi.chain.policy import CasePolicy
from lianzhi.chain.statement import readable, says_something
from lianzhi.typed_toml import advice


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt to take a step, with the facts that guards judge it by."""

    step: str
    by: str
    person: bool = True
    """Whether a person takes it; else a rule or a program."""
    may_severe: bool = False
    desk: str = ""
    """The domain at whose own desk the step is taken; empty: at the one that all share."""
    case: Case
    policy: CasePolicy
    at: int
    reason: str = ""
    outcome: str = ""
    orders: tuple[Order, ...] = ()
    roles: Mapping[str, str] = {}
    """Vault token -> part played in the case."""
    object_name: str = ""
    """Name of the object that the case is about, where it is about one; empty once erased."""
    authors: Mapping[str, str] = {}
    """Item in the evidence -> token of whoever wrote it."""
    acted: frozenset[str] = frozenset()
    """Tokens of accounts with an act of their own in the evidence."""
    ground_fault: str = ""
    """Why the ground can't be cited; empty: it can."""
    deciders: frozenset[str] = frozenset()
    """Who decided or confirmed what is now confirmed, contested or answered."""
    contest_until: int = 0
    elsewhere: bool = False
    """Whether another body answers, which judges by itself who asks and in time."""
    awaiting: int = 0
    """Decisions of the case that wait for a second person."""
    appeals: int = 0
    """Appeals of the case that wait for an answer."""
    standing: int = 0
    """Measures of the case that were ordered and never taken back, those that are over included."""
    leased_to: str | None = None
    """Who else holds the lease on the case, the appeal or the review; None: no one."""
    named: bool = False
    """Whether the reason names an account of the case: it is read by all whom it concerns."""
    reachable: bool = True
    """Whether a platform is configured that can carry out a queued measure."""
    changed: bool = False
    """Whether the case was decided on after the person opened it."""
    today: int = 0
    """What the rule or program that takes the step has ordered today."""
    spent: bool = False
    """Whether the person's judgements of the day are used up, or a rest is due."""


Guard = Callable[[Attempt], bool]


def reasons_given(attempt: Attempt) -> bool:
    """The reason holds readable text."""
    return says_something(attempt.reason) and readable(attempt.reason)


def names_nobody(attempt: Attempt) -> bool:
    """The reason names no account of the case."""
    return not attempt.named


def ground_in_force(attempt: Attempt) -> bool:
    """The ground is a rule published before, or a statute in force, verified."""
    return not attempt.ground_fault


def measures_allowed(attempt: Attempt) -> bool:
    """Cases of this kind know these measures, for that part, thing or type of subject, none without
    a subject."""
    return all(order.targets() and _allowed(order, attempt) for order in attempt.orders)


def _allowed(order: Order, attempt: Attempt) -> bool:
    kind = attempt.policy.type_of(attempt.case.kind)
    if (order.mode == "authority") != (kind.about == "party" and order.key != "transfer"):
        return False
    objects = set(filter(is_thing, order.items))
    if objects and (
        objects != {attempt.case.about}
        or order.key not in kind.on_thing
        or not attempt.object_name.startswith(ONLY_ON.get(order.key, OBJECT_PREFIXES))
    ):
        return False
    if objects < set(order.items) and order.key not in kind.measures:
        return False
    if order.subjects and (
        order.subject_type not in kind.subject_types
        or order.subject_type not in subject_types(order.key)
    ):
        return False
    return all(order.key in kind.on(attempt.roles.get(subject, "")) for subject in order.subjects)


def within_limits(attempt: Attempt) -> bool:
    """No measure is longer than policy allows; one without end only where it may be. A fine comes
    to a sum, an order sets a time, a transfer names where it goes."""
    for order in attempt.orders:
        rule = attempt.policy.measures.get(order.key)
        if rule is None or order.hours < 0:
            return False
        if (order.amount > 0) != (order.key == "fine") and order.key not in SUMS - {"fine"}:
            return False
        if order.amount < 0 or (order.due_at > attempt.at) != (order.key == "order_to_rectify"):
            return False
        if order.key in ONCE:
            if order.hours or bool(order.authority.strip()) != (order.key == "transfer"):
                return False
        elif order.hours == 0:
            if not rule.permanent:
                return False
        elif order.hours > rule.most_hours:
            return False
    return True


def platform_reachable(attempt: Attempt) -> bool:
    """What the platform is to carry out has a way to the platform."""
    return attempt.reachable or all(order.mode != "queued" for order in attempt.orders)


def breaker(attempt: Attempt) -> bool:
    """A rule or program orders no more in a day than policy allows."""
    if attempt.person:
        return True
    new = sum(len(order.targets()) for order in attempt.orders if order.mode != "shadow")
    return attempt.today + new <= attempt.policy.automation.most_per_day


def answerable_only(attempt: Attempt) -> bool:
    """Everyone concerned has an answerable role: never a defender, never the person harmed.

    What is done to a thing blames nobody, whoever owns it. In the case of a party it is the party.
    """
    kind = attempt.policy.type_of(attempt.case.kind)
    allowed = kind.answerable
    subjects = {subject for order in attempt.orders for subject in order.subjects}
    items = {item for order in attempt.orders for item in order.items if not is_thing(item)}
    authors = {attempt.authors.get(item, "") for item in items}
    concerned = subjects | authors
    if kind.about == "party":
        return concerned <= {attempt.case.about}
    return attempt.case.about not in concerned and all(
        attempt.roles.get(person) in allowed for person in concerned
    )


def own_act(attempt: Attempt) -> bool:
    """Every subject has an act of their own in evidence; a link or a count of reports is none."""
    subjects = {s for o in attempt.orders if o.key not in ON_ITEMS for s in o.subjects}
    return subjects <= attempt.acted


def severe_by_person(attempt: Attempt) -> bool:
    """Severe measures are decided by a person who may."""
    if not any(severe(order, attempt.policy) for order in attempt.orders):
        return True
    return attempt.person and attempt.may_severe


def another_person(attempt: Attempt) -> bool:
    """The person is none of those who decided, or another body answers."""
    if attempt.elsewhere:
        return True
    return attempt.person and attempt.by not in attempt.deciders


def in_time(attempt: Attempt) -> bool:
    """The time to contest has not run out; another body judges that itself."""
    return attempt.elsewhere or attempt.at <= attempt.contest_until


def outcome_known(attempt: Attempt) -> bool:
    """The outcome is among those of the case's kind."""
    return attempt.outcome in attempt.policy.type_of(attempt.case.kind).outcomes


def own_desk(attempt: Attempt) -> bool:
    """The case of a party is decided, contested and closed at its domain's own desk."""
    kind = attempt.policy.type_of(attempt.case.kind)
    return kind.about != "party" or kind.kind.startswith(f"{attempt.desk}.")


def nothing_awaits(attempt: Attempt) -> bool:
    """No decision waits for its second person."""
    return attempt.awaiting == 0


def no_appeal_waits(attempt: Attempt) -> bool:
    """Every appeal has its answer."""
    return attempt.appeals == 0


def false_positive_spares(attempt: Attempt) -> bool:
    """A case closed as false positive has no measure standing, and so no strike."""
    return attempt.outcome != "false_positive" or attempt.standing == 0


def not_leased(attempt: Attempt) -> bool:
    """Passes where no other person holds the lease on the work."""
    return attempt.leased_to is None


def not_changed(attempt: Attempt) -> bool:
    """Passes where the case has no decision newer than the person's view of it."""
    return not attempt.changed


def not_spent(attempt: Attempt) -> bool:
    """The person has not used up the day's judgements, and no rest is due."""
    return not attempt.spent


GUARDS: dict[str, Guard] = {
    guard.__name__: guard
    for guard in (
        reasons_given,
        names_nobody,
        ground_in_force,
        measures_allowed,
        within_limits,
        platform_reachable,
        answerable_only,
        own_act,
        severe_by_person,
        breaker,
        another_person,
        in_time,
        outcome_known,
        own_desk,
        nothing_awaits,
        no_appeal_waits,
        false_positive_spares,
        not_leased,
        not_changed,
        not_spent,
    )
}


#: Step -> the guards that always hold, whatever a policy says: the least that due process asks.
FLOOR: dict[str, tuple[str, ...]] = {
    "decision.made": (
        "own_desk",
        "reasons_given",
        "names_nobody",
        "ground_in_force",
        "measures_allowed",
        "within_limits",
        "answerable_only",
        "own_act",
        "severe_by_person",
        "breaker",
    ),
    "decision.confirmed": (
        "another_person",
        "ground_in_force",
        "measures_allowed",
        "answerable_only",
        "own_act",
        "severe_by_person",
    ),
    "decision.refused": ("reasons_given", "another_person"),
    "decision.reversed": ("own_desk", "reasons_given"),
    "appeal.filed": ("own_desk", "reasons_given", "in_time"),
    "appeal.answered": ("own_desk", "reasons_given", "names_nobody", "another_person"),
    "review.held": ("another_person",),
    "case.closed": ("own_desk", "reasons_given", "outcome_known"),
    "case.reopened": ("own_desk", "reasons_given"),
}


def _tiers(policy: CasePolicy) -> None:
    known = [tier.key for tier in policy.tiers]
    for tier in policy.tiers:
        for key in tier.next:
            _known(f"case.tiers {tier.key}, next", key, known)
    for kind in policy.types:
        for key, name in kind.tiers.items():
            where = f"case.types of kind {kind.kind}, tiers"
            _known(where, key, (CASE, ITEMS, *get_args(Role)))
            _known(f"{where}, {key}", name, known)


def validate(policy: CasePolicy) -> None:
    """Hold what a policy names against what there is. Raises ValueError with field and mend."""
    _tiers(policy)
    for kind in policy.types:
        here = f"case.types of kind {kind.kind}"
        for step, names in kind.guards.items():
            _known(f"{here}, guards", step, FLOOR)
            for name in names:
                _known(f"{here}, guards of {step}", name, GUARDS)
        for field, keys in (
            ("measures", kind.measures),
            ("on_thing", kind.on_thing),
            *((f"by_role, {role}", keys) for role, keys in kind.by_role.items()),
        ):
            for key in keys:
                _known(f"{here}, {field}", key, KINDS)
                _known(f"{here}, {field}", key, policy.measures)
        for role in kind.by_role:
            _known(f"{here}, by_role", role, kind.answerable)
        for outcome in kind.outcomes:
            _known(f"{here}, outcomes", outcome, OUTCOMES)
    for proposal in policy.proposals:
        if not proposal.key.startswith("protection."):
            if not proposal.ground or not {"zh", "en"} <= proposal.facts.keys():
                needs = "a ground, and facts in zh and en"
                raise ValueError(f"case.proposals {proposal.key} to {proposal.to}: give it {needs}")
            for key in (proposal.key, *(rung.key for rung in proposal.rungs)):
                _known(f"case.proposals to {proposal.to}", key, policy.measures)


def _known(where: str, name: str, names: Iterable[str]) -> None:
    if name in names:
        return
    raise ValueError(f"{where}: unknown name {name!r} ({advice(name, names)})")


def severe(order: Order, policy: CasePolicy) -> bool:
    """Whether an order is severe: a person has to decide it."""
    rule = policy.measures.get(order.key)
    return rule is None or rule.is_severe(order.hours)


def persons(orders: tuple[Order, ...], policy: CasePolicy) -> int:
    """How many people these orders take."""
    needed = [policy.measures[o.key].persons for o in orders if severe(o, policy)]
    return max(needed, default=1)


def check(attempt: Attempt, guards: Mapping[str, Any] = GUARDS) -> None:
    """Hold a step against the guards of its case's type. Raises IllegalStepError with the rule."""
    kind = attempt.policy.type_of(attempt.case.kind)
    for name in dict.fromkeys((*FLOOR[attempt.step], *kind.guards.get(attempt.step, ()))):
        guard = guards.get(name)
        try:
            passed = guard is not None and guard(attempt)
        except Exception as error:
            raise IllegalStepError(attempt.step, attempt.case.status, rule=name) from error
        if not passed:
            raise IllegalStepError(attempt.step, attempt.case.status, rule=name)
