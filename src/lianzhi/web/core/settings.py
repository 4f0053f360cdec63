"""Settings of the web application: `web.toml` in LIANZHI_HOME, where there is one."""

import secrets
import tomllib
from ipaddress import ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from lianzhi.chain.roles import ROLES, Role
from lianzhi.files import load_or_create_key
from lianzhi.outbound import LOOPBACK, networks_for

MIB = 1024 * 1024


class SettingsError(ValueError):
    """The settings can't be used; the message names file, field and mend."""


class Oidc(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Sign-in at an OpenID provider: `[oidc]` in `web.toml`."""

    issuer: str
    """Address of the provider, as it names itself; http only on this very machine."""
    client_id: str
    client_secret_file: str = ""
    """File with the client's secret, relative to the home; empty: a public client, PKCE alone."""
    client_secret: str = ""
    """What stands in that file; never in `web.toml`."""
    name_claim: str = "preferred_username"
    """Claim of the ID token that names who is created."""
    roles_claim: str = "roles"
    """Claim with their groups or roles at the provider; dots lead into objects."""
    roles: dict[str, Role] = {}
    """Value of that claim -> role here."""
    create: bool = False
    """Make users of strangers whose roles are known here; else they must be linked first."""
    networks: tuple[str, ...] = ()
    """Private networks in which the issuer, its token and its key address may be, such as
    `10.1.0.0/16`; else only public addresses, and this machine where `issuer` names it."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an operator may set. Rates are requests a second, sizes bytes, times seconds."""

    secret: bytes = msgspec.field(default_factory=lambda: secrets.token_bytes(32))
    """Signs sessions; changing it signs everyone out. Kept in `web.key`, never in `web.toml`."""
    https: bool = False
    """Served over HTTPS (by a proxy in front): cookies become Secure and HSTS is sent."""
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    """Host headers that are answered, without port; `*.example.org` for all below, `*` for any."""
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    """Addresses or networks of proxies that are believed who asks (X-Forwarded-For) and how."""
    connections: int = 4096
    """Connections at a time, as far as the process may have file descriptors; more are refused."""
    connections_of_address: int = 128
    """Of one address that is no trusted proxy, or of one IPv6 network of 64 bits."""
    max_head: int = 64 * 1024
    """Largest request line and headers (431)."""
    head_s: float = 10.0
    """A head that takes longer to arrive is given up (408)."""
    session_hours: int = 12
    """How long a sign-in lasts at most."""
    idle_minutes: int = 60
    """How long it lasts while nothing is done."""
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
    sends_of_person: int = 10
    """Reports and appeals sent from public pages by one account in an hour; more have to wait
    (429). Addresses are not counted: a whole school may share one."""
    sends_of_address: int = 30
    """Reports sent from one address in an hour where nobody says who they are; more have to wait
    (429)."""
    key_cached: float = 5.0
    """How long a revoked key may still pass: keys are read again after this time."""
    oidc: Oidc | None = None
    """Sign-in at an OpenID provider, besides passwords."""
    metrics_open: bool = False
    """Whether anybody may read /metrics; else it takes an API key of scope `read`."""
    public_reports: bool = False
    """Whether anybody may read the transparency report, at /transparency."""
    public_period: Literal["month", "quarter"] = "month"
    """What a report is of. One of the two: together they would tell what each keeps back."""


def load_settings(home: Path) -> Settings:
    """Read `web.toml` and `web.key` under `home`; the secret is made at the first start.

    Raises SettingsError, and OSError where the home can't be read or written.
    """
    path = home / "web.toml"
    try:
        secret = load_or_create_key(home / "web.key")
    except (ValueError, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise  # of the disk, not of what stands there
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
    for proxy in settings.trusted_proxies:
        try:
            ip_network(proxy)
        except ValueError as error:
            mend = "give IP addresses, or networks such as 10.1.0.0/16"
            raise SettingsError(f"{path}: trusted_proxies: {error}; {mend}") from None
    try:
        oidc = _with_secret(settings.oidc, home) if settings.oidc else None
    except ValueError as error:
        raise SettingsError(f"{path}: [oidc] {error}") from None
    return msgspec.structs.replace(settings, secret=secret, oidc=oidc)


def is_safe(url: str) -> bool:
    """Whether what is sent there stays secret: https, or http on this very machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK))


def _with_secret(given: Oidc, home: Path) -> Oidc:
    """The settings with the client's secret. Raises ValueError: field, value, mend."""
    if given.client_secret:
        raise ValueError("client_secret does not belong here; name a file in client_secret_file")
    if not is_safe(given.issuer):
        raise ValueError(f"issuer {given.issuer!r}: give an https address")
    if unknown := sorted(set(given.roles.values()).difference(ROLES)):
        raise ValueError(f"roles: {unknown[0]!r} is none; use some of {', '.join(ROLES)}")
    networks_for(given.issuer, given.networks)
    if not given.client_id:
        raise ValueError("client_id is empty; give the one that the provider knows")
    if not given.client_secret_file:
        return given
    file = home / given.client_secret_file
    try:
        secret = file.read_text("utf-8").strip()
    except OSError as error:
        raise ValueError(f"client_secret_file {file}: {error.strerror or error}") from None
    if not secret:
        raise ValueError(f"client_secret_file {file}: it is empty; put the secret there")
    return msgspec.structs.replace(given, client_secret=secret)
