"""A row of disputes.csv: a dispute of an earlier register, with what it came to. Money is in yuan;
None means not known or not yet."""

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from lianzhi.domains.mediation.nouns.dispute import Cause, Language, Level
from lianzhi.domains.mediation.routes import Field
from lianzhi.tabular.field_types import Count, Id

Points = Annotated[int, msgspec.Meta(ge=1, le=5)]


class DisputeRow(msgspec.Struct, frozen=True):
    """纠纷: one dispute."""

    id: Id
    party: str
    field: Field
    office: str
    received: dt.date
    cause: Cause = "other"
    words: str = ""
    unit: bool = False
    officer: str = ""
    amount: Count = 0
    language: Language = "zh"
    level: Level = "front_line"
    mediator: str = ""
    assigned: dt.date | None = None
    settled: dt.date | None = None
    closed: dt.date | None = None
    outcome: Literal["settled", "not_settled", "withdrawn"] | None = None
    known: dt.date | None = None
    reopened: Count = 0
    satisfaction: Points | None = None

    def faults(self, today: dt.date) -> Iterator[tuple[str, str]]:
        """Columns that contradict others, each with the rule that says how."""
        if "/" in self.id:
            yield "id", "mediation_id"
        if not self.party.strip():
            yield "party", "dispute_row_party"
        if (self.outcome is None) != (self.closed is None):
            yield "outcome", "dispute_row_outcome"
        elif (self.outcome == "settled") != (self.settled is not None):
            yield "settled", "dispute_row_settled"
        if self.mediator and self.mediator in (self.officer, self.party):
            yield "mediator", "dispute_row_mediator"
        if self.closed is not None and self.assigned is None and self.outcome != "withdrawn":
            yield "assigned", "dispute_row_assigned"
        if self.satisfaction is not None and self.outcome != "settled":
            yield "satisfaction", "dispute_row_satisfaction"
        if max(filter(None, (self.received, self.assigned, self.settled, self.closed))) > today:
            yield "received", "dispute_row_future"
