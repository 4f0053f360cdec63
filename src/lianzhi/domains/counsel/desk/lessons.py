"""Lessons: asked for, planned, held, rated, and measured by what came up before and after."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from lianzhi.domains.counsel.desk.guidance_checks import (
    at_most,
    filled,
    known_key,
    past_or_today,
)
from lianzhi.domains.counsel.desk.office import Office
from lianzhi.domains.counsel.guidance.effect import Effect, effect
from lianzhi.domains.counsel.nouns.lesson import Lesson
from lianzhi.domains.counsel.queries import causes, tables
from lianzhi.domains.counsel.refusals import RefusedError

_MOST_PEOPLE = 100_000


class CauseCount(NamedTuple):
    """How often a cause came up lately, and in as many days before."""

    cause: str
    lately: int
    before: int


class Lessons:
    """All acts on lessons. KeyError: there is no such lesson; IllegalStepError: not now."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def get(self, identity: str) -> Lesson:
        """A lesson by id."""
        with self._office.reading() as connection:
            return tables.lesson.load(connection, identity)

    def every(self, status: str = "") -> list[Lesson]:
        """All lessons, perhaps of one status, those that changed last first."""
        column = tables.lesson.c
        where = [column.status == status] if status else []
        with self._office.reading() as connection:
            return tables.lesson.every(connection, *where, order=(column.index.desc(),))

    def effects(self, lesson: Lesson) -> dict[str, Effect | None]:
        """What changed with a lesson, by what was counted; None: too few days are known."""
        if lesson.day_held is None or not lesson.cause:
            return {}
        today = self._office.today()
        policy = self._office.rules.guidance(today).effect
        with self._office.reading() as connection:
            counted = {"questions": causes.askings(connection)}
        return {
            source: effect(daily, lesson.cause, lesson.day_held, today, policy)
            for source, daily in counted.items()
        }

    def recurring(self) -> list[CauseCount]:
        """Causes by how often they came up in the days that policy measures, the most first."""
        today = self._office.today()
        days = dt.timedelta(self._office.rules.guidance(today).effect.days)
        with self._office.reading() as connection:
            daily = causes.askings(connection)
        counts = [
            CauseCount(
                cause,
                sum(n for day, n in by_day.items() if day > today - days),
                sum(n for day, n in by_day.items() if today - 2 * days < day <= today - days),
            )
            for cause, by_day in daily.items()
            if cause
        ]
        return sorted(filter(lambda each: each.lately, counts), key=lambda each: -each.lately)

    def request(
        self, by: str, *, kind: str, topic: str, field: str, cause: str, requester: str
    ) -> str:
        """Note what an enterprise asks to learn, or what a cause asks for; returns the id."""
        policy = self._office.rules.guidance(self._office.today())
        if kind == "targeted" and not cause:
            raise RefusedError("lesson_cause", "cause is empty; choose one", field="cause")
        if kind == "on_demand" and not requester.strip():
            raise RefusedError("lesson_requester", "requester is empty", field="requester")
        payload = {"kind": kind, "field": known_key("field", field, policy.fields)}
        payload["cause"] = known_key("causes", cause, policy.causes) if cause else ""
        texts = {"topic": (filled("topic", topic, 2_000), ())}
        with self._office.ledger.batch() as batch:
            number = tables.lesson.count(batch.connection) + 1
            name = requester.strip()
            payload["requester"] = batch.tokens([name])[name] if name else ""
            payload |= {"lesson": (identity := f"L{number:04}"), "by": by}
            batch.append([self._office.draft("lesson.requested", identity, payload, texts)])
        return identity

    def plan(self, identity: str, by: str, *, planned: dt.date, speaker: str) -> None:
        """Say when it is held, and who speaks."""
        name = filled("speaker", speaker, 80)
        self._put("planned", identity, by, {"planned": planned, "speaker": name})

    def hold(
        self, identity: str, by: str, *, day_held: dt.date | None, attendance: int, words: str = ""
    ) -> None:
        """Note that it was held, on which day, and how many came."""
        day_held = past_or_today("day_held", day_held, self._office.today())
        if not 1 <= attendance <= _MOST_PEOPLE:
            raise RefusedError("lesson_attendance", f"attendance is {attendance}")
        payload = {"day_held": day_held, "attendance": attendance}
        self._put("held", identity, by, payload, at_most("words", words, 20_000))

    def rate(self, identity: str, by: str, *, answers: int, useful: int, words: str = "") -> None:
        """Note what those who were there said; the newest note counts."""
        if not 0 <= useful <= answers <= self.get(identity).attendance:
            raise RefusedError("lesson_answers", f"{useful} of {answers} answers")
        payload = {"answers": answers, "useful": useful}
        self._put("rated", identity, by, payload, at_most("words", words, 20_000))

    def decline(self, identity: str, by: str, *, words: str) -> None:
        """Say that it is not going to be, with the reason."""
        self._put("declined", identity, by, {}, filled("words", words, 20_000))

    def _put(
        self, step: str, identity: str, by: str, payload: Mapping[str, Any], words: str = ""
    ) -> None:
        fields = {"lesson": identity, **payload, "by": by}
        texts = {"words": (words, ())}
        with self._office.ledger.batch() as batch:
            tables.lesson.load(batch.connection, identity)
            batch.append([self._office.draft(f"lesson.{step}", identity, fields, texts)])
