"""Gates of a matter: which rule each step has to pass is data, under `policy/gates/matter`."""

import datetime as dt
from collections.abc import Mapping

import msgspec

from lianzhi.domains.counsel.nouns.matter import Matter
from lianzhi.law.gates import Predicate, Terms

#: Why the time of a kind may stand still.
_PAUSES = {"disclosure": ("completion", "consultation"), "petition_recheck": ("hearing",)}


class MatterFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What gates look at. `given` is None where a page asks whether a step is possible at all."""

    step: str
    day: dt.date
    by: str
    file: Matter
    given: Mapping[str, object] | None
    most: int
    """By how many units the running period may be extended."""
    ask_until: dt.date | None
    """Last day to ask for completion; None: not known."""


def review_passed(facts: MatterFacts, terms: Terms) -> bool:
    """The draft has passed legal review."""
    return facts.file.status == "reviewed"


def reviewer_apart(facts: MatterFacts, terms: Terms) -> bool:
    """The reviewer is neither the handler nor the one who submitted."""
    return facts.by not in {facts.file.handler, facts.file.hands.get("submitted")}


def only_petitions(facts: MatterFacts, terms: Terms) -> bool:
    """A petition that has not been accepted."""
    return facts.file.kind == "petition" and "accepted" not in facts.file.days


def pause_allowed(facts: MatterFacts, terms: Terms) -> bool:
    """A pause that the kind of matter has."""
    allowed = _PAUSES.get(facts.file.kind, ())
    return bool(allowed) and (facts.given is None or facts.given["pause"] in allowed)


def completion_in_time(facts: MatterFacts, terms: Terms) -> bool:
    """Completion is asked for the first time and in time; a consultation always passes."""
    if facts.given is None or facts.given["pause"] != "completion":
        return True
    return not facts.file.completion and (facts.ask_until is None or facts.day <= facts.ask_until)


def extension_allowed(facts: MatterFacts, terms: Terms) -> bool:
    """The extension is the first, and within what the period allows."""
    extra = 1 if facts.given is None else facts.given["extra"]
    return isinstance(extra, int) and 1 <= extra <= facts.most and not facts.file.extra


def extension_in_time(facts: MatterFacts, terms: Terms) -> bool:
    """The period is not over."""
    return facts.file.due is None or facts.day <= facts.file.due


PREDICATES: dict[str, Predicate[MatterFacts, Terms]] = {
    predicate.__name__: predicate
    for predicate in (
        *(review_passed, reviewer_apart, only_petitions, pause_allowed),
        *(completion_in_time, extension_allowed, extension_in_time),
    )
}
