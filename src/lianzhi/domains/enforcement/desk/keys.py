"""Keys: secrets of a deployment that are made at first use, and lie on disk whole or not at all."""

import os
import secrets
from pathlib import Path


def kept(path: Path) -> bytes:
    """The 32 random bytes of a file of mode 0600; made, and durable, when it is not there."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
            out.write(secrets.token_bytes(32))
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass  # somebody else was first, and theirs counts
        finally:
            fresh.unlink()
    return path.read_bytes()


def there(path: Path) -> bytes:
    """The bytes of such a file. KeyError: it is not there, and a new one would be another."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise KeyError(path.name) from None
