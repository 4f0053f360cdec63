"""Facts: what the gates need to know of a step, drawn from the file and from the rules of its day.

Pure: the file as it stands, the rulebook, and what the office looked up go in; facts come out.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from lianzhi.domains.enforcement.law.power import Subject
from lianzhi.domains.enforcement.law.step_facts import Certified, Facts
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.rulebook.rulebook import Rulebook
from lianzhi.law.periods import UnknownPeriodError


class Known(NamedTuple):
    """What was looked up beside the file."""

    certified: Mapping[str, dt.date | None] = {}
    """Officer -> last day of the certificate; None: none."""
    related: frozenset[str] = frozenset()
    fined_before: bool = False
    observers: frozenset[str] = frozenset()


class Taken(NamedTuple):
    """A step about to be taken."""

    step: str
    day: dt.date
    by: str
    officers: tuple[str, ...] = ()
    """Those who take it; empty: those of the file."""
    more: Mapping[str, Any] = {}
    """Fields of `Facts` that the step itself says."""


BY_OFFICERS = frozenset(
    ("filed", "evidence_added", "preserved", "noticed", "spot_decided", "served")
)
"""Steps that only an officer takes (行政处罚法 42); others anybody of the bureau may type in."""


def _followed(one: Penalty, step: str) -> dt.date | None:
    """Day of the step that this one follows."""
    follows = {
        "rectified": one.act_day,
        "ordered": one.act_day,
        "defended": one.noticed,
        "hearing_requested": one.noticed,
        "served": one.decided,
        "paid": one.served,
        "demanded": one.served,
        "hearing_ended": one.hearing_requested,
        "contested": one.served or one.decided,
        "upheld": one.contested,
        "overturned": one.contested or one.decided,
    }
    return follows.get(step)


def _last_day(rules: Rulebook, key: str, start: dt.date) -> dt.date | None:
    """None for a day before the statute, which only an imported file can bear."""
    try:
        return rules.last_day(key, start)
    except UnknownPeriodError:
        return None


def _ordered_first(one: Penalty, day: dt.date) -> bool:
    """Whether an order to put it right was not obeyed in time 逾期不改正."""
    until = one.ordered_until
    obeyed = until is not None and one.rectified is not None and one.rectified <= until
    return until is not None and day > until and not obeyed


def facts(taken: Taken, one: Penalty, rules: Rulebook, known: Known) -> Facts:
    """The facts of a step on a file, which for the first step is the file as it would be."""
    acted = one.act_day or taken.day
    found = one.found_day or taken.day
    item = rules.item(one.item, acted)
    subject: Subject = "unit" if one.unit else "person"
    harm = one.facts.get("harm")
    ranges = [] if item is None else [each for each in item.fines if each.subject == subject]
    own = [each for each in ranges if each.grave == (harm == "grave")] or ranges
    notice = one.noticed
    pleaded = one.pleaded if one.pleaded and one.pleaded.facts == one.facts else None
    procedure = rules.procedure(taken.day)
    given_up = None not in (one.waived, one.hearing_requested)
    due = notice is not None and (one.hearing_due or one.hearing_requested is not None)
    hands = taken.officers or one.officers
    own_hand = Certified(taken.by, known.certified.get(taken.by))
    said: dict[str, Any] = {
        "step": taken.step,
        "day": taken.day,
        "by": taken.by,
        "officers": tuple(Certified(name, known.certified.get(name)) for name in hands),
        "actor": own_hand if taken.step in BY_OFFICERS else None,
        "hands": one.investigators,
        "related": known.related,
        "observer": taken.by in known.observers or bool({*hands} & known.observers),
        "item_known": rules.power(acted).get(one.item) is not None,
        "basis_fault": rules.basis_fault(item, acted),
        "act_day": one.act_day,
        "found_day": one.found_day,
        "not_before": _followed(one, taken.step),
        "limit_day": rules.limit_day(one.item, acted, one.facts, taken.day),
        "age": one.facts.get("age"),
        "capable": one.facts.get("capable", True),
        "fine_most": max((each.fine_to for each in own), default=None),
        "fine_least": min((each.fine_from for each in own), default=0),
        "fined_before": known.fined_before,
        "unit": one.unit,
        "evidence": one.evidence - len(one.unreviewed),
        "unreviewed": len(one.unreviewed),
        "preserved": one.preserved is not None,
        "preserved_until": one.preserved
        and rules.last_day("penalty.registered_preservation", one.preserved),
        "ordered_first": _ordered_first(one, taken.day)
        or not all(each.after_order for each in own),
        "noticed": notice is not None,
        "noticed_fine": pleaded and pleaded.fine if taken.step == "noticed" else one.announced,
        "noticed_kinds": pleaded and frozenset(pleaded.sanctions),
        "notice_hearing": one.told_hearing,
        "defence_until": notice and _last_day(rules, procedure.defence, notice),
        "waived": one.waived is not None,
        "defended": one.defended is not None,
        "considered": one.considered is not None,
        "hearing_due": due,
        "hearing_until": notice and _last_day(rules, "penalty.hearing_request", notice),
        "hearing_asked": one.hearing_requested is not None,
        "hearing_given_up": one.hearing_ended is not None or given_up,
        "hearing_told": one.hearing_told,
        "hearing_day": one.hearing_day,
        "hearing_tell_by": one.hearing_day
        and rules.last_day("penalty.hearing_notice", one.hearing_day),
        "heard": one.heard is not None,
        "grave_case": one.grave,
        "discussed": one.discussed is not None,
        "review_due": procedure.review.asked == "all" or one.grave or due,
        "review": one.review,
        "reviewers": frozenset(one.reviewers),
        "sanctions": frozenset(one.sanctions),
        "provided": None if item is None else item.provides(subject),
        "outcome": one.announced_list,
    }
    # The law of the day of the act is one of the days that matter; see Rulebook.item.
    return Facts(**(said | {"found_day": found} | dict(taken.more)))
