"""Derives the facts of a step, for the gates, from the file and the rules of its day.

Pure: takes the file, the rulebook and what the office looked up.
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
    """Looked-up facts beside the file."""

    certified: Mapping[str, dt.date | None] = {}
    """Officer -> last day of the certificate; None: none."""
    related: frozenset[str] = frozenset()
    fined_before: bool = False
    observers: frozenset[str] = frozenset()


class ProposedStep(NamedTuple):
    """A step to be checked before it is taken."""

    step: str
    day: dt.date
    by: str
    officers: tuple[str, ...] = ()
    """Officers who take it; empty: those of the file."""
    more: Mapping[str, Any] = {}
    """Fields of `Facts` given by the step itself."""


BY_OFFICERS = frozenset(
    ("filed", "evidence_added", "preserved", "noticed", "spot_decided", "served")
)
"""Steps reserved to officers (行政处罚法 42); other steps may be entered by any staff."""


def _followed(penalty: Penalty, step: str) -> dt.date | None:
    """Day of the step that this one follows."""
    follows = {
        "rectified": penalty.act_day,
        "ordered": penalty.act_day,
        "defended": penalty.noticed,
        "hearing_requested": penalty.noticed,
        "served": penalty.decided,
        "paid": penalty.served,
        "demanded": penalty.served,
        "hearing_ended": penalty.hearing_requested,
        "contested": penalty.served or penalty.decided,
        "upheld": penalty.contested,
        "overturned": penalty.contested or penalty.decided,
    }
    return follows.get(step)


def _last_day(rules: Rulebook, key: str, start: dt.date) -> dt.date | None:
    """Last day of a period; None before the statute, which occurs only in imported files."""
    try:
        return rules.last_day(key, start)
    except UnknownPeriodError:
        return None


def _ordered_first(penalty: Penalty, day: dt.date) -> bool:
    """Whether an order to rectify was not obeyed in time 逾期不改正."""
    until = penalty.ordered_until
    obeyed = until is not None and penalty.rectified is not None and penalty.rectified <= until
    return until is not None and day > until and not obeyed


def facts(step: ProposedStep, penalty: Penalty, rules: Rulebook, known: Known) -> Facts:
    """The facts of a step on a file; for the first step, on the file to be created."""
    acted = penalty.act_day or step.day
    found_day = penalty.found_day or step.day
    item = rules.item(penalty.item, acted)
    subject: Subject = "unit" if penalty.unit else "person"
    harm = penalty.facts.get("harm")
    ranges = [] if item is None else [limb for limb in item.fines if limb.subject == subject]
    limbs = [limb for limb in ranges if limb.grave == (harm == "grave")] or ranges
    notice = penalty.noticed
    pleaded = (
        penalty.pleaded if penalty.pleaded and penalty.pleaded.facts == penalty.facts else None
    )
    procedure = rules.procedure(step.day)
    given_up = None not in (penalty.waived, penalty.hearing_requested)
    due = notice is not None and (penalty.hearing_due or penalty.hearing_requested is not None)
    hands = step.officers or penalty.officers
    own_hand = Certified(step.by, known.certified.get(step.by))
    fields: dict[str, Any] = {
        "step": step.step,
        "day": step.day,
        "by": step.by,
        "officers": tuple(Certified(name, known.certified.get(name)) for name in hands),
        "actor": own_hand if step.step in BY_OFFICERS else None,
        "hands": penalty.investigators,
        "related": known.related,
        "observer": step.by in known.observers or bool({*hands} & known.observers),
        "item_known": rules.power(acted).get(penalty.item) is not None,
        "basis_fault": rules.basis_fault(item, acted),
        "act_day": penalty.act_day,
        "found_day": penalty.found_day,
        "not_before": _followed(penalty, step.step),
        "limit_day": rules.limit_day(penalty.item, acted, penalty.facts, step.day),
        "age": penalty.facts.get("age"),
        "capable": penalty.facts.get("capable", True),
        "fine_most": max((limb.fine_to for limb in limbs), default=None),
        "fine_least": min((limb.fine_from for limb in limbs), default=0),
        "fined_before": known.fined_before,
        "unit": penalty.unit,
        "evidence": penalty.evidence - len(penalty.unreviewed),
        "unreviewed": len(penalty.unreviewed),
        "preserved": penalty.preserved is not None,
        "preserved_until": penalty.preserved
        and rules.last_day("penalty.registered_preservation", penalty.preserved),
        "ordered_first": _ordered_first(penalty, step.day)
        or not all(limb.after_order for limb in limbs),
        "noticed": notice is not None,
        "noticed_fine": pleaded and pleaded.fine if step.step == "noticed" else penalty.announced,
        "noticed_kinds": pleaded and frozenset(pleaded.sanctions),
        "notice_hearing": penalty.told_hearing,
        "defence_until": notice and _last_day(rules, procedure.defence, notice),
        "waived": penalty.waived is not None,
        "defended": penalty.defended is not None,
        "considered": penalty.considered is not None,
        "hearing_due": due,
        "hearing_until": notice and _last_day(rules, "penalty.hearing_request", notice),
        "hearing_asked": penalty.hearing_requested is not None,
        "hearing_given_up": penalty.hearing_ended is not None or given_up,
        "hearing_told": penalty.hearing_told,
        "hearing_day": penalty.hearing_day,
        "hearing_tell_by": penalty.hearing_day
        and rules.last_day("penalty.hearing_notice", penalty.hearing_day),
        "heard": penalty.heard is not None,
        "grave_case": penalty.grave,
        "discussed": penalty.discussed is not None,
        "review_due": procedure.review.asked == "all" or penalty.grave or due,
        "review": penalty.review,
        "reviewers": frozenset(penalty.reviewers),
        "sanctions": frozenset(penalty.sanctions),
        "provided": None if item is None else item.provides(subject),
        "outcome": penalty.announced_list,
    }

    return Facts(**(fields | {"found_day": found_day} | dict(step.more)))
