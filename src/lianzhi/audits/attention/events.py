"""Events of people in their order, as arrays."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianzhi.audits.attention.attention_map import AttentionMap
from lianzhi.tabular.column_map import MapError, check_columns
from lianzhi.tabular.table_source import TableSource, quoted

Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
_MOST_ROWS = 50_000_000


class Events(NamedTuple):
    """Events sorted by person and begin; arrays of one length. Times are milliseconds of China."""

    person: Whole
    """0, 1, 2, ..."""
    start: Whole
    length: Whole
    auto: Flags
    minor: Flags
    prompt: Flags
    left_out: int
    """Events without person, time or a length of 0 to 86,400 seconds."""


def read_events(source: TableSource, wanted: AttentionMap) -> Events:
    """The events of a source. Raises MapError."""
    check_columns(wanted.named(), source.columns)
    whole = int(source.rows(f"SELECT count(*) FROM {source.relation}")[0][0])
    if whole > _MOST_ROWS:
        raise MapError("file", whole, f"give at most {_MOST_ROWS:,} rows; sample people")
    user = f"nullif(trim(CAST({quoted(wanted.user)} AS VARCHAR)), '')"
    moment = f"epoch_ms(TRY_CAST({quoted(wanted.time)} AS TIMESTAMP))"
    seconds = f"TRY_CAST({quoted(wanted.seconds)} AS DOUBLE)"
    flags = [_flag(name) for name in (wanted.autoplay, wanted.minor, wanted.prompt)]
    arrays = source.arrays(
        f"SELECT hash({user}) AS person, {moment} AS start, "
        f"CAST(round({seconds} * 1000) AS INTEGER) AS length, "
        f"CAST({' + '.join(f'{1 << n} * {flag}' for n, flag in enumerate(flags))} AS UTINYINT) "
        f"AS flags FROM {source.relation} WHERE {user} IS NOT NULL AND {moment} IS NOT NULL "
        f"AND {seconds} BETWEEN 0 AND 86400 ORDER BY person, start, length, flags"
    )
    keys, bits = np.asarray(arrays["person"]), np.asarray(arrays["flags"])
    if not keys.size:
        raise MapError("user", wanted.user, "name columns of a person, a time and seconds")
    return Events(
        np.concatenate([[False], keys[1:] != keys[:-1]]).cumsum(),
        np.asarray(arrays["start"], np.int64),
        np.asarray(arrays["length"], np.int64),
        (bits & 1) > 0,
        (bits & 2) > 0,
        (bits & 4) > 0,
        whole - int(keys.size),
    )


def _flag(column: str) -> str:
    if not column:
        return "0"
    text = f"lower(trim(CAST({quoted(column)} AS VARCHAR)))"
    return f"coalesce({text} IN ('1', '1.0', 'true'), FALSE)::INT"
