"""Roster 重点关注名单: people to watch closely during an event, such as athletes in a final.

A CSV with the columns account, from, until (RFC 3339 with a zone); while it lasts, a person's
thresholds are lower by what policy says. It protects; it never accuses.
"""

import csv
import datetime as dt
from pathlib import Path

import msgspec


class Watch(msgspec.Struct, frozen=True):
    """One interval, [since, until) in Unix milliseconds."""

    since: int
    until: int


Roster = dict[str, list[Watch]]


def on_roster(roster: Roster, account: str, at: int) -> bool:
    """Whether a person is watched closely at `at`."""
    return any(w.since <= at < w.until for w in roster.get(account, ()))


def read(path: Path) -> Roster:
    """Read a roster. Raises ValueError naming line, field, value and mend."""
    roster: Roster = {}
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        missing = {"account", "from", "until"} - set(reader.fieldnames or ())
        if missing:
            names = ", ".join(sorted(missing))
            raise ValueError(f"{path.name}: column {names} is missing; add it to the first line")
        for row in reader:
            since, until = (_moment(row[name], name, reader.line_num) for name in ("from", "until"))
            if not row["account"]:
                raise ValueError(f"line {reader.line_num}: account is empty; fill it in")
            roster.setdefault(row["account"], []).append(Watch(since, until))
    return roster


def _moment(text: str, name: str, line: int) -> int:
    try:
        moment = dt.datetime.fromisoformat(text)
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        mend = "write a time with a zone, like 2026-11-24T20:05:00+08:00"
        raise ValueError(f"line {line}: {name} is {text!r}; {mend}")
    return int(moment.timestamp() * 1000)
