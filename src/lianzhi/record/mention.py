"""Whether bytes name an account: finds what an erasure must remove beyond the declared columns."""

import re
from collections.abc import Callable

import msgspec

#: Shortest name searched for; a shorter one may be a common word.
SHORT = 2


def mentions(account: str) -> Callable[[bytes], bool]:
    """Predicate over JSON or plain UTF-8: does it name `account` anywhere, escaped or not?

    The name must stand by itself: `u1` is not named by `u12` or `u1_b`, but it is by `@u1,`
    and by `u1-b`. A longer name that is also a common word is found wherever it
    stands: erasing errs towards erasing. A single character counts only where it is a whole JSON
    string or stands behind an `@`: nobody can have 的 erased out of everything.
    No name at all would be found everywhere: ValueError.
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
            # Searched again without needless escapes: "\u0078" is x, and "\/" is a slash.
            return escaped(msgspec.json.encode(msgspec.json.decode(data)))
        except (msgspec.DecodeError, UnicodeDecodeError):
            return False

    return named


def _whole(name: bytes) -> Callable[[bytes], bool]:
    before, after = rb"(?<![0-9A-Za-z_])", rb"(?![0-9A-Za-z_])"
    pattern = before + re.escape(name) + after
    if len(name.decode()) < SHORT:
        pattern = rb'"' + re.escape(name) + rb'"|@' + re.escape(name) + after
    search = re.compile(pattern).search
    return lambda data: name in data and search(data) is not None
