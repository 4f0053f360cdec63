"""Papers of a file 文书: filled in from it, numbered without gaps, issued and kept as they are.

Its number is the next of its kind and year on the record: what was rendered under a number that
somebody else has taken meanwhile is rendered anew. See `office.issued_papers`.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec
from sqlalchemy import Connection, Row, func, select

from lianzhi.documents.numbering import next_number
from lianzhi.documents.paper import Paper, PaperError
from lianzhi.documents.paper_composing import Lack, bilingual, complete, compose, lacking
from lianzhi.documents.paper_docx import docx
from lianzhi.documents.paper_pdf import pdf
from lianzhi.domains.enforcement.desk.knowing import Knowing
from lianzhi.domains.enforcement.desk.office import Office, RefusedError, draft, new_id
from lianzhi.domains.enforcement.desk.penalties import Penalties
from lianzhi.domains.enforcement.desk.stepping import about
from lianzhi.domains.enforcement.papers.filling import Issued, fill
from lianzhi.domains.enforcement.papers.paper_set import PAPERS
from lianzhi.domains.enforcement.papers.possible import possible
from lianzhi.domains.enforcement.queries import tables, views
from lianzhi.law.words import Words
from lianzhi.office.files import Files
from lianzhi.office.issued_papers import hashes, issue_paper, read_paper
from lianzhi.record.entry import Draft

Language = Literal["zh", "both"]
_FORMS = {"docx": docx, "pdf": pdf}
#: How often a number may be lost to somebody who was faster.
_TRIES = 20


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """A paper that was issued."""

    id: str
    penalty: str
    kind: str
    number: str
    day: dt.date
    """That it bears."""
    language: Language
    docx: str
    """Id of the Word file."""
    pdf: str
    index: int
    """Entry that issued it."""

    @property
    def title(self) -> Words:
        """Name of its kind."""
        return PAPERS.kind(self.kind).title


class Offer(NamedTuple):
    """A paper that may be issued, and what has to be typed for it."""

    kind: str
    title: Words
    lacks: tuple[Lack, ...]
    settings: tuple[str, ...]
    """Fields that the bureau's own settings lack; while there are any it can't be issued."""
    known: Mapping[str, str]
    """What was typed for earlier papers of the file."""


class Papers:
    """See module. Raises KeyError where there is no such file, PaperError for what a paper lacks,
    PolicyError for settings that can't be read, RefusedError otherwise."""

    def __init__(self, office: Office, files: Files, penalties: Penalties) -> None:
        self._office, self._files = office, files
        self._knowing = Knowing(office, penalties)

    def issued(self, identity: str) -> list[Copy]:
        """The papers of a file, in the order of issue."""
        column = tables.paper.c
        query = select(tables.paper).where(column.penalty == identity).order_by(column.index)
        with self._office.reading() as connection:
            return [_copy(row) for row in connection.execute(query)]

    def offers(self, identity: str) -> list[Offer]:
        """The papers that the steps of a file allow now."""
        penalty, steps, earlier = self._read(identity)
        known = _typed_before(steps)
        offers = []
        for kind in possible(penalty, _days(earlier), self._knowing.letters(identity)):
            case = self._knowing.case(penalty, kind, steps, earlier)
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

        `given`: what the file does not tell, as `field` or `field.part` -> text; what it does tell
        can't be typed over. What was typed for an earlier paper of the file need not be again.
        """
        for _ in range(_TRIES):
            if (number := self._issue(identity, kind, by, given or {}, language)) is not None:
                return number
        raise RefusedError("busy", "numbers were taken by others each time")

    def read(self, identity: str, number: str, form: str) -> bytes:
        """A paper as it was issued, byte for byte. KeyError: there is none, or it was erased."""
        copy = next((issued for issued in self.issued(identity) if issued.number == number), None)
        if copy is None or form not in _FORMS:
            raise KeyError(number)
        vault = self._office.ledger.vault
        return read_paper(vault, self._files, getattr(copy, form), copy.index, form)

    # -- how one is made ------------------------------------------------------------------------

    def _issue(
        self, identity: str, kind: str, by: str, given: Mapping[str, str], language: Language
    ) -> str | None:
        """One try; None: meanwhile the file went on, or the number was given to another."""
        penalty, steps, earlier = self._read(identity)
        if kind not in possible(penalty, _days(earlier), self._knowing.letters(identity)):
            raise RefusedError("paper_not_yet", f"{kind} can't be issued now", kind=kind)
        given = {**_typed_before(steps), **{k: v for k, v in given.items() if v.strip()}}
        case = self._knowing.case(penalty, kind, steps, earlier)
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
        bodies = {form: render(paper) for form, render in _FORMS.items()}
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
            return not is_taken and _newest(connection, identity) == steps[-1].index

        issued = issue_paper(self._office.ledger, self._files, number, bodies, entry, current)
        return number if issued else None

    def _composed(self, kind: str, filled: Sequence[Mapping[str, Any]]) -> Paper:
        folder = self._office.home / "enforcement" / "papers"
        own = folder if folder.is_dir() else None
        if len(filled) == 1:
            return compose(PAPERS, kind, "zh", filled[0], own)
        return bilingual(PAPERS, kind, filled[0], own, filled[1])

    def _read(self, identity: str) -> tuple[Any, list[views.Step], list[Issued]]:
        with self._office.reading() as connection:
            penalty = self._office.penalty(connection, identity)
        steps = views.story(self._office.ledger, identity)
        copies = self.issued(identity)
        return penalty, steps, [Issued(c.kind, c.title, c.number, c.day) for c in copies]


#: Fields that only the bureau's settings fill in.
_SETTINGS = frozenset(
    {
        *("agency", "office", "contact", "pay_to", "review_to", "court", "perform"),
        *("supervision_basis", "defend_within", "reply_within"),
    }
)


def _days(issued: Sequence[Issued]) -> set[tuple[str, dt.date]]:
    return {(paper.kind, paper.day) for paper in issued}


def _copy(row: Row[Any]) -> Copy:
    fields = {name: getattr(row, name) for name in Copy.__struct_fields__}
    return msgspec.convert(fields, Copy)


def _last(connection: Connection, kind: str, year: int) -> int:
    """The last serial of a kind and year; 0: none yet."""
    column = tables.paper.c
    query = select(func.max(column.serial)).where(column.kind == kind, column.year == year)
    return int(connection.scalar(query) or 0)


def _newest(connection: Connection, identity: str) -> int:
    """The newest entry of a file."""
    column = tables.step.c
    return int(connection.scalar(select(func.max(column.index)).where(column.of == identity)) or 0)


def _typed_before(steps: Sequence[views.Step]) -> dict[str, str]:
    """What was typed for the papers of a file so far, the last of each field."""
    typed: dict[str, str] = {}
    for step in steps:
        if step.kind == "penalty.document_issued":
            typed |= msgspec.json.decode(step.texts.get("typed", "{}"), type=dict[str, str])
    return typed
