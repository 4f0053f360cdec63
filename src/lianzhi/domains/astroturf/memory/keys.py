"""Keys of the memory: `keys/memory.key`, one line of hexadecimal digits each, the newest first.

The file is read at each use, so that keys can change while a node runs: new entries are hashed with
the first key, older ones are compared under their own. Removing a key makes its entries unreadable.
"""

import secrets
from collections.abc import Mapping
from pathlib import Path

from lianzhi.accounts.action import ActionError
from lianzhi.accounts.memory.keys import LEAST, Key, ring
from lianzhi.config import ConfigError
from lianzhi.files import create

FILE = Path("keys", "memory.key")


def load(home: Path) -> Mapping[str, Key]:
    """Keys by id, the one in use first; empty where there is no file. Raises ConfigError."""
    path = home / FILE
    try:
        text = path.read_text("ascii")
        if path.stat().st_mode & 0o077:
            raise ConfigError(f"{path} can be read by others: chmod 600 it")
        return ring(Key.parse(line) for line in text.split())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; mend it") from None
    except (ActionError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from None


def needed(home: Path) -> Mapping[str, Key]:
    """Keys by id, creating a first key where there is none. Raises ConfigError."""
    if not load(home):
        create(home / FILE, secrets.token_hex(LEAST).encode() + b"\n")
    keys = load(home)
    if not keys:
        raise ConfigError(f"{home / FILE} is empty; put a key there, or remove it")
    return keys
