"""Look-ups of a running node before it writes."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, bindparam, select

from lianzhi.chain.case import Case
from lianzhi.chain.protection import Terms
from lianzhi.prepared import Prepared
from lianzhi.store.tables import person
from lianzhi.store.views_tables import case, finding, protection

_CHUNK = 500
_STATE = Prepared(select(case.c.state).where(case.c.id == bindparam("of")))


def known_findings(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Those of these findings that are on the record."""
    known: set[str] = set()
    for start in range(0, len(ids), _CHUNK):
        query = select(finding.c.id).where(finding.c.id.in_(ids[start : start + _CHUNK]))
        known.update(connection.scalars(query))
    return known


def latest_case(connection: Connection, kind: str, about: str) -> Case | None:
    """The last updated case of this kind about a person (a vault token)."""
    query = (
        select(case.c.state)
        .where(case.c.kind == kind, case.c.about == about)
        .order_by(case.c.updated_at.desc(), case.c.id.desc())
        .limit(1)
    )
    state = connection.scalar(query)
    return None if state is None else msgspec.json.decode(state, type=Case)


def case_by_id(connection: Connection, case_id: str) -> Case | None:
    """A case as of the record."""
    state = _STATE.scalar(connection, {"of": case_id})
    return None if state is None else msgspec.json.decode(state, type=Case)


def running_protections(connection: Connection) -> list[tuple[str, str, str | None, Terms]]:
    """(id, account, case, terms) of every protection that has not ended."""
    query = (
        select(protection, person.c.account)
        .join(person, person.c.token == protection.c.person)
        .where(protection.c.ended_at.is_(None))
    )
    return [
        (
            row.id,
            row.account,
            row.case,
            Terms(
                channels=tuple(row.channels.split()),
                expires_at=row.expires_at,
                strangers=row.strangers,
                younger_than_days=row.younger_than_days,
            ),
        )
        for row in connection.execute(query)
    ]


def protection_state(connection: Connection, protection_id: str) -> tuple[str | None, bool]:
    """The case under which a protection was granted, and whether it has ended."""
    query = select(protection.c.case, protection.c.ended_at)
    row = connection.execute(query.where(protection.c.id == protection_id)).first()
    return (None, False) if row is None else (row.case, row.ended_at is not None)
