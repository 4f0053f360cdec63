"""Settings of the web application: `web.toml` in LIANZHI_HOME, where there is one."""

import secrets
import tomllib
from pathlib import Path

import msgspec

from lianzhi.store.files import load_or_create_key

MIB = 1024 * 1024


class SettingsError(ValueError):
    """The settings can't be used; the message names file, field and mend."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an operator may set. Rates are requests a second, sizes bytes, times seconds."""

    secret: bytes = msgspec.field(default_factory=lambda: secrets.token_bytes(32))
    """Signs sessions; changing it signs everyone out. Kept in `web.key`, never in `web.toml`."""
    https: bool = False
    """Served over HTTPS (by a proxy in front): cookies become Secure and HSTS is sent."""
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    """Host headers that are answered, without port; `*.example.org` for all below, `*` for any."""
    session_hours: int = 12
    max_body: int = MIB
    """Largest body of any request but a batch of events."""
    max_batch: int = 16 * MIB
    """Largest batch of events, after decompression."""
    submits_at_once: int = 8
    """Batches accepted at the same time; more are told to come back (503)."""
    upload_s: float = 30.0
    """A body that takes longer to arrive is given up (408)."""
    key_rate: float = 2000.0
    key_burst: float = 4000.0
    """Requests of one API key; more are refused (429)."""
    client_rate: float = 50.0
    client_burst: float = 300.0
    """Requests of one address that carry no valid API key; more are refused (429)."""
    key_cached: float = 5.0
    """How long a revoked key may still pass: keys are read again after this time."""


def load_settings(home: Path) -> Settings:
    """Read `web.toml` and `web.key` under `home`; the secret is made at the first start.

    Raises SettingsError.
    """
    path = home / "web.toml"
    try:
        secret = load_or_create_key(home / "web.key")
    except (ValueError, OSError) as error:
        raise SettingsError(str(error)) from None
    if not path.exists():
        return Settings(secret=secret)
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
        settings = msgspec.convert(given, Settings)
    except ValueError as error:
        raise SettingsError(f"{path}: {error}; mend the file and start again") from None
    if "secret" in given:
        raise SettingsError(f"{path}: secret does not belong here; it lies in web.key")
    return msgspec.structs.replace(settings, secret=secret)
