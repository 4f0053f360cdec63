"""Rows of the lists, each with the account of its person unless erased."""

from typing import Any

from sqlalchemy import func, select

from lianzhi.chain.views import FindingRow, ProtectionRow
from lianzhi.store.tables import person
from lianzhi.store.views_tables import case, finding, protection

#: Columns of FindingRow, labelled by field.
FINDINGS = select(
    *(finding.c[name] for name in FindingRow.__struct_fields__ if name != "account"),
    person.c.account,
).outerjoin(person, person.c.token == finding.c.about)

_until = (
    select(func.max(protection.c.expires_at))
    .where(protection.c.case == case.c.id, protection.c.ended_at.is_(None))
    .scalar_subquery()
)

#: Columns of CaseRow, labelled by field.
CASES = select(
    *(
        column
        for column in case.c
        if column.name not in ("urgency", "waiting", "to_judge", "state")
    ),
    person.c.account,
    _until.label("protected_until"),
).outerjoin(person, person.c.token == case.c.about)

#: Columns of ProtectionRow, labelled by field; see `protection_row`.
PROTECTIONS = select(protection, person.c.account).outerjoin(
    person, person.c.token == protection.c.person
)


def protection_row(*, channels: str, **columns: Any) -> ProtectionRow:
    """A row of `PROTECTIONS` as a ProtectionRow."""
    return ProtectionRow(channels=tuple(channels.split()), **columns)
