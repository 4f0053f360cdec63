"""Manuals: issues them, and follows who has read what is due."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from lianzhi.domains.counsel.desk.guidance_checks import filled, known_key
from lianzhi.domains.counsel.desk.office import Office
from lianzhi.domains.counsel.guidance.line_changes import LineChange, line_changes
from lianzhi.domains.counsel.nouns.manual import Manual
from lianzhi.domains.counsel.queries import tables
from lianzhi.domains.counsel.refusals import RefusedError
from lianzhi.office.written_lists import split_list
from lianzhi.record.entry import Text

LENGTH = 60_000
_MOST_READERS, _MOST_DAYS = 500, 365


class Unread(NamedTuple):
    """A user who has not read a manual."""

    manual: str
    version: int
    user: str
    due: dt.date
    late: int
    """Days since the last day for it; 0 or below: it is not over."""


class Manuals:
    """All acts on manuals. KeyError: there is no such manual; IllegalStepError: not now."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def get(self, identity: str) -> Manual:
        """A manual by id."""
        with self._office.reading() as connection:
            return tables.manual.load(connection, identity)

    def every(self, field: str = "") -> list[Manual]:
        """All manuals, perhaps of one field."""
        where = [tables.manual.c.field == field] if field else []
        with self._office.reading() as connection:
            return tables.manual.every(connection, *where)

    def changes(self, manual: Manual) -> list[LineChange]:
        """What the newest version changed in the one before; empty for a first version."""
        if len(manual.editions) < 2:
            return []
        before, after = (
            self._office.ledger.vault.text(each.index, "content") or ""
            for each in manual.editions[-2:]
        )
        return list(line_changes(before, after))

    def unread(self) -> list[Unread]:
        """Who has not read what, the longest overdue first."""
        today = self._office.today()
        unread = [
            Unread(manual.id, newest.number, user, newest.due, (today - newest.due).days)
            for manual in self.every()
            if manual.status == "in_force" and (newest := manual.newest)
            for user in newest.unread
        ]
        return sorted(unread, key=lambda each: (each.due, each.manual, each.user))

    def issue(
        self, by: str, *, field: str, post: str, words: str, effective: dt.date | None, **more: Any
    ) -> str:
        """Issue the first or the next version; returns the id."""
        today = self._office.today()
        policy = self._office.rules.guidance(today)
        identity = (
            f"{known_key('field', field, policy.fields)}.{known_key('post', post, policy.posts)}"
        )
        payload = {"field": field, "post": post, "effective": effective or today}
        payload |= self._readers(today, **more)
        self._put("issued", identity, by, payload, content=filled("words", words, LENGTH))
        return identity

    def assign(self, identity: str, by: str, **given: Any) -> None:
        """Say anew who has to read the newest version, and until when."""
        issued = self.get(identity).newest.issued
        self._put("assigned", identity, by, self._readers(issued, **given))

    def read(self, identity: str, by: str) -> None:
        """Note that a user who has to has read the newest version."""
        newest = self.get(identity).newest
        if by not in newest.unread:
            raise RefusedError("manual_reader", f"{by} need not read {identity}, or has")
        self._put("read", identity, by, {"version": newest.number})

    def withdraw(self, identity: str, by: str, *, words: str) -> None:
        """Take a manual out of force, with the reason."""
        self.get(identity)
        self._put("withdrawn", identity, by, {}, words=filled("words", words, 20_000))

    def _readers(self, since: dt.date, *, readers: str, due_days: int) -> dict[str, Any]:
        """Payload of who has to read a version. Raises RefusedError."""
        names = split_list(readers)
        if len(names) > _MOST_READERS:
            message = f"readers are {len(names)}; give {_MOST_READERS} at most"
            raise RefusedError("manual_readers", message, field="readers", most=_MOST_READERS)
        if not 0 <= due_days <= _MOST_DAYS:
            message = f"due_days is {due_days}; give 0 to {_MOST_DAYS}"
            raise RefusedError("manual_days", message, field="due_days", most=_MOST_DAYS)
        return {"readers": names, "due": since + dt.timedelta(due_days)}

    def _put(
        self, step: str, identity: str, by: str, payload: Mapping[str, Any], **texts: str
    ) -> None:
        fields = {"manual": identity, **payload, "by": by}
        of_entry: dict[str, Text] = {name: (text, ()) for name, text in texts.items()}
        with self._office.ledger.batch() as batch:
            batch.append([self._office.draft(f"manual.{step}", identity, fields, of_entry)])
