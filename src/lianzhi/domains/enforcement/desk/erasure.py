"""Erasure of a party: deletes the files of its penalty cases, unless the law requires keeping them.

The vault erases texts and names; this module deletes evidence, photos and papers on disk. A case
file must be kept while the case is open and, once archived, until `keep_until` (行政处罚法 47;
档案法 14, 21); personal information under such a period may only be stored (个人信息保护法 47(2)).
"""

from collections.abc import Iterator

from lianzhi.domains.enforcement.desk.office import Office
from lianzhi.domains.enforcement.desk.paper_context import EVIDENCE_KINDS
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.queries import steps, tables
from lianzhi.office.files import Files


class Erasure:
    """Deletes files of erased parties and says which must be kept."""

    def __init__(self, office: Office, files: Files) -> None:
        self._office, self._files = office, files

    def retained(self, account: str) -> str:
        """A sentence naming the case files of a party that must still be kept; empty if none."""
        today = self._office.today()
        kept = [
            f"{penalty.id} (kept until {penalty.keep_until})"
            if penalty.keep_until
            else f"{penalty.id} (not archived yet)"
            for penalty in self._files_of(account)
            if penalty.keep_until is None or today <= penalty.keep_until
        ]
        if not kept:
            return ""
        shown = ", ".join(kept[:_SHOWN]) + (" and more" if len(kept) > _SHOWN else "")
        return f"{len(kept)} penalty file(s) are archives under a period of retention: {shown}"

    def erase(self, account: str) -> int:
        """Delete evidence, papers and inspection photos of a party; returns the number of files.

        Can be repeated after an interruption, as long as the vault still knows the party.
        """
        dropped = 0
        for name in {*self._papers(account), *self._photos(account)}:
            dropped += self._files.has(name)
            self._files.drop(name)
        return dropped

    def _papers(self, account: str) -> Iterator[str]:
        for penalty in self._files_of(account):
            yield from self._names(penalty.id)

    def _photos(self, account: str) -> Iterator[str]:
        """Ids of all photos announced by inspections of the party, received or not."""
        token, column = self._office.ledger.vault.known([account]).get(account), tables.inspection.c
        if token is None:
            return
        with self._office.reading() as connection:
            visits = tables.inspection.every(connection, column.enterprise == token)
        for visit in visits:
            yield from (photo.id for photo in visit.photos)

    def _files_of(self, account: str) -> list[Penalty]:
        token = self._office.ledger.vault.known([account]).get(account)
        if token is None:
            return []
        with self._office.reading() as connection:
            return tables.penalty.every(connection, tables.penalty.c.party == token)

    def _names(self, identity: str) -> Iterator[str]:
        with self._office.reading() as connection:
            entries = steps.entries(connection, identity, EVIDENCE_KINDS)
            papers = tables.paper.every(connection, tables.paper.c.penalty == identity)
        for step in entries:
            yield (self._office.ledger.payload(step.entry) or {})["evidence"]
        for paper in papers:
            yield from (paper.docx, paper.pdf)


#: How many files are named in the reason.
_SHOWN = 5
