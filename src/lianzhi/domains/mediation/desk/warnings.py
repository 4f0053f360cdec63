"""Warnings: lists them, and dismisses those that a person looked at."""

from lianzhi.domains.mediation.desk.office import Office
from lianzhi.domains.mediation.nouns.warning import CaseWarning
from lianzhi.domains.mediation.queries import tables
from lianzhi.domains.mediation.refusals import RefusedError
from lianzhi.kit.noun_views import Page, page, whole


class Warnings:
    """Reads and dismisses warnings."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def get(self, identity: str) -> CaseWarning:
        """A warning by the id of its case. KeyError: there is none."""
        with self._office.reading() as connection:
            return tables.warning.load(connection, identity)

    def page(self, status: str, level: str, cursor: str = "") -> Page[CaseWarning]:
        """Warnings with the most points first; an empty status or level means any.

        KeyError: the cursor is none of ours.
        """
        if cursor and whole(cursor.partition("~")[0]) is None:
            raise KeyError(cursor)
        column = tables.warning.c
        where = [column.status == status] if status else []
        where += [column.level == level] if level else []
        with self._office.reading() as connection:
            return page(connection, tables.warning, column.order, where, cursor)

    def counts(self, column: str) -> dict[str, int]:
        """How many warnings have each value of a column."""
        with self._office.reading() as connection:
            return tables.warning.counts(connection, column)

    def dismiss(self, identity: str, words: str, by: str) -> None:
        """Lay a warning aside, with the reason. Raises RefusedError without one, KeyError for no
        such warning, IllegalStepError where it is not open."""
        if not words.strip():
            raise RefusedError("dismissal", "words is empty; say why it is dismissed")
        with self._office.ledger.batch() as batch:
            warning = tables.warning.load(batch.connection, identity)
            payload = {"warning": identity, "by": by}
            texts = {"words": (words, (warning.party,))}
            batch.append([self._office.draft("warning.dismissed", identity, payload, texts)])
