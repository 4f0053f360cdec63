"""What a receiver of webhooks does first: authenticate a message, then read it."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from lianzhi.webhooks.signature import SignatureError, check_age, verified


class Message(msgspec.Struct, frozen=True):
    """One message, as docs/webhooks.md describes it."""

    type: str
    """What happened, such as `measure.ordered`."""
    id: str
    """The same each time it is sent: apply it once."""
    timestamp: str
    """When it happened, RFC 3339."""
    data: dict[str, Any]


def read_message(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now_s: float
) -> Message:
    """The message of a request, with its bytes as they came; `secrets` begin with `whsec_`.

    Raises SignatureError unless one of them signed it, within `WINDOW_S` of `now_s`.
    """
    given = {name.lower(): value for name, value in headers.items()}
    identity, stamp = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    check_age(stamp, now_s)
    if not verified(identity, stamp, given.get("webhook-signature", ""), body, secrets):
        raise SignatureError("webhook-signature was made with none of these secrets")
    try:
        message = msgspec.json.decode(body, type=Message)
    except msgspec.DecodeError as error:
        raise SignatureError(f"body: {error}") from None
    if message.id != identity:
        raise SignatureError("id: it is not the one in webhook-id")
    return message
