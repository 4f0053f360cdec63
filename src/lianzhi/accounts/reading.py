"""Reads files of actions (CSV, Parquet, NDJSON) into DuckDB, and sets invalid rows aside.

A file is scanned as often as needed rather than stored: once for the actions with names as hashes,
once for rejected rows if there are any, and once for the names in the results.
"""

import duckdb

from lianzhi.accounts.action import MOST_NAME, ActionError, Counts, Rejected
from lianzhi.accounts.source import NAMED, Source, code

#: Times lie between these, in Unix milliseconds: from 1970 to 2200.
_LATEST = 7_258_118_400_000
#: Rejected rows listed one by one; the others are only counted.
MOST_TOLD = 10_000


def fault(**most: int) -> str:
    """SQL for the field that makes a row invalid; null for a valid action. `most`: the greatest
    length of a field, in characters, where not `MOST_NAME`.
    """
    return (
        "CASE WHEN NOT whole THEN 'line' "
        + " ".join(
            f"WHEN {name} IS NULL OR length({name}) NOT BETWEEN 1 AND {most.get(name, MOST_NAME)} "
            f"THEN '{name}'"
            for name in NAMED
        )
        + f" WHEN time IS NULL THEN 'time' WHEN time NOT BETWEEN 0 AND {_LATEST} THEN 'range'"
        " WHEN NOT isfinite(rating) THEN 'rating' END"
    )


_FAULT = fault()


def refused(source: Source, error: duckdb.Error) -> ActionError:
    """The reason why a file cannot be read, as an error."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return ActionError(f"{source.path}: {error}; give more memory")
    if "state machine" in str(error):
        return ActionError(f"{source.path}: its line ends differ; write all of them alike")
    return ActionError(f"{source.path}: {error}; give a file that can be read")


def load(connection: duckdb.DuckDBPyConnection, source: Source) -> tuple[Counts, list[Rejected]]:
    """Load a file's actions into the table `actions`; returns counts and rejected rows, up to a
    limit.
    """
    connection.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    names = ", ".join(f"{code(name)} AS {name}" for name in NAMED)
    try:
        connection.execute(
            f"CREATE OR REPLACE TABLE actions AS SELECT {names}, "
            f"CASE WHEN {_FAULT} IS NULL THEN time END AS time{source.extra} FROM {source.rows()}"
        )
    except duckdb.Error as error:
        raise refused(source, error) from None
    unread, lines = unread_lines(connection, source)
    rows, read = _counts(connection, "SELECT COUNT(*), COUNT(time) FROM actions")
    faulty: list[Rejected] = []
    if read < rows:
        faulty = faulty_rows(connection, source, [rejected.row for rejected in unread])
        connection.execute("DELETE FROM actions WHERE time IS NULL")
    repeated, strange = _repeated(connection, source)
    rejected = rows - read + lines + len(strange)
    set_aside = sorted([*unread, *faulty, *strange])
    return Counts(rows + lines, read - repeated - len(strange), repeated, rejected), set_aside


def _counts(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    (row,) = connection.execute(query).fetchall()
    return tuple(map(int, row))


def unread_lines(
    connection: duckdb.DuckDBPyConnection, source: Source
) -> tuple[list[Rejected], int]:
    """Lines of a CSV that are no rows, up to a limit, and their number."""
    if source.kind != "csv":
        return [], 0
    connection.execute(
        "CREATE OR REPLACE TABLE unread AS SELECT line, COALESCE(MIN(column_name), '') AS name, "
        "MIN(error_message) AS message FROM reject_errors "
        "WHERE scan_id = (SELECT MIN(scan_id) FROM reject_scans) GROUP BY line"
    )
    (lines,) = _counts(connection, "SELECT COUNT(*) FROM unread")
    relation = connection.execute(f"FROM unread ORDER BY line LIMIT {MOST_TOLD}").fetchall()
    rejected = [
        Rejected(line, column, f"{message.rstrip('.')}; mend the line")
        for line, column, message in relation
    ]
    return rejected, lines


def faulty_rows(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    unread: list[int],
    faults: str = _FAULT,
) -> list[Rejected]:
    """Rows that are no actions, by `faults`. `unread`: lines before them that are no rows."""
    relation = connection.execute(
        "SELECT row_, fault, left(CASE fault WHEN 'account' THEN account WHEN 'object' THEN object "
        f"WHEN 'content' THEN content WHEN 'rating' THEN marked ELSE written END, {MOST_NAME}) "
        f"FROM (SELECT *, {faults} AS fault FROM {source.rows(numbered=True)}) AS looked_at "
        f"WHERE fault IS NOT NULL ORDER BY row_ LIMIT {MOST_TOLD}"
    )
    rejected = []
    for row, fault, value in relation.fetchall():
        field = {"range": "time", "line": ""}.get(fault, fault)
        place = _line(row + 1, unread) if source.kind == "csv" else row
        column = getattr(source.columns, field) if field else ""
        rejected.append(Rejected(place, column, _reason(fault, value, source)))
    return rejected


def _line(row: int, unread: list[int]) -> int:
    """Line number of a row, given the lines that are no rows."""
    for line in unread:
        if line > row:
            break
        row += 1
    return row


def _reason(fault: str, value: str | None, source: Source) -> str:
    if fault == "line":
        return "no JSON object; give one a line"
    if value is None:
        return "missing; give it"
    if fault == "time":
        units = {"s": "Unix seconds", "ms": "Unix milliseconds"}
        return f"{value[:40]!r} is no time; give {units[source.unit]}, or RFC 3339 with a zone"
    if fault == "rating":
        return f"{value[:40]!r} is no number; give one"
    if fault == "range":
        return f"{value[:40]!r} is not from 1970 to 2200; is it in another unit than {source.unit}?"
    if not value:
        return "empty; give a name"
    return f"{value[:40]!r}... is longer than {MOST_NAME} characters; give a shorter name"


def _repeated(connection: duckdb.DuckDBPyConnection, source: Source) -> tuple[int, list[Rejected]]:
    """Remove repeated actions, and contents claimed by several accounts.

    Returns the number of repeats, and the rows of such contents except the first.
    """
    connection.execute(
        "CREATE OR REPLACE TABLE several AS SELECT * FROM actions "
        "WHERE content IN (SELECT content FROM actions GROUP BY content HAVING COUNT(*) > 1)"
    )
    (strange,) = _counts(
        connection,
        "SELECT COALESCE(SUM(rows_), 0) FROM (SELECT COUNT(*) AS rows_ FROM several "
        "GROUP BY content HAVING COUNT(DISTINCT account) > 1) AS strange",
    )
    if strange > MOST_TOLD:
        raise ActionError(
            f"{source.path}: {strange:,} rows of {source.columns.content} share their content with "
            "other accounts; name the column of posts, or write content= if there is none"
        )
    rejected = _of_others(connection, source) if strange else []
    (again,) = _counts(
        connection,
        "SELECT COALESCE(SUM(times - 1), 0) FROM (SELECT COUNT(*) AS times FROM several "
        "GROUP BY account, object, content) AS counted",
    )
    if again or rejected:
        first = ", arg_min(rating, time)" if source.extra else ""
        connection.execute(
            "DELETE FROM actions WHERE content IN (SELECT content FROM several); "
            f"INSERT INTO actions SELECT account, object, content, MIN(time){first} FROM several "
            "GROUP BY account, object, content"
        )
    connection.execute("DROP TABLE several")
    return again, rejected


def _of_others(connection: duckdb.DuckDBPyConnection, source: Source) -> list[Rejected]:
    """Rows whose content belongs to another account by an earlier row; removed from `several`."""
    connection.execute(
        "CREATE OR REPLACE TABLE others AS SELECT * FROM (SELECT row_, content, account, "
        "first_value(account) OVER of_it AS owner, first_value(row_) OVER of_it AS since FROM "
        f"(SELECT row_, content, account FROM {source.rows(numbered=True)} "
        f"WHERE {_FAULT} IS NULL AND {code('content')} IN "
        "(SELECT content FROM several GROUP BY content HAVING COUNT(DISTINCT account) > 1)) AS s "
        "WINDOW of_it AS (PARTITION BY content ORDER BY row_)) AS t WHERE account <> owner"
    )
    connection.execute(
        f"DELETE FROM several USING others WHERE several.content = {code('others.content')} "
        f"AND several.account = {code('others.account')}"
    )
    rows = connection.execute("FROM others ORDER BY row_").fetchall()
    connection.execute("DROP TABLE others")
    head = source.kind == "csv"
    return [
        Rejected(
            row + head,
            source.columns.content,
            f"{content!r} is of account {owner!r} by row {since + head}, here of {account!r}; "
            "give each content one account",
        )
        for row, content, account, owner, since in rows
    ]
