"""Whether bytes name an account: what erasing has to find beyond the columns that say so."""

import re
from collections.abc import Callable

import msgspec


def mentions(account: str) -> Callable[[bytes], bool]:
    """Predicate over JSON or plain UTF-8: does it name `account` anywhere, escaped or not?

    The name must stand by itself: `u1` is not named by `u12` or `u1_b`, but it is by `@u1,`, for
    a name takes no letter, digit or underscore of ASCII beside it. A name that is also a common
    word is found wherever that word stands; erasing then errs towards erasing. No name at all
    would be found everywhere: ValueError.
    """
    if not account:
        raise ValueError("the account is empty, which names nobody; give its whole name")
    plain = _whole(account.encode())
    escaped = _whole(msgspec.json.encode(account)[1:-1])

    def named(data: bytes) -> bool:
        if plain(data):
            return True
        if b"\\" not in data:
            return False
        try:
            # Once more without needless escapes: "\u0078" is x, and "\/" is a slash.
            return escaped(msgspec.json.encode(msgspec.json.decode(data)))
        except (msgspec.DecodeError, UnicodeDecodeError):
            return False

    return named


def _whole(name: bytes) -> Callable[[bytes], bool]:
    search = re.compile(rb"(?<![0-9A-Za-z_])" + re.escape(name) + rb"(?![0-9A-Za-z_])").search
    return lambda data: name in data and search(data) is not None
