"""Federation: the platforms that exchange signals, and the keys, as `keys/signals.toml` says.

The file is read anew at each use, so that keys change while a node runs. Hash keys are shared by
all platforms, the newest first; secrets by two each, and all of a peer's count. What is older goes
on beside what is newer until it is taken out, or until its `until`.
"""

import datetime as dt
import secrets
import tomllib
from base64 import b64decode, b64encode
from binascii import Error
from pathlib import Path

import msgspec

from lianzhi.chain.signal import MOST_HASHES, NAME, Hash, Kind, digest
from lianzhi.config import ConfigError, Webhook
from lianzhi.files import create
from lianzhi.webhooks.keys import Secret
from lianzhi.webhooks.signature import SECRET_SIZE, decode_secret, encode_secret

FILE = Path("keys", "signals.toml")
ADDRESS = "/v1/signals"
_LEAST = 32


class HashKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[[hash_keys]]`: a key under which accounts and content are hashed."""

    id: str
    """What the platforms call it: 1 to 32 of a-z 0-9 -."""
    key: str
    """At least 32 bytes in base64, the same on every platform."""
    until: dt.datetime | None = None
    """Until when hashes under it are made and taken; left out: until the key is taken out."""

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.id):
            raise ValueError(f"id {self.id!r}: use 1 to 32 of a-z 0-9 - and begin with none of -")
        try:
            size = len(b64decode(self.key, validate=True))
        except Error:
            size = 0
        if size < _LEAST:
            raise ValueError(f"key of {self.id}: give at least {_LEAST} bytes in base64")
        if self.until is not None and self.until.tzinfo is None:
            raise ValueError(f"until of {self.id}: give a time with a zone")

    def holds(self, at: int) -> bool:
        """Whether it is in use at a time (ms)."""
        return self.until is None or at < self.until.timestamp() * 1000

    def hash(self, kind: Kind, value: str) -> Hash:
        """An account or content under this key."""
        return Hash(self.id, digest(b64decode(self.key), kind, value))


class Peer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[[peers]]`: another platform."""

    name: str
    """As all platforms call it: 1 to 32 of a-z 0-9 -."""
    url: str
    """Where it is served: https, or http on this machine; `/v1/signals` is put behind it."""
    secrets: tuple[str, ...]
    """Signs what goes to it and what comes from it, the newest first; `whsec_...` each."""
    insecure: bool = False
    """Allow http to another machine."""
    networks: tuple[str, ...] = ()
    """Private networks in which it may be, such as `10.1.0.0/16`."""

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(f"name {self.name!r}: use 1 to 32 of a-z 0-9 -; begin with none of -")
        _ = self.webhook
        if not self.secrets:
            raise ValueError(f"secrets of {self.name}: give one, as `lianzhi signal key` prints it")
        for secret in self.secrets:
            decode_secret(secret)

    @property
    def webhook(self) -> Webhook:
        """Where messages to it are posted."""
        return Webhook(
            self.url.rstrip("/") + ADDRESS, insecure=self.insecure, networks=self.networks
        )

    def current(self, now: int) -> list[Secret]:
        """Secrets that sign now."""
        return [Secret(secret) for secret in self.secrets]


class Federation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everybody who takes part, as one platform sees it."""

    name: str
    """What the others call us."""
    hash_keys: tuple[HashKey, ...]
    peers: tuple[Peer, ...] = ()

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(f"name {self.name!r}: use 1 to 32 of a-z 0-9 -; begin with none of -")
        names = [self.name, *(peer.name for peer in self.peers)]
        if len(set(names)) < len(names):
            raise ValueError("peers: no two platforms have one name, and none has ours")
        if not 1 <= len({key.id for key in self.hash_keys}) == len(self.hash_keys) <= MOST_HASHES:
            raise ValueError(f"hash_keys: give 1 to {MOST_HASHES}, each with an id of its own")

    def peer(self, name: str) -> Peer | None:
        """The platform of this name."""
        return next((peer for peer in self.peers if peer.name == name), None)

    def keys(self, at: int) -> tuple[HashKey, ...]:
        """Hash keys in use at a time (ms)."""
        return tuple(key for key in self.hash_keys if key.holds(at))

    def hashes(self, kind: Kind, value: str, at: int) -> tuple[Hash, ...]:
        """An account or content under every key in use: whoever has one of them can compare."""
        return tuple(key.hash(kind, value) for key in self.keys(at))


def load(home: Path) -> Federation | None:
    """The federation of a deployment; None: it takes part in none. Raises ConfigError."""
    path = home / FILE
    try:
        data = path.read_text("utf-8")
        if path.stat().st_mode & 0o077:
            raise ConfigError(f"{path} can be read by others: chmod 600 it")
        return msgspec.convert(tomllib.loads(data), Federation)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; mend it") from None
    except ConfigError:
        raise
    except (ValueError, msgspec.ValidationError) as error:
        raise ConfigError(f"{path}: {error}; mend it") from None


def fresh_key() -> str:
    """A new hash key, as it is configured."""
    return b64encode(secrets.token_bytes(_LEAST)).decode()


def fresh_secret() -> str:
    """A new secret of two platforms, as it is configured."""
    return encode_secret(secrets.token_bytes(SECRET_SIZE))


def begin(home: Path, name: str, at: int) -> bool:
    """Write a file to start from, with a first hash key; False: there is one."""
    year = dt.datetime.fromtimestamp(at / 1000, dt.UTC).year
    text = f'name = "{name}"\n\n[[hash_keys]]\nid = "{year}a"\nkey = "{fresh_key()}"\n'
    return create(home / FILE, text.encode())
