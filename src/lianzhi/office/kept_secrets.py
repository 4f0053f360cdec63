"""Kept secrets: made at first use, and on disk whole or not at all."""

import secrets
from pathlib import Path

from lianzhi.files import create


def kept(path: Path) -> bytes:
    """The 32 random bytes of a file of mode 0600; made, and durable, when it is not there."""
    if not path.exists():
        create(path, secrets.token_bytes(32))  # where somebody else was first, theirs counts
    return path.read_bytes()


def there(path: Path) -> bytes:
    """The bytes of such a file. KeyError: it is not there, and a new one would be another."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise KeyError(path.name) from None
