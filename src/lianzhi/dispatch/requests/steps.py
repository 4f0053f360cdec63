"""What policy demands of a step beyond its place in the life of a request.

`request.fold` reads a history by its table of steps alone, so that old records stay readable. The
rules here hold when a step is taken: ask `check_step` before an entry is written.
"""

from collections.abc import Mapping
from typing import Any

from lianzhi.chain.life import IllegalStepError
from lianzhi.dispatch.policy import DispatchPolicy
from lianzhi.dispatch.requests.request import CHANNELS, OUTCOMES, Request, fold

_DAY = 86_400_000
#: Required fields of a step; they may not be empty.
_REQUIRED = {
    "request.received": ("request", "channel", "category"),
    "request.accepted": ("by",),
    "request.declined": ("by", "reason", "turn_to"),
    "request.dispatched": ("by", "to"),
    "request.handed_over": ("by", "to", "note"),
    "request.taken_over": ("by",),
    "request.handed_back": ("by", "reason"),
    "request.escalated": ("step", "tells"),
    "request.suspended": ("by", "reason"),
    "request.resumed": ("by",),
    "request.disposed": ("by", "outcome"),
    "request.reopened": ("reason",),
    "request.merged": ("by", "into"),
    "request.published": ("by",),
    "request.unpublished": ("by",),
}
#: Outcomes of `request.disposed`; `declined` has an entry of its own.
_DISPOSALS = tuple(outcome for outcome in OUTCOMES if outcome != "declined")


def check_step(
    policy: DispatchPolicy,
    request: Request | None,
    kind: str,
    at: int,
    payload: Mapping[str, Any],
) -> Request:
    """The request as it would be after a step.

    Raises IllegalStepError where the step may not be taken; its `rule` is `status`, a key of
    `[rule]` in phrases.toml, or `needs_FIELD` for a field that is missing or empty.
    """
    status = "" if request is None else request.status
    for field in _REQUIRED.get(kind, ()):
        if not payload.get(field):
            raise IllegalStepError(kind, status, rule=f"needs_{field}")
    after = fold(request, kind, at, payload)
    if rule := _broken_rule(policy, request, kind, at, payload):
        raise IllegalStepError(kind, status, rule=rule)
    return after


def refusal(
    policy: DispatchPolicy, request: Request, kind: str, at: int
) -> IllegalStepError | None:
    """What forbids a step now, whatever its form may say; None: it is possible."""
    payload = dict.fromkeys(_REQUIRED.get(kind, ()), "-") | {"outcome": _DISPOSALS[0]}
    try:
        check_step(policy, request, kind, at, payload)
    except IllegalStepError as error:
        return error
    return None


def _broken_rule(
    policy: DispatchPolicy,
    request: Request | None,
    kind: str,
    at: int,
    payload: Mapping[str, Any],
) -> str | None:
    """The key of the first rule that a step breaks."""
    if request is None:
        return None if payload["channel"] in CHANNELS else "channel"
    ended = request.disposed_at or request.updated_at
    disposed = kind == "request.disposed"
    rules = {
        "order": at < request.updated_at,
        "outcome": disposed and payload["outcome"] not in _DISPOSALS,
        "transferred_whither": disposed
        and payload["outcome"] == "transferred"
        and not payload.get("turn_to"),
        "same_holder": kind == "request.handed_over" and payload["to"] == request.holder,
        "itself": kind == "request.merged" and payload["into"] == request.id,
        "too_early": kind == "request.asked" and at < ended + policy.ask_after_days * _DAY,
        "too_late": kind == "request.reopened" and at > ended + policy.reopen_within_days * _DAY,
        "told_already": kind == "request.escalated" and payload["step"] in request.escalations,
        "category": "category" in payload and policy.category(payload["category"]) is None,
        "priority": bool(payload.get("priority")) and payload["priority"] not in policy.priorities,
    }
    return next((rule for rule, broken in rules.items() if broken), None)
