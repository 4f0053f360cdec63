"""Gates of a penalty proceeding: what the Administrative Penalty Law asks for before each step.

Each function says whether a step passes the gate of its name. Which gate guards which step, by
which article and with which figures, is data: `policy/gates/`, or a folder of the deployment.
"""

from collections.abc import Callable

from lianzhi.domains.enforcement.step_facts import Facts, Terms
from lianzhi.law.gates import Gates

Predicate = Callable[[Facts, Terms], bool]
PenaltyGates = Gates[Facts, Terms]


def enough_officers(facts: Facts, terms: Terms) -> bool:
    """At least two officers, each once."""
    return len({one.name for one in facts.officers}) >= terms.officers


def certified(facts: Facts, terms: Terms) -> bool:
    """Every officer holds a certificate that is good on the day, as does who takes the step."""
    hands = (*facts.officers, *filter(None, [facts.actor]))
    return all(one.until is not None and facts.day <= one.until for one in hands)


def impartial(facts: Facts, terms: Terms) -> bool:
    """Nobody with an interest in the case takes part."""
    hands = {one.name for one in facts.officers} | {facts.by, facts.hearing_chair}
    return not facts.related & hands


def no_observer(facts: Facts, terms: Terms) -> bool:
    """Observers report; only officers find a violation."""
    return not facts.observer


def on_the_list(facts: Facts, terms: Terms) -> bool:
    """The act is one that the power list names."""
    return facts.item_known


def basis_in_force(facts: Facts, terms: Terms) -> bool:
    """The basis was in force, and read, on the day of the act."""
    return not facts.basis_fault


def in_order(facts: Facts, terms: Terms) -> bool:
    """Nothing is found out before it happened, or dealt with before it was found out."""
    days = [day for day in (facts.act_day, facts.found_day, facts.day) if day is not None]
    return days == sorted(days)


def follows(facts: Facts, terms: Terms) -> bool:
    """A step is not dated before the one that it follows."""
    return facts.not_before is None or facts.not_before <= facts.day


def limitation(facts: Facts, terms: Terms) -> bool:
    """The act was found out within two years, or five where life, health or savings were harmed."""
    if facts.limit_day is None or facts.outcome == "no_penalty":
        return True
    return (facts.found_day or facts.day) <= facts.limit_day


def punishable(facts: Facts, terms: Terms) -> bool:
    """Children, and people who could not tell what they did, are not punished."""
    young = facts.age is not None and facts.age < terms.punishable_age
    return facts.outcome == "no_penalty" or not (young or not facts.capable)


def lighter_for_minors(facts: Facts, terms: Terms) -> bool:
    """Who was not yet of age is treated lighter."""
    minor = facts.age is not None and facts.age < terms.adult_age
    return not minor or facts.outcome in ("no_penalty", "mitigated", "lighter")


def with_evidence(facts: Facts, terms: Terms) -> bool:
    """The facts rest on evidence in the file."""
    return facts.evidence > 0


def reviewed_electronic(facts: Facts, terms: Terms) -> bool:
    """What devices recorded was passed by legal and technical review before it counts."""
    return facts.unreviewed == 0


def preservation_settled(facts: Facts, terms: Terms) -> bool:
    """What becomes of preserved evidence is decided in time."""
    return facts.preserved_until is None or facts.day <= facts.preserved_until


def nothing_kept(facts: Facts, terms: Terms) -> bool:
    """What was preserved is settled or given back before the case goes on or ends."""
    return not facts.preserved


def told_first(facts: Facts, terms: Terms) -> bool:
    """The party was told what is intended, why, and what they may do about it."""
    return facts.noticed


def heard_out(facts: Facts, terms: Terms) -> bool:
    """The time to state and defend is over, or was given up; what was said has been reviewed."""
    if facts.defended and not facts.considered:
        return False
    ended = facts.defence_until is None or facts.day > facts.defence_until
    return ended or facts.waived


def no_harsher(facts: Facts, terms: Terms) -> bool:
    """Not heavier than was announced: nobody pays for defending themselves."""
    kinds = facts.noticed_kinds
    if kinds is not None and not facts.sanctions - {"fine"} <= kinds:
        return False
    return facts.noticed_fine is None or facts.fine <= facts.noticed_fine


def hearing_offered(facts: Facts, terms: Terms) -> bool:
    """Where the penalty is heavy enough, the notice tells of the right to a hearing."""
    return not facts.hearing_due or facts.notice_hearing


def hearing_in_time(facts: Facts, terms: Terms) -> bool:
    """A hearing is asked for within the days that the law gives."""
    return facts.hearing_until is None or facts.day <= facts.hearing_until


def hearing_announced(facts: Facts, terms: Terms) -> bool:
    """Time and place are told long enough ahead, and it is not held before its day."""
    by, held = facts.hearing_tell_by, facts.hearing_day
    told = facts.day if facts.step == "hearing_called" else facts.hearing_told
    if told is None or by is None or held is None:
        return False
    return told <= by and (facts.step == "hearing_called" or facts.day >= held)


def hearing_apart(facts: Facts, terms: Terms) -> bool:
    """Who presides did not investigate."""
    return bool(facts.hearing_chair) and facts.hearing_chair not in _investigators(facts)


def hearing_held(facts: Facts, terms: Terms) -> bool:
    """Who may ask for a hearing has had it, or has let the days for asking pass."""
    if facts.hearing_given_up:
        return True
    if facts.hearing_asked:
        return facts.heard
    ended = facts.hearing_until is None or facts.day > facts.hearing_until
    return not facts.hearing_due or ended or facts.waived


def legally_reviewed(facts: Facts, terms: Terms) -> bool:
    """Where it is asked for, legal review has passed the case."""
    return facts.review == "passed" if facts.review_due else facts.review != "failed"


def reviewed_apart(facts: Facts, terms: Terms) -> bool:
    """Who reviews did not investigate, and who decides did not review."""
    hands = _investigators(facts)
    if facts.step in ("review_passed", "review_failed", "evidence_reviewed"):
        return facts.by not in hands
    return not facts.reviewers & hands and facts.by not in facts.reviewers


def decided_apart(facts: Facts, terms: Terms) -> bool:
    """Who decides did not investigate."""
    return facts.by not in _investigators(facts)


def discussed_together(facts: Facts, terms: Terms) -> bool:
    """A complex or serious case was discussed by the heads of the agency together."""
    return not facts.grave_case or facts.discussed


def not_twice(facts: Facts, terms: Terms) -> bool:
    """No second fine for the same act."""
    return not (facts.fine and facts.fined_before)


def within_the_law(facts: Facts, terms: Terms) -> bool:
    """The fine lies within what the basis allows; below its least only where mitigated."""
    if not facts.fine:
        return facts.outcome in ("", "no_penalty", "mitigated") or facts.fine_least == 0
    if facts.fine_most is None or facts.fine > facts.fine_most:
        return False
    return facts.fine >= facts.fine_least or facts.outcome == "mitigated"


def provided(facts: Facts, terms: Terms) -> bool:
    """Only kinds of penalty that the basis provides; mitigated, a warning may take their place."""
    more = {"warning"} if facts.outcome == "mitigated" else set()
    return not facts.sanctions or facts.sanctions <= (facts.provided or frozenset()) | more


def some_penalty(facts: Facts, terms: Terms) -> bool:
    """A penalty consists of something; what consists of nothing is none."""
    return facts.outcome in ("", "no_penalty") or bool(facts.fine or facts.sanctions)


def ordered_first(facts: Facts, terms: Terms) -> bool:
    """Where only who disobeys is fined, an order was given, and its time is over."""
    return not facts.fine or facts.ordered_first


def by_the_table(facts: Facts, terms: Terms) -> bool:
    """The fine lies within the range of the discretion table's row."""
    return facts.tabled is not None and facts.tabled[0] <= facts.fine <= facts.tabled[1]


def no_fine_unpunished(facts: Facts, terms: Terms) -> bool:
    """Who is not punished pays nothing."""
    return facts.outcome != "no_penalty" or not (facts.fine or facts.sanctions)


def small_enough(facts: Facts, terms: Terms) -> bool:
    """On the spot only a warning, or a small fine."""
    most = terms.spot_unit if facts.unit else terms.spot_person
    return facts.fine <= most and facts.sanctions <= {"warning", "fine"}


def proven_service(facts: Facts, terms: Terms) -> bool:
    """There is proof that it was served."""
    return facts.receipt


def _investigators(facts: Facts) -> frozenset[str]:
    return facts.hands | {one.name for one in facts.officers}


PREDICATES: dict[str, Predicate] = {
    predicate.__name__: predicate
    for predicate in (
        *(enough_officers, certified, impartial, no_observer, on_the_list, basis_in_force),
        *(in_order, follows, limitation, punishable, lighter_for_minors, with_evidence),
        *(reviewed_electronic, preservation_settled, nothing_kept, told_first, heard_out),
        *(no_harsher, hearing_offered, hearing_in_time, hearing_announced, hearing_apart),
        *(hearing_held, legally_reviewed, reviewed_apart, decided_apart, discussed_together),
        *(not_twice, within_the_law, provided, some_penalty, ordered_first, by_the_table),
        *(no_fine_unpunished, small_enough, proven_service),
    )
}
"""By name, as the data name them."""
