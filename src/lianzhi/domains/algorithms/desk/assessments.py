"""Assessments of products of high reach: begun, answered, concluded.

A question that is not met opens a case, in which a person may order adjustments; they are ordered,
contested and closed as any rectification, the recheck being another assessment.
"""

import secrets
from typing import Any

from sqlalchemy import Connection

from lianzhi.chain.finding import Finding, Reason, finding_id
from lianzhi.chain.life import next_status
from lianzhi.domains.algorithms.desk.office import Office, draft, reason
from lianzhi.domains.algorithms.nouns.assessment import (
    FEATURES,
    STEPS,
    Assessment,
    Met,
    Occasion,
)
from lianzhi.domains.algorithms.nouns.product import Product
from lianzhi.domains.algorithms.nouns.rectification import Rectification
from lianzhi.domains.algorithms.queries import tables, views
from lianzhi.domains.algorithms.rules.assessing import contradicting, questions_for
from lianzhi.domains.algorithms.rules.refusal import RefusedError
from lianzhi.office.object_findings import record_object_finding
from lianzhi.office.ports import Batch
from lianzhi.office.written_lists import split_list

KIND = "algorithms.assessment"


class Assessments:
    """See module. Raises KeyError for an unknown product or assessment."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def begin(self, by: str, *, product: str, occasion: Occasion, features: str, words: str) -> str:
        """Begin an assessment with the questions of the policy in force; returns its id.

        `features`: what is to be released, as a list; empty for all. `words`: what is assessed. A
        recheck asks the questions of the ordered adjustments alone.
        """
        office = self._office
        version, policy = office.policy()
        wanted = tuple(dict.fromkeys(split_list(features)))
        if odd := [each for each in wanted if each not in FEATURES]:
            raise RefusedError("assessment_feature", f"features is {odd[0]!r:.60}",
                               feature=odd[0][:60], features=", ".join(FEATURES))  # fmt: skip
        with office.ledger.batch() as batch:
            known = tables.product.load(batch.connection, product)
            if known.status != "live":
                raise RefusedError("product_ended", f"{known.title} has ended", name=known.title)
            scope: tuple[str, ...] = ()
            if occasion == "recheck":
                scope = _replied(batch.connection, known).scope
            identity = secrets.token_hex(8)
            payload = {
                "assessment": identity, "product": product, "occasion": occasion, "by": by,
                "features": wanted, "policy": version, "opened": office.today(),
                "questions": questions_for(wanted, policy.assessment, scope),
            }  # fmt: skip
            texts = {"words": reason(words)}
            batch.append([draft("assessment.begun", identity, office.now(), payload, texts)])
        return identity

    def answer(
        self, identity: str, by: str, *, question: str, met: Met, audits: str, words: str
    ) -> None:
        """Answer a question, or answer it anew. `audits`: ids of audits on the record that it rests
        on. Raises RefusedError, also where the newest audit of the kind shows what it denies."""
        office = self._office
        names = tuple(dict.fromkeys(split_list(audits)))
        with office.ledger.batch() as batch:
            known = _load(batch, identity, "answered")
            if question not in known.questions:
                raise RefusedError("assessment_question", f"question is {question!r:.60}",
                                   question=question[:60])  # fmt: skip
            product = tables.product.load(batch.connection, known.product)
            there = views.product_audits(batch.connection, product)
            if odd := set(names) - {audit.id for audit in there}:
                raise RefusedError("assessment_audit", f"audits is {min(odd)!r:.60}",
                                   audit=min(odd)[:60])  # fmt: skip
            wanted = office.policy_on(known.opened).assessment.question(question)
            against = None if wanted is None else contradicting(wanted, met, there)
            if against is not None:
                raise RefusedError("assessment_denied", f"{against.id} shows a gap",
                                   audit=against.name)  # fmt: skip
            payload = {
                "assessment": identity, "question": question, "met": met, "audits": names, "by": by,
            }  # fmt: skip
            texts = {"words": reason(words)}
            batch.append([draft("assessment.answered", identity, office.now(), payload, texts)])

    def conclude(self, identity: str, by: str, *, words: str) -> None:
        """Conclude it: what is not met opens a case; a recheck counts for the order that it is of.

        Raises RefusedError while a question waits, and where the same person answered them all.
        """
        office = self._office
        with office.ledger.batch() as batch:
            known = _load(batch, identity, "concluded")
            if known.unanswered:
                raise RefusedError("assessment_unanswered", f"{known.unanswered[0]} waits",
                                   n=len(known.unanswered))  # fmt: skip
            if {answer.by for answer in known.answers.values()} == {by}:
                raise RefusedError("assessment_own", f"{by} answered every question", by=by)
            product = tables.product.load(batch.connection, known.product)
            case = ""
            if known.occasion != "recheck" and known.gaps():
                case = self._open_case(batch, known, product)
            payload = {
                "assessment": identity, "by": by, "day": office.today(), "case": case,
                "gaps": known.gaps(),
            }  # fmt: skip
            texts = {"words": reason(words)}
            batch.append([draft("assessment.concluded", identity, office.now(), payload, texts)])
            if known.occasion == "recheck":
                file = _replied(batch.connection, product)
                fields = {"rectification": file.id, "audit": identity, "by": by,
                          "verdict": "not_met" if known.gaps() else "met"}  # fmt: skip
                batch.append([draft("rectification.reaudited", file.id, office.now(), fields)])

    def _open_case(self, batch: Batch, known: Assessment, product: Product) -> str:
        """Record the finding of unmet questions; a later one joins its case."""
        office, at, gaps = self._office, self._office.now(), known.gaps()
        finding = Finding(
            id=finding_id(f"{KIND}/{known.id}", product.title, at, "warn", at),
            kind=KIND,
            stage="warn",
            about=product.title,
            at=at,
            since=at,
            score=float(len(gaps)),
            reasons=(Reason("algorithms.unmet", float(len(gaps)), float(len(gaps)), 0.0, "gaps"),),
            counts={"gaps": len(gaps), "people": product.users},
            rule=f"{KIND}@{known.policy}",
        )
        case = record_object_finding(office.chain, batch, finding)
        if case is None:
            return ""
        there = tables.rectification.get(batch.connection, case)
        step = "opened" if there is None else "joined"
        link: dict[str, Any] = {"rectification": case, "audit": known.id}
        if there is None:
            link |= {"algorithm": product.id, "kind": "assessment"}
        batch.append([draft(f"rectification.{step}", case, at, link)])
        return case


def _load(batch: Batch, identity: str, step: str) -> Assessment:
    assessment = tables.assessment.load(batch.connection, identity)
    next_status(STEPS, f"assessment.{step}", assessment.status)
    return assessment


def _replied(connection: Connection, product: Product) -> Rectification:
    """The ordered adjustments of a product that wait for a recheck. Raises RefusedError."""
    files = views.rectifications_of(connection, product.id)
    waiting = [file for file in files if file.status == "replied"]
    if not waiting:
        raise RefusedError("assessment_recheck", f"{product.title} has none", name=product.title)
    return waiting[-1]
