"""Scan-in at the enterprise 扫码入企: a code that is good for one enterprise on one day.

Officers scan the code that the enterprise shows, which proves that they are there. It is
`LZ1:enterprise:day:mac`; the mac is HMAC-SHA256 (RFC 2104), cut to 80 bits. A photo of the code is
valid for the day only. The caller passes the key.
"""

import base64
import datetime as dt
import hashlib
import hmac
from typing import Literal

Scanned = Literal["good", "missing", "forged", "other_enterprise", "other_day"]
"""Result of a scan; all but `good` are rules of a visit that refuse it."""

_FORM = "LZ1"
_BYTES = 10
LEAST_SECRET = 16
MOST = 200
"""Characters of a code."""


def code(secret: bytes, enterprise: str, day: dt.date) -> str:
    """The code that an enterprise shows on a day. Raises ValueError for a short secret."""
    return f"{_FORM}:{enterprise}:{day.isoformat()}:{_mac(secret, enterprise, day.isoformat())}"


def check(secret: bytes, scanned: str, enterprise: str, day: dt.date) -> Scanned:
    """Check a scanned code for a visit. Raises ValueError for a short secret."""
    if not scanned.strip():
        return "missing"
    form, _, rest = scanned.strip().partition(":")
    shown, *after = rest.rsplit(":", 2)
    if form != _FORM or len(after) != 2 or len(scanned) > MOST:
        return "forged"
    expected = _mac(secret, shown, after[0])
    if not hmac.compare_digest(expected.encode(), after[1].encode()):
        return "forged"
    if shown != enterprise:
        return "other_enterprise"
    return "good" if after[0] == day.isoformat() else "other_day"


def enterprise_of(scanned: str) -> str:
    """The enterprise named by a code, unverified; empty for a malformed code."""
    form, _, rest = scanned.strip().partition(":")
    shown, *after = rest.rsplit(":", 2)
    return shown if form == _FORM and len(after) == 2 else ""


def _mac(secret: bytes, enterprise: str, day: str) -> str:
    if len(secret) < LEAST_SECRET:
        raise ValueError(f"secret has {len(secret)} bytes; give {LEAST_SECRET} or more")
    fields = [part.encode() for part in (_FORM, enterprise, day)]
    message = b"".join(len(part).to_bytes(4, "big") + part for part in fields)
    cut = hmac.new(secret, message, hashlib.sha256).digest()[:_BYTES]
    return base64.b32encode(cut).decode()
