"""Receptions: days on which visitors are heard, and the commitments made to them."""

import datetime as dt
from typing import ClassVar, NamedTuple

from lianzhi.domains.counsel.desk.office import Office
from lianzhi.domains.counsel.desk.office_files import Files, Given, checked, named
from lianzhi.domains.counsel.nouns.reception import KINDS, Commitment, Reception
from lianzhi.domains.counsel.queries import tables
from lianzhi.domains.counsel.refusals import RefusedError
from lianzhi.stats.intervals import Interval, wilson

#: Farthest last day of a commitment, and farthest day of a reception, from today.
_MOST = dt.timedelta(3 * 366)


class KeptShare(NamedTuple):
    """Share of commitments kept in time, with its Wilson interval (95 %)."""

    due: int
    """Commitments that ended, or whose last day is over."""
    in_time: int
    interval: Interval

    @property
    def share(self) -> float | None:
        """None: none was due."""
        return self.in_time / self.due if self.due else None


class Receptions(Files[Reception]):
    """Opens and closes reception days, and notes visitors' matters."""

    def __init__(self, office: Office) -> None:
        super().__init__(office, tables.reception)

    def open(self, by: str, kind: str, day: dt.date | None, place: str, receiver: str) -> str:
        """Note a reception day, past or to come; returns its id. Raises RefusedError."""
        if kind not in KINDS:
            raise RefusedError("office_choice", f"kind is {kind!r:.80}", value=kind[:80])
        on = day or self._office.today()
        if abs(on - self._office.today()) > _MOST:
            raise RefusedError("office_far", f"day is {on}", day=on)
        payload: Given = {"kind": kind, "place": place, "receiver": receiver, "since": on}
        return self.begin("opened", by, on, "", None, payload)

    def hear(self, identity: str, by: str, visitor: str, words: str) -> None:
        """Note a visitor's matter. Raises as `take`."""
        visitor = named(visitor)
        checked({}, words)
        with self._office.ledger.batch() as batch:
            file = tables.reception.load(batch.connection, identity)
            if self._office.today() < file.began:
                raise RefusedError("office_early", f"it is on {file.began}", day=file.began)
            token = batch.tokens([visitor])[visitor]
            payload = {
                "reception": identity, "by": by, "visitor": token, "matters": file.matters + 1,
            }  # fmt: skip
            texts = {"words": (words, (token,))}
            batch.append([self._office.draft("reception.heard", identity, payload, texts)])


class Commitments(Files[Commitment]):
    """Makes commitments, and follows them until the visitor is told."""

    SILENT: ClassVar[frozenset[str]] = frozenset({"urged"})
    LOOSE: ClassVar[frozenset[str]] = frozenset({"urged"})

    def __init__(self, office: Office) -> None:
        super().__init__(office, tables.commitment)

    def make(
        self, by: str, reception: str, visitor: str, owner: str, due: dt.date, words: str
    ) -> str:
        """Promise a visitor of a reception something; returns the commitment's id. Raises
        RefusedError, KeyError for no such reception."""
        today = self._office.today()
        with self._office.reading() as connection:
            session = tables.reception.load(connection, reception)
        if today < session.began:
            raise RefusedError("office_early", f"it is on {session.began}", day=session.began)
        if not session.began <= due <= today + _MOST:
            raise RefusedError(
                "office_due", f"due is {due}; held on {session.began}", day=session.began
            )
        payload: Given = {"reception": reception, "owner": owner, "due": due}
        return self.begin("made", by, today, named(visitor), words, payload)

    def of_reception(self, reception: str) -> list[Commitment]:
        """Commitments made at a reception, the most urgent first."""
        column = tables.commitment.c
        with self._office.reading() as connection:
            return tables.commitment.every(
                connection, column.reception == reception, order=(column.order.desc(),)
            )

    def open_ones(self, owner: str = "") -> list[Commitment]:
        """Open commitments of one owner or of all, the earliest last day first."""
        column = tables.commitment.c
        where = [column.owner == owner] if owner else []
        with self._office.reading() as connection:
            return tables.commitment.every(
                connection, column.status == "open", *where, order=(column.order.desc(),)
            )

    def kept_share(self, owner: str = "") -> KeptShare:
        """Of the commitments that ended or are overdue, the share kept in time; of one owner or
        of all."""
        column, today = tables.commitment.c, self._office.today()
        where = [column.owner == owner] if owner else []
        with self._office.reading() as connection:
            every = tables.commitment.every(connection, *where)
        due = [each for each in every if each.outcome is not None or each.late(today)]
        in_time = sum(each.outcome == "kept" for each in due)
        return KeptShare(len(due), in_time, wilson(in_time, len(due)))
