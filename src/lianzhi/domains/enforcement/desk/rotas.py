"""Rotas: who is on duty, what is wrong with it, and what has to change hands.

A rota is on the record in parts: one text for each person and each swap, so that erasing somebody
takes what is theirs and leaves the rest. Who somebody is the register says: an officer with a
certificate, an observer, or nobody.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import msgspec
from sqlalchemy import select

from lianzhi.domains.enforcement import tables, views
from lianzhi.domains.enforcement.desk.office import Office, RefusedError, draft
from lianzhi.domains.enforcement.desk.rota_parts import joined, parts
from lianzhi.domains.enforcement.desk.waiting import Waiting
from lianzhi.domains.enforcement.dispatch import handover, rota, rota_check, timeline
from lianzhi.domains.enforcement.dispatch.handover import HandOver
from lianzhi.domains.enforcement.dispatch.moments import day_of
from lianzhi.domains.enforcement.dispatch.request import Request
from lianzhi.domains.enforcement.dispatch.rota import Duty, Rota
from lianzhi.domains.enforcement.dispatch.rota_check import Fault
from lianzhi.domains.enforcement.dispatch.timeline import Piece, Stretch
from lianzhi.domains.enforcement.register import Officer
from lianzhi.record.entry import Text

_DAY = dt.timedelta(days=1)
_DAY_MS = 86_400_000
#: Who left work behind is looked for so many days back; so far back a first rota may begin.
_BACK = 7
#: A rota may be kept for a day so far ahead: a slip of the year is no plan.
_AHEAD = 400


class Kept(NamedTuple):
    """A rota on the record."""

    since: dt.date
    start: int
    """When it comes into force (ms)."""
    entry: int
    """Where it stands on the record."""


class Rotas:
    """See module."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.waiting = Waiting(office.home / "rotas")

    # -- reading ---------------------------------------------------------------------------------

    def kept(self) -> list[Kept]:
        """The rotas that are or will be in force, in turn; of those for a day the last one."""
        found: list[Kept] = []
        for step in self._steps():
            since = dt.date.fromisoformat(step.said["since"])
            if step.kind == "rota.withdrawn":
                found = [one for one in found if one.since != since]
            else:
                start = timeline.start_of(since, step.at, [one.start for one in found])
                found = [one for one in found if one.start != start]
                found.append(Kept(since, start, step.entry))
        return sorted(found, key=lambda one: one.start)

    def starts(self) -> list[dt.date]:
        """The days on which a rota comes into force, in their order."""
        return sorted({one.since for one in self.kept()})

    def text(self, since: dt.date) -> bytes:
        """A rota as JSON, by its day, what was erased left out. KeyError: there is none."""
        found = [one for one in self.kept() if one.since == since]
        if not found:
            raise KeyError(since)
        return msgspec.json.format(msgspec.json.encode(self._read(found[-1].entry)), indent=1)

    def on(self, day: dt.date) -> Rota | None:
        """The rota at the end of a day; None where none is kept."""
        return next((one.rota for one in self.between(day, day)), None)

    def between(self, since: dt.date, until: dt.date) -> list[Stretch]:
        """The rotas that are in force from a day to another, each with its days."""
        return [*timeline.stretches(self._pieces(), since, until)]

    def duties(self, since: dt.date, until: dt.date) -> tuple[Duty, ...]:
        """Duties that begin on the days from `since` to `until`, in order of time."""
        return timeline.laid(self._pieces(), since, until)

    def on_duty(self, at: int, squad: str | None = None) -> tuple[Duty, ...]:
        """Who is on duty at a moment (ms), in one squad or in all."""
        day = day_of(at)
        return rota.on_duty(self.duties(day - _DAY, day), at, squad)

    def faults(self, since: dt.date, until: dt.date) -> tuple[Fault, ...]:
        """What is wrong on these days."""
        return _faults(self._pieces(), since, until)

    def would_be(self, new: Rota, since: dt.date, days: int) -> tuple[Stretch, tuple[Fault, ...]]:
        """A new rota with the days on which it would be in force, of so many, and what then would
        be wrong. Raises RefusedError where it can't begin on that day."""
        self._may_begin(since)
        kept, people = self.kept(), self._people()
        start = timeline.start_of(since, self._office.now(), [one.start for one in kept])
        mine = Piece(start, known(new, people))
        others = (Piece(one.start, known(self._read(one.entry), people)) for one in kept)
        pieces = timeline.in_turn([*others, mine])
        after = [day_of(one.start) for one in pieces if one.start > start]
        until = min([since + _DAY * (days - 1), *(day - _DAY for day in after)])
        return Stretch(mine.rota, since, until), _faults(pieces, since, until)

    def handovers(self, requests: Iterable[Request]) -> tuple[HandOver, ...]:
        """What has to change hands: what is left behind, then what the next day brings."""
        at = self._office.now()
        pieces, day = self._pieces(), day_of(at)
        people = {one.id: one for piece in pieces for one in piece.rota.officers}
        laid = [
            duty
            for duty in timeline.laid(pieces, day - _DAY * _BACK, day + _DAY)
            if duty.officer in people and not people[duty.officer].observer
        ]
        squads = {one.id: one.squad for one in people.values()}
        return handover.upcoming(laid, squads, [*requests], at, _DAY_MS)

    def _pieces(self) -> list[Piece]:
        people = self._people()
        return [Piece(one.start, known(self._read(one.entry), people)) for one in self.kept()]

    def _people(self) -> dict[str, Officer]:
        with self._office.reading() as connection:
            return {one.id: one for one in views.every(connection, tables.officer, Officer)}

    def _steps(self) -> list["_Step"]:
        column = tables.step.c
        asked = select(column.index, column.kind).where(
            column.of == "rota", column.kind.in_(("rota.kept", "rota.withdrawn"))
        )
        with self._office.reading() as connection:
            rows = connection.execute(asked.order_by(column.index)).all()
        ledger = self._office.ledger
        return [
            _Step(index, kind, next(iter(ledger.entries(index, index + 1))).at,
                  ledger.payload(index) or {})
            for index, kind in rows
        ]  # fmt: skip

    def _read(self, index: int) -> Rota:
        """What is left of a rota."""
        return joined(self._office.ledger.vault.texts(index).values())

    # -- keeping ---------------------------------------------------------------------------------

    def wait(self, made: Rota | bytes) -> tuple[str, Rota]:
        """Let a rota wait until somebody says that it shall count; its digest, and the rota.

        Comments of a file go. Raises RefusedError where it is none.
        """
        try:
            read = rota.read(made) if isinstance(made, bytes) else made
        except rota.RotaError as error:
            raise RefusedError("rota_file", str(error), says=str(error)) from None
        return self.waiting.keep(msgspec.json.encode(read)), read

    def first(self) -> dt.date:
        """The first day on which a new rota may begin: today, for who was on duty stands as it was;
        where no rota is in force, a week ago."""
        today, now = self._office.today(), self._office.now()
        return today if any(one.start <= now for one in self.kept()) else today - _DAY * _BACK

    def keep(self, digest: str, since: dt.date, by: str) -> None:
        """Put a rota that waits in force from a day on; once, however often it is said.

        Raises RefusedError where none waits, or the day does not do: see `first`.
        """
        office = self._office
        with office.batch() as batch:
            if any(one.since == since and self._digest(one.entry) == digest for one in self.kept()):
                return
            self._may_begin(since)
            try:
                made = msgspec.json.decode(self.waiting.get(digest), type=Rota)
            except KeyError:
                raise RefusedError("rota_gone", "no such rota waits; send it again") from None
            payload = {"since": since, "digest": digest, "by": by}
            texts: dict[str, Text] = {name: (text, ()) for name, text in parts(made).items()}
            batch.append([draft("rota.kept", "rota", office.now(), payload, texts)])
        self.waiting.drop(digest)

    def withdraw(self, since: dt.date, by: str) -> None:
        """Take back a rota that is not in force yet. KeyError: none begins on that day later."""
        office = self._office
        with office.batch() as batch:
            if since <= office.today() or since not in self.starts():
                raise KeyError(since)
            payload = {"since": since, "by": by}
            batch.append([draft("rota.withdrawn", "rota", office.now(), payload)])

    def _may_begin(self, since: dt.date) -> None:
        first, last = self.first(), self._office.today() + _DAY * _AHEAD
        if not first <= since <= last:
            said = f"since is {since}: give a day from {first} to {last}"
            raise RefusedError("rota_day", said, day=since, first=first, last=last)

    def _digest(self, index: int) -> str:
        return str((self._office.ledger.payload(index) or {}).get("digest", ""))


class _Step(NamedTuple):
    entry: int
    kind: Literal["rota.kept", "rota.withdrawn"]
    at: int
    said: dict[str, str]


def known(kept: Rota, people: dict[str, Officer]) -> Rota:
    """The rota with those of its people whom the register knows, as it knows them."""
    officers = tuple(
        msgspec.structs.replace(
            one,
            certificate_until=people[one.id].until,
            observer=bool(people[one.id].observer),
        )
        for one in kept.officers
        if one.id in people
    )
    return msgspec.structs.replace(kept, officers=officers)


def _faults(pieces: Sequence[Piece], since: dt.date, until: dt.date) -> tuple[Fault, ...]:
    laid = timeline.laid(pieces, since - _DAY, until + _DAY)
    officers = (one for piece in pieces for one in piece.rota.officers)
    return rota_check.faults(laid, [*timeline.stretches(pieces, since, until)], officers)
