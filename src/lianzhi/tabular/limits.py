"""What a table may be at most: more is refused before it costs memory."""

from pathlib import Path

from lianzhi.tabular.problem import wrong

#: Bytes of a file.
BYTES = 50 * 2**20
#: Bytes that an XLSX file, which is a ZIP archive, may unpack to.
UNPACKED = 10 * BYTES
#: Bytes of a part of it that is read at once: texts, styles. Only rows are read one by one.
AT_ONCE = 4 * 2**20
ROWS = 200_000
COLUMNS = 200
#: Rows of XLSX that may reach beyond: each costs as many cells as there are columns.
WIDE = 1000
#: Characters of a cell.
CHARACTERS = 10_000
#: Characters of a field of CSV: a longer one is a line whose quotes are torn.
FIELD = 131_072


def file_bytes(path: Path) -> bytes:
    """The bytes of a file. Raises TableError where it can't be read or is too large."""
    try:
        with path.open("rb") as file:
            data = file.read(BYTES + 1)
    except OSError as error:
        raise wrong("unreadable", why=error.strerror) from None
    if len(data) > BYTES:
        raise wrong("too_large", most=BYTES // 2**20)
    return data
