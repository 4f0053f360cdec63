"""Links: cases that share a person or an event within a policy window.

A link is something for a person to weigh. It opens nothing, decides nothing and is no ground for a
measure.
"""

from collections.abc import Iterable

import msgspec

from lianzhi.record.entry import Draft

#: A person who was in very many cases would link them all; the latest are told.
MOST = 20


class Related(msgspec.Struct, frozen=True, kw_only=True):
    """Another case, and what it shares with this one."""

    case: str
    people: int = 0
    """Accounts that are harmed or answerable in both."""
    events: int = 0
    """Events in evidence of both."""


def links(case: str, known: Iterable[str], related: Iterable[Related], at: int) -> list[Draft]:
    """Entries that link `case` with others, each told on both; those in `known` are left out."""
    drafts = []
    new = [one for one in related if one.case != case and one.case not in set(known)]
    for one in new[:MOST]:
        shared = {"people": one.people, "events": one.events}
        for here, there in ((case, one.case), (one.case, case)):
            payload = {"case": here, "other": there, **shared}
            drafts.append(Draft(kind="case.linked", ref=here, at=at, payload=payload))
    return drafts
