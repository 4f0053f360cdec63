"""Tokens of public addresses: signed, each for its purpose only, and the tokens of their forms."""

import hashlib
from collections.abc import Collection
from typing import Literal

from itsdangerous import BadSignature, Signer

Purpose = Literal["report", "appeal", "receipt", "form"]

#: First parts of the addresses whose forms carry a token bound to the address.
OPEN = ("report", "appeal", "receipt")
#: Under these nobody is signed in: who reads there is the user of a platform.
PUBLIC = tuple(f"/{first}/" for first in OPEN)
_LONGEST = 200


def sign(secret: bytes, purpose: Purpose, value: str) -> str:
    """The value, which may be read by anybody, with a signature."""
    return _signer(secret, purpose).sign(value).decode()


def value_of(secret: bytes, purpose: Purpose, token: str) -> str | None:
    """The value that we signed for this purpose; None for any other token."""
    if len(token) > _LONGEST or not token.isascii():
        return None
    try:
        return _signer(secret, purpose).unsign(token).decode()
    except (BadSignature, UnicodeDecodeError):
        return None


def form_token(secret: bytes, token: str) -> str:
    """What the form on the page of this token must carry."""
    return _signer(secret, "form").get_signature(token).decode()


def form_token_of(secret: bytes, path: str, open_forms: Collection[str] = ()) -> str | None:
    """What a form sent to this path must carry; None where the session's token counts.

    `open_forms`: further addresses that anybody may send forms to, each with a token of its own.
    """
    if path in open_forms:
        return form_token(secret, path)
    _, first, *rest = path.split("/")
    return form_token(secret, rest[0]) if first in OPEN and len(rest) == 1 else None


def _signer(secret: bytes, purpose: Purpose) -> Signer:
    salt = f"lianzhi.public.{purpose}"
    return Signer(secret, salt, key_derivation="hmac", digest_method=hashlib.sha256)
