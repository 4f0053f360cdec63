"""Links between cases that share a person or an event within a policy window.

A link is evidence for a person to weigh: it opens and decides no case, and is no ground for a
measure.
"""

from collections.abc import Iterable

import msgspec

from lianzhi.record.entry import Draft

#: Most links of a case: a person in very many cases would link them all; the latest are kept.
MOST = 20


class Related(msgspec.Struct, frozen=True, kw_only=True):
    """Another case, and what it shares with this one."""

    case: str
    people: int = 0
    """Accounts that are harmed or answerable in both."""
    events: int = 0
    """Events in evidence of both."""


def links(case: str, known: Iterable[str], related: Iterable[Related], at: int) -> list[Draft]:
    """Entries that link `case` and others, one on each side; those in `known` are left out."""
    drafts = []
    new = [other for other in related if other.case != case and other.case not in set(known)]
    for other in new[:MOST]:
        shared = {"people": other.people, "events": other.events}
        for here, there in ((case, other.case), (other.case, case)):
            payload = {"case": here, "other": there, **shared}
            drafts.append(Draft(kind="case.linked", ref=here, at=at, payload=payload))
    return drafts
