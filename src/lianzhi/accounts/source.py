"""Sources: files of actions (CSV, Parquet, NDJSON), and the SQL that reads them.

Users name columns and files; these are quoted here for SQL.
"""

import csv
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from lianzhi.accounts.action import ActionError, Columns

#: Longest line, in bytes; a longer one is rejected.
_MOST_LINE = 32 << 20
#: Milliseconds per unit of a numeric time.
UNITS = {"s": 1000, "ms": 1}
_KINDS = {".csv": "csv", ".parquet": "parquet", ".ndjson": "ndjson", ".jsonl": "ndjson"}
#: What has a name.
NAMED = ("account", "object", "content")
#: A timestamp with a time zone; a date has none.
_ZONE = r"[Tt ]\d\d:?\d\d(:?\d\d([.,]\d+)?)?\s*(Z|z|[+-]\d\d(:?\d\d)?)$"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def code(name: str) -> str:
    """SQL for the 63-bit hash of a name."""
    return f"CAST(hash({name}) >> 1 AS BIGINT)"


def _names(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind)
    )


class Source:
    """A file of actions, and the SQL that reads it."""

    def __init__(self, path: Path, columns: Columns, unit: str, more: Sequence[str] = ()) -> None:
        """Read the head of a file; `more`: further columns for `column`. Raises ActionError."""
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
            names = ", ".join(map(repr, missing))
            raise ActionError(
                f"{path}: no column {names}; its columns: {', '.join(self.names) or 'none'}; "
                "name them as in account=user,object=url,content=id,time=at"
            )

    @property
    def extra(self) -> str:
        """SQL for the rating column of actions, where there is one."""
        return ", rating" if self.columns.rating else ""

    @cached_property
    def names(self) -> list[str]:
        """The columns of the file."""
        try:
            if self.path.stat().st_size == 0:
                raise ActionError(f"{self.path}: the file is empty; give one with rows")
            if self.kind == "parquet":
                return self._schema()
            if self.kind == "csv":
                return self._head()
        except (OSError, pa.ArrowException) as error:
            raise ActionError(f"{self.path}: {error}; give a file that can be read") from None
        # A line of NDJSON may omit any field.
        return list(dict.fromkeys(filter(None, (*self.columns, *self.more))))

    def _head(self) -> list[str]:
        with self.path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            head = file.readline(_MOST_LINE)
        # R writes an empty name for the column of row numbers.
        names = [name or f"column{n}" for n, name in enumerate(next(csv.reader([head]), []), 1)]
        self._once(names)
        return names

    def _once(self, names: Sequence[str]) -> None:
        """Raise ActionError for column names that differ only in case, which SQL ignores."""
        plain = [name.casefold() for name in names]
        if twice := [name for name in names if plain.count(name.casefold()) > 1]:
            raise ActionError(
                f"{self.path}: column {twice[0]!r} is there twice, capitals aside; rename one"
            )

    def _schema(self) -> list[str]:
        schema = pq.read_schema(self.path)
        self._once(schema.names)
        for field in NAMED:
            column = getattr(self.columns, field)
            if column in schema.names and not _names(schema.field(column).type):
                raise ActionError(
                    f"{self.path}: {column} is {schema.field(column).type}; store names as text "
                    "or whole numbers"
                )
        at = self.columns.time
        if at in schema.names:
            kind = schema.field(at).type
            self._zoned = pa.types.is_timestamp(kind)
            self._number = (
                pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
            )
            if self._zoned and kind.tz is None:
                raise ActionError(f"{self.path}: {at} has no time zone; store it as UTC")
            if not (self._zoned or self._number or _names(kind)):
                raise ActionError(f"{self.path}: {at} is {kind}; store times as numbers or moments")
        return list(schema.names)

    def rows(self, *, numbered: bool = False) -> str:
        """SQL for its rows: account, object, content; time, null where invalid; rating, nan where
        invalid, 0 without such a column; `written` and `marked`, time and rating as written;
        `whole`, whether the line is a row at all; with row numbers, `row_`, if `numbered`.
        """
        columns = dict.fromkeys(filter(None, self.columns))
        given = ", ".join(f"{_quoted(name)} AS c{n}" for n, name in enumerate(columns))
        place = {name: f"c{n}" for n, name in enumerate(columns)}
        number = ", row_number() OVER () AS row_" if numbered or not self.columns.content else ""
        named = (getattr(self.columns, field) for field in NAMED)
        names = ", ".join(
            f"CAST({place[column] if column else 'row_'} AS VARCHAR) AS {field}"
            for field, column in zip(NAMED, named, strict=True)
        )
        at, rating = place[self.columns.time], place.get(self.columns.rating)
        marked = f"CAST({rating} AS VARCHAR)" if rating else "'0'"
        worth = f"COALESCE(TRY_CAST({rating} AS DOUBLE), 'nan')" if rating else "0.0"
        whole = "whole" if self.kind == "ndjson" else "true"
        return (
            f"(SELECT {names}, {self._time(at)} AS time, CAST({at} AS VARCHAR) AS written, "
            f"{worth} AS rating, {marked} AS marked, {whole} AS whole{', row_' if number else ''} "
            f"FROM (SELECT {given}{', whole' if self.kind == 'ndjson' else ''}{number} "
            f"FROM {self._scan()}))"
        )

    def column(self, name: str) -> str:
        """SQL for one of `more`, as text: the hash of `content`, and `value` where there is one."""
        column = self.columns.content
        content = f"{_quoted(column)}" if column else "row_number() OVER ()"
        return (
            f"(SELECT {code('CAST(what AS VARCHAR)')} AS content, CAST(value AS VARCHAR) AS value "
            f"FROM (SELECT {content} AS what, {_quoted(name)} AS value FROM {self._scan()}) "
            "WHERE value IS NOT NULL)"
        )

    def _scan(self) -> str:
        """SQL for its columns as they are.

        Each scan of a CSV notes what is no row in `reject_errors`; ignoring errors is no option,
        since DuckDB may then lose further rows.
        """
        path = _text(re.sub(r"[*?[]", r"[\g<0>]", str(self.path)))  # no pattern
        if self.kind == "parquet":
            return f"read_parquet({path}, hive_partitioning = false)"
        if self.kind == "csv":
            types = ", ".join(f"{_text(name)}: 'VARCHAR'" for name in self.names)
            return (
                f"read_csv({path}, columns = {{{types}}}, header = true, "
                "auto_detect = false, delim = ',', quote = '\"', escape = '\"', "
                f"max_line_size = {_MOST_LINE}, store_rejects = true, rejects_limit = 0, "
                "hive_partitioning = false)"
            )
        if odd := next((name for name in self.names if '"' in name), None):
            raise ActionError(f"{self.path}: a quote in the column {odd!r}; rename it")
        fields = ", ".join(
            f"json_extract_string(json, {_text('$.' + _quoted(name))}) AS {_quoted(name)}"
            for name in self.names
        )
        return (
            f"(SELECT {fields}, COALESCE(json_type(json) = 'OBJECT', false) AS whole "
            f"FROM read_ndjson_objects({path}, ignore_errors = true, "
            f"maximum_object_size = {_MOST_LINE}))"
        )

    def _time(self, column: str) -> str:
        """SQL for the time in Unix milliseconds; null where invalid."""
        if self._zoned:
            return f"epoch_ms({column})"
        number = f"TRY_CAST(round(TRY_CAST({column} AS DOUBLE) * {UNITS[self.unit]}) AS BIGINT)"
        if self._number:
            return number
        zoned = f"regexp_matches({column}, {_text(_ZONE)})"
        moment = f"CASE WHEN {zoned} THEN epoch_ms(TRY_CAST({column} AS TIMESTAMPTZ)) END"
        return f"COALESCE({number}, {moment})"
