"""Rows together with the law of their days, as the monitors query them.

What the desk refuses before an act, a monitor reports after it: both check facts against the same
gates (`penalty_gates.py`), periods and tables. Where the law of a day is not available (a year
without holidays, a policy that began later), one of GAPS is raised and the row is not judged.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from decimal import ROUND_FLOOR, Decimal
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from lianzhi.chain import dated
from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.importing.town_rows import Inspection, Penalty
from lianzhi.domains.enforcement.inspection import policy as inspecting
from lianzhi.domains.enforcement.inspection.penalised import NotFittedError
from lianzhi.domains.enforcement.inspection.penalties import Compared, compare
from lianzhi.domains.enforcement.inspection.strictness import Inspectors, inspectors
from lianzhi.domains.enforcement.law.discretion import Ruling
from lianzhi.domains.enforcement.law.statutes import late_fines
from lianzhi.domains.enforcement.law.step_facts import Certified, Facts
from lianzhi.domains.enforcement.rulebook.rulebook import Range, Rulebook
from lianzhi.domains.enforcement.rulebook.visit_rules import NoVisitPolicyError, VisitPolicy
from lianzhi.domains.enforcement.supervision import history
from lianzhi.domains.enforcement.supervision.alert import Seen
from lianzhi.domains.enforcement.supervision.policy import Supervision
from lianzhi.domains.enforcement.supervision.reasons import Reason, why
from lianzhi.domains.enforcement.supervision.rows import Rows
from lianzhi.law import surcharge
from lianzhi.law.calendar import UnknownYearError
from lianzhi.law.clock import ClockError, deadline
from lianzhi.law.discretion.outcome import RefusedError as NoRulingError
from lianzhi.law.gates import GatesError
from lianzhi.law.periods import UnknownPeriodError
from lianzhi.law.surcharge_rules import SurchargeError

GAPS = (
    *(UnknownYearError, UnknownPeriodError, ClockError, PolicyError, GatesError),
    *(SurchargeError, NotFittedError),
)
_VISITS = Path(str(files("lianzhi.domains.enforcement"))) / "policy" / "visits"
R = TypeVar("R", bound=msgspec.Struct)


class Unjudged(NamedTuple):
    """A row that could not be judged, and why."""

    id: str
    reason: Reason


Findings = Iterator[Seen | Unjudged]


def judge_rows(rows: Iterable[R], judge: Callable[[R], Seen | None]) -> Findings:
    """Reports of a judge for each row; rows whose law is not available are yielded as Unjudged."""
    for row in rows:
        try:
            seen = judge(row)
        except GAPS as error:
            yield Unjudged(row.id, why(error))  # type: ignore[attr-defined]
            continue
        if seen is not None:
            yield seen


class Account(NamedTuple):
    """A fine and its payments when the file was closed; yuan."""

    fine: Decimal
    surcharge: Decimal
    paid: Decimal

    @property
    def owed(self) -> Decimal:
        """Amount still to be paid, in yuan."""
        return self.fine + self.surcharge - self.paid


class Look:
    """Rows with the law of their days.

    `day`: last day that the rows cover; `visits`: folder of the bureau's own inspection caps.
    """

    def __init__(
        self, rows: Rows, rules: Rulebook, policy: Supervision, day: dt.date,
        visits: Path | None = None,
    ) -> None:  # fmt: skip
        self.rows, self.rules, self.policy, self.day = rows, rules, policy, day
        self._source = visits or _VISITS
        self._visits = dated.read(VisitPolicy, self._source)
        self._own = {item.id: item for item in rows.items}
        self._gates: dict[str, frozenset[str]] = {}

    # -- visits ----------------------------------------------------------------------------------

    def visit_policy(self, day: dt.date) -> VisitPolicy:
        """Caps and scan-in rules in force on a day. Raises PolicyError before the first version."""
        dated_policy = dated.on(self._visits, day)
        if dated_policy is None:
            raise NoVisitPolicyError(self._source, day)
        return dated_policy[1]

    def visit_gates(self, row: Inspection) -> frozenset[str]:
        """Gates that the inspection fails."""
        real = self.real(row.officers)
        facts = Facts(
            step="inspected",
            day=row.day,
            officers=self._certified(row.officers),
            observer=len(real) < len(row.officers),
        )
        passed = self._refused(facts) - {"officers_certified"}
        # Observers have no certificate; another question checks them.
        lacks = self._refused(msgspec.structs.replace(facts, officers=self._certified(real)))
        return passed | (lacks & {"officers_certified"})

    def real(self, officers: Iterable[str]) -> list[str]:
        """Officers without the observers among them."""
        return [officer for officer in officers if officer not in self.rows.observers]

    def lapsed(self, officers: Iterable[str], day: dt.date) -> tuple[str, dt.date | None]:
        """First officer without a valid certificate on a day, and when it ended; observers need
        none.
        """
        for officer in officers:
            until = self.rows.certified.get(officer)
            if until is None or until < day:
                return officer, until
        return "", None

    # -- cases -----------------------------------------------------------------------------------

    def filing_gates(self, row: Penalty) -> frozenset[str]:
        """Gates that the filing of the case fails."""
        officers = self._certified(row.officers)
        return self._refused(Facts(step="filed", day=row.filed, officers=officers))

    def decision_gates(self, row: Penalty) -> frozenset[str]:
        """Gates that the decision fails; empty where there is no decision."""
        if row.decided is None:
            return frozenset()
        if row.id not in self._gates:
            self._gates[row.id] = self._refused(self._decision(row, row.decided))
        return self._gates[row.id]

    def _decision(self, row: Penalty, day: dt.date) -> Facts:
        allowed, notice = self.range_of(row), row.noticed
        defence = self.rules.procedure(day).defence
        return Facts(
            step="decided",
            day=day,
            by=row.decided_by or "",
            officers=self._certified(row.officers),
            act_day=row.act_day,
            found_day=self.discovery_day(row),
            limit_day=self.limit_day(row),
            outcome=row.list or "ordinary",
            fine=int(row.fine or 0),
            fine_most=None if allowed is None else allowed.most,
            fine_least=0 if allowed is None else allowed.least,
            unit=row.facts.get("subject") != "person",
            noticed=notice is not None,
            defence_until=notice and self.rules.last_day(defence, notice),
            # A hearing counts as the party's statement.
            waived=row.id in self.rows.waived or row.heard is not None,
            hearing_asked=row.hearing_requested is not None,
            heard=row.heard is not None,
            review_due=self.review_due(row, day),
            review="passed" if row.reviewed else "",
            reviewers=frozenset({row.reviewed_by or ""} - {""}),
        )

    def discovery_day(self, row: Penalty) -> dt.date:
        """Day on which the act was discovered: of the inspection, or else of filing."""
        return self.rows.found_on.get(row.inspection or "", row.filed)

    def limit_day(self, row: Penalty) -> dt.date:
        """Last day on which discovery allows a penalty (行政处罚法 36), by the law at filing."""
        fields = self.rules.procedure(row.filed).limitation.grave_fields
        harmed = row.facts.get("harm") not in (None, "none")
        grave = harmed and row.item.partition(".")[0] in fields
        key = "penalty.limitation_grave" if grave else "penalty.limitation"
        period = self.rules.periods.get(key, row.filed)
        return deadline(row.act_day, period, self.rules.calendar).last_day

    def review_due(self, row: Penalty, day: dt.date) -> bool:
        """Whether legal review is required by law or the bureau's rule (行政处罚法 58)."""
        procedure, fine = self.rules.procedure(day), int(row.fine or 0)
        if row.id in self.rows.on_the_spot:
            return False
        unit = row.facts.get("subject") != "person"
        due = procedure.hearing.due(unit=unit, fine=fine, sanctions=frozenset())
        hearing_due = due or row.hearing_requested is not None
        return procedure.review.asked == "all" or hearing_due or fine >= procedure.grave.fine

    def range_of(self, row: Penalty) -> Range | None:
        """Statutory range for this party from the file, the town's list or the bureau's; None:
        unknown.
        """
        if row.fine_least is not None and row.fine_most is not None:
            return Range(int(row.fine_least), int(row.fine_most))
        if self._own:
            own = self._own.get(row.item)
            if own is None or own.fine_most is None or own.fine_least is None:
                return None
            return Range(int(own.fine_least), int(own.fine_most))
        return self.rules.range_of(row.item, row.act_day, row.facts)

    def tabled(self, row: Penalty) -> Ruling | None:
        """Ruling of the discretion table; None: no table, missing facts, or an item of the town's
        own list, for which there is no table.
        """
        if self._own or row.fine_most is not None:
            return None
        subject = row.facts.get("subject") or "unit"
        try:
            facts = {**row.facts, "subject": subject}
            return self.rules.discretion.rule(row.item, facts, row.act_day)
        except NoRulingError:
            return None

    def account(self, row: Penalty, closed: dt.date) -> Account:
        """State of the fine at closing. Reconsideration suspends the surcharge: none is added."""
        if (kept := self.rows.accounts.get(row.id)) is not None:
            return Account(*map(Decimal, kept))
        fine, paid = Decimal(row.fine or 0), Decimal(row.amount_paid or 0)
        if not fine or row.served is None or row.reconsideration is not None:
            return Account(fine, Decimal(0), paid)
        due = self.rules.last_day("penalty.pay", row.served)
        until = row.paid or closed
        towards = min(paid, fine)
        payments = [surcharge.Payment(until, towards)] if towards > 0 else []
        rule = late_fines().on(row.decided or row.served)
        added = surcharge.surcharge([surcharge.Part(due, fine)], payments, until, rule)
        return Account(fine, added.amount.to_integral_value(ROUND_FLOOR), paid)

    @cached_property
    def fined_acts(self) -> dict[tuple[str, str, dt.date], list[Penalty]]:
        """Fines in force, by party, item and day of the act."""
        acts: dict[tuple[str, str, dt.date], list[Penalty]] = defaultdict(list)
        for row in self.rows.penalties:
            if row.fine and row.decided and not row.overturned:
                acts[row.enterprise, row.item, row.act_day].append(row)
        return acts

    @cached_property
    def strictness(self) -> Inspectors:
        """Inspectors compared with what their enterprises explain. Raises NotFittedError."""
        return inspectors(history.history(self.rows), inspecting.latest())

    @cached_property
    def fines(self) -> Compared:
        """Fines of like cases by officer, squad and department, and the pairs that differ most."""
        known = history.officers(self.rows)
        return compare(history.cases(self.rows), inspecting.latest(), known)

    # -- the engines -----------------------------------------------------------------------------

    def last_day(self, key: str, start: dt.date) -> dt.date:
        """Last day of a statutory period. Raises one of GAPS."""
        return self.rules.last_day(key, start)

    def _certified(self, officers: Iterable[str]) -> tuple[Certified, ...]:
        known = self.rows.certified
        return tuple(Certified(officer, known.get(officer)) for officer in officers)

    def _refused(self, facts: Facts) -> frozenset[str]:
        return frozenset(refusal.gate for refusal in self.rules.gates.check(facts))
