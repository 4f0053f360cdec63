"""Rebound of a closed case, for the person who holds its revisit."""

from typing import Any

from babel.support import Translations

from lianzhi.chain.policy import CasePolicy
from lianzhi.chain.revisit import rebound_of_case
from lianzhi.chain.views import CaseView
from lianzhi.documents.format import HOUR
from lianzhi.kit.rebound_picture import picture, rebound_sentence
from lianzhi.store import views
from lianzhi.web.core.ports import NodePort

#: Intervals that a domain counts at most at a time, about.
_INTERVALS = 1500


def rebound_context(
    node: NodePort,
    view: CaseView,
    policy: CasePolicy,
    now: int,
    catalogue: Translations,
    *,
    by_messages: bool,
) -> dict[str, Any]:
    """What `_acts.html` shows of it; None for open cases and before a day has passed.

    `by_messages`: whether the case is about messages at a person, which a monitor counts.
    """
    rebound = rebound_of_case(
        view, policy, now, lambda since: _harm(node, view, since, now, by_messages)
    )
    if rebound is None:
        return {"rebound": None}
    return {
        "rebound": rebound,
        "rebound_picture": picture(rebound),
        "rebound_sentence": rebound_sentence(rebound, catalogue),
    }


def _harm(node: NodePort, view: CaseView, since: int, now: int, by_messages: bool) -> list[int]:
    """Times of harmful events: as a monitor counts all of them, else those in evidence."""
    row = view.row
    if row.account and by_messages:
        width = max(HOUR, (now - since) // _INTERVALS)
        counted = node.live.timeline(row.account, since, now, width)
        if counted:
            return [bucket.at for bucket in counted for _ in range(bucket.harmful)]
    return views.harm_times(node.engine, row.kind, row.about, since)
