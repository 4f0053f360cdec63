"""Secrets of the webhook: one in use, and the one before it until its time is over.

`keys/webhook` holds a line a secret, the newest first: the secret, and for an older one until when
it still signs (Unix milliseconds).
"""

import secrets
from pathlib import Path

import msgspec

from lianzhi.files import create, replace
from lianzhi.webhooks.signature import SECRET_SIZE, decode_secret, encode_secret


class Secret(msgspec.Struct, frozen=True):
    """A secret, and until when it signs beside the newest; None: it is the newest."""

    text: str
    until: int | None = None


class WebhookKeys:
    """The secrets of a deployment. Made when first asked for."""

    def __init__(self, home: Path) -> None:
        self.path = home / "keys" / "webhook"

    def current(self, now: int) -> list[Secret]:
        """Those that sign now, the newest first.

        Raises PermissionError when others may read the file, ValueError when it is damaged.
        """
        if not self.path.exists():
            create(self.path, _line(_fresh()))
        if self.path.stat().st_mode & 0o077:
            raise PermissionError(f"key file {self.path} can be read by others: chmod 600 it")
        secrets = [_read(self.path, line) for line in self.path.read_text("ascii").splitlines()]
        if not secrets:
            raise ValueError(f"key file {self.path} is empty: restore it from a copy, or remove it")
        return [secret for secret in secrets if secret.until is None or secret.until > now]

    def rotate(self, now: int, overlap_ms: int) -> Secret:
        """Make a new secret; the one before goes on signing beside it for so long."""
        older = [Secret(s.text, s.until or now + overlap_ms) for s in self.current(now)]
        fresh = _fresh()
        replace(self.path, b"".join(_line(secret) for secret in (fresh, *older)))
        return fresh


def _fresh() -> Secret:
    return Secret(encode_secret(secrets.token_bytes(SECRET_SIZE)))


def _line(secret: Secret) -> bytes:
    until = "" if secret.until is None else f" {secret.until}"
    return f"{secret.text}{until}\n".encode()


def _read(path: Path, line: str) -> Secret:
    text, _, until = line.partition(" ")
    try:
        decode_secret(text)
        return Secret(text, int(until) if until else None)
    except ValueError as error:
        raise ValueError(f"key file {path}: {error}; restore it from a copy") from None
