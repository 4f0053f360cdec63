"""Rotas that follow one another, and the duties laid out across the changes.

A rota that was kept ahead takes over at the beginning of its day. One that is kept for the present
day takes over at that moment: duties of that day are cut there, and what was before stands. A duty
that began on an earlier day runs to its end, whichever rota follows.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lianzhi.dispatch.moments import day_of, moment
from lianzhi.dispatch.rota.rota import Duty, Rota, duties

ENDLESS = 1 << 62
"""End of the last piece (ms)."""


class Piece(NamedTuple):
    """A rota and the time in which it is in force (ms)."""

    start: int
    end: int
    rota: Rota

    def days(self, since: dt.date, until: dt.date) -> tuple[dt.date, dt.date] | None:
        """The first and last of these days on which it is in force, if only in part; else None."""
        first = max(since, day_of(self.start))
        last = until if self.end == ENDLESS else min(until, day_of(self.end - 1))
        return (first, last) if first <= last else None


def start_of(since: dt.date, at: int, before: Iterable[int]) -> int:
    """When a rota comes into force (ms) that is kept at `at` for the day `since`.

    With the day, unless that has begun and another rota, of these starts, is already in force.
    """
    begins = moment(since)
    return at if at > begins and any(start <= at for start in before) else begins


def in_sequence(rotas: Iterable[tuple[int, Rota]]) -> list[Piece]:
    """Rotas by their starts, each until the next; of those that start together the last counts."""
    starts = sorted(dict(rotas).items(), key=lambda item: item[0])
    ends = [*(start for start, _ in starts[1:]), ENDLESS]
    return [Piece(start, end, rota) for (start, rota), end in zip(starts, ends, strict=False)]


def duties_of(piece: Piece, since: dt.date, until: dt.date) -> list[Duty]:
    """Duties of one piece that begin on the days from `since` to `until`."""
    days = piece.days(since, until)
    result = []
    for duty in duties(piece.rota, *days) if days else ():
        begins = max(duty.begins, piece.start)
        is_cut = piece.end != ENDLESS and day_of(piece.end) == day_of(begins)
        ends = min(duty.ends, piece.end) if is_cut else duty.ends
        if begins < min(ends, piece.end):
            result.append(duty._replace(begins=begins, ends=ends))
    return result


def duties_between(pieces: Sequence[Piece], since: dt.date, until: dt.date) -> tuple[Duty, ...]:
    """Duties that begin on the days from `since` to `until`, in order of time."""
    return tuple(sorted(duty for piece in pieces for duty in duties_of(piece, since, until)))


def unchanging(rota: Rota, since: dt.date) -> list[Piece]:
    """A rota that was in force well before a day, and stays so."""
    return [Piece(moment(since - dt.timedelta(days=3)), ENDLESS, rota)]
