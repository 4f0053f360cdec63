"""Lots 抽签: a random draw that anyone can verify, whoever is drawn and whatever for.

Before the draw, its plan is published: the Merkle root of the roster, the hash of a secret, and
which future public value will be used. After it, the secret is published, and

    seed = SHA-256(rule, plan's digest, secret, public value)

Whoever keeps the secret cannot choose the public value, and whoever might choose the public value
does not know the secret. Each candidate has lots in a stratum; a lot's number is BLAKE2b(seed;
stratum, candidate, lot). Lots are taken in the order of their numbers, and a candidate is drawn
with the first: a draw without replacement in proportion to lots, in integer arithmetic.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from fractions import Fraction
from hashlib import blake2b, sha256
from typing import NamedTuple

import msgspec

from lianzhi.record import merkle

RULE = "lianzhi-draw-1"
"""Version of the procedure above; it changes whenever the same seed would give another draw."""
LEAST_SECRET = 16
"""Bytes of a secret, at least."""


class DrawError(ValueError):
    """A draw that cannot be made or is not the one published; the message says what and why."""


class Public(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value that is unknown when the plan is made and that anyone can look up later."""

    source: str
    """Which value, and how it is written: lottery numbers of a date, a beacon's round, the root of
    a witnessed checkpoint."""
    on: dt.date
    """The day on which it becomes known."""


class Reveal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The opened commitment, published once the public value is known."""

    plan: str
    """The plan's digest."""
    secret: str
    """In hexadecimal."""
    public: str


class Commitment(NamedTuple):
    """What a plan has committed to."""

    rule: str
    name: str
    """Identifies the draw."""
    digest: str
    """SHA-256 of the plan, see `digest_of`."""
    commitment: str
    """See `commitment_of`."""
    source: str
    """Which public value will be used."""


class Check(NamedTuple):
    """One step of a draw's verification, and its result."""

    key: str
    """`recorded`, `in_time`, `public`, `drawn_again`, `published`."""
    holds: bool | None
    """None where the verifier gave nothing to check it against."""
    detail: str


def root(rows: Iterable[msgspec.Struct]) -> str:
    """Merkle root of a roster (RFC 6962), in hexadecimal; a leaf is a row as JSON."""
    return merkle.root(merkle.leaf_hash(msgspec.json.encode(row)) for row in rows).hex()


def digest_of(plan: msgspec.Struct) -> str:
    """SHA-256 of a plan as JSON, in hexadecimal: what goes on the record."""
    return sha256(msgspec.json.encode(plan, order="sorted")).hexdigest()


def commitment_of(name: str, secret: bytes, least: int = LEAST_SECRET) -> str:
    """SHA-256(rule, name, secret), in hexadecimal. Raises DrawError for a short secret."""
    if len(secret) < least:
        raise DrawError(f"secret has {len(secret)} bytes; give {least} random ones")
    return _hash(name.encode(), secret).hex()


def check_public(public: Public, *days: dt.date) -> None:
    """Raises DrawError for a value that is not named, or days that do not follow one another."""
    if not public.source.strip():
        raise DrawError("public.source is empty; say which value will be taken")
    if list(days) != sorted(days) or (days and public.on > days[0]):
        given = ", ".join(map(str, days))
        raise DrawError(f"days are public.on {public.on}, then {given}; give them in this order")


def seed(plan: Commitment, opened: Reveal) -> bytes:
    """The 32 bytes that determine the draw. Raises DrawError if they were not committed to."""
    if plan.rule != RULE:
        raise DrawError(f"rule is {plan.rule!r}; this program draws by {RULE}, find one for it")
    if opened.plan != plan.digest:
        raise DrawError(f"the reveal is of plan {opened.plan[:16]}, not {plan.digest[:16]}")
    try:
        secret = bytes.fromhex(opened.secret)
    except ValueError:
        raise DrawError("secret is no hexadecimal number; publish it as it was made") from None
    if _hash(plan.name.encode(), secret).hex() != plan.commitment:
        raise DrawError("the secret is not the one that the plan committed to")
    if not opened.public:
        raise DrawError(f"public is empty; give the value of: {plan.source}")
    return _hash(bytes.fromhex(plan.digest), secret, opened.public.encode())


def take(key: bytes, stratum: str, lots: Mapping[str, int], count: int) -> list[str]:
    """Those of a stratum who are drawn, in the order of their first lots; `lots` by candidate."""
    first = {
        name: min(number(key, "lot", stratum, name, str(lot)) for lot in range(many))
        for name, many in lots.items()
    }
    return sorted(first, key=lambda name: (first[name], name))[:count]


def number(key: bytes, *parts: str) -> bytes:
    """A number that follows from the seed and some words."""
    return blake2b(_joined(*(part.encode() for part in parts)), key=key, digest_size=32).digest()


def allot(total: int, shares: Mapping[str, Fraction]) -> dict[str, int]:
    """Divide a total by shares: largest remainder method, ties by name. Raises DrawError."""
    whole = sum(shares.values())
    if whole <= 0 or min(shares.values()) < 0:
        raise DrawError("shares are not positive; give some like high=3, low=1")
    exact = {name: total * share / whole for name, share in shares.items()}
    counts = {name: int(value) for name, value in exact.items()}
    rest = sorted(exact, key=lambda name: (counts[name] - exact[name], name))
    for name in rest[: total - sum(counts.values())]:
        counts[name] += 1
    return counts


def _hash(*parts: bytes) -> bytes:
    return sha256(_joined(RULE.encode(), *parts)).digest()


def _joined(*parts: bytes) -> bytes:
    """Each part after its length in 8 bytes, so that different lists give different bytes."""
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)
