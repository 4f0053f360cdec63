"""What an import may be at most: more is refused before it costs memory."""

from pathlib import Path

from lianzhi.domains.enforcement.importing.problem import MendError

BYTES = 50 * 2**20
#: An XLSX file is a ZIP archive: what it unpacks to.
UNPACKED = 10 * BYTES
#: Of a part of it that is read at once: texts, styles. Only rows are read one by one.
AT_ONCE = 4 * 2**20
ROWS = 200_000
COLUMNS = 200
WIDE = 1000
"""Rows of XLSX that may reach beyond: each costs as many cells as there are columns."""
CHARACTERS = 10_000
"""Of one cell."""
FIELD = 131_072
"""Characters of one field of CSV: a longer one is a line whose quotes are torn."""
POSITIONS = 10_000
"""Of one polygon."""


def content(path: Path) -> bytes:
    """The bytes of a file. Raises MendError where it cannot be read or is too large."""
    try:
        with path.open("rb") as file:
            data = file.read(BYTES + 1)
    except OSError as error:
        raise MendError("unreadable", why=error.strerror) from None
    if len(data) > BYTES:
        raise MendError("too_large", most=BYTES // 2**20)
    return data
