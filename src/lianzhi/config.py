"""Configuration of a deployment: `config.toml` under LIANZHI_HOME, made at the first start."""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec

from lianzhi import outbound

_DATABASE = re.compile(r"""\s*["']?database["']?\s*=""")
#: Tables of the file, beside those of domains.
TABLES = ("webhook", "mail", "notices")
DEFAULT_HOME = Path(".lianzhi")
#: An address that any mail server takes: no quoting, no comments, ASCII.
MAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
#: Where the database is may be told here instead, so that its password need not lie in a file.
DATABASE_URL = "LIANZHI_DATABASE_URL"

LogFormat = Literal["text", "json"]


class ConfigError(ValueError):
    """config.toml cannot be used; the message names field, value and mend."""


class Webhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[webhook]`: where the platform takes messages."""

    url: str
    """HTTPS, or HTTP on this machine."""
    notices: bool = True
    """Send notices as well, for the platform to show."""
    insecure: bool = False
    """Allow HTTP to another machine."""
    networks: tuple[str, ...] = ()
    """Private networks in which the receiver may be, such as `10.1.0.0/16`."""

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            _ = parts.port
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"url {self.url!r}: give https://host/path")
        if parts.username or parts.password or parts.fragment:
            raise ValueError("url: leave out user, password and fragment; requests are signed")
        if parts.scheme == "http" and not self.insecure and parts.hostname not in outbound.LOOPBACK:
            raise ValueError(f"url {self.url!r}: use https, or set insecure = true")
        try:
            outbound.check_url(self.url, self.reach)
        except outbound.ForbiddenAddressError as error:
            raise ValueError(f"url {self.url!r}: {error}") from None

    @property
    def reach(self) -> outbound.Networks:
        """Networks beside the public ones to which messages may be posted."""
        return outbound.networks_for(self.url, self.networks)


class Mail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[mail]`: the server that takes mail."""

    host: str
    from_: str = msgspec.field(name="from")
    """Address of the sender, with a name or without: `Lianzhi <notices@example.org>`."""
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    """`none` is for a server on this machine, or a network that is trusted."""
    username: str = ""
    """Empty: no login."""
    password_file: str = ""
    """File of the password, relative to the home; only its owner may read it."""

    def __post_init__(self) -> None:
        _, address = parseaddr(self.from_)
        if not MAIL.fullmatch(address) or not self.from_.isprintable():
            raise ValueError(f"from {self.from_!r}: give an address such as notices@example.org")
        if bool(self.username) != bool(self.password_file):
            raise ValueError("username and password_file: give both, or neither")
        if self.username and self.security == "none":
            raise ValueError("security 'none': a login needs starttls or tls")


class NoticeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[notices]`: what every notice says."""

    contact: str = ""
    """Whom to ask: a mail address, telephone number or page."""


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator may set."""

    deployment: str = "Lianzhi"
    """Name shown in the console."""
    database: str = ""
    """SQLAlchemy URL; empty: SQLite in LIANZHI_HOME/lianzhi.db."""
    lateness_seconds: Annotated[float, msgspec.Meta(ge=0)] = 5.0
    """How long an event may be late, in event time, and still be judged."""
    segment_megabytes: Annotated[int, msgspec.Meta(ge=1, le=1024)] = 64
    """Size at which a segment of the event log is sealed into Parquet."""
    snapshot_minutes: Annotated[float, msgspec.Meta(gt=0)] = 10.0
    """How often the detectors' state is saved; a restart replays what came after."""
    domains: tuple[str, ...] | None = None
    """Domains that are opened, with their detectors, desks and pages; None: the default ones."""
    settings: dict[str, dict[str, Any]] = {}
    """Settings of domains: in the file each has a table that bears its name."""
    policy: str = ""
    """Folder of the operator's own policy, relative to LIANZHI_HOME; empty: the shipped one."""
    lexicon: str = ""
    """Folder of the operator's own lexicons, relative to LIANZHI_HOME; it is read again whenever it
    changes."""
    origin: str = "lianzhi.local/record"
    """Name under which the record's checkpoints are signed."""
    log: LogFormat = "text"
    """Form of the lines that a node logs to standard error."""
    keep_sent_days: Annotated[int, msgspec.Meta(ge=1)] = 30
    """How long the outbox remembers what was delivered."""
    webhook: Webhook | None = None
    mail: Mail | None = None
    notices: NoticeSettings = NoticeSettings()

    def __repr__(self) -> str:
        """Leaves out the URL, which may have a password in it."""
        return f"Config({self.deployment!r})"

    def url(self, home: Path) -> str:
        """Where the database is."""
        return self.database or f"sqlite:///{home.resolve() / 'lianzhi.db'}"


def load(folder: Path, environment: Mapping[str, str] = os.environ) -> Config:
    """Read the configuration; the defaults where there is none. Raises ConfigError.

    Tables of domains are not checked here: `domains.configuration.load` knows their forms.
    LIANZHI_DATABASE_URL in the environment, unless it is blank, stands in for `database`.
    """
    path = folder / "config.toml"
    config = read(path.read_bytes(), path) if path.exists() else Config()
    url = environment.get(DATABASE_URL, "").strip()
    return msgspec.structs.replace(config, database=url) if url else config


def with_database(data: bytes, url: str, path: Path) -> bytes:
    """The configuration with another `database`; comments stay. Raises ConfigError."""
    lines = data.decode("utf-8").splitlines()
    kept = [line for line in lines if not _DATABASE.match(line)]
    # In front of everything, so that no table's heading can come before it.
    changed = "\n".join([f"database = {json.dumps(url)}", *kept, ""]).encode()
    if read(changed, path).database != url:
        raise ConfigError(f"{path}: `database` cannot be changed here; change it by hand")
    return changed


def read(data: bytes, path: Path) -> Config:
    """The configuration that lies at `path`. Raises ConfigError."""
    try:
        fields = tomllib.loads(data.decode("utf-8"))
        tables = {
            name: fields.pop(name)
            for name, value in [*fields.items()]
            if isinstance(value, dict) and name not in TABLES
        }
        if "settings" in fields:
            raise ValueError("`settings` is no field: a domain has a table that bears its name")
        return msgspec.convert({**fields, "settings": tables}, Config)
    except ValueError as error:  # broken TOML, ill-formed UTF-8, or a value out of bounds
        raise ConfigError(f"{path}: {error}; mend it and start again") from None
