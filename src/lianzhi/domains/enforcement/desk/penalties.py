"""Steps of a penalty file, from filing to archiving.

Every step is checked against the gates within its own transaction; an unlawful step is refused with
the articles that forbid it.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from lianzhi.chain.appeal import Route
from lianzhi.chain.notice import WAYS
from lianzhi.domains.enforcement.desk import photos
from lianzhi.domains.enforcement.desk.objections import Objections
from lianzhi.domains.enforcement.desk.office import Office, RefusedError, draft, new_id
from lianzhi.domains.enforcement.desk.penalty_steps import (
    PenaltySteps,
    about,
    checked_length,
    require_words,
)
from lianzhi.domains.enforcement.law.discretion import Ruling, of_age
from lianzhi.domains.enforcement.law.money import owed
from lianzhi.domains.enforcement.nouns import case_entries
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.rulebook.facts import ProposedStep, facts
from lianzhi.law.clock import midnight
from lianzhi.law.gates import Refusal
from lianzhi.office.files import KeptFile

CHANGED = "复议或者诉讼改变了决定 Changed on reconsideration or by a court"
"""Public reason for withdrawing an overturned decision from publication."""


class Penalties:
    """Acts on penalty files. Raises KeyError for an unknown file, RefusedStepError by the gates,
    RefusedError and IllegalStepError otherwise."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._steps = PenaltySteps(office)
        self._proceeding = self._steps.proceeding
        self._objections = Objections(office)

    def record(
        self,
        step: str,
        identity: str,
        by: str,
        words: str | None = None,
        day: dt.date | None = None,
    ) -> None:
        """Take a step that has no fields of its own, with `words` where it needs a text."""
        if words is not None:
            require_words(words)
        texts = {} if words is None else {"words": words}
        self._steps.step(identity, step, by, {}, texts, day=day)

    # -- filing and investigation ---------------------------------------------------------------

    def file(
        self,
        item: str,
        party: str,
        facts_known: Mapping[str, Any],
        act_day: dt.date,
        officers: Iterable[str],
        by: str,
        words: str,
        *,
        found_day: dt.date | None = None,
        inspection: str = "",
        unit: bool = True,
        same_act_as: str = "",
    ) -> str:
        """File a case 立案 against a registered party; returns its id.

        `same_act_as`: another file of the party about the same act (行政处罚法 29); only one of the
        two may end with a fine.
        """
        office, at = self._office, self._office.now()
        day = office.today()
        with office.batch() as batch:
            token = office.party(party)
            inspection = office.inspection_of(batch.connection, inspection, token)
            registered = office.enterprise(batch.connection, token)
            hands = tuple(dict.fromkeys(officers))
            listed = office.rules.named(item, act_day)
            root = office.same_act(batch.connection, token, same_act_as)
            known = office.officers(batch.connection, hands)
            squad = next((officer.squad for officer in known.values()), "")
            case = new_id()
            policy = office.chain.policy(at)
            drafts = case_entries.opening_entries(
                case, item, token, midnight(act_day), at, by, policy
            )
            payload: dict[str, Any] = {
                "penalty": case,
                "item": item,
                "department": listed.department if listed else "",
                "party": token,
                "unit": unit,
                "squad": squad,
                "grid": registered.grid,
                "inspection": inspection,
                "officers": list(hands),
                "assigned": hands[0] if hands else "",
                "facts": dict(facts_known),
                "act_day": act_day,
                "found_day": found_day or day,
                "same_act_as": root,
                "filed": day,
                "filed_by": by,
                "day": day,
                "by": by,
            }
            filing = draft("penalty.filed", case, at, payload, {"reason": about(words, token)})
            proposed = Penalty(
                id=case, item=item, department=payload["department"], party=token, unit=unit,
                officers=hands, facts=dict(facts_known), act_day=act_day,
                found_day=found_day or day, same_act_as=root,
            )  # fmt: skip
            self._steps.check(batch, proposed, ProposedStep("filed", day, by, hands))
            batch.append([*drafts, filing])
            for piece in photos.visit_evidence(office, batch.connection, inspection, token, item):
                penalty = office.penalty(batch.connection, case)
                self._steps.append(batch, penalty, "evidence_added", by, day, *piece)
        return case

    def add_evidence(
        self,
        identity: str,
        kept: KeptFile,
        kind: str,
        by: str,
        words: str = "",
        *,
        electronic: bool = False,
    ) -> str:
        """Add a stored piece of evidence to the file; returns its id."""
        payload = kept.payload(kind, electronic=electronic)
        texts = {"words": words, "name": kept.name, "salt": kept.salt}
        self._steps.step(identity, "evidence_added", by, payload, texts)
        return kept.id

    def review_evidence(
        self, identity: str, evidence: str, passed: bool, by: str, words: str
    ) -> None:
        """Record the legal and technical review of electronic evidence (行政处罚法 41)."""
        payload = {"evidence": evidence, "passed": passed}
        self._steps.step(identity, "evidence_reviewed", by, payload, {"words": words})

    def order(self, identity: str, until: dt.date, by: str, words: str) -> None:
        """Order rectification by a day 责令限期改正 (28)."""
        require_words(words)
        day = self._office.today()
        if until <= day:
            raise RefusedError("order_until", f"until is {until}; give a day after {day}", day=day)
        with self._office.batch() as batch:
            penalty = self._office.penalty(batch.connection, identity)
            self._steps.check(batch, penalty, ProposedStep("ordered", day, by))
            self._proceeding.order(batch, penalty, until, by, checked_length(words))

    def rectify(self, identity: str, by: str, words: str, day: dt.date | None = None) -> None:
        """Record that the violation was rectified."""
        office, rectified = self._office, self._office.dated(day)
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            self._steps.check(batch, penalty, ProposedStep("rectified", rectified, by))
            self._steps.append(batch, penalty, "rectified", by, rectified, {}, {"words": words})
            self._proceeding.rectified(batch, penalty, by)

    # -- notice, defence, hearing ---------------------------------------------------------------

    def notice(
        self,
        identity: str,
        facts_known: Mapping[str, Any],
        fine: int,
        by: str,
        words: str,
        *,
        sanctions: Iterable[str] = (),
        grave: bool = False,
    ) -> None:
        """Give notice of the intended penalty, its facts and reasons, and the party's rights (44).

        The discretion table must allow the fine.
        """
        require_words(words)
        office, day = self._office, self._office.today()
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            # A party recorded as a child remains one, whatever the new facts leave out.
            kept: dict[str, Any] = {
                name: penalty.facts[name] for name in ("age", "capable") if name in penalty.facts
            }
            facts_known = {**kept, **facts_known}
            ruling = self.ruling(penalty, facts_known)
            kinds = frozenset({*sanctions, *(["fine"] if fine else [])})
            rules = office.rules.procedure(day)
            hearing = rules.hearing.due(unit=penalty.unit, fine=fine, sanctions=kinds)
            payload = {
                "fine": fine,
                "list": ruling.list,
                "row": ruling.row,
                "sanctions": sorted(kinds),
                "grave": grave or fine >= rules.grave.fine,
                "hearing_due": hearing,
                "told_hearing": hearing,
                "facts": facts_known,
            }
            more = {
                "fine": fine,
                "outcome": ruling.list,
                "tabled": (ruling.fine_from, ruling.fine_to),
                "sanctions": kinds,
                "hearing_due": hearing,
                "notice_hearing": hearing,
            }
            proposed = msgspec.structs.replace(penalty, facts=facts_known)
            self._steps.check(batch, proposed, ProposedStep("noticed", day, by, more=more))
            self._steps.append(batch, penalty, "noticed", by, day, payload, {"words": words})

    def call_hearing(self, identity: str, hearing: dt.date, by: str) -> None:
        """Announce the day of the hearing."""
        by_then = self._office.rules.last_day("penalty.hearing_notice", hearing)
        more = {"hearing_day": hearing, "hearing_tell_by": by_then}
        self._steps.step(identity, "hearing_called", by, {"hearing": hearing}, {}, more=more)

    def hear(self, identity: str, chair: str, by: str, words: str) -> None:
        """Record the hearing; `words` are its minutes. `chair`: user name, or a guest's name."""
        require_words(words)
        chair = self._office.officer_named(chair)
        more = {"hearing_chair": chair}
        texts = {"words": words, "chair": chair}  # a guest's name is personal data
        self._steps.step(identity, "heard", by, {}, texts, more=more)

    def end_hearing(self, identity: str, absent: bool, by: str, words: str) -> None:
        """End a hearing whose request was withdrawn, or from which the party is absent (64(6))."""
        require_words(words)
        with self._office.reading() as connection:
            penalty = self._office.penalty(connection, identity)
        if absent and (penalty.hearing_day is None or self._office.today() < penalty.hearing_day):
            raise RefusedError("hearing_to_come", "nobody stays away before the day of the hearing")
        why = "absent" if absent else "withdrawn"
        self._steps.step(identity, "hearing_ended", by, {"why": why}, {"words": words})

    # -- review and decision --------------------------------------------------------------------

    def review(self, identity: str, passed: bool, by: str, words: str) -> None:
        """Record the result of the legal review 法制审核 (58)."""
        require_words(words)
        self._steps.step(
            identity, "review_passed" if passed else "review_failed", by, {}, {"words": words}
        )

    def decide(self, identity: str, fine: int, by: str, words: str) -> None:
        """Decide on a fine within the discretion table (57, 34)."""
        require_words(words)
        office, day = self._office, self._office.today()
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            ruling = self.ruling(penalty, penalty.facts)
            more = {
                "fine": fine,
                "outcome": ruling.list,
                "tabled": (ruling.fine_from, ruling.fine_to),
            }
            self._steps.check(batch, penalty, ProposedStep("decided", day, by, more=more))
            self._proceeding.decide(batch, penalty, ruling, fine, by, checked_length(words))

    def drop(self, identity: str, by: str, words: str) -> None:
        """Close without a decision, because the facts are not proven."""
        self._steps.end(identity, "dropped", "dropped", by, words)

    # -- after the decision ---------------------------------------------------------------------

    def serve(
        self, identity: str, way: str, by: str, receipt: str, day: dt.date | None = None
    ) -> None:
        """Record service of the decision, from which the period for payment runs."""
        if way not in WAYS:
            raise RefusedError("way", f"way is {way!r:.80}; use one of {', '.join(WAYS)}")
        office, served = self._office, self._office.dated(day)
        due = office.rules.last_day("penalty.pay", served)
        more = {"receipt": bool(receipt.strip())}
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            self._steps.check(batch, penalty, ProposedStep("served", served, by, more=more))
            text = checked_length(receipt)
            self._proceeding.serve(batch, penalty, way, served, text, due, by)

    def pay(self, identity: str, amount: int, by: str, day: dt.date | None = None) -> None:
        """Record a payment in yuan. Raises RefusedError for zero or more than is owed."""
        office, paid = self._office, self._office.dated(day)
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            self._steps.check(batch, penalty, ProposedStep("paid", paid, by))
            most = owed(penalty, paid)
            if not most:
                raise RefusedError("nothing_owed", f"amount is {amount}, but nothing is owed")
            if not 0 < amount <= most:
                raise RefusedError(
                    "amount", f"amount is {amount}; give 1 to {most} yuan", amount=amount, most=most
                )
            self._steps.append(batch, penalty, "paid", by, paid, {"amount": amount}, {})
            if penalty.paid + amount >= penalty.fine:
                self._proceeding.paid_up(batch, penalty, by)

    def contest(
        self,
        identity: str,
        by: str,
        words: str,
        day: dt.date | None = None,
        route: Route = "reconsideration",
    ) -> None:
        """Record a request for reconsideration or a suit; it suspends the surcharge (73)."""
        require_words(words)
        office, contested = self._office, self._office.dated(day)
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            self._steps.check(batch, penalty, ProposedStep("contested", contested, by))
            text = checked_length(words)
            self._objections.contest(batch, penalty, route, contested, by, text)

    def answer(self, identity: str, upheld: bool, by: str, words: str, fine: int = 0) -> None:
        """Record the result of a reconsideration or suit.

        `fine`: what an overturned decision leaves of the fine. Its publication is withdrawn.
        """
        office, day = self._office, self._office.today()
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            self._steps.check(
                batch, penalty, ProposedStep("upheld" if upheld else "overturned", day, by)
            )
            text = checked_length(words)
            if upheld:
                self._objections.uphold(batch, penalty, day, by, text)
                return
            if fine < 0:
                raise RefusedError("number", f"fine is {fine}; give 0 or more", value=fine)
            if fine > penalty.fine:
                raise RefusedError(
                    "no_worse",
                    f"fine is {fine}, more than {penalty.fine} (行政复议法 63)",
                    most=penalty.fine,
                )
            self._objections.overturn(batch, penalty, fine, day, by, text)
            if 0 < fine <= penalty.paid:
                self._proceeding.paid_up(batch, office.penalty(batch.connection, identity), by)
            if penalty.published and not penalty.withdrawn:
                # The public gets a general reason, not the text written for the file.
                self._steps.append(batch, penalty, "unpublished", by, day, {}, {"words": CHANGED})

    def close(self, identity: str, by: str, words: str) -> None:
        """Close the file 结案. Raises RefusedError while money is owed or a contest is pending."""
        with self._office.reading() as connection:
            penalty = self._office.penalty(connection, identity)
        most = owed(penalty, self._office.today())
        if most > 0:
            raise RefusedError("owed", f"{most} yuan are still owed", most=most)
        if penalty.suspended:
            raise RefusedError("contested", "a reconsideration or a suit goes on")
        outcome = "carried_out" if penalty.fine or penalty.sanctions else "not_punished"
        outcome = "overturned" if penalty.overturned and not penalty.fine else outcome
        self._steps.end(identity, "closed", outcome, by, words)

    def archive(self, identity: str, by: str) -> None:
        """Archive the file and set the day until which it is kept."""
        office, day = self._office, self._office.today()
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            if penalty.suspended:
                raise RefusedError("contested", "a reconsideration or a suit goes on")
            self._steps.check(batch, penalty, ProposedStep("archived", day, by))
            terms = office.rules.procedure(day).archive
            years = terms.grave_years if penalty.grave else terms.years
            until = dt.date(day.year + years, 12, 31)
            self._steps.append(batch, penalty, "archived", by, day, {"keep_until": until}, {})

    def revisit(self, identity: str, again: bool, by: str, words: str) -> None:
        """Record the revisit after closing; `again`: the violation is back."""
        office, day = self._office, self._office.today()
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            self._steps.check(batch, penalty, ProposedStep("revisited", day, by))
            self._steps.append(
                batch, penalty, "revisited", by, day, {"again": again}, {"words": words}
            )
            self._proceeding.revisit(batch, penalty, again, by, words)

    def review_file(
        self, identity: str, marks: int, sheet: str, lost: Mapping[str, int], by: str, words: str
    ) -> None:
        """Record the review of a closed file 案卷评查; `lost`: criterion -> marks lost."""
        payload = {"marks": marks, "sheet": sheet, "lost": dict(lost)}
        self._steps.step(identity, "file_reviewed", by, payload, {"words": words})

    def ruling(self, penalty: Penalty, facts_known: Mapping[str, Any]) -> Ruling:
        """Ruling of the discretion table, in the version of the day of the act, on these facts."""
        office, acted = self._office, penalty.act_day or self._office.today()
        known = {**facts_known, "subject": "unit" if penalty.unit else "person"}
        ruling = office.rules.discretion.rule(penalty.item, known, acted)
        item = office.rules.item(penalty.item, acted)
        fine = item and item.fine("person", grave=known.get("harm") == "grave")
        terms = office.rules.gates.terms(office.today())
        return of_age(ruling, known, terms, fine.fine_from if fine else 0)

    def refusals(self, penalty: Penalty, step: str, by: str) -> list[Refusal]:
        """Refusals of a step by the gates now, ignoring what its form has yet to provide."""
        office = self._office
        more: dict[str, Any] = {}
        if step in ("noticed", "decided"):
            fine = penalty.announced or 0
            more = {"fine": fine, "tabled": (fine, fine), "notice_hearing": True}
            more |= {"outcome": penalty.announced_list or "ordinary"}
            if not fine:
                more |= {"fine_most": 0, "fine_least": 0}
        if step == "noticed":  # its contents are yet to be entered in the form
            more |= {"outcome": "", "sanctions": frozenset(), "age": None, "capable": True}
        if step == "heard":
            more = {"hearing_chair": "-"}
        if step == "hearing_called":
            more = {"hearing_day": dt.date.max, "hearing_tell_by": dt.date.max}
        with office.reading() as connection:
            known = office.known(connection, penalty, {*penalty.officers, by})
        proposed = ProposedStep(step, office.today(), by, more=more)
        return office.rules.gates.check(facts(proposed, penalty, office.rules, known))
