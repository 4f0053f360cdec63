"""What a table answers: an outcome that cites its row, or a refusal that names what is wrong."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

import msgspec

from lianzhi.law.discretion.table import List, Result

Facts = Mapping[str, Any]


class Cited(msgspec.Struct, frozen=True):
    """A row that applied, and what it rests on."""

    row: str
    basis: str
    article: str
    note: str


#: What is cited where no row applied and the table has a default.
BY_DEFAULT = Cited("default", "", "", "")


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a table says, and by which rows: one, or several that say the same (ANY)."""

    table: str
    version: str
    item: str | None
    result: Result
    rows: tuple[Cited, ...]

    @property
    def list(self) -> List | None:
        """The list that the facts lead to."""
        return self.result.list

    @property
    def fine(self) -> tuple[Decimal | None, Decimal | None]:
        """The range of the fine in yuan."""
        return self.result.fine_from, self.result.fine_to

    @property
    def outputs(self) -> dict[str, str]:
        """Other outputs by name."""
        return dict(self.result.outputs)

    @property
    def citation(self) -> str:
        """Table with version, row and article, for a person."""
        rows = "; ".join(f"{one.row} {one.article or one.basis}".strip() for one in self.rows)
        return f"{self.table}@{self.version} {rows}"


class RefusedError(ValueError):
    """A table gives no answer: which facts, item and day it was asked about."""

    kind: ClassVar[str] = "refused"
    """A key that programs may tell refusals by."""

    def __init__(
        self, said: str, table: str, facts: Facts, item: str | None, day: dt.date | None
    ) -> None:
        self.table, self.facts, self.item, self.day = table, dict(facts), item, day
        about = f" of {item}" if item else ""
        on = f" on {day}" if day else ""
        super().__init__(f"table {table}{about}{on}: {said}")


class NoRowError(RefusedError):
    """No row applies: the table has a hole."""

    kind = "no_row"


class SeveralRowsError(RefusedError):
    """More rows apply than the hit policy allows; `rows` by their ids."""

    kind = "several_rows"

    def __init__(self, said: str, rows: Sequence[str], *asked: Any) -> None:
        self.rows = tuple(rows)
        super().__init__(said, *asked)


class MissingFactError(RefusedError):
    """A fact that decides is not given; `input` names it (`day` for the day)."""

    kind = "missing_fact"

    def __init__(self, said: str, name: str, *asked: Any) -> None:
        self.input = name
        super().__init__(said, *asked)


class OutsideDomainError(RefusedError):
    """A fact has a value that its input cannot have."""

    kind = "outside_domain"

    def __init__(self, said: str, name: str, value: object, *asked: Any) -> None:
        self.input, self.value = name, value
        super().__init__(said, *asked)


class UnknownItemError(RefusedError):
    """The table has no row about the item."""

    kind = "unknown_item"


class NotInForceError(RefusedError):
    """The table has no effect on the day."""

    kind = "not_in_force"
