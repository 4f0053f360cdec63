"""Acts on a request, in the order of its life. See `office.acts`.

What forbids an act beyond the status of the request is held by `dispatch.requests.steps`.
"""

import math

from lianzhi.chain.roles import Permission
from lianzhi.dispatch.requests.request import CHANNELS, OUTCOMES, STEPS
from lianzhi.domains.enforcement.desk.desk import Desk
from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.desk.requests import MOST_WORDS, Requests
from lianzhi.office.acts import Act, ActTable, Field, Opening, Take, method_of, words

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


def position(lon: str, lat: str) -> tuple[float, float] | None:
    """Longitude and latitude; None where neither is given. Raises RefusedError."""
    if not lon and not lat:
        return None
    try:
        at = float(lon), float(lat)
    except ValueError:
        at = math.nan, math.nan
    if not (abs(at[0]) <= 180 and abs(at[1]) <= 90):
        message = f"lon, lat is {lon!r}, {lat!r}; give both in degrees"
        raise RefusedError("place", message, lon=lon, lat=lat)
    return at


def _receive(
    desk: Desk,
    by: str,
    *,
    channel: str,
    category: str,
    words: str,
    place: str,
    lon: str,
    lat: str,
    enterprise: str,
    reporter: str,
) -> str:
    at = position(lon, lat) or (None, None)
    if enterprise:
        desk.visits.enterprise(enterprise)
    return desk.requests.receive(
        *(channel, category, words, by),
        lon=at[0],
        lat=at[1],
        place=place,
        enterprise=enterprise,
        reporter=reporter,
    )


def _line(name: str, required: bool = False) -> Field:
    return Field(name, "text", f"request.{name}", required)


_OPENING = Opening(
    *("receive", _DESK, "received", _receive),
    (
        *(_choice("channel", *CHANNELS), _choice("category", required=False), _words("words")),
        *map(_line, ("place", "lon", "lat", "enterprise", "reporter")),
    ),
)
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
_OTHER_STEPS = frozenset({"escalated", "asked"})
REQUEST = ActTable("request", "/requests", STEPS, _ACTS, _OTHER_STEPS, _OPENING)
