"""Event 事件: one thing that happened on a platform, as every later step sees it.

Field names follow Activity Streams 2.0 (actor, object, target) and CloudEvents (id, source).
"""

from typing import Annotated, Any

import msgspec

KINDS: tuple[str, ...] = (
    "comment",
    "danmaku",
    "private_message",
    "repost",
    "mention",
    "report",
    "follow",
    "block",
    "like",
    "view",
    "rating",
    "group_join",
    "group_leave",
    "account",
)
"""Kinds of event that every deployment takes in; domains add their own."""

#: Kinds by which one account addresses another: the channels that a protection can close.
CONTACT_KINDS: frozenset[str] = frozenset(
    {"comment", "danmaku", "private_message", "repost", "mention"}
)


#: Limits on what one event may carry, in characters; a longer value goes to quarantine.
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
Text = Annotated[str, msgspec.Meta(max_length=20_000)]
Stars = Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)]


class Event(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True, gc=False, kw_only=True):
    """One event. After intake it is treated as immutable and `time` is in UTC milliseconds.

    Other fields are kept in the log and read by nobody: intake counts them.
    """

    id: Id
    """Unique within `source`; (source, id) makes intake idempotent."""
    source: Id
    """The platform or channel that sent it."""
    kind: Id
    """One of `KINDS`, or of those that domains add; intake refuses others."""
    time: int
    """When it happened, Unix milliseconds UTC. On the wire also RFC 3339 with a zone."""
    actor: Id
    """Account that acted."""
    target: Id | None = None
    """Account at whom it is aimed, where there is one."""
    object: Id | None = None
    """What it is about: post, video, film, link."""
    text: Text | None = None
    rating: Stars | None = None
    """What a rating gives, on the platform's own scale: 1 to 5 stars, 0 to 10 points."""
    in_reply_to: Id | None = None
    """Event id of what it answers."""
    group: Id | None = None
    """Group or community through which it came."""
    actor_created: int | None = None
    """When the actor's account was opened, Unix milliseconds UTC."""
    target_is_minor: bool | None = None
    ext: dict[str, Any] | None = None
    """Whatever else the platform sends; kept, never interpreted by the core."""
    seq: int = -1
    """Position in the event log; set by intake, whatever the sender wrote."""
