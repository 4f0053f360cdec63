"""Penalties: the steps of a case file, from filing to the archive.

Every step is held against the gates on the facts as they stand within its own transaction: what
is not lawful is refused with the articles, and nothing is half done.
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
from lianzhi.domains.enforcement.desk.stepping import Stepping, about, limited, need
from lianzhi.domains.enforcement.law.discretion import Ruling, of_age
from lianzhi.domains.enforcement.law.money import owed
from lianzhi.domains.enforcement.nouns import onchain
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.rulebook.facts import Taken, facts
from lianzhi.law.clock import midnight
from lianzhi.law.gates import Refusal
from lianzhi.office.files import KeptFile

CHANGED = "复议或者诉讼改变了决定 Changed on reconsideration or by a court"
"""Why a decision that was overturned is not published any more."""


class Penalties:
    """See module. Raises KeyError where there is no such file, RefusedStepError by the gates,
    RefusedError and IllegalStepError otherwise."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._steps = Stepping(office)
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
        """Take a step that is no more than its entry, with words where it says something."""
        if words is not None:
            need(words)
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

        `same_act_as`: another file of the party, where a person finds that both are about one act
        (行政处罚法 29): then only one of them may end with a fine.
        """
        office, at = self._office, self._office.now()
        day = office.today()
        with office.batch() as batch:
            token = office.party(party)
            inspection = office.visited(batch.connection, inspection, token)
            registered = office.enterprise(batch.connection, token)
            hands = tuple(dict.fromkeys(officers))
            listed = office.rules.named(item, act_day)
            root = office.same_act(batch.connection, token, same_act_as)
            known = office.officers(batch.connection, hands)
            squad = next((officer.squad for officer in known.values()), "")
            case = new_id()
            policy = office.chain.policy(at)
            drafts = onchain.opened(case, item, token, midnight(act_day), at, by, policy)
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
            self._steps.hold(batch, proposed, Taken("filed", day, by, hands))
            batch.append([*drafts, filing])
            for piece in photos.carried(office, batch.connection, inspection, token, item):
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
        """Put a piece of evidence into the file: stored and hashed, or by reference with a hash."""
        payload = kept.payload(kind, electronic=electronic)
        texts = {"words": words, "name": kept.name, "salt": kept.salt}
        self._steps.step(identity, "evidence_added", by, payload, texts)
        return kept.id

    def review_evidence(
        self, identity: str, evidence: str, passed: bool, by: str, words: str
    ) -> None:
        """Legal and technical review of what devices recorded (行政处罚法 41)."""
        payload = {"evidence": evidence, "passed": passed}
        self._steps.step(identity, "evidence_reviewed", by, payload, {"words": words})

    def order(self, identity: str, until: dt.date, by: str, words: str) -> None:
        """Order it to be put right by a day 责令限期改正 (28); some fine only who does not."""
        need(words)
        day = self._office.today()
        if until <= day:
            raise RefusedError("order_until", f"until is {until}; give a day after {day}", day=day)
        with self._office.batch() as batch:
            penalty = self._office.penalty(batch.connection, identity)
            self._steps.hold(batch, penalty, Taken("ordered", day, by))
            self._proceeding.order(batch, penalty, until, by, limited(words))

    def rectify(self, identity: str, by: str, words: str, day: dt.date | None = None) -> None:
        """Note that the violation was put right."""
        office, rectified = self._office, self._office.dated(day)
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            self._steps.hold(batch, penalty, Taken("rectified", rectified, by))
            self._steps.append(batch, penalty, "rectified", by, rectified, {}, {"words": words})
            self._proceeding.obeyed(batch, penalty, by)

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
        """Tell the party what is intended, why, and what it may do (44); the table rules."""
        need(words)
        office, day = self._office, self._office.today()
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            # Of whom the file says that they are a child stays one, whatever is told anew.
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
            self._steps.hold(batch, proposed, Taken("noticed", day, by, more=more))
            self._steps.append(batch, penalty, "noticed", by, day, payload, {"words": words})

    def call_hearing(self, identity: str, hearing: dt.date, by: str) -> None:
        """Tell time and place of the hearing."""
        by_then = self._office.rules.last_day("penalty.hearing_notice", hearing)
        more = {"hearing_day": hearing, "hearing_tell_by": by_then}
        self._steps.step(identity, "hearing_called", by, {"hearing": hearing}, {}, more=more)

    def hear(self, identity: str, chair: str, by: str, words: str) -> None:
        """Hold the hearing; `words` are its record. `chair`: user name, or name of a guest."""
        need(words)
        chair = self._office.officer_named(chair)
        more = {"hearing_chair": chair}
        texts = {"words": words, "chair": chair}  # a guest is somebody: not plain on the record
        self._steps.step(identity, "heard", by, {}, texts, more=more)

    def end_hearing(self, identity: str, absent: bool, by: str, words: str) -> None:
        """Who asked for a hearing takes it back, or stays away: that ends it (64(6))."""
        need(words)
        with self._office.reading() as connection:
            penalty = self._office.penalty(connection, identity)
        if absent and (penalty.hearing_day is None or self._office.today() < penalty.hearing_day):
            raise RefusedError("hearing_to_come", "nobody stays away before the day of the hearing")
        why = "absent" if absent else "withdrawn"
        self._steps.step(identity, "hearing_ended", by, {"why": why}, {"words": words})

    # -- review and decision --------------------------------------------------------------------

    def review(self, identity: str, passed: bool, by: str, words: str) -> None:
        """Legal review 法制审核 (58)."""
        need(words)
        self._steps.step(
            identity, "review_passed" if passed else "review_failed", by, {}, {"words": words}
        )

    def decide(self, identity: str, fine: int, by: str, words: str) -> None:
        """Decide by the tables (57, 34)."""
        need(words)
        office, day = self._office, self._office.today()
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            ruling = self.ruling(penalty, penalty.facts)
            more = {
                "fine": fine,
                "outcome": ruling.list,
                "tabled": (ruling.fine_from, ruling.fine_to),
            }
            self._steps.hold(batch, penalty, Taken("decided", day, by, more=more))
            self._proceeding.decide(batch, penalty, ruling, fine, by, limited(words))

    def drop(self, identity: str, by: str, words: str) -> None:
        """Close without a decision: the facts do not hold."""
        self._steps.end(identity, "dropped", "dropped", by, words)

    # -- after the decision ---------------------------------------------------------------------

    def serve(
        self, identity: str, way: str, by: str, receipt: str, day: dt.date | None = None
    ) -> None:
        """Serve the decision; from here the time to pay runs."""
        if way not in WAYS:
            raise RefusedError("way", f"way is {way!r:.80}; use one of {', '.join(WAYS)}")
        office, served = self._office, self._office.dated(day)
        due = office.rules.last_day("penalty.pay", served)
        more = {"receipt": bool(receipt.strip())}
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            self._steps.hold(batch, penalty, Taken("served", served, by, more=more))
            text = limited(receipt)
            self._proceeding.serve(batch, penalty, way, served, text, due, by)

    def pay(self, identity: str, amount: int, by: str, day: dt.date | None = None) -> None:
        """Note money received. Raises RefusedError for none, or more than is owed."""
        office, paid = self._office, self._office.dated(day)
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            self._steps.hold(batch, penalty, Taken("paid", paid, by))
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
        """The party asks for reconsideration, or goes to court: the surcharge stands still (73)."""
        need(words)
        office, contested = self._office, self._office.dated(day)
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            self._steps.hold(batch, penalty, Taken("contested", contested, by))
            text = limited(words)
            self._objections.contest(batch, penalty, route, contested, by, text)

    def answer(self, identity: str, upheld: bool, by: str, words: str, fine: int = 0) -> None:
        """What came of it; an overturned decision leaves the fine that it says, unpublished."""
        office, day = self._office, self._office.today()
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            self._steps.hold(batch, penalty, Taken("upheld" if upheld else "overturned", day, by))
            text = limited(words)
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
                # The public reads why it was withdrawn: what was written for the file is not that.
                self._steps.append(batch, penalty, "unpublished", by, day, {}, {"words": CHANGED})

    def close(self, identity: str, by: str, words: str) -> None:
        """Close the file 结案. Raises RefusedError while something is owed or contested."""
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
        """Put the file into the archive, until when it is kept."""
        office, day = self._office, self._office.today()
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            if penalty.suspended:
                raise RefusedError("contested", "a reconsideration or a suit goes on")
            self._steps.hold(batch, penalty, Taken("archived", day, by))
            terms = office.rules.procedure(day).archive
            years = terms.grave_years if penalty.grave else terms.years
            until = dt.date(day.year + years, 12, 31)
            self._steps.append(batch, penalty, "archived", by, day, {"keep_until": until}, {})

    def revisit(self, identity: str, again: bool, by: str, words: str) -> None:
        """Look again after closing: is it still right?"""
        office, day = self._office, self._office.today()
        with office.batch() as batch:
            penalty = office.penalty(batch.connection, identity)
            self._steps.hold(batch, penalty, Taken("revisited", day, by))
            self._steps.append(
                batch, penalty, "revisited", by, day, {"again": again}, {"words": words}
            )
            self._proceeding.revisit(batch, penalty, again, by, words)

    def review_file(
        self, identity: str, marks: int, sheet: str, lost: Mapping[str, int], by: str, words: str
    ) -> None:
        """Review a closed file 案卷评查 by a scoring sheet; `lost`: criterion -> marks lost."""
        payload = {"marks": marks, "sheet": sheet, "lost": dict(lost)}
        self._steps.step(identity, "file_reviewed", by, payload, {"words": words})

    def ruling(self, penalty: Penalty, facts_known: Mapping[str, Any]) -> Ruling:
        """What the discretion table says of these facts, by the table of the day of the act."""
        office, acted = self._office, penalty.act_day or self._office.today()
        known = {**facts_known, "subject": "unit" if penalty.unit else "person"}
        ruling = office.rules.discretion.rule(penalty.item, known, acted)
        item = office.rules.item(penalty.item, acted)
        fine = item and item.fine("person", grave=known.get("harm") == "grave")
        terms = office.rules.gates.terms(office.today())
        return of_age(ruling, known, terms, fine.fine_from if fine else 0)

    def refusals(self, penalty: Penalty, step: str, by: str) -> list[Refusal]:
        """Which gates a step would not pass now, as far as its form does not matter."""
        office = self._office
        more: dict[str, Any] = {}
        if step in ("noticed", "decided"):
            fine = penalty.announced or 0
            more = {"fine": fine, "tabled": (fine, fine), "notice_hearing": True}
            more |= {"outcome": penalty.announced_list or "ordinary"}
            if not fine:
                more |= {"fine_most": 0, "fine_least": 0}
        if step == "noticed":  # what it will say is for its form: nobody is refused for that yet
            more |= {"outcome": "", "sanctions": frozenset(), "age": None, "capable": True}
        if step == "heard":
            more = {"hearing_chair": "-"}
        if step == "hearing_called":
            more = {"hearing_day": dt.date.max, "hearing_tell_by": dt.date.max}
        with office.reading() as connection:
            known = office.known(connection, penalty, {*penalty.officers, by})
        proposed = Taken(step, office.today(), by, more=more)
        return office.rules.gates.check(facts(proposed, penalty, office.rules, known))
