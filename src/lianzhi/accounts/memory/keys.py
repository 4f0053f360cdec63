"""Keys that turn trait values into hashes which reveal nothing without the key.

HMAC-SHA-256 (RFC 2104), cut to 64 bits: enough to distinguish millions of values. Destroying a key
makes everything remembered under it unreadable.
"""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from lianzhi.accounts.action import ActionError

#: Fewest bytes of a key: the length of the hash (RFC 2104, section 3).
LEAST = 32
#: Hexadecimal digits kept of a hash.
_KEPT = 16


@dataclass(frozen=True)
class Key:
    """A secret key of the operator."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) < LEAST:
            raise ActionError(f"key: {len(self.secret)} bytes; give {LEAST} or more, at random")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a key in hexadecimal digits. Raises ActionError."""
        try:
            return cls(bytes.fromhex(text.strip()))
        except ValueError:
            raise ActionError(
                f"key: not hexadecimal; give {2 * LEAST} digits or more, as those of "
                f"`openssl rand -hex {LEAST}`"
            ) from None

    @property
    def id(self) -> str:
        """Id that entries refer to; reveals nothing about the secret."""
        return self.hash("key", "")[:8]

    def hash(self, trait: str, value: str) -> str:
        """Hash of a value; differs between traits."""
        text = f"{trait}\0{value}".encode("utf-8", "surrogatepass")
        return hmac.digest(self.secret, text, "sha256").hex()[:_KEPT]


def ring(keys: Iterable[Key]) -> Mapping[str, Key]:
    """Keys by id, the one in use first, older ones after it."""
    return {key.id: key for key in keys}
