"""Fills in the fields of papers from a penalty file, for `documents.paper_composing`.

Pure: takes the file, its entries and looked-up context. Fields that the file lacks are left out.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from lianzhi.documents.paper_filters import day as said_day
from lianzhi.domains.enforcement.law.discretion import Ruling
from lianzhi.domains.enforcement.law.money import Account
from lianzhi.domains.enforcement.law.power import Citation, Item
from lianzhi.domains.enforcement.nouns.letter import Body
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.nouns.register import Officer
from lianzhi.domains.enforcement.papers.agency import Agency
from lianzhi.domains.enforcement.papers.paper_set import PAPERS
from lianzhi.domains.enforcement.words import words
from lianzhi.law.discretion.table import TableInput
from lianzhi.law.words import Words

Fields = dict[str, Any]


class Party(NamedTuple):
    """The party as registered; unknown fields are empty."""

    name: str = ""
    name_en: str = ""
    code: str = ""
    """统一社会信用代码, or number of the identity card."""
    address: str = ""
    head: str = ""


class Piece(NamedTuple):
    """A piece of evidence, with its note in `words`."""

    name: str
    kind: str
    words: str = ""


class Issued(NamedTuple):
    """An issued paper of the file."""

    kind: str
    title: Words
    number: str
    day: dt.date


class FileEntries(NamedTuple):
    """Texts and payloads of the file's entries; of several of a step the last."""

    texts: Mapping[str, Mapping[str, str]] = {}
    """Step -> texts by name."""
    payloads: Mapping[str, Mapping[str, Any]] = {}
    """Step -> its payload."""
    times: Mapping[str, dt.datetime] = {}
    """Step -> when it was taken, in China."""
    evidence: Sequence[Piece] = ()

    def text(self, *steps: str, name: str = "words") -> str:
        """The text of this name of the first of these steps that has one; else empty."""
        return next(filter(None, (self.texts.get(step, {}).get(name, "") for step in steps)), "")


class Case(NamedTuple):
    """Context from which a paper is filled in."""

    penalty: Penalty
    entries: FileEntries
    party: Party
    officers: Sequence[Officer]
    agency: Agency
    account: Account
    day: dt.date
    """Date of the paper."""
    defend_within: tuple[int, str]
    """Length and unit of the period for the defence."""
    preserve_until: dt.date | None = None
    item: Item | None = None
    ruling: Ruling | None = None
    table: Words | None = None
    """Title of the discretion table."""
    inputs: Sequence[TableInput] = ()
    issued: Sequence[Issued] = ()
    letter: Body | None = None
    """Supervision letter about the file, printed by the paper."""
    to: Words | None = None
    """Recipient of that letter."""


def fill(case: Case, kind: str, language: str) -> Fields:
    """Fields of a paper of a kind, in a language; unknown ones are absent."""
    filler = _Filler(case, kind, language)
    groups = (
        *(filler.common(), filler.law(), filler.procedure(), filler.outcome()),
        *(filler.settings(), filler.execution()),
    )
    fields = {name: value for group in groups for name, value in group.items()}
    return {name: value for name, value in fields.items() if value not in (None, "", [], ())}


class _Filler:
    """Fields of one paper in one language, by group."""

    def __init__(self, case: Case, kind: str, language: str) -> None:
        self.case, self.kind, self.language = case, kind, language
        self.penalty, self.entries = case.penalty, case.entries
        self.word = words(language).gettext

    def phrase(self, key: str, **params: object) -> str:
        return PAPERS.phrase(key, self.language, **params)

    def common(self) -> Fields:
        case, agency = self.case, self.case.agency
        known = case.party
        english = self.language == "en" and known.name_en
        party = {
            "kind": "organisation" if self.penalty.unit else "person",
            "name": known.name_en if english else known.name,
            "id": known.code,
            "address": known.address,
        }
        if self.penalty.unit:
            party["head"] = known.head
        hands = [{"name": o.name or o.id, "certificate": o.certificate} for o in case.officers]
        return {
            "agency": self.named(agency.name),
            "day": case.day,
            "party": {name: value for name, value in party.items() if value},
            "officers": hands if all(officer["certificate"] for officer in hands) else [],
            "matter": self.matter,
        }

    @property
    def matter(self) -> str:
        return self.named(self.case.item.title) if self.case.item else self.penalty.item

    def named(self, words: Words | None) -> str:
        return "" if words is None else words.say(self.language)

    def cited(self, citation: Citation | None) -> str:
        if citation is None:
            return ""
        return (
            self.phrase("quoted", cite=citation.cite, quote=citation.quote)
            if citation.quote
            else citation.cite
        )

    def law(self) -> Fields:
        """Provision violated, power to punish, and ruling of the discretion table."""
        item, ruling = self.case.item, self.case.ruling
        fields: Fields = {
            "facts": self.entries.text(*_FACTS.get(self.kind, ("noticed", "filed"))),
            "evidence": [self.piece(piece) for piece in self.entries.evidence],
            "breach": self.cited(item.violated if item else None),
            "basis": self.cited(item.penal if item else None),
            "hearing_basis": self.phrase("hearing_basis"),
            "correction_basis": self.phrase("correction_basis"),
        }
        if ruling is not None:
            facts = "；".join(self.facts()) if self.language == "zh" else "; ".join(self.facts())
            params = {"list": self.word(f"list.{ruling.list}"), "facts": facts or "—"}
            fined = {"low": ruling.fine_from, "high": ruling.fine_to}
            key = "discretion" if ruling.fine_to else "discretion_unfined"
            title = self.named(self.case.table)
            row = ruling.row.partition("#")[2]
            fields |= {
                "discretion": self.phrase(key, **params, **fined),
                "discretion_basis": self.phrase("discretion_basis", title=title, row=row),
                "exempt_basis": ruling.article,
            }
        return fields

    def piece(self, piece: Piece) -> str:
        params = {"name": piece.name, "kind": self.word(f"evidence_kind.{piece.kind}")}
        key = "evidence_words" if piece.words else "evidence"
        return self.phrase(key, **params, words=piece.words)

    def facts(self) -> list[str]:
        """Facts for the discretion table, with its labels."""
        known = self.penalty.facts
        return [
            self.phrase(
                "fact",
                label=self.named(field.label),
                value=self.value(field, known[field.name]),
            )
            for field in self.case.inputs
            if field.name in known
        ]

    def value(self, field: TableInput, value: Any) -> str:
        if isinstance(value, bool):
            return self.phrase("yes" if value else "no")
        key = f"fact.{field.name}.{value}"
        return str(value) if (translated := self.word(key)) == key else translated

    def procedure(self) -> Fields:
        """Procedure from filing to review."""
        penalty, text = self.penalty, self.entries.text
        defence = text("defended") or text("spot_filed", name="defence")
        waived = text("defence_waived")
        if not defence:
            key = "waived" if penalty.waived else "undefended"
            defence = self.phrase(key, words=waived or "—")
        passed = penalty.review == "passed" and penalty.reviewed is not None
        reviewed = self.phrase("reviewed", day=said_day(penalty.reviewed, self.language)) if (
            passed and penalty.reviewed) else self.phrase("unreviewed")  # fmt: skip
        proposals = {
            "filing": self.phrase("proposal_filing", matter=self.matter),
            "closing": self.phrase("proposal_closing"),
        }
        source = "source_inspection" if penalty.inspection else "source_other"
        reviewer = {"name": penalty.reviewer}
        if penalty.reviewer in self.case.agency.reviewers:
            reviewer["qualification"] = self.case.agency.reviewers[penalty.reviewer]
        return {
            "source": self.phrase(source),
            "found_on": penalty.found_day,
            "filed_on": penalty.filed,
            "noticed_on": penalty.noticed,
            "proposal": proposals.get(self.kind) or self.proposal(),
            "defence_on": penalty.defended,
            "defence": defence,
            "defence_answer": text("defence_considered") or self.phrase("unanswered"),
            "hearing": penalty.told_hearing,
            "requested_on": penalty.hearing_requested,
            "heard": penalty.heard is not None,
            "heard_on": penalty.heard,
            "hearing_outcome": text("heard"),
            "chair": self.entries.texts.get("heard", {}).get("chair", ""),
            "reviewed": reviewed,
            "opinion": text("review_passed", "review_failed"),
            "passed": penalty.review == "passed" if penalty.review else None,
            "reviewer": reviewer if penalty.reviewer else None,
            "conclusion": text("discussed"),
            "preserve_until": self.case.preserve_until,
        }

    def outcome(self) -> Fields:
        """Penalty announced or decided."""
        fine = self.fine
        return {
            "penalty": self.phrase("penalty", kinds=self.kinds)
            if self.penalty.sanctions
            else self.phrase("unpunished"),
            "fined": fine > 0,
            "fine": fine or None,
            "exempt_reason": self.entries.text("decided"),
            "place": self.entries.text("spot_filed", name="place"),
            "act_at": self.entries.times.get("spot_filed"),
            **self.collection(),
        }

    @property
    def fine(self) -> int:
        """Fine in yuan: the announced one before the decision, then the one originally decided."""
        if self.kind in _ANNOUNCED or self.penalty.decided is None:
            return self.penalty.announced or 0
        return int(self.entries.payloads.get("decided", {}).get("fine", self.penalty.fine))

    @property
    def kinds(self) -> str:
        """Kinds of penalty, without amounts."""
        kinds = [self.word(f"sanction.{sanction}") for sanction in self.penalty.sanctions]
        return ("、" if self.language == "zh" else ", ").join(kinds) or self.phrase("unpunished")

    def proposal(self) -> str:
        key = "proposal_penalty" if self.fine else "proposal_unfined"
        return self.phrase(key, kinds=self.kinds, fine=f"{self.fine:,}")

    def collection(self) -> Fields:
        payload = self.entries.payloads.get("spot_filed")
        if payload is None:
            return {}
        why = payload.get("collected", "")
        basis = self.phrase(f"collect_{why}") if why else ""
        return {"collected": bool(why), "collect_basis": basis}

    def settings(self) -> Fields:
        """Fields from the bureau's settings."""
        agency = self.case.agency
        length, unit = self.case.defend_within
        defend = {"length": length, "unit": unit, "basis": self.named(agency.defence_basis)}
        reply = agency.reply_within
        return {
            "office": self.named(agency.address),
            "contact": agency.contact,
            "pay_to": self.named(agency.pay_to),
            "review_to": self.named(agency.review_to),
            "court": self.named(agency.court),
            "perform": self.named(agency.perform),
            "approved_by": agency.head,
            **self.supervision(),
            "defend_within": defend if defend["basis"] else None,
            "reply_within": reply
            and {"length": reply.length, "unit": reply.unit, "basis": self.named(reply.basis)},
        }

    def supervision(self) -> Fields:
        """Contents of the supervision letter, or else the bureau's basis of supervision."""
        letter = self.case.letter
        if letter is None:
            return {"supervision_basis": self.named(self.case.agency.supervision_basis)}
        demands = _lines(letter.ask)
        return {
            "supervision_basis": " ".join(_lines(letter.basis)),
            "problems": _lines(letter.facts),
            "demands": demands,
            "advice": demands,
        }

    def execution(self) -> Fields:
        """Service, payment, closing and index of the file."""
        penalty, account, issued = self.penalty, self.case.account, self.case.issued
        decision = next((p.number for p in reversed(issued) if p.kind in _DECISIONS), "")
        to_serve = [p for p in issued if p.kind in _SERVED]
        fined = {"kinds": self.kinds, "fine": f"{self.fine:,}"}
        paid = penalty.payments[-1].day if penalty.payments else None
        executed = self.phrase("executed_unfined") if not penalty.fine else ""
        if penalty.fine and paid and not account.owed:
            executed = self.phrase(
                "executed",
                fine=f"{account.fine:,}",
                surcharge=f"{account.surcharge:,}",
                day=said_day(paid, self.language),
            )
        return {
            "decision_number": decision,
            "reviewed_case": decision,
            "decided_on": penalty.decided,
            "served_on": penalty.served,
            "service_way": self.word(f"service.{penalty.service}") if penalty.service else "",
            "papers": [
                {"title": self.named(p.title), "number": p.number, "copies": 1} for p in to_serve
            ],
            "unpaid": max(0, account.fine - account.paid),
            "surcharge_due": account.surcharge,
            "result": self.phrase("result" if self.fine else "result_unfined", **fined),
            "executed": executed,
            "closed_on": penalty.closed,
            "to": self.named(self.case.to)
            or self.entries.payloads.get("transferred", {}).get("to", ""),
            "transfer_reason": self.entries.text("transferred"),
            "transfer_basis": self.phrase("transfer_basis"),
            "retention": penalty.keep_until
            and self.phrase("retention", day=said_day(penalty.keep_until, self.language)),
            "index": [
                {"title": self.named(p.title), "number": p.number, "day": p.day, "page": "—"}
                for p in issued
            ],
        }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


#: Kind of paper -> steps whose text gives its facts, the first that has one.
_FACTS = {
    "filing": ("filed",),
    "decision": ("decided", "noticed", "filed"),
    "no_penalty": ("noticed", "filed"),
    "spot_decision": ("spot_filed",),
}
#: Papers of a decision, and those of an intended penalty.
_DECISIONS = frozenset({"decision", "no_penalty", "spot_decision"})
_ANNOUNCED = frozenset({"advance_notice", "hearing_rights", "legal_review", "discussion"})
#: Papers served on the party with a proof of service.
_SERVED = _DECISIONS | {
    *("advance_notice", "hearing_rights", "hearing_notice", "rectification", "demand"),
}
