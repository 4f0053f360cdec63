"""Rotas: who is on duty, what is wrong with it, and what has to change hands.

A rota is in force from a day until the next one begins; the last that was kept for a day counts.
Duties are laid out across such changes: a night that began under the old rota runs on.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec
from sqlalchemy import select

from lianzhi.domains.enforcement import tables
from lianzhi.domains.enforcement.desk.office import Office, RefusedError, draft
from lianzhi.domains.enforcement.desk.waiting import Waiting
from lianzhi.domains.enforcement.dispatch import handover, rota, rota_check
from lianzhi.domains.enforcement.dispatch.handover import HandOver
from lianzhi.domains.enforcement.dispatch.moments import day_of
from lianzhi.domains.enforcement.dispatch.request import Request
from lianzhi.domains.enforcement.dispatch.rota import Duty, Rota
from lianzhi.domains.enforcement.dispatch.rota_check import Fault
from lianzhi.domains.enforcement.register import Officer

_DAY = dt.timedelta(days=1)
#: Who left work behind is looked for so many days back; so far back a first rota may begin.
_BACK = 7
#: A rota may be kept for a day so far ahead: a slip of the year is no plan.
_AHEAD = 400


class Stretch(NamedTuple):
    """Some days, both counted, on which one rota is in force."""

    rota: Rota
    since: dt.date
    until: dt.date


class Rotas:
    """See module. Raises RotaError for a rota that can be read no more."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._waiting = Waiting(office.home / "rotas")
        self._starts: dict[int, dt.date] = {}
        self._read: dict[int, Rota] = {}

    # -- reading ---------------------------------------------------------------------------------

    def starts(self) -> dict[dt.date, int]:
        """The days on which a rota comes into force, in their order, and the entry of each."""
        office, column = self._office, tables.step.c
        asked = select(column.index).where(column.of == "rota").order_by(column.index)
        with office.reading() as connection:
            entries = [*connection.scalars(asked)]
        for index in entries:
            if index not in self._starts:
                said = office.ledger.payload(index) or {}
                self._starts[index] = dt.date.fromisoformat(said["since"])
        return dict(sorted((self._starts[index], index) for index in entries))

    def kept(self, start: dt.date) -> str:
        """A rota as it was sent, by the day on which it comes into force. KeyError: none does."""
        text: str | None = self._office.ledger.vault.text(self.starts()[start], "rota")
        if text is None:
            raise KeyError(start)
        return text

    def on(self, day: dt.date) -> Rota | None:
        """The rota of a day; None where none is kept."""
        return next((one.rota for one in self.between(day, day)), None)

    def between(self, since: dt.date, until: dt.date) -> Iterator[Stretch]:
        """The rotas that are in force from a day to another, each with its days."""
        starts = self.starts()
        following = [*starts, dt.date.max][1:]
        for (start, index), after in zip(starts.items(), following, strict=True):
            first, last = max(start, since), min(after - _DAY, until)
            if first <= last:
                yield Stretch(self._of(index), first, last)

    def duties(self, since: dt.date, until: dt.date) -> tuple[Duty, ...]:
        """Duties that begin on the days from `since` to `until`, in order of time."""
        laid = (duty for one in self.between(since, until) for duty in rota.duties(*one))
        return tuple(sorted(laid))

    def on_duty(self, at: int, squad: str | None = None) -> tuple[Duty, ...]:
        """Who is on duty at a moment (ms), in one squad or in all."""
        day = day_of(at)
        return rota.on_duty(self.duties(day - _DAY, day), at, squad)

    def faults(
        self, since: dt.date, until: dt.date, officers: Iterable[Officer]
    ) -> tuple[Fault, ...]:
        """What is wrong on these days. What the register says of a certificate counts."""
        registered, starts = {one.id: one for one in officers}, self.starts()
        found: list[Fault] = []
        for one in self.between(since, until):
            before = self.duties(one.since - _DAY, one.since - _DAY)
            begins = one.since in starts
            found += rota_check.check(
                known(one.rota, registered), one.since, one.until, before if begins else None
            )
        return rota_check.in_order(found)

    def handovers(self, requests: Iterable[Request]) -> tuple[HandOver, ...]:
        """What has to change hands: what is left behind, then what the next day brings."""
        at, open_now = self._office.now(), [*requests]
        day = day_of(at)
        laid = self._without_observers(day - _DAY * _BACK, day + _DAY)
        found = [*handover.left_behind(laid, open_now, at)]
        for end in sorted({duty.ends for duty in laid if at < duty.ends <= at + 86_400_000}):
            found += handover.handovers(laid, open_now, end)
        first: dict[str, HandOver] = {}
        for one in found:
            first.setdefault(one.request, one)
        return tuple(first.values())

    def _without_observers(self, since: dt.date, until: dt.date) -> tuple[Duty, ...]:
        """Duties of officers: nobody else takes work over."""
        watching = {
            one.id
            for stretch in self.between(since, until)
            for one in stretch.rota.officers
            if one.observer
        }
        return tuple(duty for duty in self.duties(since, until) if duty.officer not in watching)

    def _of(self, index: int) -> Rota:
        if index not in self._read:
            text = self._office.ledger.vault.text(index, "rota") or ""
            self._read[index] = rota.read(text.encode())
        return self._read[index]

    # -- keeping ---------------------------------------------------------------------------------

    def wait(self, made: Rota | bytes) -> tuple[str, Rota]:
        """Let a rota wait until somebody says that it shall count; its digest, and the rota.

        Raises RefusedError where it is none.
        """
        data = made if isinstance(made, bytes) else msgspec.json.encode(made)
        try:
            read = rota.read(data)
        except rota.RotaError as error:
            raise RefusedError("rota_file", str(error), says=str(error)) from None
        return self._waiting.keep(data), read

    def first(self) -> dt.date:
        """The first day on which a new rota may begin: today, for who was on duty stands as it was;
        where no rota is in force, a week ago."""
        today = self._office.today()
        return today if self.on(today) else today - _DAY * _BACK

    def keep(self, digest: str, since: dt.date, by: str) -> None:
        """Put a rota that waits in force from a day on.

        Raises RefusedError where none waits, or the day does not do: see `first`.
        """
        office = self._office
        first, last = self.first(), office.today() + _DAY * _AHEAD
        if not first <= since <= last:
            said = f"since is {since}: give a day from {first} to {last}"
            raise RefusedError("rota_day", said, day=since, first=first, last=last)
        try:
            text = self._waiting.get(digest).decode("utf-8-sig")
        except KeyError:
            raise RefusedError("rota_gone", "no such rota waits; send it again") from None
        payload = {"since": since, "by": by}
        with office.batch() as batch:
            batch.append([draft("rota.kept", "rota", office.now(), payload, {"rota": (text, ())})])
        self._waiting.drop(digest)


def known(kept: Rota, registered: Mapping[str, Officer]) -> Rota:
    """The rota with what the register says of its people: certificates, and who only observes."""
    officers = tuple(
        one
        if (found := registered.get(one.id)) is None
        else msgspec.structs.replace(
            one, certificate_until=found.until, observer=bool(found.observer)
        )
        for one in kept.officers
    )
    return msgspec.structs.replace(kept, officers=officers)
