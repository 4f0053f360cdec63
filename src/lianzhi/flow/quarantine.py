"""Quarantine 隔离: rows that cannot be accepted, kept with their reason until they are mended."""

from typing import Literal, Protocol

import msgspec

Reason = Literal[
    "broken_json",
    "invalid_utf8",
    "lone_surrogate",
    "nul",
    "too_long",
    "wrong_type",
    "missing_field",
    "unknown_field",
    "conflict",
    "empty_field",
    "bad_time",
    "future_time",
    "not_an_object",
]


class Rejected(msgspec.Struct, frozen=True):
    """One refused row: where it stood, why, and what would mend it."""

    line: int
    """1-based line in the input in which it stood."""
    reason: Reason
    detail: str
    """Names field, value and mend; never more than 300 characters."""
    raw: bytes
    """The row itself, cut to the first 4 KiB."""


class Quarantined(msgspec.Struct, frozen=True):
    """A quarantined row as it is listed."""

    at: int
    """When it was refused, Unix milliseconds UTC."""
    origin: str
    """File name or API key id from which it came."""
    row: Rejected


class Quarantine(Protocol):
    """Where refused rows are kept; `hold` returns when they are durable."""

    def hold(self, origin: str, rows: list[Rejected]) -> int:
        """Keep refused rows of one input, each once; returns how many were not held before."""
        ...

    def list(self, limit: int = 100, newest_first: bool = True) -> list[Quarantined]:
        """Rows held, with their reasons."""
        ...

    def count(self) -> int:
        """How many rows are held."""
        ...
