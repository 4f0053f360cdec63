"""Papers of the office 文书: filled in from a file, numbered without gaps, and kept unchanged.

A paper gets the next number of its kind and year on the record; if another took it meanwhile, it is
rendered again. See `office.issued_papers`.
"""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from lianzhi.documents.numbering import next_number
from lianzhi.documents.paper import PaperError
from lianzhi.domains.counsel.desk.office import Office
from lianzhi.domains.counsel.desk.office_files import Files
from lianzhi.domains.counsel.nouns.paper import IssuedPaper
from lianzhi.domains.counsel.papers import PAPERS
from lianzhi.domains.counsel.papers.agency import load
from lianzhi.domains.counsel.papers.composing import Forms, Offer, offer_of, rendered
from lianzhi.domains.counsel.papers.filling import Case, Due, papers_of
from lianzhi.domains.counsel.queries import tables
from lianzhi.domains.counsel.refusals import RefusedError
from lianzhi.office import files
from lianzhi.office.issued_papers import hashes, issue_paper, read_paper
from lianzhi.record.entry import Draft

_TRIES = 20


class Papers:
    """Offers, issues and reads papers of reviews and matters. Raises KeyError for an unknown file,
    PaperError for missing fields, PolicyError for unreadable settings, RefusedError otherwise."""

    def __init__(self, office: Office, home: Path, folder: Path) -> None:
        self._office, self._files, self._folder = office, files.Files(home), folder

    def issued(self, identity: str) -> list[IssuedPaper]:
        """The papers of a file, in the order of issue."""
        column = tables.paper.c
        with self._office.reading() as connection:
            return tables.paper.every(connection, column.file == identity, order=(column.index,))

    def has(self, paper: IssuedPaper) -> bool:
        """Whether a paper is still kept."""
        return self._files.has(paper.pdf)

    def offers(self, of: Files[Any], identity: str) -> list[Offer]:
        """The papers that the steps of a file call for and that were not issued yet; none about a
        person who was erased."""
        offers = []
        for due in self._open(of, identity):
            case = self._case(of, identity, due)
            if case.name is None:
                continue
            offers.append(offer_of(case))
        return offers

    def issue(
        self, of: Files[Any], identity: str, kind: str, by: str,
        given: Mapping[str, str] | None = None, language: Forms = "zh",
    ) -> str:  # fmt: skip
        """Issue a paper of a kind; returns its number. `given`: `field` or `field.part` -> text for
        fields that the file lacks; others can't be overwritten."""
        for _ in range(_TRIES):
            number = self._issue(of, identity, kind, by, given or {}, language)
            if number is not None:
                return number
        raise RefusedError("counsel_paper_busy", "numbers were taken by others each time")

    def read(self, identity: str, number: str, form: str) -> bytes:
        """The bytes of an issued paper. KeyError: there is none, or it was erased."""
        copy = next((paper for paper in self.issued(identity) if paper.number == number), None)
        if copy is None or form not in ("docx", "pdf"):
            raise KeyError(number)
        vault = self._office.ledger.vault
        return read_paper(vault, self._files, getattr(copy, form), copy.index, form)

    def erase(self, account: str) -> int:
        """Delete the papers about a person; returns how many."""
        token = self._office.ledger.vault.known([account]).get(account)
        if token is None:
            return 0
        with self._office.reading() as connection:
            papers = tables.paper.every(connection, tables.paper.c.person == token)
        for paper in papers:
            for kept in (paper.docx, paper.pdf):
                self._files.drop(kept)
        return len(papers)

    def _open(self, of: Files[Any], identity: str) -> list[Due]:
        issued = {(paper.kind, paper.step) for paper in self.issued(identity)}
        due = papers_of(of.get(identity), of.story(identity))
        return [each for each in due if (each.kind, each.step.index) not in issued]

    def _case(self, of: Files[Any], identity: str, due: Due) -> Case:
        file, day = of.get(identity), self._office.today()
        name = self._office.ledger.vault.accounts({file.person}).get(file.person)
        agency = load(day, self._folder / "agency.toml")
        return Case(file, name, of.story(identity), due, agency, day)

    def _issue(
        self, of: Files[Any], identity: str, kind: str, by: str, given: Mapping[str, str],
        language: Forms,
    ) -> str | None:  # fmt: skip
        """One attempt; None if meanwhile the number was taken."""
        due = next((each for each in self._open(of, identity) if each.kind == kind), None)
        if due is None:
            raise RefusedError("counsel_paper_not_yet", f"{kind} can't be issued now", kind=kind)
        case = self._case(of, identity, due)
        if not case.agency.short:
            raise PaperError(
                "short (机关代字) is missing: numbers begin with it; set it in counsel/agency.toml"
            )
        year, pattern = case.day.year, PAPERS.kind(kind).pattern(case.agency.short)
        with self._office.reading() as connection:
            serial, number = next_number(pattern, year, _last(connection, kind, year))
        typed = {name: text for name, text in given.items() if text.strip()}
        bodies = rendered(case, number, typed, language)
        payload = {
            "paper": secrets.token_hex(8), "file": identity, "person": case.file.person,
            "kind": kind, "year": year, "serial": serial, "number": number, "day": case.day,
            "language": language, "by": by, "step": due.step.index,
        }  # fmt: skip
        about = (case.file.person,) if case.file.person else ()
        texts = {name: (text, about) for name, text in hashes(bodies).items()}

        def entry(kept: Mapping[str, str]) -> Draft:
            fields = {**payload, **kept}
            return self._office.draft("paper.issued", str(payload["paper"]), fields, texts)

        def current(connection: Connection) -> bool:
            return _last(connection, kind, year) + 1 == serial

        issued = issue_paper(self._office.ledger, self._files, number, bodies, entry, current)
        return number if issued else None


def _last(connection: Connection, kind: str, year: int) -> int:
    """The last serial of a kind and year; 0: none yet."""
    column = tables.paper.c
    serials = tables.paper.values(connection, "serial", column.kind == kind, column.year == year)
    return max(serials, default=0)
