"""Mediators: registers, changes and retires them, and ranks them for a dispute."""

from collections.abc import Mapping, Sequence
from typing import Any

from lianzhi.domains.mediation.desk.office import Office
from lianzhi.domains.mediation.importing.mediator_row import Given, MediatorRow, from_form
from lianzhi.domains.mediation.matching import (
    CERTIFICATES,
    Certificate,
    Mediator,
    Needs,
    Ranking,
    rank,
)
from lianzhi.domains.mediation.nouns.dispute import RecordedDispute
from lianzhi.domains.mediation.queries import disputes as queries
from lianzhi.domains.mediation.queries import tables
from lianzhi.domains.mediation.refusals import RefusedError


class Mediators:
    """Acts on mediators. Raises RefusedError, IllegalStepError, and KeyError for none such."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def get(self, identity: str) -> Mediator:
        """A mediator by user name. KeyError: there is none."""
        with self._office.reading() as connection:
            return tables.mediator.load(connection, identity)

    def every(self) -> list[Mediator]:
        """All mediators by name, retired ones among them."""
        with self._office.reading() as connection:
            return tables.mediator.every(connection)

    def register(self, by: str, fields: Mapping[str, Given]) -> str:
        """Register a mediator, or one anew who retired; returns the user name."""
        row = from_form(fields)
        self._put("mediator.registered", row, by)
        return row.id

    def change(self, identity: str, by: str, **fields: Given) -> None:
        """Set all fields of a mediator anew."""
        self.get(identity)
        self._put("mediator.changed", from_form({"id": identity, **fields}), by)

    def retire(self, identity: str, by: str, *, words: str) -> None:
        """Take a mediator out of the proposals, with the reason."""
        if not words.strip():
            raise RefusedError("mediator_reason", "words is empty; say why", field="words")
        self.get(identity)
        with self._office.ledger.batch() as batch:
            payload = {"mediator": identity, "by": by}
            texts = {"words": (words, ())}
            batch.append([self._office.draft("mediator.retired", identity, payload, texts)])

    def take(self, rows: Sequence[MediatorRow], by: str) -> None:
        """Put rows of a table on the record in one entry."""
        if rows:
            with self._office.ledger.batch() as batch:
                tokens = batch.tokens(sorted({name for row in rows for name in row.employers}))
                payload = {"by": by, "rows": [_payload(row, tokens) for row in rows]}
                batch.append([self._office.draft("mediator.imported", "mediators", payload)])

    def known(self) -> dict[str, tuple[Mediator, MediatorRow]]:
        """Each mediator with the row that would say the same."""
        mediators = self.every()
        names = self.names(mediators)
        return {each.id: (each, as_row(each, names)) for each in mediators}

    def names(self, mediators: Sequence[Mediator]) -> Mapping[str, str | None]:
        """Names of the enterprises with which mediators have a conflict, by token."""
        return self._office.ledger.vault.accounts({t for each in mediators for t in each.employers})

    def load(self) -> Mapping[str, int]:
        """Open disputes of each mediator who has any."""
        with self._office.reading() as connection:
            return queries.load(connection)

    def ranking(self, dispute: str, certificates: tuple[Certificate, ...] = ()) -> Ranking:
        """Who suits a dispute today, by the policy of today; the one who has it is left out.
        KeyError: there is no such dispute."""
        today = self._office.today()
        with self._office.reading() as connection:
            known = tables.dispute.load(connection, dispute)
        policy = self._office.rules.matching(today)[1]
        others = [each for each in self.every() if each.id != known.mediator]
        return rank(needs_of(known, certificates), others, self.load(), policy, today)

    def _put(self, kind: str, row: MediatorRow, by: str) -> None:
        with self._office.ledger.batch() as batch:
            payload = {**_payload(row, batch.tokens(sorted(row.employers))), "by": by}
            batch.append([self._office.draft(kind, row.id, payload)])


def needs_of(dispute: RecordedDispute, certificates: tuple[Certificate, ...] = ()) -> Needs:
    """What a recorded dispute asks of its mediator."""
    return Needs(
        field=dispute.field,
        office=dispute.office,
        officer=dispute.officer,
        parties=frozenset({dispute.party}),
        room=dispute.level,
        languages=(dispute.language,),
        certificates=certificates,
    )


def as_row(mediator: Mediator, names: Mapping[str, str | None]) -> MediatorRow:
    """A mediator as a row of a table; erased enterprises are left out."""
    until: dict[str, Any] = {f"{k}_until": day for k, day in mediator.certificates.items()}
    employers = tuple(filter(None, (names.get(token) for token in mediator.employers)))
    same = ("id", "fields", "most_open", "rooms", "languages", "offices")
    kept: dict[str, Any] = {name: getattr(mediator, name) for name in same}
    return MediatorRow(**kept, **until, employers=employers)


def _payload(row: MediatorRow, tokens: Mapping[str, str]) -> dict[str, Any]:
    until = {key: getattr(row, f"{key}_until") for key in CERTIFICATES}
    return {
        "mediator": row.id,
        "fields": row.fields,
        "rooms": row.rooms,
        "languages": row.languages,
        "certificates": {key: day for key, day in until.items() if day is not None},
        "employers": [tokens[name] for name in row.employers],
        "offices": row.offices,
        "most_open": row.most_open,
    }
