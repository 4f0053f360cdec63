"""Requests as pages and programs read them: those that wait, those that are past, load by grid."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, and_, func, select

from lianzhi.dispatch.policy import DuplicateLimits
from lianzhi.dispatch.requests.request import Request
from lianzhi.domains.enforcement.queries import tables
from lianzhi.kit.noun_views import Page, page
from lianzhi.office.ports import Ledger

#: While somebody still has to act.
OPEN = ("received", "accepted", "dispatched", "handing_over", "suspended")
_DAY = 86_400_000
_C = tables.request.c
_NEWEST = (_C.received_at.desc(), _C.id.desc())


def waiting(
    connection: Connection, status: str = "", where: Mapping[str, str] | None = None, since: int = 0
) -> list[Request]:
    """All open requests, in no order. `where`: by category, holder or grid; `since`: ms."""
    conditions = [_C.status == status if status else _C.status.in_(OPEN), _C.received_at >= since]
    return tables.request.every(connection, *conditions, *_equal(where))


def past(
    connection: Connection,
    statuses: Sequence[str] = (),
    where: Mapping[str, str] | None = None,
    cursor: str = "",
) -> Page[Request]:
    """Requests by when they came, the newest first, a page at a time; no statuses: all."""
    conditions = _equal(where)
    if statuses:
        conditions.append(_C.status.in_(statuses))
    return page(connection, tables.request, _C.received_at, conditions, cursor)


def within(
    connection: Connection,
    since: int,
    until: int,
    categories: Iterable[str] = (),
    is_open: bool | None = None,
    most: int = 1000,
) -> list[Request]:
    """Requests that came between two moments (ms, both counted), the newest first."""
    conditions: list[ColumnElement[bool]] = [_C.received_at.between(since, until)]
    if keys := [*categories]:
        conditions.append(_C.category.in_(keys))
    if is_open is not None:
        conditions.append(_C.status.in_(OPEN) if is_open else _C.status.not_in(OPEN))
    return tables.request.every(connection, *conditions, order=_NEWEST, most=most)


def by_ids(connection: Connection, ids: Iterable[str]) -> list[Request]:
    """Requests of these ids, as far as there are any."""
    return tables.request.every(connection, _C.id.in_([*ids]), order=_NEWEST)


def around(connection: Connection, request: Request, policy: DuplicateLimits) -> list[Request]:
    """Open requests among which one that is alike may be."""
    span = policy.days * _DAY
    conditions = [
        _C.status.in_(OPEN),
        _C.category == request.category,
        _C.received_at.between(request.received_at - span, request.received_at + span),
    ]
    return tables.request.every(connection, *conditions, order=_NEWEST, most=1000)


def published(ledger: Ledger, requests: Iterable[Request]) -> dict[str, str]:
    """What anybody may read of these requests, by id; most have nothing."""
    step = tables.step.c
    ids = [request.id for request in requests if request.published]
    if not ids:
        return {}
    with ledger.engine.connect() as connection:
        condition = and_(step.of.in_(ids), step.kind == "request.published")
        rows = connection.execute(
            select(step.of, func.max(step.index)).where(condition).group_by(step.of)
        ).all()
    texts = {identity: ledger.vault.text(index, "words") for identity, index in rows}
    return {identity: text for identity, text in texts.items() if text}


def violations(connection: Connection, since: dt.date | None = None) -> Counter[str]:
    """Violations found at inspections since a day, by the grid of the enterprise."""
    visit, party = tables.inspection.c, tables.enterprise.c
    query = (
        select(party.grid, func.sum(visit.violation_count))
        .where(visit.enterprise == party.id)
        .group_by(party.grid)
    )
    if since is not None:
        query = query.where(visit.day >= since.isoformat())
    return Counter({grid: int(count) for grid, count in connection.execute(query)})


def holders(connection: Connection) -> list[str]:
    """Squads and departments that have or had requests."""
    rows = connection.scalars(select(_C.holder).where(_C.holder != "").distinct())
    return sorted(rows)


def _equal(where: Mapping[str, str] | None) -> list[ColumnElement[bool]]:
    return [_C[name] == value for name, value in (where or {}).items() if value]
