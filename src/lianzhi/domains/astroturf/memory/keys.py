"""Keys of the memory: `keys/memory.key`, a line of hexadecimal digits each, the newest first.

The file is read anew at each use, so that keys change while a node runs: what is remembered from
then on is hashed with the first, what was remembered before is compared under its own. Whoever
takes a key out makes what was remembered under it unreadable.
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
    """Keys by their ids, the one in use first; none where there is no file. Raises ConfigError."""
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
    """The same; a first key is made where there is none. Raises ConfigError."""
    if not load(home):
        create(home / FILE, secrets.token_hex(LEAST).encode() + b"\n")
    found = load(home)
    if not found:
        raise ConfigError(f"{home / FILE} is empty; put a key there, or remove it")
    return found
