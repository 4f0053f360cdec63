"""Inspections at enterprises, and reports by observers from there.

A visit is checked against the gates and the rules of visits, and recorded as one entry. A phone may
send the same draft several times until it gets an answer: ids are derived from the draft, so it is
recorded once.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

import msgspec
from sqlalchemy import Connection

from lianzhi.domains.enforcement.desk.office import Office, RefusedError, draft
from lianzhi.domains.enforcement.desk.photos import Announced, announced
from lianzhi.domains.enforcement.desk.requests import Requests
from lianzhi.domains.enforcement.importing import town_rows as rows
from lianzhi.domains.enforcement.law.step_facts import Certified, Facts
from lianzhi.domains.enforcement.lists.line import Line
from lianzhi.domains.enforcement.nouns.register import Enterprise, Officer
from lianzhi.domains.enforcement.nouns.visit import Reason, Result
from lianzhi.domains.enforcement.queries import tables
from lianzhi.domains.enforcement.rulebook import scan, visit_rules
from lianzhi.domains.enforcement.words import words
from lianzhi.law.gates import Refusal, RefusedStepError
from lianzhi.office.drafts import derived_id
from lianzhi.office.kept_secrets import kept
from lianzhi.record.entry import Draft, Text

#: Largest number of characters of a note.
MOST_NOTE = 1000
#: Largest numbers of people and of minutes of a visit.
MOST_PEOPLE, MOST_MINUTES = 20, 24 * 60
#: Rules of a visit that the gates check too, with the article of the statute.
_GATED = frozenset({"officers", "certificate"})


class VisitPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Enterprise, day, reason and people of a visit."""

    enterprise: str
    """Its number in the register."""
    day: dt.date
    reason: Reason = "random"
    officers: tuple[str, ...] = ()
    observers: tuple[str, ...] = ()
    code: str = ""
    """Code scanned at the enterprise."""


class Marked(NamedTuple):
    """Result that a person marked on a line of the checklist."""

    line: str
    result: Result
    by: str
    items: tuple[str, ...] = ()
    """Violated items of the line; may be omitted if the line has only one."""
    note: str = ""


class Submission(NamedTuple):
    """Ids recorded for a draft."""

    inspection: str
    """Empty for an observer's round, which is no inspection."""
    requests: tuple[str, ...]
    """Requests made of observers' reports."""


class Visits:
    """Checks and records visits. Raises RefusedStepError by gates and rules, else RefusedError."""

    def __init__(self, office: Office, requests: Requests) -> None:
        self._office, self._requests = office, requests

    def code(self, enterprise: str, day: dt.date) -> str:
        """The code that an enterprise shows on a day."""
        self._token(enterprise)
        return scan.code(self._secret(), enterprise, day)

    def scanned(self, code: str) -> Enterprise:
        """The enterprise of a scanned code. Raises RefusedStepError for an invalid code."""
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
        """Tokens of enterprises of a grid and an industry; an empty value matches all."""
        column = tables.enterprise.c
        where = [column[name] == value for name, value in
                 (("grid", grid), ("industry", industry)) if value]  # fmt: skip
        with self._office.reading() as connection:
            return tables.enterprise.ids(connection, *where, most=most)

    def lines(self, enterprise_type: str, day: dt.date) -> tuple[Line, ...]:
        """Lines of the merged checklist of a type. Raises PolicyError if there is none."""
        return self._office.rules.checklist(enterprise_type, day).lines

    def begin(self, plan: VisitPlan, by: str) -> None:
        """Raise RefusedStepError with every reason why this visit may not be held."""
        with self._office.reading() as connection:
            self._admit(connection, plan, by)

    def hold(
        self,
        draft_id: str,
        plan: VisitPlan,
        marks: Sequence[Marked],
        by: str,
        minutes: int = 0,
        photos: Sequence[Announced] = (),
    ) -> Submission:
        """Record an inspection; a draft recorded before changes nothing.

        `photos`: announced photos, which are uploaded afterwards.
        """
        office, at = self._office, self._office.now()
        identity = derived_id(draft_id, by)
        with office.batch() as batch:
            there = tables.inspection.get(batch.connection, identity)
            if there is not None:
                return Submission(identity, there.requests)
            registered, officer, admitted = self._admit(batch.connection, plan, by)
            lines = [*self._line_payloads(marks, registered, plan, admitted)]
            shots, hashes = announced(draft_id, by, photos, {mark.line for mark in marks})
            requests = [*self._reports(draft_id, marks, registered, plan.day, by, "volunteer")]
            payload = {
                "inspection": identity,
                "enterprise": registered.id,
                "day": plan.day,
                "department": officer.department,
                "checklist": registered.industry,
                "reason": plan.reason,
                "officers": [officer.id for officer in admitted.visit.officers],
                "observers": [*admitted.visit.observers],
                "scanned_in": True,
                "minutes": min(max(minutes, 0), MOST_MINUTES),
                "lines": lines,
                "violations": sorted(
                    {line["item"] for line in lines if line["result"] == "violation"}
                ),
                "requests": [entry.ref for entry in requests],
                "photos": shots,
                "by": by,
            }
            about = (registered.id,)
            texts: dict[str, Text] = {"notes": (_notes(marks), about), "photos": (hashes, about)}
            batch.append([draft("inspection.held", identity, at, payload, texts), *requests])
        return Submission(identity, tuple(entry.ref for entry in requests))

    def report(
        self,
        draft_id: str,
        enterprise: str,
        day: dt.date,
        marks: Sequence[Marked],
        by: str,
        channel: Literal["volunteer", "grid"] = "volunteer",
    ) -> Submission:
        """Record what an observer saw on their own; each report becomes a request."""
        office = self._office
        own = [mark._replace(by=by) for mark in marks]  # no other person was there
        self._check_findings(own, frozenset({by}), office.dated(day))
        with office.batch() as batch:
            registered = office.enterprise(batch.connection, self._token(enterprise))
            reports = [*self._reports(draft_id, own, registered, day, by, channel)]
            there = tables.request.among(batch.connection, [entry.ref for entry in reports])
            fresh = [entry for entry in reports if entry.ref not in there]
            if fresh:
                batch.append(fresh)
        return Submission("", tuple(entry.ref for entry in reports))

    def _admit(
        self, connection: Connection, plan: VisitPlan, by: str
    ) -> tuple[Enterprise, Officer, visit_rules.AdmittedVisit]:
        """Enterprise, acting officer and admitted visit. Raises RefusedStepError with every reason
        against it."""
        office, day = self._office, self._office.dated(plan.day)
        if max(len(plan.officers), len(plan.observers)) > MOST_PEOPLE:
            raise RefusedError("people", f"at most {MOST_PEOPLE} people", most=MOST_PEOPLE)
        registered = office.enterprise(connection, self._token(plan.enterprise))
        rules = office.rules.visits(day)
        hands = tuple(dict.fromkeys(plan.officers))
        office.check_observers(connection, {*plan.observers} - {*hands})
        known = office.officers(connection, hands)
        people = [known.get(name) or Officer(id=name) for name in hands]
        certified = tuple(Certified(officer.id, officer.until) for officer in people)
        observed = by in plan.observers or any(officer.observer for officer in people)
        facts = Facts(step="inspected", day=day, by=by, officers=certified, observer=observed)
        refused = office.rules.gates.check(facts)
        if by not in hands:
            refused.append(_refusal(rules.refusal("stranger", by=by)))
        past = _past(connection, registered.id, plan)
        refusals = [
            *visit_rules.plan(plan.enterprise, registered.industry, day, plan.reason, past, rules)
        ]
        going = visit_rules.Visit(
            enterprise=plan.enterprise,
            day=day,
            officers=tuple(_row(officer) for officer in people),
            observers=tuple(dict.fromkeys(plan.observers)),
            scanned=scan.check(self._secret(), plan.code, plan.enterprise, day),
        )
        try:
            admitted = visit_rules.begin(going, rules)
        except visit_rules.RefusedError as error:
            refusals += [refusal for refusal in error.refusals if refusal.rule not in _GATED]
        refused += map(_refusal, refusals)
        if refused:
            raise RefusedStepError("inspected", refused)
        return registered, known[by], admitted

    def _line_payloads(
        self,
        marks: Sequence[Marked],
        at: Enterprise,
        plan: VisitPlan,
        admitted: visit_rules.AdmittedVisit,
    ) -> Iterator[dict[str, str]]:
        """Lines of the visit's payload, one for each inspected item."""
        rules = self._office.rules.visits(plan.day)
        self._check_findings(marks, frozenset(admitted.visit.observers), plan.day)
        if not marks:
            raise RefusedError("no_lines", "no line is marked; mark what was looked at")
        for line, entry in self._marked_lines(marks, at, plan.day):
            broken = _broken(line, entry)
            try:
                judged = visit_rules.mark(admitted, line, entry.by, rules, broken)
            except visit_rules.RefusedError as error:
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
        """Entries of requests for what observers reported."""
        rules, now = self._office.rules.visits(day), self._office.now()
        translate = words("zh").gettext
        for line, mark in self._marked_lines(marks, at, day):
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

    def _check_findings(
        self, marks: Iterable[Marked], observers: frozenset[str], day: dt.date
    ) -> None:
        """Check violations against the gates: an observer may not find any."""
        for by in {mark.by for mark in marks if mark.result == "violation"}:
            facts = Facts(step="found", day=day, by=by, observer=by in observers)
            self._office.rules.gates.require(facts)

    def _marked_lines(
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


def _past(connection: Connection, token: str, plan: VisitPlan) -> list[_Past]:
    """Inspections of an enterprise in the calendar year of a visit."""
    column = tables.inspection.c
    year = plan.day.year
    in_year = column.day.between(f"{year}-01-01", f"{year}-12-31")
    visits = tables.inspection.every(connection, column.enterprise == token, in_year)
    return [_Past(plan.enterprise, visit.day, visit.reason) for visit in visits]


def _broken(line: Line, mark: Marked) -> tuple[str, ...]:
    """Violated items of a mark. Raises RefusedError if it is unclear which of several."""
    if mark.result not in ("violation", "reported"):
        return ()
    if mark.items or len(line.items) == 1:
        return mark.items or line.items
    raise RefusedError("which_item", f"line {mark.line} answers {line.items}: choose", line=line.zh)


def _refusal(refused: visit_rules.Refusal) -> Refusal:
    """A rule's refusal in the form of a gate's."""
    return Refusal(refused.rule, "visit", refused.basis.zh, refused.said)


def _row(officer: Officer) -> rows.Officer:
    """An officer as a row; a missing certificate counts as expired."""
    until = officer.until or dt.date.min
    return rows.Officer(
        officer.id, officer.name, officer.squad, officer.department, officer.certificate, until
    )


def _notes(marks: Sequence[Marked]) -> str:
    """Notes by line as JSON, one text that is erased as a whole."""
    notes = {mark.line: mark.note.strip() for mark in marks if mark.note.strip()}
    return msgspec.json.encode(notes).decode() if notes else ""
