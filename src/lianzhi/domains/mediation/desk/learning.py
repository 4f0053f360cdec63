"""Learning: recurring causes, the notes written about them, what notes changed, and figures."""

import datetime as dt
import secrets
from collections.abc import Sequence

from lianzhi.domains.mediation.desk.office import Office
from lianzhi.domains.mediation.learning import figures
from lianzhi.domains.mediation.learning.effect import Effect, effect
from lianzhi.domains.mediation.nouns.dispute import CAUSES, RecordedDispute
from lianzhi.domains.mediation.nouns.note import KINDS, WAYS, Note
from lianzhi.domains.mediation.queries import learning, tables
from lianzhi.domains.mediation.refusals import RefusedError
from lianzhi.domains.mediation.routes import FIELDS
from lianzhi.stats.recurring import Cause, recurring

#: Names that a note may be addressed to, and characters of one.
_MOST, _NAME = 200, 64
#: Days by which the start of a note may lie back, and ahead.
_BACK, _AHEAD = dt.timedelta(31), dt.timedelta(366)


class Learning:
    """Reads causes and figures; writes and withdraws notes."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def causes(self) -> tuple[Cause, ...]:
        """Recurring causes of the window of policy up to today."""
        since, until = self._window()
        with self._office.reading() as connection:
            seen, handled = learning.seen(connection), learning.handled(connection)
        policy = self._office.rules.prevention(until)[1]
        return recurring(seen, handled, policy.least, policy.false_discovery, since, until)

    def notes(self) -> list[Note]:
        """All notes, the latest start first."""
        with self._office.reading() as connection:
            return tables.note.every(connection, order=(tables.note.c.start.desc(),))

    def note(self, identity: str) -> Note:
        """A note by id. KeyError: there is none."""
        with self._office.reading() as connection:
            return tables.note.load(connection, identity)

    def effect(self, note: Note) -> Effect:
        """What a note changed up to today."""
        today = self._office.today()
        with self._office.reading() as connection:
            seen, handled = learning.seen(connection), learning.handled(connection)
        return effect(note, seen, handled, self._office.rules.prevention(today)[1], today)

    def write(
        self,
        by: str,
        *,
        kind: str,
        field: str,
        cause: str,
        offices: str,
        enterprises: str,
        start: dt.date | None,
        words: str,
    ) -> str:
        """Write a note to offices and enterprises, `;` between; without any, to the whole field.

        It keeps which days had been seen by then: its effect is measured without them.
        """
        today, (since, until) = self._office.today(), self._window()
        start = start or today
        for name, value, known in (
            ("kind", kind, KINDS), ("field", field, FIELDS), ("cause", cause, CAUSES),
        ):  # fmt: skip
            if value not in known:
                message = f"{name} is {value!r:.80}; choose one of {', '.join(known)}"
                raise RefusedError("note_choice", message, field=name, value=value[:80])
        if not today - _BACK <= start <= today + _AHEAD:
            message = f"start is {start}; give a day from {today - _BACK} to {today + _AHEAD}"
            raise RefusedError("note_start", message, field="start", value=str(start))
        if not words.strip():
            raise RefusedError("note_words", "words is empty; write what it says", field="words")
        identity = f"N{today:%Y%m%d}-{secrets.token_hex(3)}"
        with self._office.ledger.batch() as batch:
            names = _names("enterprises", enterprises)
            tokens = batch.tokens(sorted(names))
            payload = {
                "note": identity, "kind": kind, "field": field, "cause": cause, "by": by,
                "offices": _names("offices", offices), "start": start, "chosen_since": since,
                "enterprises": [tokens[name] for name in names], "chosen_until": until,
            }  # fmt: skip
            texts = {"words": (words, tuple(tokens.values()))}
            batch.append([self._office.draft("note.written", identity, payload, texts)])
        return identity

    def send(self, identity: str, by: str, *, way: str, day: dt.date | None) -> None:
        """Note that it went out to the offices and enterprises addressed, on a day since it was
        written."""
        if way not in WAYS:
            message = f"way is {way!r:.80}; choose one of {', '.join(WAYS)}"
            raise RefusedError("note_choice", message, field="way", value=way[:80])
        with self._office.ledger.batch() as batch:
            note = tables.note.load(batch.connection, identity)
            if not note.is_partial:
                message = "the note is addressed to a whole field; publish it instead"
                raise RefusedError("note_nobody", message)
            sent = self._office.dated(day, note.chosen_until)
            payload = {"note": identity, "by": by, "way": way, "day": sent}
            batch.append([self._office.draft("note.sent", identity, payload)])

    def withdraw(self, identity: str, by: str, *, words: str) -> None:
        """Withdraw a note, with the reason."""
        if not words.strip():
            raise RefusedError("note_reason", "words is empty; say why", field="words")
        self.note(identity)
        with self._office.ledger.batch() as batch:
            payload = {"note": identity, "by": by}
            texts = {"words": (words, ())}
            batch.append([self._office.draft("note.withdrawn", identity, payload, texts)])

    def _window(self) -> tuple[dt.date, dt.date]:
        today = self._office.today()
        return today - dt.timedelta(self._office.rules.prevention(today)[1].window), today

    def disputes(self) -> list[RecordedDispute]:
        """All disputes by id."""
        with self._office.reading() as connection:
            return tables.dispute.every(connection)

    def opened(self) -> list[dt.date]:
        """The day on which each case that offices handled was opened."""
        with self._office.reading() as connection:
            return [case.day for case in learning.handled(connection)]

    def card(
        self,
        disputes: Sequence[RecordedDispute],
        opened: Sequence[dt.date],
        since: dt.date | None,
        until: dt.date,
    ) -> tuple[figures.Line, ...]:
        """The figures of some disputes, of those received in [since, until)."""
        policy = self._office.rules.dispute(self._office.today())[1]
        middles = {each.key: (each.least + each.most) / 2 for each in policy.questions}

        def satisfied(dispute: RecordedDispute) -> bool | None:
            answers = dispute.satisfaction.items()
            above = [points > middles[key] for key, points in answers if key in middles]
            return all(above) if above else None

        return figures.card(disputes, opened, since, until, satisfied)


def _names(field: str, given: str) -> list[str]:
    """Names with `;` between, each once. Raises RefusedError for too many, or a long one."""
    names = list(dict.fromkeys(filter(None, (name.strip() for name in given.split(";")))))
    if len(names) > _MOST or any(len(name) > _NAME for name in names):
        message = f"{field}: give up to {_MOST} names of up to {_NAME} characters"
        raise RefusedError("note_names", message, field=field, most=_MOST, longest=_NAME)
    return names
