"""A row of cases.csv. Days are of China, money is in yuan; None means not known or not yet."""

import datetime as dt
from typing import Annotated, Literal

import msgspec

from lianzhi.domains.mediation.routes import Field
from lianzhi.tabular.field_types import ID, Count, Id, Money

Issue = Literal["classification", "origin", "value"]
Party = Annotated[str, ID]


class CaseRow(msgspec.Struct, frozen=True):
    """案件: a case of the authority that may turn into a dispute."""

    id: Id
    party: Party
    field: Field
    office: Id
    opened: dt.date
    due: dt.date | None = None
    decided: dt.date | None = None
    officer: str = ""
    item: str = ""
    fine: Money | None = None
    objections: Count = 0
    issues: tuple[Issue, ...] = ()
    notice_missing: bool = False
    defence_missing: bool = False
    signature_refused: bool = False
    earlier_disputes: Count = 0
    overlapping_inspections: Count = 0
    held_since: dt.date | None = None
    storage_cost: Money | None = None
    strictness: float | None = None
    disputed: bool | None = None
