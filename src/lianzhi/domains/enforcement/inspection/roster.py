"""Rosters of a draw: who can be drawn, who can be sent, and why others cannot.

Both are published in full before the seed is known; the plan holds their Merkle roots (RFC 6962). A
leaf is one row as JSON with fields in the order given here, rows by id.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from lianzhi.domains.enforcement.inspection.rows import Enterprise, Inspection, Officer, Row
from lianzhi.record.lots import DrawError


class Candidate(msgspec.Struct, frozen=True):
    """An enterprise that can be drawn."""

    id: str
    stratum: str
    """Risk tier."""
    lots: int
    """Number of lots: two lots make it twice as likely as one to be taken next."""
    inspected: int
    """Inspections this year that count towards the cap."""
    cap: int
    """Most inspections a year; an enterprise at its cap is excluded."""
    last_pair: tuple[str, ...]
    """Officers of its last inspection; the same pair is not sent again."""


class Certified(msgspec.Struct, frozen=True):
    """An officer who may be sent to inspect."""

    id: str
    certificate_until: dt.date | None
    """Last day of the certificate; None: there is none."""
    conflicts: tuple[str, ...]
    """Enterprises where the officer may not go: conflict of interest 回避 (行政处罚法 43)."""


class Rosters(NamedTuple):
    """Both, each by id."""

    enterprises: tuple[Candidate, ...]
    officers: tuple[Certified, ...]

    @classmethod
    def of(cls, enterprises: Iterable[Candidate], officers: Iterable[Certified]) -> "Rosters":
        """Sort them. Raises DrawError for an id that comes twice."""
        rosters = cls(
            tuple(sorted(enterprises, key=lambda enterprise: enterprise.id)),
            tuple(sorted(officers, key=lambda officer: officer.id)),
        )
        for rows in rosters:
            names = Counter(row.id for row in rows)
            if names and max(names.values()) > 1:
                raise DrawError(f"{names.most_common(1)[0][0]} is on the roster twice; leave one")
        return rosters


class Eligible(NamedTuple):
    """Eligible enterprises and officers, and the excluded ones with a reason key."""

    enterprises: tuple[Candidate, ...]
    officers: tuple[Certified, ...]
    excluded: dict[str, str]
    """Id -> `capped`, `no_pair`, `uncertified` or `expired`."""


def eligible(rosters: Rosters, until: dt.date) -> Eligible:
    """Who can take part in inspections up to a day; independent of the seed."""
    excluded: dict[str, str] = {}
    officers = []
    for officer in rosters.officers:
        if officer.certificate_until is None:
            excluded[officer.id] = "uncertified"
        elif officer.certificate_until < until:
            excluded[officer.id] = "expired"
        else:
            officers.append(officer)
    conflicts: Mapping[str, int] = Counter(
        name for officer in officers for name in officer.conflicts
    )
    enterprises = []
    for enterprise in rosters.enterprises:
        if enterprise.inspected >= enterprise.cap:
            excluded[enterprise.id] = "capped"
        elif not _some_pair(enterprise, officers, conflicts.get(enterprise.id, 0)):
            excluded[enterprise.id] = "no_pair"
        else:
            enterprises.append(enterprise)
    return Eligible(tuple(enterprises), tuple(officers), excluded)


def allowed(candidate: Candidate, certified: Certified, other: Certified) -> bool:
    """Whether two officers may be sent to an enterprise together."""
    return (
        candidate.id not in certified.conflicts
        and candidate.id not in other.conflicts
        and {certified.id, other.id} != set(candidate.last_pair)
    )


def _some_pair(candidate: Candidate, officers: Sequence[Certified], conflicts: int) -> bool:
    free = len(officers) - conflicts
    if free != 2:
        return free > 2
    first, other = (officer for officer in officers if candidate.id not in officer.conflicts)
    return allowed(candidate, first, other)


def candidate(row: Row) -> Candidate:
    """A row of a published roster of enterprises. Raises ValueError."""
    return Candidate(
        id=row.get("id") or "",
        stratum=row.get("stratum") or "",
        lots=_whole(row, "lots"),
        inspected=_whole(row, "inspected"),
        cap=_whole(row, "cap"),
        last_pair=_names(row, "last_pair"),
    )


def certified(row: Row) -> Certified:
    """A row of a published roster of officers. Raises ValueError."""
    until = row.get("certificate_until") or ""
    return Certified(
        row.get("id") or "",
        dt.date.fromisoformat(until) if until else None,
        _names(row, "conflicts"),
    )


def _whole(row: Row, field: str) -> int:
    value = row.get(field) or ""
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise ValueError(f"{field} is {value!r}; give a whole number")
    return int(value)


def _names(row: Row, field: str) -> tuple[str, ...]:
    return tuple(sorted(set(filter(None, (row.get(field) or "").split(";")))))


def from_town(
    enterprises: Sequence[Enterprise],
    officers: Sequence[Officer],
    inspections: Sequence[Inspection],
    day: dt.date,
    *,
    cap: int,
    tiers: Mapping[str, str],
    lots: Mapping[str, int],
    conflicts: Mapping[str, tuple[str, ...]],
) -> Rosters:
    """Rosters of a town as it is on a day: inspections of that year count towards the cap.

    `tiers`: enterprise -> stratum, `all` for others; `lots`: stratum -> lots, 1 for others;
    `conflicts`: officer -> enterprises.
    """
    past = sorted(
        (inspection for inspection in inspections if inspection.day <= day),
        key=lambda inspection: (inspection.day, inspection.id),
    )
    last = {inspection.enterprise: inspection.officers for inspection in past}
    counted = Counter(
        inspection.enterprise for inspection in past if inspection.day.year == day.year
    )
    strata = {enterprise.id: tiers.get(enterprise.id, "all") for enterprise in enterprises}
    return Rosters.of(
        (
            Candidate(
                id=enterprise.id,
                stratum=strata[enterprise.id],
                lots=lots.get(strata[enterprise.id], 1),
                inspected=counted[enterprise.id],
                cap=cap,
                last_pair=tuple(sorted(last.get(enterprise.id, ()))),
            )
            for enterprise in enterprises
        ),
        (
            Certified(
                officer.id,
                officer.certificate_until,
                tuple(sorted(set(conflicts.get(officer.id, ())))),
            )
            for officer in officers
        ),
    )
