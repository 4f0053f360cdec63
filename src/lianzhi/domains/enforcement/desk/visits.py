"""Visits: inspections held at enterprises, and what observers report from there.

A visit is held against the gates of the law and the rules of visits before anything stands on the
record, and stands there as one entry. A phone that lost the network sends the same draft until it
is told that it came: ids follow from the draft, so that it counts once.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

import msgspec
from sqlalchemy import Connection, select

from lianzhi.domains.enforcement.desk.keys import kept
from lianzhi.domains.enforcement.desk.office import Office, RefusedError, draft
from lianzhi.domains.enforcement.desk.photos import Announced, announced, visit_of
from lianzhi.domains.enforcement.desk.requests import Requests
from lianzhi.domains.enforcement.importing import town_rows as rows
from lianzhi.domains.enforcement.law.step_facts import Certified, Facts
from lianzhi.domains.enforcement.lists.line import Line
from lianzhi.domains.enforcement.nouns.register import Enterprise, Officer
from lianzhi.domains.enforcement.nouns.visit import Reason, Result, Visit
from lianzhi.domains.enforcement.queries import tables
from lianzhi.domains.enforcement.rulebook import scan
from lianzhi.domains.enforcement.rulebook import visit_rules as rules_of
from lianzhi.domains.enforcement.words import words
from lianzhi.law.gates import Refusal, RefusedStepError
from lianzhi.office.drafts import derived_id
from lianzhi.record.entry import Draft, Text

#: Most characters of one note.
MOST_NOTE = 1000
#: Most people of a visit, and most minutes of it.
MOST_PEOPLE, MOST_MINUTES = 20, 24 * 60
#: Rules of a visit that the gates tell, too: with the article of the statute.
_GATED = frozenset({"officers", "certificate"})


class Coming(msgspec.Struct, frozen=True, kw_only=True):
    """Who goes where, when and why."""

    enterprise: str
    """Its number in the register."""
    day: dt.date
    reason: Reason = "random"
    officers: tuple[str, ...] = ()
    observers: tuple[str, ...] = ()
    code: str = ""
    """What was scanned at the enterprise."""


class Marked(NamedTuple):
    """What somebody marked on a line of the checklist."""

    line: str
    result: Result
    by: str
    items: tuple[str, ...] = ()
    """Which of the line's items are broken; may be left out where the line has one."""
    note: str = ""


class Sent(NamedTuple):
    """What came of a draft."""

    inspection: str
    """Empty: an observer's round, which is no inspection."""
    requests: tuple[str, ...]
    """What observers' reports became."""


class Visits:
    """See module. Raises RefusedStepError by gates and rules, RefusedError otherwise."""

    def __init__(self, office: Office, requests: Requests) -> None:
        self._office, self._requests = office, requests

    def code(self, enterprise: str, day: dt.date) -> str:
        """The code that an enterprise shows on a day."""
        self._token(enterprise)
        return scan.code(self._secret(), enterprise, day)

    def scanned(self, code: str) -> Enterprise:
        """Whose code of the day it is. Raises RefusedStepError saying why it is not good."""
        day, shown = self._office.today(), scan.enterprise_of(code)
        worth = scan.check(self._secret(), code, shown, day)
        if worth != "good":
            rules = self._office.rules.visits(day)
            refused = _refusal(rules.refusal(worth, enterprise=shown, day=day))
            raise RefusedStepError("inspected", [refused])
        return self.enterprise(shown)

    def enterprise(self, number: str) -> Enterprise:
        """A registered enterprise by its number."""
        token = self._token(number)
        with self._office.reading() as connection:
            return self._office.enterprise(connection, token)

    def of(self, grid: str, industry: str, most: int) -> list[str]:
        """Tokens of enterprises of a grid and an industry; what is empty is left open."""
        column = tables.enterprise.c
        where = [column[name] == value for name, value in
                 (("grid", grid), ("industry", industry)) if value]  # fmt: skip
        with self._office.reading() as connection:
            query = select(column.id).where(*where).order_by(column.id).limit(most)
            return [*connection.scalars(query)]

    def lines(self, enterprise_type: str, day: dt.date) -> tuple[Line, ...]:
        """The one checklist of a type. Raises PolicyError where there is none."""
        return self._office.rules.checklist(enterprise_type, day).lines

    def begin(self, coming: Coming, by: str) -> None:
        """Raise every reason for which this visit may not be held."""
        with self._office.reading() as connection:
            self._begun(connection, coming, by)

    def hold(
        self,
        draft_id: str,
        coming: Coming,
        marks: Sequence[Marked],
        by: str,
        minutes: int = 0,
        photos: Sequence[Announced] = (),
    ) -> Sent:
        """Put an inspection on the record; a draft that is there already changes nothing.

        `photos`: what was taken on the way, to be sent after it.
        """
        office, at = self._office, self._office.now()
        identity = derived_id(draft_id, by)
        with office.batch() as batch:
            there = visit_of(batch.connection, identity)
            if there is not None:
                return Sent(identity, there.requests)
            registered, officer, admitted = self._begun(batch.connection, coming, by)
            lines = [*self._found(marks, registered, coming, admitted)]
            shots, hashes = announced(draft_id, by, photos, {mark.line for mark in marks})
            requests = [*self._reports(draft_id, marks, registered, coming.day, by, "volunteer")]
            payload = {
                "inspection": identity,
                "enterprise": registered.id,
                "day": coming.day,
                "department": officer.department,
                "checklist": registered.industry,
                "reason": coming.reason,
                "officers": [officer.id for officer in admitted.visit.officers],
                "observers": [*admitted.visit.observers],
                "scanned_in": True,
                "minutes": min(max(minutes, 0), MOST_MINUTES),
                "lines": lines,
                "violations": sorted(
                    {line["item"] for line in lines if line["result"] == "violation"}
                ),
                "requests": [report.ref for report in requests],
                "photos": shots,
                "by": by,
            }
            about = (registered.id,)
            texts: dict[str, Text] = {"notes": (_notes(marks), about), "photos": (hashes, about)}
            batch.append([draft("inspection.held", identity, at, payload, texts), *requests])
        return Sent(identity, tuple(report.ref for report in requests))

    def report(
        self,
        draft_id: str,
        enterprise: str,
        day: dt.date,
        marks: Sequence[Marked],
        by: str,
        channel: Literal["volunteer", "grid"] = "volunteer",
    ) -> Sent:
        """Take in what an observer saw on their own: each report becomes a request."""
        office = self._office
        own = [mark._replace(by=by) for mark in marks]  # nobody else was there
        self._no_finding(own, frozenset({by}), office.dated(day))
        with office.batch() as batch:
            registered = office.enterprise(batch.connection, self._token(enterprise))
            reports = [*self._reports(draft_id, own, registered, day, by, channel)]
            column = tables.request.c.id
            query = select(column).where(column.in_([draft_.ref for draft_ in reports]))
            there = {*batch.connection.scalars(query)}
            fresh = [draft_ for draft_ in reports if draft_.ref not in there]
            if fresh:
                batch.append(fresh)
        return Sent("", tuple(draft_.ref for draft_ in reports))

    def _begun(
        self, connection: Connection, coming: Coming, by: str
    ) -> tuple[Enterprise, Officer, rules_of.Begun]:
        """The visit that may be held. Raises RefusedStepError with every reason against it."""
        office, day = self._office, self._office.dated(coming.day)
        if max(len(coming.officers), len(coming.observers)) > MOST_PEOPLE:
            raise RefusedError("people", f"at most {MOST_PEOPLE} people", most=MOST_PEOPLE)
        registered = office.enterprise(connection, self._token(coming.enterprise))
        rules = office.rules.visits(day)
        hands = tuple(dict.fromkeys(coming.officers))
        office.observing(connection, {*coming.observers} - {*hands})
        known = office.officers(connection, hands)
        people = [known.get(name) or Officer(id=name) for name in hands]
        certified = tuple(Certified(officer.id, officer.until) for officer in people)
        observed = by in coming.observers or any(officer.observer for officer in people)
        facts = Facts(step="inspected", day=day, by=by, officers=certified, observer=observed)
        refused = office.rules.gates.check(facts)
        if by not in hands:
            refused.append(_refusal(rules.refusal("stranger", by=by)))
        past = _past(connection, registered.id, coming)
        refusals = [
            *rules_of.plan(coming.enterprise, registered.industry, day, coming.reason, past, rules)
        ]
        going = rules_of.Visit(
            enterprise=coming.enterprise,
            day=day,
            officers=tuple(_row(officer) for officer in people),
            observers=tuple(dict.fromkeys(coming.observers)),
            scanned=scan.check(self._secret(), coming.code, coming.enterprise, day),
        )
        try:
            admitted = rules_of.begin(going, rules)
        except rules_of.RefusedError as error:
            refusals += [refusal for refusal in error.refusals if refusal.rule not in _GATED]
        refused += map(_refusal, refusals)
        if refused:
            raise RefusedStepError("inspected", refused)
        return registered, known[by], admitted

    def _found(
        self, marks: Sequence[Marked], at: Enterprise, coming: Coming, admitted: rules_of.Begun
    ) -> Iterator[dict[str, str]]:
        """Lines as the record keeps them: one for each item that was looked at."""
        rules = self._office.rules.visits(coming.day)
        self._no_finding(marks, frozenset(admitted.visit.observers), coming.day)
        if not marks:
            raise RefusedError("no_lines", "no line is marked; mark what was looked at")
        for line, entry in self._lined(marks, at, coming.day):
            broken = _broken(line, entry)
            try:
                judged = rules_of.mark(admitted, line, entry.by, rules, broken)
            except rules_of.RefusedError as error:
                raise RefusedStepError("inspected", [*map(_refusal, error.refusals)]) from None
            if entry.result == "reported" and judged.kind == "violation":
                raise RefusedError("officer_reports", f"{entry.by} is an officer, who finds")
            for item in judged.items:
                yield {"line": entry.line, "item": item, "result": entry.result, "by": entry.by}

    def _reports(
        self,
        draft_id: str,
        marks: Sequence[Marked],
        at: Enterprise,
        day: dt.date,
        by: str,
        channel: str,
    ) -> Iterator[Draft]:
        """What observers reported, as requests."""
        rules, now = self._office.rules.visits(day), self._office.now()
        translate = words("zh").gettext
        for line, mark in self._lined(marks, at, day):
            if mark.result != "reported":
                continue
            text = translate("visit.reported") % {"line": line.zh, "note": mark.note.strip() or "-"}
            payload = {"grid": at.grid, "by": mark.by, "enterprise": at.id}
            yield self._requests.received(
                derived_id(draft_id, by, mark.line),
                channel,
                rules.category(_broken(line, mark)[0]),
                now,
                payload,
                {"words": (text, (at.id,))},
            )

    def _no_finding(self, marks: Iterable[Marked], observers: frozenset[str], day: dt.date) -> None:
        """Hold every violation found against the gates: observers report, and find none."""
        for by in {mark.by for mark in marks if mark.result == "violation"}:
            facts = Facts(step="found", day=day, by=by, observer=by in observers)
            self._office.rules.gates.require(facts)

    def _lined(
        self, marks: Sequence[Marked], at: Enterprise, day: dt.date
    ) -> Iterator[tuple[Line, Marked]]:
        lines = {line.name: line for line in self.lines(at.industry, day)}
        seen: set[str] = set()
        for mark in marks:
            if mark.line not in lines or mark.line in seen:
                raise RefusedError("line", f"line is {mark.line!r}: not once on this list")
            if len(mark.note) > MOST_NOTE:
                raise RefusedError("too_long", f"note of {mark.line} is too long", most=MOST_NOTE)
            seen.add(mark.line)
            yield lines[mark.line], mark

    def _secret(self) -> bytes:
        return kept(self._office.keys / "scan.key")

    def _token(self, number: str) -> str:
        try:
            return self._office.token(number)
        except KeyError:
            raise RefusedError("enterprise", f"enterprise is {number!r}: not registered") from None


class _Past(NamedTuple):
    """Implements the port `Past`."""

    enterprise: str
    day: dt.date
    reason: Reason


def _past(connection: Connection, token: str, coming: Coming) -> list[_Past]:
    """Inspections of an enterprise in the year of a visit."""
    column = tables.inspection.c
    year = coming.day.year
    query = select(column.state).where(
        column.enterprise == token, column.day.between(f"{year}-01-01", f"{year}-12-31")
    )
    visits = (msgspec.json.decode(row, type=Visit) for row in connection.scalars(query))
    return [_Past(coming.enterprise, visit.day, visit.reason) for visit in visits]


def _broken(line: Line, mark: Marked) -> tuple[str, ...]:
    """The items that are said to be broken. Raises RefusedError where it does not say which."""
    if mark.result not in ("violation", "reported"):
        return ()
    if mark.items or len(line.items) == 1:
        return mark.items or line.items
    raise RefusedError("which_item", f"line {mark.line} answers {line.items}: choose", line=line.zh)


def _refusal(refusal: rules_of.Refusal) -> Refusal:
    """A rule's refusal, told like a gate's."""
    return Refusal(refusal.rule, "visit", refusal.basis.zh, refusal.said)


def _row(officer: Officer) -> rows.Officer:
    """An officer as the rules of visits read one; without a certificate it never was good."""
    until = officer.until or dt.date.min
    return rows.Officer(
        officer.id, officer.name, officer.squad, officer.department, officer.certificate, until
    )


def _notes(marks: Sequence[Marked]) -> str:
    """Notes by line, as JSON: one text, which is erased as a whole."""
    notes = {mark.line: mark.note.strip() for mark in marks if mark.note.strip()}
    return msgspec.json.encode(notes).decode() if notes else ""
