"""Signature of webhooks, as the Standard Webhooks specification has it, with shared secrets.

Pure: `webhook-signature` is a list of `v1,<base64 of HMAC-SHA256>` over id, timestamp and body,
one for each secret in use, so that a receiver may hold the old one or the new.
"""

import binascii
import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence

PREFIX = "whsec_"
SECRET_SIZE = 32
_LEAST, _MOST = 24, 64
_MOST_MARKS = 10
#: Seconds for which a signed message counts, before and after its timestamp.
WINDOW_S = 300


class SignatureError(Exception):
    """A message that nobody known has signed in time; the text names the header."""


def encode_secret(secret: bytes) -> str:
    """A secret as it is shown and configured."""
    return PREFIX + b64encode(secret).decode()


def decode_secret(text: str) -> bytes:
    """Inverse of `encode_secret`; raises ValueError."""
    try:
        secret = b64decode(text.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        secret = b""
    if not text.startswith(PREFIX) or not _LEAST <= len(secret) <= _MOST:
        raise ValueError(f"a webhook secret is {PREFIX} and {_LEAST} to {_MOST} bytes in base64")
    return secret


def verified(message_id: str, stamp: str, marks: str, body: bytes, secrets: Sequence[str]) -> bool:
    """Whether one of the marks was made with one of these secrets, as they are configured."""
    signed = b".".join((message_id.encode("utf-8", "replace"), stamp.encode(), body))
    ours = [hmac.digest(decode_secret(key), signed, "sha256") for key in secrets]
    theirs = [_mark(mark) for mark in marks.split()[:_MOST_MARKS]]
    return any(hmac.compare_digest(a, b) for a in ours for b in theirs)


def check_age(stamp: str, now_s: float) -> None:
    """Raise SignatureError unless `webhook-timestamp` lies within `WINDOW_S` of now."""
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):
        raise SignatureError("webhook-timestamp is no Unix time")
    if abs(now_s - int(stamp)) > WINDOW_S:
        raise SignatureError(f"webhook-timestamp is more than {WINDOW_S} s from our clock")


def headers(message_id: str, at_s: int, body: bytes, secrets: Sequence[bytes]) -> dict[str, str]:
    """Headers of one attempt; `at_s` is now, in Unix seconds."""
    signed = b".".join((message_id.encode(), str(at_s).encode(), body))
    marks = (b64encode(hmac.digest(secret, signed, "sha256")).decode() for secret in secrets)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": " ".join(f"v1,{mark}" for mark in marks),
    }


def _mark(mark: str) -> bytes:
    try:
        return b64decode(mark.removeprefix("v1,"), validate=True) if mark[:3] == "v1," else b""
    except (binascii.Error, ValueError):
        return b""
