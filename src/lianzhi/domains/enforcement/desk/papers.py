"""Papers of a file 文书: filled in from it, numbered without gaps, issued and stored unchanged.

A paper gets the next number of its kind and year on the record. If another paper took the number
meanwhile, it is rendered again with the next one. See `office.issued_papers`.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec
from sqlalchemy import Connection

from lianzhi.documents.numbering import next_number
from lianzhi.documents.paper import Paper, PaperError
from lianzhi.documents.paper_composing import Lack, bilingual, complete, compose, lacking
from lianzhi.documents.paper_forms import FORMS
from lianzhi.domains.enforcement.desk.office import Office, RefusedError, draft, new_id
from lianzhi.domains.enforcement.desk.paper_context import PaperContext
from lianzhi.domains.enforcement.desk.penalties import Penalties
from lianzhi.domains.enforcement.desk.penalty_steps import about
from lianzhi.domains.enforcement.nouns.paper import IssuedPaper
from lianzhi.domains.enforcement.papers.filling import Issued, fill
from lianzhi.domains.enforcement.papers.issue_rules import issuable_kinds
from lianzhi.domains.enforcement.papers.paper_set import PAPERS
from lianzhi.domains.enforcement.queries import tables, views
from lianzhi.domains.enforcement.queries.steps import newest
from lianzhi.kit.noun_story import Step
from lianzhi.law.words import Words
from lianzhi.office.files import Files
from lianzhi.office.issued_papers import hashes, issue_paper, read_paper
from lianzhi.record.entry import Draft

Language = Literal["zh", "both"]
#: Attempts to get a number before giving up.
_TRIES = 20


class Offer(NamedTuple):
    """A paper that may be issued, with the fields to be entered for it."""

    kind: str
    title: Words
    lacks: tuple[Lack, ...]
    settings: tuple[str, ...]
    """Fields missing from the bureau's settings; the paper can't be issued without them."""
    known: Mapping[str, str]
    """Values entered for earlier papers of the file."""


class Papers:
    """Offers, issues and reads papers. Raises KeyError for an unknown file, PaperError for missing
    fields, PolicyError for unreadable settings, RefusedError otherwise."""

    def __init__(self, office: Office, files: Files, penalties: Penalties) -> None:
        self._office, self._files = office, files
        self._context = PaperContext(office, penalties)

    def issued(self, identity: str) -> list[IssuedPaper]:
        """The papers of a file, in the order of issue."""
        column = tables.paper.c
        with self._office.reading() as connection:
            return tables.paper.every(connection, column.penalty == identity, order=(column.index,))

    def offers(self, identity: str) -> list[Offer]:
        """The papers that the steps of a file allow now."""
        penalty, steps, earlier = self._read(identity)
        known = _typed_before(steps)
        offers = []
        for kind in issuable_kinds(penalty, _days(earlier), self._context.letters(identity)):
            case = self._context.case(penalty, kind, steps, earlier)
            lacks = lacking(PAPERS, kind, fill(case, kind, "zh"))
            unset = [] if case.agency.short else ["number"]
            unset += [lack.name for lack in lacks if lack.name in _SETTINGS]
            missing = tuple(lack for lack in lacks if lack.name not in {*_SETTINGS, "number"})
            offers.append(Offer(kind, PAPERS.kind(kind).title, missing, tuple(unset), known))
        return offers

    def issue(
        self,
        identity: str,
        kind: str,
        by: str,
        given: Mapping[str, str] | None = None,
        language: Language = "zh",
    ) -> str:
        """Issue a paper of a kind; returns its number.

        `given`: `field` or `field.part` -> text, for fields that the file lacks; others can't be
        overwritten. Values entered for an earlier paper of the file are used again.
        """
        for _ in range(_TRIES):
            if (number := self._issue(identity, kind, by, given or {}, language)) is not None:
                return number
        raise RefusedError("busy", "numbers were taken by others each time")

    def read(self, identity: str, number: str, form: str) -> bytes:
        """The bytes of an issued paper. Raises KeyError if it does not exist or was erased."""
        copy = next((issued for issued in self.issued(identity) if issued.number == number), None)
        if copy is None or form not in FORMS:
            raise KeyError(number)
        vault = self._office.ledger.vault
        return read_paper(vault, self._files, getattr(copy, form), copy.index, form)

    # -- issuing --------------------------------------------------------------------------------

    def _issue(
        self, identity: str, kind: str, by: str, given: Mapping[str, str], language: Language
    ) -> str | None:
        """One attempt; None if meanwhile the file changed or the number was taken."""
        penalty, steps, earlier = self._read(identity)
        if kind not in issuable_kinds(penalty, _days(earlier), self._context.letters(identity)):
            raise RefusedError("paper_not_yet", f"{kind} can't be issued now", kind=kind)
        given = {**_typed_before(steps), **{k: v for k, v in given.items() if v.strip()}}
        case = self._context.case(penalty, kind, steps, earlier)
        if not case.agency.short:
            raise PaperError(
                "short (机关代字) is missing: numbers begin with it; set it in "
                "enforcement/agency.toml"
            )
        year, pattern = case.day.year, PAPERS.kind(kind).pattern(case.agency.short)
        with self._office.reading() as connection:
            serial, number = next_number(pattern, year, _last(connection, kind, year))
        filled = [
            complete(PAPERS, kind, fill(case, kind, each) | {"number": number}, given, _SETTINGS)
            for each in (("zh", "en") if language == "both" else ("zh",))
        ]
        paper = self._composed(kind, [fields for fields, _ in filled])
        bodies = {form: render(paper) for form, render in FORMS.items()}
        payload = {
            "penalty": identity,
            "paper": new_id(),
            "kind": kind,
            "year": year,
            "serial": serial,
            "number": number,
            "bears": case.day,
            "language": language,
            "day": self._office.today(),
            "by": by,
        }
        typed = {"typed": msgspec.json.encode(filled[0][1]).decode()}
        texts = {
            name: about(text, penalty.party) for name, text in (typed | hashes(bodies)).items()
        }

        def entry(files: Mapping[str, str]) -> Draft:
            at = self._office.now()
            return draft("penalty.document_issued", identity, at, payload | {**files}, texts)

        def current(connection: Connection) -> bool:
            is_taken = _last(connection, kind, year) + 1 != serial
            return not is_taken and newest(connection, identity) == steps[-1].index

        issued = issue_paper(self._office.ledger, self._files, number, bodies, entry, current)
        return number if issued else None

    def _composed(self, kind: str, filled: Sequence[Mapping[str, Any]]) -> Paper:
        folder = self._office.home / "enforcement" / "papers"
        own = folder if folder.is_dir() else None
        if len(filled) == 1:
            return compose(PAPERS, kind, "zh", filled[0], own)
        return bilingual(PAPERS, kind, filled[0], own, filled[1])

    def _read(self, identity: str) -> tuple[Any, list[Step], list[Issued]]:
        with self._office.reading() as connection:
            penalty = self._office.penalty(connection, identity)
        steps = views.story(self._office.ledger, identity)
        issued = [
            Issued(paper.kind, PAPERS.kind(paper.kind).title, paper.number, paper.day)
            for paper in self.issued(identity)
        ]
        return penalty, steps, issued


#: Fields filled in from the bureau's settings only.
_SETTINGS = frozenset(
    {
        *("agency", "office", "contact", "pay_to", "review_to", "court", "perform"),
        *("supervision_basis", "defend_within", "reply_within"),
    }
)


def _days(issued: Sequence[Issued]) -> set[tuple[str, dt.date]]:
    return {(paper.kind, paper.day) for paper in issued}


def _last(connection: Connection, kind: str, year: int) -> int:
    """The last serial of a kind and year; 0: none yet."""
    column = tables.paper.c
    serials = tables.paper.values(connection, "serial", column.kind == kind, column.year == year)
    return max(serials, default=0)


def _typed_before(steps: Sequence[Step]) -> dict[str, str]:
    """The last value entered for each field of the file's papers."""
    typed: dict[str, str] = {}
    for step in steps:
        if step.kind == "penalty.document_issued":
            typed |= msgspec.json.decode(step.texts.get("typed", "{}"), type=dict[str, str])
    return typed
