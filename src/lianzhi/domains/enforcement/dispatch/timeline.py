"""Timeline: rotas one after another, and duties laid out across the changes.

A rota that was kept ahead takes over at the beginning of its day; a duty that began under the one
before runs on to its end. One that is kept for the day that runs takes over at that moment: what
was until then stands, duties are cut there.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from lianzhi.domains.enforcement.dispatch.moments import day_of, moment
from lianzhi.domains.enforcement.dispatch.rota import Duty, Rota, duties

_DAY = dt.timedelta(days=1)
_END = 1 << 62


class Piece(NamedTuple):
    """A rota, and from when on it is in force (ms)."""

    start: int
    rota: Rota


class Stretch(NamedTuple):
    """Some days, both counted, at whose ends one rota is in force."""

    rota: Rota
    since: dt.date
    until: dt.date


def start_of(since: dt.date, at: int, before: Iterable[int]) -> int:
    """When a rota comes into force that is kept at a moment for a day: with the day, unless that
    has begun while another, of these starts, is in force."""
    begins = moment(since)
    return at if at > begins and any(start <= at for start in before) else begins


def in_turn(pieces: Iterable[Piece]) -> list[Piece]:
    """Pieces in the order of time; of those that begin together the last one counts."""
    return sorted({one.start: one for one in pieces}.values(), key=lambda one: one.start)


def laid(pieces: Sequence[Piece], since: dt.date, until: dt.date) -> tuple[Duty, ...]:
    """Duties that begin on the days from `since` to `until`, by time. `pieces`: in turn."""
    found: list[Duty] = []
    for one, end in _with_ends(pieces):
        cut = one.start != moment(day_of(one.start))
        first = max(since, day_of(one.start) - (_DAY if cut else _DAY * 0))
        last = min(until, day_of(end - 1)) if end < _END else until
        for duty in duties(one.rota, first, last) if first <= last else ():
            begins = max(duty.begins, one.start) if cut else duty.begins
            ends = min(duty.ends, end) if _is_cut(end) else duty.ends
            if begins < min(ends, end):
                found.append(duty._replace(begins=begins, ends=ends))
    return tuple(sorted(found))


def stretches(pieces: Sequence[Piece], since: dt.date, until: dt.date) -> Iterator[Stretch]:
    """Which rota is in force at the end of each day. `pieces`: in turn."""
    for one, end in _with_ends(pieces):
        first = max(since, day_of(one.start))
        last = min(until, day_of(end) - _DAY) if end < _END else until
        if first <= last:
            yield Stretch(one.rota, first, last)


def _with_ends(pieces: Sequence[Piece]) -> Iterator[tuple[Piece, int]]:
    ends = [*(one.start for one in pieces), _END][1:]
    return zip(pieces, ends, strict=True)


def _is_cut(start: int) -> bool:
    """Whether a start lies within a day."""
    return start < _END and start != moment(day_of(start))
