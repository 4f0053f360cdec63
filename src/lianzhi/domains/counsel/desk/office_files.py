"""Files of the office: begun, read, and taken from step to step."""

import datetime as dt
import secrets
from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Generic, TypeVar

from lianzhi.chain.life import next_status
from lianzhi.domains.counsel.desk.office import Office
from lianzhi.domains.counsel.nouns.office_file import OfficeFile
from lianzhi.domains.counsel.office_clock import Stay, last_day
from lianzhi.domains.counsel.queries import tables
from lianzhi.domains.counsel.refusals import GateRefusedError, RefusedError
from lianzhi.kit.noun_story import Step, noun_story
from lianzhi.kit.noun_tables import NounTable
from lianzhi.kit.noun_views import Page, page, whole
from lianzhi.law.gates import Refusal as GateRefusal
from lianzhi.law.periods import UnknownPeriodError
from lianzhi.record.entry import Text

F = TypeVar("F", bound=OfficeFile)
Value = str | int | bool | dt.date | tuple[Stay, ...] | None
Given = Mapping[str, Value]
"""Fields of a step by name."""
LINE, WORDS = 500, 20_000


class Files(Generic[F]):
    """Files of one noun. A subclass says what guards a step, and what it changes."""

    SILENT: ClassVar[frozenset[str]] = frozenset()
    """Steps whose words may be blank."""
    LOOSE: ClassVar[frozenset[str]] = frozenset()
    """Steps whose day says nothing about the order of others."""

    AFTER: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Steps that answer another, which leads to no status: none bears an earlier day than that."""

    def __init__(self, office: Office, table: NounTable[F]) -> None:
        self._office, self._table = office, table

    def get(self, identity: str) -> F:
        """A file by id. KeyError: there is none."""
        with self._office.reading() as connection:
            return self._table.load(connection, identity)

    def page(self, status: str, cursor: str = "") -> Page[F]:
        """Open files first, the earliest last day on top; an empty status means any.

        KeyError: the cursor is of no page.
        """
        if cursor and whole(cursor.partition("~")[0]) is None:
            raise KeyError(cursor)
        column = self._table.c
        where = [column.status == status] if status else []
        with self._office.reading() as connection:
            return page(connection, self._table, column.order, where, cursor)

    def counts(self) -> dict[str, int]:
        """How many files there are in each status."""
        with self._office.reading() as connection:
            return self._table.counts(connection, "status")

    def story(self, identity: str) -> list[Step]:
        """The steps of a file with their texts."""
        return noun_story(self._office.ledger, tables.step, identity)

    def take(
        self, identity: str, step: str, by: str, words: str | None = None, **given: Value
    ) -> None:
        """Take a step of a file, today or on the `day` given. `words` are its text; None: it has
        none. Raises RefusedError, IllegalStepError, and KeyError for no such file."""
        day = self.day(given.pop("day", None))
        checked(given, None if step in self.SILENT else words)
        name = self._table.noun.name
        with self._office.ledger.batch() as batch:
            file = self._table.load(batch.connection, identity)
            next_status(self._table.noun.steps, f"{name}.{step}", file.status)
            if day < (earliest := self.earliest(file, step)):
                raise too_early("day", day, earliest)
            if refusals := self.refusals(file, step, day, by, given):
                raise GateRefusedError(step, refusals)
            payload = {name: identity, "by": by, "day": day, **given}
            payload |= self.changes(file, step, day, given)
            texts = {"words": (words or "", (file.person,) if file.person else ())}
            batch.append([self._office.draft(f"{name}.{step}", identity, payload, texts)])

    def earliest(self, file: F, step: str) -> dt.date:
        """First day that a step may bear: none lies before the step that led to the present
        status or that it answers, and one that leads to another status lies before none."""
        name, steps = self._table.noun.name, self._table.noun.steps

        def leads_on(key: str) -> bool:
            return steps[f"{name}.{key}"][1] is not None

        before = file.days.keys() - self.LOOSE
        if not leads_on(step):
            before = {key for key in before if leads_on(key)}
        if (answered := self.AFTER.get(step)) in file.days:
            before = {*before, answered}
        return max(file.days[key] for key in before)

    def refusals(
        self, file: F, step: str, day: dt.date, by: str, given: Given | None
    ) -> list[GateRefusal]:
        """Rules that forbid a step which the status allows; without `given`, those that forbid it
        whatever its fields are."""
        return []

    def changes(self, file: F, step: str, day: dt.date, given: Given) -> Given:
        """Fields that follow from a step, such as a new last day."""
        return {}

    def begin(
        self, step: str, by: str, day: dt.date, person: str, words: str | None, payload: Given
    ) -> str:
        """Begin a file about a person by name, or about nobody; returns its id."""
        checked({"person": person, **payload}, words)
        office, name = self._office, self._table.noun.name
        identity = f"{day:%Y%m%d}-{secrets.token_hex(4)}"
        with office.ledger.batch() as batch:
            token = batch.tokens([person.strip()])[person.strip()] if person.strip() else ""
            fields = {name: identity, "by": by, "day": day, "person": token, **payload}
            texts: dict[str, Text] = {"words": (words or "", (token,) if token else ())}
            batch.append([office.draft(f"{name}.{step}", identity, fields, texts)])
        return identity

    def last_day(
        self, key: str, start: dt.date, stays: tuple[Stay, ...] = (), extra: int = 0
    ) -> dt.date | None:
        """As `office_clock.last_day`. Raises RefusedError where no text in force was read."""
        try:
            return last_day(self._office.rules.law, key, start, stays, extra)
        except UnknownPeriodError as error:
            raise RefusedError("office_law", str(error), day=start) from None

    def day(self, day: Value) -> dt.date:
        """A day that is not to come; None is today."""
        today = self._office.today()
        if not isinstance(day, dt.date):
            return today
        if day > today:
            raise RefusedError("office_day", f"day is {day}; today is {today}", day=day)
        return day


def too_early(field: str, value: dt.date, earliest: dt.date) -> RefusedError:
    """Refusal of a day that lies before what it has to follow."""
    message = f"{field} is {value}; give {earliest} or a later day"
    return RefusedError("office_before", message, field=field, value=value, day=earliest)


def number(given: Given, name: str) -> int:
    """A field that is a whole number."""
    value = given[name]
    return value if isinstance(value, int) else 0


def named(person: str) -> str:
    """A person's name without blanks around it. Raises RefusedError where nothing is left."""
    if not person.strip():
        raise RefusedError("office_name", "the name is empty; write it")
    checked({"name": person}, None)
    return person.strip()


def checked(given: Given, words: str | None) -> None:
    """Raise RefusedError for a text that is too long, or words that are blank."""
    for name, value in given.items():
        if isinstance(value, str) and len(value) > LINE:
            raise RefusedError("office_long", f"{name} has {len(value)} characters", n=LINE)
    if words is not None and not words.strip():
        raise RefusedError("office_words", "words is empty; write it down")
    if words is not None and len(words) > WORDS:
        raise RefusedError("office_long", f"words has {len(words)} characters", n=WORDS)
