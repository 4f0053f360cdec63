"""Passwords: requirements, hashing and verification.

Stored as argon2id hashes (RFC 9106). Requirements follow NIST SP 800-63B: short ones, common ones
and the user's own name are refused; there are no rules about kinds of characters.
"""

import functools
import secrets
import unicodedata
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from lianzhi.store.refusal import AccountError

MIN_PASSWORD = 10
MAX_PASSWORD = 1024
#: Shorter names occur in too many good passwords.
_NAMING = 4

_hasher = PasswordHasher()


def hashed(password: str, name: str) -> str:
    """The hash of a user's new password. Raises AccountError for a weak one."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise AccountError(
            "password_length",
            f"password: {len(password)} characters; use {MIN_PASSWORD} to {MAX_PASSWORD}",
        )
    plain = _plain(password)
    if plain == _plain(name) or (len(name) >= _NAMING and _plain(name) in plain):
        raise AccountError("password_name", "password: it holds the user's name; use another")
    if plain in _common() or len(set(plain)) < _NAMING:
        raise AccountError(
            "password_common", "password: it is among the first that a guesser tries; use another"
        )
    return _hasher.hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether the password matches the hash; takes as long where there is no hash (None)."""
    instead = _unusable_hash()  # made at the first sign-in, whoever that is
    try:
        return _hasher.verify(kept or instead, password[:MAX_PASSWORD]) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False


def renewed(password: str, kept: str) -> str | None:
    """A new hash where `kept` was made with weaker parameters than the present ones, else None."""
    return _hasher.hash(password) if _hasher.check_needs_rehash(kept) else None


def generated() -> str:
    """A one-time password of 120 random bits, in unambiguous characters."""
    return "-".join(
        "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(5))
        for _ in range(5)
    )


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@functools.cache
def _common() -> frozenset[str]:
    text = files(__package__).joinpath("passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


@functools.cache
def _unusable_hash() -> str:
    """A hash that no password matches, with the parameters of real ones."""
    return _hasher.hash(secrets.token_hex(32))
