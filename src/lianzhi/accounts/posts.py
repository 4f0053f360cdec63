"""Posts: rows with a text, read as actions whose content is the text."""

from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa

from lianzhi.accounts.action import ActionError, Counts, Rejected
from lianzhi.accounts.kernel import Ints
from lianzhi.accounts.reading import fault, faulty_rows, unread_lines
from lianzhi.accounts.source import Source

#: Longest text, in characters; posts with a longer one are rejected.
MOST_TEXT = 20_000


class Posts(NamedTuple):
    """Columns of equal length, and the names behind their numbers."""

    row: Ints
    """Row number in the file, from 1; the head of a CSV counts."""
    text: list[str]
    account: Ints
    object: Ints
    time: Ints
    """Unix milliseconds."""
    accounts: list[str]
    objects: list[str]


def read(
    connection: duckdb.DuckDBPyConnection, source: Source
) -> tuple[Posts, Counts, list[Rejected]]:
    """The posts of a file whose content column is the text; other rows are rejected.

    Repeated rows count separately. Raises ActionError.
    """
    connection.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    faults = fault(content=MOST_TEXT)
    try:
        table: pa.Table = connection.sql(
            f"SELECT row_, account, object, content, time FROM {source.rows(numbered=True)} "
            f"WHERE {faults} IS NULL ORDER BY row_"
        ).to_arrow_table()
    except duckdb.Error as error:
        raise ActionError(f"{source.path}: {error}; give a file that can be read") from None
    unread, lines = unread_lines(connection, source)
    (seen,) = connection.execute(f"SELECT COUNT(*) FROM {source.rows()}").fetchone() or (0,)
    faulty: list[Rejected] = []
    if seen > table.num_rows:
        faulty = faulty_rows(connection, source, [rejected.row for rejected in unread], faults)
    counts = Counts(seen + lines, table.num_rows, 0, seen - table.num_rows + lines)
    account, accounts = _numbered(table["account"])
    object_, objects = _numbered(table["object"])
    row = np.asarray(table["row_"], np.int64).copy()
    if source.kind == "csv":
        row += 1
        for rejected in unread:
            row[row >= rejected.row] += 1
    posts = Posts(
        row, table["content"].to_pylist(), account, object_,
        np.asarray(table["time"], np.int64), accounts, objects,
    )  # fmt: skip
    return posts, counts, sorted([*unread, *faulty])


def _numbered(names: pa.ChunkedArray) -> tuple[Ints, list[str]]:
    """Numbers from 0 on in the order of names, and the names."""
    coded = names.combine_chunks().dictionary_encode()
    known: list[str] = coded.dictionary.to_pylist()
    order = sorted(range(len(known)), key=known.__getitem__)
    rank = np.empty(len(known), np.int64)
    rank[order] = np.arange(len(known))
    return rank[np.asarray(coded.indices, np.int64)], [known[place] for place in order]
