"""Messages to the platform, to people and to other platforms, with their channels."""

import re
from typing import Any, Literal, get_args

import msgspec

Channel = Literal["webhook", "mail", "signal"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
State = Literal["waiting", "sent", "dead", "cancelled"]

_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_TOPIC = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)+")
_NAME = re.compile(r"[\x21-\x7e]{1,200}")


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message to the world outside. Raises ValueError where a field can't travel."""

    id: str
    """Derived from what it says, so that the same message has the same id: 1 to 100 of
    A-Z a-z 0-9 _ -."""
    lane: str
    """Messages of one lane are delivered in order; printable ASCII without blanks."""
    number: int
    """Place in its lane: receivers see it as `sequence`."""
    topic: str
    """What happened, noun and participle: `measure.ordered`."""
    channel: Channel
    ref: str
    """Id of what it is about."""
    created_at: int
    body: dict[str, Any] = {}
    """JSON without personal data; people as vault tokens."""
    person: str | None = None
    """Vault token of the one whom it is for: erasing them cancels it."""
    due_at: int | None = None
    """Not before; None: at once."""
    attempts: int = 0
    """How often it has been claimed."""

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(f"message id {self.id!r}: use 1 to 100 of A-Z a-z 0-9 _ -")
        if not _NAME.fullmatch(self.lane):
            raise ValueError(f"lane {self.lane!r}: use 1 to 200 printable ASCII characters")
        if not _TOPIC.fullmatch(self.topic):
            raise ValueError(f"topic {self.topic!r}: write noun.participle, like measure.ordered")
        if self.channel not in CHANNELS:
            raise ValueError(f"channel {self.channel!r}: choose one of {', '.join(CHANNELS)}")
