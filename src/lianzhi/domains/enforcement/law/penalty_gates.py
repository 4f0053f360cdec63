"""Gates of a penalty proceeding: what the Administrative Penalty Law requires before each step.

Each function tells whether a step passes the gate of its name. Which gate guards which step, by
which article and with which figures, is data: `policy/gates/`, or a folder of the deployment.
"""

from collections.abc import Callable

from lianzhi.domains.enforcement.law.step_facts import Facts, Terms
from lianzhi.law.gates import Gates

Predicate = Callable[[Facts, Terms], bool]
PenaltyGates = Gates[Facts, Terms]


def enough_officers(facts: Facts, terms: Terms) -> bool:
    """At least as many different officers take part as the law requires."""
    return len({officer.name for officer in facts.officers}) >= terms.officers


def officers_certified(facts: Facts, terms: Terms) -> bool:
    """Every officer, and the person taking the step, holds a certificate valid on the day."""
    hands = (*facts.officers, *filter(None, [facts.actor]))
    return all(each.until is not None and facts.day <= each.until for each in hands)


def impartial(facts: Facts, terms: Terms) -> bool:
    """No participant has an interest in the case."""
    hands = {officer.name for officer in facts.officers} | {facts.by, facts.hearing_chair}
    return not facts.related & hands


def no_observer(facts: Facts, terms: Terms) -> bool:
    """No observer takes a step that finds or decides a violation."""
    return not facts.observer


def item_on_power_list(facts: Facts, terms: Terms) -> bool:
    """The power list in force on the day of the act names the act."""
    return facts.item_known


def basis_in_force(facts: Facts, terms: Terms) -> bool:
    """The legal basis was read, and in force on the day of the act."""
    return not facts.basis_fault


def days_in_order(facts: Facts, terms: Terms) -> bool:
    """The act comes before its discovery, and the discovery before the step."""
    days = [day for day in (facts.act_day, facts.found_day, facts.day) if day is not None]
    return days == sorted(days)


def after_previous_step(facts: Facts, terms: Terms) -> bool:
    """The step is not dated before the one that it follows."""
    return facts.not_before is None or facts.not_before <= facts.day


def limitation(facts: Facts, terms: Terms) -> bool:
    """The act was discovered within the limitation period; no penalty is always in time."""
    if facts.limit_day is None or facts.outcome == "no_penalty":
        return True
    return (facts.found_day or facts.day) <= facts.limit_day


def punishable(facts: Facts, terms: Terms) -> bool:
    """Neither a child nor a person incapable of responsibility is punished."""
    young = facts.age is not None and facts.age < terms.punishable_age
    return facts.outcome == "no_penalty" or not (young or not facts.capable)


def lighter_for_minors(facts: Facts, terms: Terms) -> bool:
    """A minor gets a lighter or mitigated penalty, or none."""
    minor = facts.age is not None and facts.age < terms.adult_age
    return not minor or facts.outcome in ("no_penalty", "mitigated", "lighter")


def evidence_on_file(facts: Facts, terms: Terms) -> bool:
    """At least one piece of evidence is on file."""
    return facts.evidence > 0


def electronic_evidence_reviewed(facts: Facts, terms: Terms) -> bool:
    """All recordings of devices have passed legal and technical review."""
    return facts.unreviewed == 0


def preservation_settled(facts: Facts, terms: Terms) -> bool:
    """The disposal of preserved evidence is decided within its period."""
    return facts.preserved_until is None or facts.day <= facts.preserved_until


def preservation_ended(facts: Facts, terms: Terms) -> bool:
    """No evidence is still preserved when the case is decided, dropped or handed over."""
    return not facts.preserved


def notice_given(facts: Facts, terms: Terms) -> bool:
    """The party got notice of facts, reasons, basis, intended penalty and rights."""
    return facts.noticed


def defence_completed(facts: Facts, terms: Terms) -> bool:
    """The period for the defence is over or waived, and any defence was reviewed."""
    if facts.defended and not facts.considered:
        return False
    ended = facts.defence_until is None or facts.day > facts.defence_until
    return ended or facts.waived


def not_harsher_than_notice(facts: Facts, terms: Terms) -> bool:
    """The penalty is not heavier than the one announced, in kind or amount."""
    kinds = facts.noticed_kinds
    if kinds is not None and not facts.sanctions - {"fine"} <= kinds:
        return False
    return facts.noticed_fine is None or facts.fine <= facts.noticed_fine


def hearing_offered(facts: Facts, terms: Terms) -> bool:
    """Where a hearing may be requested, the notice states that right."""
    return not facts.hearing_due or facts.notice_hearing


def hearing_in_time(facts: Facts, terms: Terms) -> bool:
    """The hearing is requested within its period."""
    return facts.hearing_until is None or facts.day <= facts.hearing_until


def hearing_announced(facts: Facts, terms: Terms) -> bool:
    """Time and place are announced in time, and the hearing is not before its day."""
    calling = facts.step == "hearing_called"
    announced = facts.day if calling else facts.hearing_told
    latest, hearing = facts.hearing_tell_by, facts.hearing_day
    if announced is None or latest is None or hearing is None:
        return False
    return announced <= latest and (calling or facts.day >= hearing)


def chair_not_investigator(facts: Facts, terms: Terms) -> bool:
    """The person presiding did not investigate the case."""
    return bool(facts.hearing_chair) and facts.hearing_chair not in _investigators(facts)


def hearing_held(facts: Facts, terms: Terms) -> bool:
    """A requested hearing took place, or the time to request one is over or waived."""
    if facts.hearing_given_up:
        return True
    if facts.hearing_asked:
        return facts.heard
    ended = facts.hearing_until is None or facts.day > facts.hearing_until
    return not facts.hearing_due or ended or facts.waived


def legally_reviewed(facts: Facts, terms: Terms) -> bool:
    """Legal review passed the case where it is required, and did not fail it otherwise."""
    return facts.review == "passed" if facts.review_due else facts.review != "failed"


def reviewer_separate(facts: Facts, terms: Terms) -> bool:
    """The reviewer did not investigate, and does not decide."""
    hands = _investigators(facts)
    if facts.step in ("review_passed", "review_failed", "evidence_reviewed"):
        return facts.by not in hands
    return not facts.reviewers & hands and facts.by not in facts.reviewers


def decider_not_investigator(facts: Facts, terms: Terms) -> bool:
    """The person who decides did not investigate."""
    return facts.by not in _investigators(facts)


def discussed_together(facts: Facts, terms: Terms) -> bool:
    """The heads of the agency discussed a complex or serious case."""
    return not facts.grave_case or facts.discussed


def no_second_fine(facts: Facts, terms: Terms) -> bool:
    """The party is not fined again for the same act."""
    return not (facts.fine and facts.fined_before)


def within_statutory_range(facts: Facts, terms: Terms) -> bool:
    """The fine lies within the range of the basis; mitigated, it may lie below."""
    if not facts.fine:
        return facts.outcome in ("", "no_penalty", "mitigated") or facts.fine_least == 0
    if facts.fine_most is None or facts.fine > facts.fine_most:
        return False
    return facts.fine >= facts.fine_least or facts.outcome == "mitigated"


def penalty_kind_provided(facts: Facts, terms: Terms) -> bool:
    """The basis provides each kind of penalty; mitigated, a warning may replace them."""
    more = {"warning"} if facts.outcome == "mitigated" else set()
    return not facts.sanctions or facts.sanctions <= (facts.provided or frozenset()) | more


def penalty_not_empty(facts: Facts, terms: Terms) -> bool:
    """A penalty has a fine or another sanction."""
    return facts.outcome in ("", "no_penalty") or bool(facts.fine or facts.sanctions)


def order_given_first(facts: Facts, terms: Terms) -> bool:
    """Where only disobedience is fined: an order was given and its time is over."""
    return not facts.fine or facts.ordered_first


def within_discretion_range(facts: Facts, terms: Terms) -> bool:
    """The fine lies within the range of the discretion table's row."""
    return facts.tabled is not None and facts.tabled[0] <= facts.fine <= facts.tabled[1]


def no_penalty_if_exempted(facts: Facts, terms: Terms) -> bool:
    """A party exempted from penalty gets neither fine nor other sanction."""
    return facts.outcome != "no_penalty" or not (facts.fine or facts.sanctions)


def within_spot_limit(facts: Facts, terms: Terms) -> bool:
    """On the spot: a warning, or a fine up to the limit for persons or units."""
    most = terms.spot_unit if facts.unit else terms.spot_person
    return facts.fine <= most and facts.sanctions <= {"warning", "fine"}


def service_proven(facts: Facts, terms: Terms) -> bool:
    """There is proof of service."""
    return facts.receipt


def _investigators(facts: Facts) -> frozenset[str]:
    return facts.hands | {officer.name for officer in facts.officers}


PREDICATES: dict[str, Predicate] = {predicate.__name__: predicate for predicate in (
    enough_officers, officers_certified, impartial, no_observer, item_on_power_list,
    basis_in_force, days_in_order, after_previous_step, limitation, punishable,
    lighter_for_minors, evidence_on_file, electronic_evidence_reviewed, preservation_settled,
    preservation_ended, notice_given, defence_completed, not_harsher_than_notice, hearing_offered,
    hearing_in_time, hearing_announced, chair_not_investigator, hearing_held, legally_reviewed,
    reviewer_separate, decider_not_investigator, discussed_together, no_second_fine,
    within_statutory_range, penalty_kind_provided, penalty_not_empty, order_given_first,
    within_discretion_range, no_penalty_if_exempted, within_spot_limit, service_proven,
)}  # fmt: skip
"""Gate name, as in the data -> predicate."""
