"""Actions, lists and coordinated accounts as read from files."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from lianzhi.audits.ranking.ranking_map import RankingMap
from lianzhi.tabular.column_map import MapError, check_columns
from lianzhi.tabular.table_source import TableSource, quoted

_MOST_ACTIONS, _MOST_ENTRIES, _MOST_ACCOUNTS = 20_000_000, 20_000, 1_000_000
_MOST_BYTES = 256 * 1024 * 1024
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


class RankedList(NamedTuple):
    """A list as it stood at a time."""

    time: float
    """Seconds, as the file has them."""
    entries: Sequence[tuple[str, int]]
    """Items with their places."""


class Actions(NamedTuple):
    """What accounts did, a row for each account, item and time; arrays of one length."""

    accounts: Sequence[str]
    items: Sequence[str]
    account: Whole
    """Place in `accounts`."""
    item: Whole
    time: Floats
    """When it was done, in seconds from any origin, the same for all."""
    weight: Floats
    left_out: int
    """Rows without account, item, time or weight."""


class _NamedAccounts(msgspec.Struct):
    """What is read of a finding."""

    subjects: tuple[str, ...] = ()


def read_accounts(path: Path) -> frozenset[str]:
    """Coordinated accounts: an id a line, or findings as `lianzhi watch --findings` writes them.

    Of a finding its subjects count. Raises MapError.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise MapError("accounts", path.name, f"give a file of at most {_MOST_BYTES:,} bytes")
    try:
        lines = [line.strip() for line in path.read_text("utf-8-sig").splitlines()]
    except UnicodeDecodeError:
        raise MapError("accounts", path.name, "give a text file in UTF-8") from None
    accounts: set[str] = set()
    for number, line in enumerate(lines, 1):
        if line.startswith("{"):
            try:
                accounts.update(msgspec.json.decode(line, type=_NamedAccounts).subjects)
            except msgspec.DecodeError as error:
                raise MapError("accounts", f"line {number}", f"write a finding: {error}") from None
        elif line:
            accounts.add(line)
    if len(accounts) > _MOST_ACCOUNTS:
        raise MapError("accounts", len(accounts), f"give at most {_MOST_ACCOUNTS:,}")
    return frozenset(accounts)


def read_lists(source: TableSource, wanted: RankingMap) -> list[RankedList]:
    """The lists in order of time. Raises MapError."""
    check_columns(wanted.listed(), source.columns)
    time, rank = _seconds(wanted.list_time), f"TRY_CAST({quoted(wanted.list_rank)} AS INTEGER)"
    rows = source.rows(
        f"SELECT * FROM (SELECT {time} AS t, {_text(wanted.list_item)} AS i, {rank} AS r "
        f"FROM {source.relation}) WHERE t IS NOT NULL AND i IS NOT NULL AND r >= 1 "
        f"ORDER BY t, r, i LIMIT {_MOST_ENTRIES + 1}"
    )
    if not 1 <= len(rows) <= _MOST_ENTRIES:
        raise MapError("list_rank", wanted.list_rank, f"give lists of 1 to {_MOST_ENTRIES} entries")
    return list(_grouped(rows))


def read_actions(source: TableSource, wanted: RankingMap) -> Actions:
    """The actions of a source. Raises MapError."""
    check_columns(wanted.named(), source.columns)
    (whole,) = source.rows(f"SELECT count(*) FROM {source.relation}")[0]
    if whole > _MOST_ACTIONS:
        raise MapError("file", whole, f"give at most {_MOST_ACTIONS:,} actions")
    weight = f"TRY_CAST({quoted(wanted.weight)} AS DOUBLE)" if wanted.weight else "1.0"
    arrays = source.arrays(
        f"SELECT * FROM (SELECT {_text(wanted.account)} AS a, {_text(wanted.item)} AS i, "
        f"{_seconds(wanted.time)} AS t, {weight} AS w FROM {source.relation}) "
        "WHERE a IS NOT NULL AND i IS NOT NULL AND t IS NOT NULL AND w >= 0 ORDER BY t, a, i, w"
    )
    if not len(arrays["t"]):
        raise MapError("time", wanted.time, "name columns of an account, an item and a time")
    accounts, account = np.unique(np.asarray(arrays["a"], str), return_inverse=True)
    items, item = np.unique(np.asarray(arrays["i"], str), return_inverse=True)
    return Actions(
        accounts.tolist(),
        items.tolist(),
        account.astype(np.int64),
        item.astype(np.int64),
        np.asarray(arrays["t"], np.float64),
        np.asarray(arrays["w"], np.float64),
        int(whole) - len(account),
    )


def read_moment(source: TableSource, text: str) -> float:
    """A time of the map in seconds. Raises MapError."""
    (seconds,) = source.rows(
        "SELECT coalesce(TRY_CAST(? AS DOUBLE), epoch(TRY_CAST(? AS TIMESTAMP)))", text, text
    )[0]
    if seconds is None:
        raise MapError("adjusted_at", text, "write a time, such as 2026-05-01 12:00")
    return float(seconds)


def _grouped(rows: Sequence[tuple[float, str, int]]) -> Iterator[RankedList]:
    entries: list[tuple[str, int]] = []
    for place, (time, item, rank) in enumerate(rows):
        entries.append((item, rank))
        if place + 1 == len(rows) or rows[place + 1][0] != time:
            yield RankedList(float(time), tuple(entries))
            entries = []


def _seconds(column: str) -> str:
    name = quoted(column)
    return f"coalesce(TRY_CAST({name} AS DOUBLE), epoch(TRY_CAST({name} AS TIMESTAMP)))"


def _text(column: str) -> str:
    return f"nullif(trim(CAST({quoted(column)} AS VARCHAR)), '')"
