"""Nouns of the record as rows of a town's files, for an export and for figures.

A merged request is exported as `transferred`; names and ids of erased parties are blank.
"""

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from lianzhi.dispatch.requests.request import Request
from lianzhi.domains.enforcement.desk.office import Office
from lianzhi.domains.enforcement.importing import town_rows as rows
from lianzhi.domains.enforcement.nouns.penalty import Penalty
from lianzhi.domains.enforcement.nouns.register import Enterprise, Officer
from lianzhi.domains.enforcement.nouns.visit import Visit
from lianzhi.domains.enforcement.queries import tables
from lianzhi.domains.enforcement.rulebook.rulebook import Range, Rulebook
from lianzhi.domains.enforcement.supervision import recorded_rows

Names = Mapping[str, str]
"""Ids in files by vault token, without erased parties."""
Due = Callable[[Request], int | None]


def register_rows(office: Office) -> dict[str, tuple[Any, ...]]:
    """Rows of `officers`, `observers` and `enterprises`, in the order of their ids."""
    with office.reading() as connection:
        officers = tables.officer.every(connection)
        enterprises = tables.enterprise.every(connection)
    vault = office.ledger.vault
    names = vault.accounts([enterprise.id for enterprise in enterprises])
    enterprise_rows = [_enterprise(enterprise, names, vault) for enterprise in enterprises]
    return {
        "officers": tuple(_officer(officer) for officer in officers if not officer.observer),
        "observers": tuple(_observer(officer, vault) for officer in officers if officer.observer),
        "enterprises": tuple(sorted(enterprise_rows, key=lambda row: row.id)),
    }


def work_rows(office: Office, due: Due, *, named: bool = True) -> dict[str, tuple[Any, ...]]:
    """Rows of `requests`, `inspections`, `penalties` and `permits`, in the order of their ids.

    `due`: until when a request without a stored deadline is to be disposed of (Unix ms). Unless
    `named`, parties appear as vault tokens.
    """
    with office.reading() as connection:
        requests = tables.request.every(connection)
        visits = tables.inspection.every(connection)
        penalties = tables.penalty.every(connection)
        permits = tables.permit.every(connection)
    parties = {noun.enterprise for nouns in (requests, visits, permits) for noun in nouns}
    parties |= {penalty.party for penalty in penalties}
    names = office.ledger.vault.accounts(parties) if named else {party: party for party in parties}
    visited = {visit.id for visit in visits}
    return {
        "requests": tuple(
            _request(request, request.due_at or due(request), names) for request in requests
        ),
        "inspections": tuple(_inspection(visit, names) for visit in visits),
        "penalties": tuple(
            _penalty(penalty, names, visited, office.rules) for penalty in penalties
        ),
        "permits": tuple(
            replace(recorded_rows.permit(permit), enterprise=names.get(permit.enterprise, ""))
            for permit in permits
        ),
    }


def _enterprise(enterprise: Enterprise, names: Names, vault: Any) -> rows.Enterprise:
    def text(name: str) -> str:
        return vault.text(enterprise.index, name) or ""

    lon, lat = map(float, text("place").split(",")) if text("place") else (None, None)
    return replace(
        recorded_rows.enterprise(enterprise),
        id=names.get(enterprise.id, ""),
        name=text("name"),
        name_en=text("name_en"),
        lon=lon,
        lat=lat,
    )


def _officer(officer: Officer) -> rows.Officer:
    return replace(recorded_rows.officer(officer), certificate_until=officer.until)


def _observer(officer: Officer, vault: Any) -> rows.Observer:
    return rows.Observer(
        id=officer.id,
        name=vault.text(officer.index, "name") or "",
        kind=officer.observer,  # type: ignore[arg-type]
        languages=officer.languages,
    )


def _request(request: Request, due: int | None, names: Names) -> rows.Request:
    return replace(
        recorded_rows.request(request),
        due_at=due,
        lon=request.lon,
        lat=request.lat,
        enterprise=names.get(request.enterprise) or None,
        outcome="transferred" if request.merged_into else request.outcome,
    )


def _inspection(visit: Visit, names: Names) -> rows.Inspection:
    row = recorded_rows.inspection(visit)
    return replace(row, enterprise=names.get(visit.enterprise, ""), minutes=visit.minutes or None)


def _allowed(penalty: Penalty, rules: Rulebook) -> Range | None:
    """Range of fines for the party: as imported with the file, else by the bureau's power list."""
    if penalty.fine_least is not None and penalty.fine_most is not None:
        return Range(penalty.fine_least, penalty.fine_most)
    if penalty.act_day is None:
        return None
    return rules.range_of(penalty.item, penalty.act_day, _facts(penalty))


def _facts(penalty: Penalty) -> dict[str, Any]:
    return penalty.facts if penalty.unit else {**penalty.facts, "subject": "person"}


def _penalty(
    penalty: Penalty, names: Names, visited: Collection[str], rules: Rulebook
) -> rows.Penalty:
    allowed = _allowed(penalty, rules)
    answered = penalty.contested is not None and not penalty.suspended
    return replace(
        recorded_rows.penalty(penalty),
        enterprise=names.get(penalty.party, ""),
        facts=_facts(penalty),
        act_day=penalty.act_day,
        filed=penalty.filed,
        inspection=penalty.inspection if penalty.inspection in visited else None,
        reviewed_by=penalty.reviewer if penalty.review == "passed" else None,
        fine_least=allowed and Decimal(allowed.least),
        fine_most=allowed and Decimal(allowed.most),
        paid=penalty.payments[-1].day if penalty.payments else None,
        published=None if penalty.withdrawn else penalty.published,
        overturned=penalty.overturned is not None if penalty.overturned or answered else None,
    )
