"""Protection 防护: a person's temporary limits on strangers, and the check that applies them.

One click closes chosen channels to accounts that the person does not know or that are too young
(一键防护). It limits reach, never speech elsewhere: nothing is deleted and nobody is punished.
"""

from typing import Literal

import msgspec

Channel = Literal["private_message", "comment", "repost", "mention"]
CHANNELS: tuple[Channel, ...] = ("private_message", "comment", "repost", "mention")

DAY_MS = 86_400_000


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a protection closes, and until when."""

    channels: tuple[Channel, ...]
    """Channels closed to strangers."""
    expires_at: int
    """Unix milliseconds UTC; a protection always lapses."""
    strangers: bool = True
    """Close the channels to accounts without earlier contact."""
    younger_than_days: int = 0
    """Close the channels to accounts younger than this; 0: age does not matter."""


class Verdict(msgspec.Struct, frozen=True):
    """Answer to "may this interaction pass?"; `reason` is a catalogue key, empty when it may."""

    allowed: bool
    reason: Literal["", "stranger", "young_account", "unknown_age"] = ""
    expires_at: int | None = None


PASS = Verdict(allowed=True)


def check(
    terms: Terms, channel: str, *, at: int, stranger: bool, actor_created: int | None
) -> Verdict:
    """Whether an interaction by an account passes a person's protection at time `at`.

    An account of unknown age fails an age limit: the person asked for known accounts only.
    """
    if at >= terms.expires_at or channel not in terms.channels:
        return PASS
    if terms.strangers and stranger:
        return Verdict(allowed=False, reason="stranger", expires_at=terms.expires_at)
    if terms.younger_than_days:
        if actor_created is None:
            return Verdict(allowed=False, reason="unknown_age", expires_at=terms.expires_at)
        if at - actor_created < terms.younger_than_days * DAY_MS:
            return Verdict(allowed=False, reason="young_account", expires_at=terms.expires_at)
    return PASS
