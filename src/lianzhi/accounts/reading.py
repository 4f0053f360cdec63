"""Reading files of actions: CSV, Parquet and NDJSON into DuckDB, what is no action set aside.

A file is scanned as often as it is needed rather than kept: once for the actions, names as hashes,
once for what was set aside if anything was, and once for the names of what was found.
"""

import csv
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from lianzhi.accounts.action import MOST_NAME, ActionError, Columns, Counts, Rejected

#: Bytes of one line, at most; a longer one is set aside.
_MOST_LINE = 32 << 20
#: Times lie between these, in Unix milliseconds: from 1970 to 2200.
_LATEST = 7_258_118_400_000
#: Milliseconds of one unit of a time that is given as a number.
UNITS = {"s": 1000, "ms": 1}
#: Rows that are set aside and told one by one; the others are counted.
MOST_TOLD = 10_000
_KINDS = {".csv": "csv", ".parquet": "parquet", ".ndjson": "ndjson", ".jsonl": "ndjson"}
#: What has a name.
NAMED = ("account", "object", "content")


def fault(**most: int) -> str:
    """SQL for the field by which a row is no action; null where it is one. `most`: the longest
    that a field may be, in characters, where that is not `MOST_NAME`."""
    return (
        "CASE "
        + " ".join(
            f"WHEN {name} IS NULL OR length({name}) NOT BETWEEN 1 AND {most.get(name, MOST_NAME)} "
            f"THEN '{name}'"
            for name in NAMED
        )
        + f" WHEN time IS NULL THEN 'time' WHEN time NOT BETWEEN 0 AND {_LATEST} THEN 'range'"
        " WHEN NOT isfinite(rating) THEN 'rating' END"
    )


_FAULT = fault()
_ZONE = r"(Z|z|[+-]\d\d(:?\d\d)?)$"


def _quoted(name: str) -> str:
    """A name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def code(name: str) -> str:
    """SQL for what stands for a name while actions are compared: 63 bits of a hash."""
    return f"CAST(hash({name}) >> 1 AS BIGINT)"


class Source:
    """A file of actions, and the SQL that reads it."""

    def __init__(self, path: Path, columns: Columns, unit: str, more: Sequence[str] = ()) -> None:
        """Look at the head of a file; `more`: columns that `column` gives. Raises ActionError."""
        self.path, self.columns, self.unit, self.more = path, columns, unit, tuple(more)
        self._zoned = self._number = False
        self.kind = _KINDS.get(path.suffix.lower(), "")
        if not self.kind:
            ending = path.suffix or "no ending"
            raise ActionError(f"{path}: {ending}; give one of {', '.join(_KINDS)}")
        if unit not in UNITS:
            raise ActionError(f"time unit {unit!r}: give one of {', '.join(UNITS)}")
        absent = [name for name in self.more if name not in self.names]
        if missing := columns.missing(self.names) + absent:
            some = ", ".join(map(repr, missing))
            raise ActionError(
                f"{path}: no column {some}; its columns: {', '.join(self.names) or 'none'}; "
                "name them as in account=user,object=url,content=id,time=at"
            )

    @property
    def extra(self) -> str:
        """SQL for the further column of actions, where there is one."""
        return ", rating" if self.columns.rating else ""

    @cached_property
    def names(self) -> list[str]:
        """The columns that the file has."""
        try:
            if self.path.stat().st_size == 0:
                raise ActionError(f"{self.path}: the file is empty; give one with rows")
            if self.kind == "parquet":
                return self._schema()
            if self.kind == "csv":
                return self._head()
        except (OSError, pa.ArrowException) as error:
            raise ActionError(f"{self.path}: {error}; give a file that can be read") from None
        # A line of NDJSON may leave out any.
        return list(dict.fromkeys(filter(None, (*self.columns, *self.more))))

    def _head(self) -> list[str]:
        with self.path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            head = file.readline(_MOST_LINE)
        names = next(csv.reader([head]), [])
        if twice := {name for name in names if names.count(name) > 1}:
            raise ActionError(f"{self.path}: column {min(twice)!r} is there twice; rename one")
        return names

    def _schema(self) -> list[str]:
        schema = pq.read_schema(self.path)
        at = self.columns.time
        if at in schema.names:
            kind = schema.field(at).type
            self._zoned = pa.types.is_timestamp(kind)
            self._number = pa.types.is_integer(kind) or pa.types.is_floating(kind)
            if self._zoned and kind.tz is None:
                raise ActionError(f"{self.path}: {at} has no time zone; store it as UTC")
        return list(schema.names)

    def rows(self, *, numbered: bool = False) -> str:
        """SQL for its rows: account, object, content; time, null where it is none; rating, nan if
        it is none, 0 if there is no such column; `written` and `marked`, time and rating as they
        stand there; with their numbers, `row_`, where asked.
        """
        names = ", ".join(f"{self._name(name)} AS {name}" for name in NAMED)
        number = ", row_number() OVER () AS row_" if numbered or not self.columns.content else ""
        written = f"CAST({_quoted(self.columns.time)} AS VARCHAR)"
        rating = self.columns.rating
        marked = f"CAST({_quoted(rating)} AS VARCHAR)" if rating else "'0'"
        rating = f"COALESCE(TRY_CAST({_quoted(rating)} AS DOUBLE), 'nan')" if rating else "0.0"
        keep = ", row_" if number else ""
        return (
            f"(SELECT {names}, {self._time()} AS time, {written} AS written, "
            f"{rating} AS rating, {marked} AS marked{keep} "
            f"FROM (SELECT *{number} FROM {self._scan()}))"
        )

    def column(self, name: str) -> str:
        """SQL for one of `more`, as text: the code of `content`, and `value` where it has one."""
        number = "" if self.columns.content else ", row_number() OVER () AS row_"
        return (
            f"(SELECT {code(self._name('content'))} AS content, {_quoted(name)}::VARCHAR AS value "
            f"FROM (SELECT *{number} FROM {self._scan()}) WHERE {_quoted(name)} IS NOT NULL)"
        )

    def _scan(self) -> str:
        """SQL for its columns as they are. Each scan of a CSV notes what is no row in
        `reject_errors`; to ignore it is no choice, for DuckDB may lose rows after it as well.
        """
        path = _text(re.sub(r"[*?[]", r"[\g<0>]", str(self.path)))  # no pattern
        if self.kind == "parquet":
            return f"read_parquet({path})"
        if self.kind == "csv":
            types = ", ".join(f"{_text(name)}: 'VARCHAR'" for name in self.names)
            return (
                f"read_csv({path}, columns = {{{types}}}, header = true, "
                "auto_detect = false, delim = ',', quote = '\"', escape = '\"', "
                f"max_line_size = {_MOST_LINE}, store_rejects = true, rejects_limit = 0)"
            )
        fields = ", ".join(
            f"json_extract_string(json, {_text('$.' + _quoted(name))}) AS {_quoted(name)}"
            for name in self.names
        )
        return (
            f"(SELECT {fields} FROM read_ndjson_objects({path}, ignore_errors = true, "
            f"maximum_object_size = {_MOST_LINE}))"
        )

    def _name(self, field: str) -> str:
        """SQL for a name; contents without a column are numbered."""
        column = getattr(self.columns, field)
        return f"CAST({_quoted(column) if column else 'row_'} AS VARCHAR)"

    def _time(self) -> str:
        """SQL for the time in Unix milliseconds; null where it is none."""
        column = _quoted(self.columns.time)
        if self._zoned:
            return f"epoch_ms({column})"
        number = f"TRY_CAST(round(TRY_CAST({column} AS DOUBLE) * {UNITS[self.unit]}) AS BIGINT)"
        if self._number:
            return number
        zoned = f"regexp_matches({column}, {_text(_ZONE)})"
        moment = f"CASE WHEN {zoned} THEN epoch_ms(TRY_CAST({column} AS TIMESTAMPTZ)) END"
        return f"COALESCE({number}, {moment})"


def load(connection: duckdb.DuckDBPyConnection, source: Source) -> tuple[Counts, list[Rejected]]:
    """Make a file's actions the table `actions`; also what was set aside, so much as is told."""
    connection.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    names = ", ".join(f"{code(name)} AS {name}" for name in NAMED)
    try:
        connection.execute(
            f"CREATE OR REPLACE TABLE actions AS SELECT {names}, "
            f"CASE WHEN {_FAULT} IS NULL THEN time END AS time{source.extra} FROM {source.rows()}"
        )
    except duckdb.Error as error:
        raise ActionError(f"{source.path}: {error}; give a file that can be read") from None
    unread, lines = unread_lines(connection, source)
    rows, read = _counts(connection, "SELECT COUNT(*), COUNT(time) FROM actions")
    faulty: list[Rejected] = []
    if read < rows:
        faulty = faulty_rows(connection, source, [one.row for one in unread])
        connection.execute("DELETE FROM actions WHERE time IS NULL")
    repeated, strange = _repeated(connection, source)
    rejected = rows - read + lines + len(strange)
    told = sorted([*unread, *faulty, *strange])
    return Counts(rows + lines, read - repeated - len(strange), repeated, rejected), told


def _counts(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    (found,) = connection.execute(query).fetchall()
    return tuple(map(int, found))


def unread_lines(
    connection: duckdb.DuckDBPyConnection, source: Source
) -> tuple[list[Rejected], int]:
    """Lines of a CSV that are no rows, so many as are told, and how many there are."""
    if source.kind != "csv":
        return [], 0
    connection.execute(
        "CREATE OR REPLACE TABLE unread AS SELECT line, COALESCE(MIN(column_name), '') AS name, "
        "MIN(error_message) AS message FROM reject_errors "
        "WHERE scan_id = (SELECT MIN(scan_id) FROM reject_scans) GROUP BY line"
    )
    (lines,) = _counts(connection, "SELECT COUNT(*) FROM unread")
    found = connection.execute(f"FROM unread ORDER BY line LIMIT {MOST_TOLD}").fetchall()
    told = [
        Rejected(line, column, f"{message.rstrip('.')}; mend the line")
        for line, column, message in found
    ]
    return told, lines


def faulty_rows(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    unread: list[int],
    faults: str = _FAULT,
) -> list[Rejected]:
    """Rows that are no actions, by `faults`. `unread`: lines before them that are no rows."""
    found = connection.execute(
        "SELECT row_, fault, left(CASE fault WHEN 'account' THEN account WHEN 'object' THEN object "
        f"WHEN 'content' THEN content WHEN 'rating' THEN marked ELSE written END, {MOST_NAME}) "
        f"FROM (SELECT *, {faults} AS fault FROM {source.rows(numbered=True)}) AS looked_at "
        f"WHERE fault IS NOT NULL ORDER BY row_ LIMIT {MOST_TOLD}"
    )
    told = []
    for row, fault, value in found.fetchall():
        field = "time" if fault == "range" else fault
        place = _line(row + 1, unread) if source.kind == "csv" else row
        told.append(Rejected(place, getattr(source.columns, field), _reason(fault, value, source)))
    return told


def _line(row: int, unread: list[int]) -> int:
    """The line of a row, given the lines that are no rows."""
    for line in unread:
        if line > row:
            break
        row += 1
    return row


def _reason(fault: str, value: str | None, source: Source) -> str:
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
    """Take out actions that are there again, and contents that several accounts are said to have.

    How many were there again; and those rows, all but the first of such a content.
    """
    connection.execute(
        "CREATE OR REPLACE TABLE several AS SELECT * FROM actions "
        "WHERE content IN (SELECT content FROM actions GROUP BY content HAVING COUNT(*) > 1)"
    )
    (strange,) = _counts(
        connection,
        "SELECT COUNT(*) FROM (SELECT content FROM several GROUP BY content "
        "HAVING COUNT(DISTINCT account) > 1) AS strange",
    )
    if strange > MOST_TOLD:
        raise ActionError(
            f"{source.path}: {strange:,} of {source.columns.content} are of several accounts each; "
            "name the column of posts, or write content= if there is none"
        )
    told = _of_others(connection, source) if strange else []
    (again,) = _counts(
        connection,
        "SELECT COALESCE(SUM(times - 1), 0) FROM (SELECT COUNT(*) AS times FROM several "
        "GROUP BY account, object, content) AS counted",
    )
    if again or told:
        first = ", arg_min(rating, time)" if source.extra else ""
        connection.execute(
            "DELETE FROM actions WHERE content IN (SELECT content FROM several); "
            f"INSERT INTO actions SELECT account, object, content, MIN(time){first} FROM several "
            "GROUP BY account, object, content"
        )
    connection.execute("DROP TABLE several")
    return again, told


def _of_others(connection: duckdb.DuckDBPyConnection, source: Source) -> list[Rejected]:
    """Rows whose content is another account's by an earlier row; they leave `several`."""
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
    found = connection.execute("FROM others ORDER BY row_").fetchall()
    connection.execute("DROP TABLE others")
    head = source.kind == "csv"
    return [
        Rejected(
            row + head,
            source.columns.content,
            f"{content!r} is of account {owner!r} by row {since + head}, here of {account!r}; "
            "give each content one account",
        )
        for row, content, account, owner, since in found
    ]
