"""Rotas: who is on duty, faults of a rota, and requests to hand over.

A rota is recorded in parts, one text for each person and each swap, so that erasing a person
removes only their part. The register says whether somebody is an officer with a certificate.
"""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from lianzhi.dispatch.moments import day_of
from lianzhi.dispatch.requests import handover
from lianzhi.dispatch.requests.handover import HandOver, Person
from lianzhi.dispatch.requests.request import Request
from lianzhi.dispatch.rota import rota, timeline
from lianzhi.dispatch.rota.faults import Fault, faults
from lianzhi.dispatch.rota.rota import Duty, Rota
from lianzhi.dispatch.rota.timeline import Piece
from lianzhi.dispatch.rota.week import monday
from lianzhi.domains.enforcement.desk.office import Office, RefusedError, draft
from lianzhi.domains.enforcement.desk.rota_parts import joined, parts
from lianzhi.domains.enforcement.nouns.register import Officer
from lianzhi.domains.enforcement.queries import steps, tables
from lianzhi.office.pending_files import PendingFiles
from lianzhi.record.entry import Text

_DAY = dt.timedelta(days=1)
_DAY_MS = 86_400_000
#: Days back in which work left behind is looked for, and in which a first rota may begin.
_BACK = 7
#: Most days ahead for which a rota may be kept; beyond, the year is likely mistyped.
_AHEAD = 400


class Kept(NamedTuple):
    """A rota on the record, without its text."""

    since: dt.date
    start: int
    """When it comes into force (ms)."""
    entry: int
    """Where it stands on the record."""


class Preview(NamedTuple):
    """A new rota beside those already kept, before it is put in force."""

    piece: Piece
    """The new rota, with the moments between which it would be in force."""
    until: dt.date
    """Last of the requested days on which it would be in force."""
    duties: int
    """Number of its own duties up to `until`."""
    laid: tuple[Duty, ...]
    """All duties from the week in which it begins, of other rotas too."""
    faults: tuple[Fault, ...]


class Rotas:
    """Rotas of the deployment: reading, previewing, keeping and withdrawing them."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.pending = PendingFiles(office.home / "rotas")

    # -- reading ---------------------------------------------------------------------------------

    def kept(self) -> list[Kept]:
        """Rotas in force now or later, by start; of several for one day only the last."""
        rotas: list[Kept] = []
        for step in self._steps():
            since = dt.date.fromisoformat(step.payload["since"])
            if step.kind == "rota.withdrawn":
                rotas = [kept for kept in rotas if kept.since != since]
            else:
                start = timeline.start_of(since, step.at, [kept.start for kept in rotas])
                rotas = [kept for kept in rotas if kept.start != start]
                rotas.append(Kept(since, start, step.entry))
        return sorted(rotas, key=lambda kept: kept.start)

    def starts(self) -> list[dt.date]:
        """The days on which a rota comes into force, in their order."""
        return sorted({kept.since for kept in self.kept()})

    def text(self, since: dt.date) -> bytes:
        """A rota as JSON, without erased people. Raises KeyError if none begins on the day."""
        matching = [kept for kept in self.kept() if kept.since == since]
        if not matching:
            raise KeyError(since)
        return msgspec.json.format(msgspec.json.encode(self._read(matching[-1].entry)), indent=1)

    def on(self, day: dt.date) -> Rota | None:
        """The rota at the end of a day; None where none is kept."""
        pieces = self.pieces(day, day)
        return pieces[-1].rota if pieces else None

    def pieces(self, since: dt.date, until: dt.date) -> list[Piece]:
        """The rotas that are in force on these days, also for a part of one, in turn."""
        return [piece for piece in self._pieces() if piece.days(since, until)]

    def duties(self, since: dt.date, until: dt.date) -> tuple[Duty, ...]:
        """Duties that begin on the days from `since` to `until`, in order of time."""
        return timeline.duties_between(self._pieces(), since, until)

    def on_duty(self, at: int, squad: str | None = None) -> tuple[Duty, ...]:
        """Who is on duty at a moment (ms), in one squad or in all."""
        day = day_of(at)
        return rota.on_duty(self.duties(day - _DAY, day), at, squad)

    def faults(self, since: dt.date, until: dt.date) -> tuple[Fault, ...]:
        """Faults of the rotas on these days."""
        return faults(self._pieces(), since, until)

    def preview(self, new: Rota, since: dt.date, days: int) -> Preview:
        """Duties and faults of a new rota in the first `days` days from `since`.

        Raises RefusedError if no rota may begin on that day.
        """
        self._may_begin(since)
        rotas, people = self.kept(), self._people()
        start = timeline.start_of(since, self._office.now(), [kept.start for kept in rotas])
        others = [(kept.start, known(self._read(kept.entry), people)) for kept in rotas]
        pieces = timeline.in_sequence([*others, (start, known(new, people))])
        mine = next(piece for piece in pieces if piece.start == start)
        first, last = mine.days(since, since + _DAY * (days - 1)) or (since, since)
        return Preview(
            piece=mine,
            until=last,
            duties=len(timeline.duties_of(mine, first, last)),
            laid=timeline.duties_between(pieces, monday(since) - _DAY, last),
            faults=faults(pieces, since, last),
        )

    def handovers(self, requests: Iterable[Request]) -> tuple[HandOver, ...]:
        """Requests to hand over: those left by officers who went off duty, then those of whoever
        goes off duty within the next day."""
        at, today = self._office.now(), self._office.today()
        people = {
            officer.id: Person(
                officer.squad,
                not officer.observer and officer.until is not None and officer.until >= today,
            )
            for officer in self._people().values()
        }
        pieces = self._pieces()
        for piece in pieces:
            if piece.start <= at < piece.end:
                for officer in piece.rota.officers:
                    people[officer.id] = people[officer.id]._replace(squad=officer.squad)
        laid = timeline.duties_between(pieces, today - _DAY * _BACK, today + _DAY)
        return handover.upcoming(laid, people, [*requests], at, _DAY_MS)

    def _pieces(self) -> list[Piece]:
        people = self._people()
        return timeline.in_sequence(
            (kept.start, known(self._read(kept.entry), people)) for kept in self.kept()
        )

    def _people(self) -> dict[str, Officer]:
        with self._office.reading() as connection:
            return {officer.id: officer for officer in tables.officer.every(connection)}

    def _steps(self) -> list["_Step"]:
        with self._office.reading() as connection:
            rows = steps.entries(connection, "rota", ("rota.kept", "rota.withdrawn"))
        ledger = self._office.ledger
        return [
            _Step(index, kind, next(iter(ledger.entries(index, index + 1))).at,
                  ledger.payload(index) or {})
            for index, _, kind in rows
        ]  # fmt: skip

    def _read(self, index: int) -> Rota:
        """What is left of a rota."""
        return joined(self._office.ledger.vault.texts(index).values())

    # -- keeping ---------------------------------------------------------------------------------

    def wait(self, submitted: Rota | bytes) -> tuple[str, Rota]:
        """Store a rota until it is confirmed; returns its name and the rota.

        Comments of a file are lost. Raises RefusedError if the file is not a rota.
        """
        try:
            read = rota.read(submitted) if isinstance(submitted, bytes) else submitted
        except rota.RotaError as error:
            raise RefusedError("rota_file", str(error), says=str(error)) from None
        return self.pending.keep(msgspec.json.encode(read)), read

    def first(self) -> dt.date:
        """First day on which a new rota may begin: today, since past duties are not changed; a week
        ago if no rota is in force."""
        today, now = self._office.today(), self._office.now()
        return today if any(kept.start <= now for kept in self.kept()) else today - _DAY * _BACK

    def keep(self, name: str, since: dt.date, by: str) -> None:
        """Put a stored rota in force from a day on; repeating the call changes nothing.

        Raises RefusedError if there is no such rota, or for a day before `first` or too far ahead.
        """
        office = self._office
        with office.batch() as batch:
            if any(step.payload.get("upload") == name for step in self._steps()):
                return
            self._may_begin(since)
            try:
                waiting = msgspec.json.decode(self.pending.get(name), type=Rota)
            except KeyError:
                raise RefusedError("rota_gone", "no such rota waits; send it again") from None
            payload = {"since": since, "upload": name, "by": by}
            texts: dict[str, Text] = {name_: (text, ()) for name_, text in parts(waiting).items()}
            batch.append([draft("rota.kept", "rota", office.now(), payload, texts)])
        self.pending.drop(name)

    def withdraw(self, since: dt.date, by: str) -> None:
        """Withdraw a rota before it comes into force. Raises KeyError if none begins on the day."""
        office = self._office
        with office.batch() as batch:
            if since <= office.today() or since not in self.starts():
                raise KeyError(since)
            payload = {"since": since, "by": by}
            batch.append([draft("rota.withdrawn", "rota", office.now(), payload)])

    def _may_begin(self, since: dt.date) -> None:
        first, last = self.first(), self._office.today() + _DAY * _AHEAD
        if not first <= since <= last:
            message = f"since is {since}: give a day from {first} to {last}"
            raise RefusedError("rota_day", message, day=since, first=first, last=last)


class _Step(NamedTuple):
    entry: int
    kind: str
    at: int
    payload: dict[str, str]


def known(kept: Rota, people: dict[str, Officer]) -> Rota:
    """The rota without people missing from the register, with the register's certificates."""
    officers = tuple(
        msgspec.structs.replace(
            officer,
            certificate_until=people[officer.id].until,
            observer=bool(people[officer.id].observer),
        )
        for officer in kept.officers
        if officer.id in people
    )
    return msgspec.structs.replace(kept, officers=officers)
