"""Lists: outlets and sources are listed, given another time of validity, ended, renamed."""

import datetime as dt

from sqlalchemy import Connection

from lianzhi.domains.dissemination.desk.office import Office, draft
from lianzhi.domains.dissemination.nouns.listed import Listed, listed_id
from lianzhi.domains.dissemination.queries import tables
from lianzhi.domains.dissemination.rules.refusal import RefusedError
from lianzhi.domains.dissemination.sources.lists import NAME_CHARACTERS, SCOPES, ListKind

_MOST_ALIASES = 50


class Lists:
    """Acts on the nouns of one list. Raises RefusedError, and KeyError for none such."""

    def __init__(self, office: Office, kind: ListKind) -> None:
        self._office, self._table = office, tables.LISTS[kind]
        self._noun = self._table.noun.name

    def list(
        self,
        by: str,
        *,
        name: str,
        day: dt.date | None = None,
        scopes: tuple[str, ...] = (),
        aliases: tuple[str, ...] = (),
    ) -> str:
        """List a name from a day on; a name that is there gets another time of validity."""
        day = self._office.dated(day)
        identity = listed_id(checked_name(name))
        self._check_scopes(scopes)
        payload = {
            "id": identity, "name": name.strip(), "by": by, "aliases": _names(aliases),
            "span": {"valid_from": day, "scopes": scopes},
        }  # fmt: skip
        with self._office.ledger.batch() as batch:
            self._check_owner(batch.connection, identity, (name, *aliases))
            at = self._office.now()
            batch.append([draft(f"{self._noun}.listed", identity, at, payload)])
        self._office.refresh_files()
        return identity

    def relist(
        self, identity: str, by: str, *, day: dt.date | None, scopes: tuple[str, ...] = ()
    ) -> None:
        """Give a listed name another time of validity from a day on."""
        with self._office.reading() as connection:
            name = self._table.load(connection, identity).name
        self.list(by, name=name, day=day, scopes=scopes)

    def end(self, identity: str, by: str, *, day: dt.date | None, words: str) -> None:
        """End what is valid without end: the day is the first on which it is not."""
        day = self._office.dated(day)
        with self._office.ledger.batch() as batch:
            span = self._table.load(batch.connection, identity).open
            if span is None or day <= span.valid_from:
                since = span.valid_from if span else "—"
                raise RefusedError("listed_end", f"day is {day}", day=day, since=since)
            ended = {"valid_from": span.valid_from, "valid_until": day, "scopes": span.scopes}
            payload = {"id": identity, "by": by, "span": ended}
            at = self._office.now()
            batch.append([draft(f"{self._noun}.ended", identity, at, payload, {"words": words})])
        self._office.refresh_files()

    def rename(self, identity: str, by: str, *, alias: str) -> None:
        """Add another name by which it is known."""
        with self._office.ledger.batch() as batch:
            known = self._table.load(batch.connection, identity)
            if len(known.aliases) >= _MOST_ALIASES:
                raise RefusedError(
                    "listed_aliases", f"{_MOST_ALIASES} other names", most=_MOST_ALIASES
                )
            self._check_owner(batch.connection, identity, (checked_name(alias),))
            payload = {"id": identity, "by": by, "aliases": [alias.strip()]}
            at = self._office.now()
            batch.append([draft(f"{self._noun}.renamed", identity, at, payload)])
        self._office.refresh_files()

    def _check_scopes(self, scopes: tuple[str, ...]) -> None:
        if self._noun == "outlet" and (not scopes or not set(scopes) <= set(SCOPES)):
            choices = ", ".join(SCOPES)
            raise RefusedError("listed_scopes", f"scopes is {scopes!r:.80}", choices=choices)

    def _check_owner(self, connection: Connection, identity: str, names: tuple[str, ...]) -> None:
        """A name must lead to one noun only."""
        keys = {listed_id(name): name for name in names}
        for noun in self._table.every(connection):
            if noun.id != identity and (theirs := keys.keys() & ids_of(noun)):
                name = keys[min(theirs)]
                raise RefusedError("listed_name_of", name, name=name[:80], other=noun.name)


def ids_of(noun: Listed) -> set[str]:
    """Ids of every name of a noun."""
    return {listed_id(name) for name in (noun.name, *noun.aliases)}


def checked_name(name: str) -> str:
    """The name, where it is one. Raises RefusedError."""
    if not 0 < len(name.strip()) <= NAME_CHARACTERS:
        raise RefusedError("listed_name", f"name is {name!r:.80}", most=NAME_CHARACTERS)
    return name


def _names(aliases: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(alias.strip() for alias in map(checked_name, aliases[:_MOST_ALIASES]))
