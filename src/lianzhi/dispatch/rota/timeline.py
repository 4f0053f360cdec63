"""Timeline: rotas one after another, and duties laid out across the changes.

A rota that was kept ahead takes over at the beginning of its day. One that is kept for the day that
runs takes over at that moment: what was until then stands, and duties of that day are cut there. A
duty that began on an earlier day runs on to its end, whichever rota follows.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lianzhi.dispatch.moments import day_of, moment
from lianzhi.dispatch.rota.rota import Duty, Rota, duties

#: The last piece has no end.
ENDLESS = 1 << 62


class Piece(NamedTuple):
    """A rota, and from when until when it is in force (ms)."""

    start: int
    end: int
    rota: Rota

    def days(self, since: dt.date, until: dt.date) -> tuple[dt.date, dt.date] | None:
        """The first and last of these days on which it is in force, also for a part; None: none."""
        first = max(since, day_of(self.start))
        last = until if self.end == ENDLESS else min(until, day_of(self.end - 1))
        return (first, last) if first <= last else None


def start_of(since: dt.date, at: int, before: Iterable[int]) -> int:
    """When a rota comes into force that is kept at a moment for a day: with the day, unless that
    has begun while another, of these starts, is in force."""
    begins = moment(since)
    return at if at > begins and any(start <= at for start in before) else begins


def in_turn(rotas: Iterable[tuple[int, Rota]]) -> list[Piece]:
    """Rotas by their starts, each until the next; of those that begin together the last counts."""
    found = sorted({start: (start, rota) for start, rota in rotas}.values(), key=lambda one: one[0])
    ends = [*(start for start, _ in found), ENDLESS]
    return [Piece(start, end, rota) for (start, rota), end in zip(found, ends[1:], strict=True)]


def duties_of(one: Piece, since: dt.date, until: dt.date) -> list[Duty]:
    """What a rota brings of the duties that begin on the days from `since` to `until`."""
    days = one.days(since, until)
    found = []
    for duty in duties(one.rota, *days) if days else ():
        begins = max(duty.begins, one.start)
        is_cut = one.end != ENDLESS and day_of(one.end) == day_of(begins)
        ends = min(duty.ends, one.end) if is_cut else duty.ends
        if begins < min(ends, one.end):
            found.append(duty._replace(begins=begins, ends=ends))
    return found


def laid(pieces: Sequence[Piece], since: dt.date, until: dt.date) -> tuple[Duty, ...]:
    """Duties that begin on the days from `since` to `until`, by time."""
    return tuple(sorted(duty for one in pieces for duty in duties_of(one, since, until)))


def alone(rota: Rota, since: dt.date) -> list[Piece]:
    """A rota that was in force long before a day, and stays so."""
    return [Piece(moment(since - dt.timedelta(days=3)), ENDLESS, rota)]
