"""Marks of credentials for the record: keyed digests that show whether a stored one was changed.

The key lies outside the database: a mark tells a reader of the record nothing about a password or
a secret, and cannot be made to fit another one by somebody who writes to the database alone.
"""

from hmac import digest

import msgspec


def user_mark(
    key: bytes, user_id: str, password: str, issuer: str | None, subject: str | None
) -> str:
    """Mark of a user's password hash and OpenID identity."""
    return _mark(key, "user", user_id, password, issuer, subject)


def key_mark(key: bytes, key_id: str, secret_digest: bytes) -> str:
    """Mark of the stored digest of an API key's secret."""
    return _mark(key, "key", key_id, secret_digest.hex())


def _mark(key: bytes, *parts: str | None) -> str:
    return digest(key, b"lianzhi account mark 1" + msgspec.json.encode(parts), "sha256").hex()
