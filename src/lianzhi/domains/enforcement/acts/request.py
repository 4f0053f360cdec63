"""Acts on a request, in the order of its life. See `office.acts`.

What forbids an act beyond the status of the request is held by `dispatch.requests.steps`.
"""

from lianzhi.chain.roles import Permission
from lianzhi.dispatch.requests.request import OUTCOMES, STEPS
from lianzhi.domains.enforcement.desk.requests import MOST_WORDS, Requests
from lianzhi.office.acts import Act, ActTable, Field, Take, method_of, words

MAY_HAND_OVER: tuple[Permission, ...] = ("enforce", "dispatch")
"""Permissions, each of which suffices to hand over the work on a request."""
_DESK: tuple[Permission, ...] = ("dispatch",)
_SQUAD: tuple[Permission, ...] = ("enforce",)


def _act(key: str, needs: tuple[Permission, ...], step: str, method: Take, *fields: Field) -> Act:
    return Act(key, needs, (step,), method_of("requests", method), fields)


def _words(label: str, required: bool = True) -> Field:
    return words(f"request.{label}", required, MOST_WORDS)


def _choice(name: str, *choices: str, required: bool = True) -> Field:
    return Field(name, "choice", f"request.{name}", required, choices, f"request_{name}")


_DISPOSALS = tuple(outcome for outcome in OUTCOMES if outcome != "declined")
_MORE = _words("more", required=False)
_ACTS = (
    _act("accept", _DESK, "accepted", Requests.accept),
    _act(
        *("dispatch", _DESK, "dispatched", Requests.dispatch),
        *(_choice("to"), _choice("category", required=False), _choice("priority", required=False)),
    ),
    _act(
        *("dispose", _SQUAD, "disposed", Requests.dispose),
        *(_choice("outcome", *_DISPOSALS), _words("told")),
        Field("turn_to", "text", "request.turn_to", required=False),
    ),
    _act("take_over", _SQUAD, "taken_over", Requests.take_over),
    _act(
        *("hand_over", MAY_HAND_OVER, "handed_over", Requests.hand_over),
        *(_choice("to"), _words("note")),
    ),
    _act(
        *("hand_back", _SQUAD, "handed_back", Requests.hand_back),
        *(_choice("reason", "not_ours", "no_hands", "wrong_place"), _MORE),
    ),
    _act(
        *("suspend", _DESK, "suspended", Requests.suspend),
        *(_choice("reason", "more_needed", "appointment"), _MORE),
    ),
    _act("resume", _DESK, "resumed", Requests.resume),
    _act(
        *("decline", _DESK, "declined", Requests.decline),
        _choice("reason", "outside", "in_court", "answered", "unclear"),
        *(Field("turn_to", "text", "request.turn_to"), _words("told", required=False)),
    ),
    _act("merge", _DESK, "merged", Requests.merge, _choice("into")),
    _act("confirm", _DESK, "confirmed", Requests.confirm),
    _act(
        *("reopen", _DESK, "reopened", Requests.reopen),
        *(_choice("reason", "not_mended", "back", "unanswered"), _MORE),
    ),
    _act("publish", _DESK, "published", Requests.publish, _words("public_words")),
    _act("unpublish", _DESK, "unpublished", Requests.unpublish)._replace(
        applies=lambda request, today: request.published
    ),
)
_OTHER_STEPS = frozenset({"received", "escalated", "asked"})
REQUEST = ActTable("request", "/requests", STEPS, _ACTS, _OTHER_STEPS)
