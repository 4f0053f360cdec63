"""The answer of a table: an outcome that cites its row, or a refusal that names the fault."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

import msgspec

from lianzhi.law.discretion.table import List, Result

Facts = Mapping[str, Any]


class Cited(msgspec.Struct, frozen=True):
    """A row that applied, with its basis and article."""

    row: str
    basis: str
    article: str
    note: str


#: What is cited where no row applied and the table has a default.
BY_DEFAULT = Cited("default", "", "", "")


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a table, and the rows behind it: one, or several that agree (ANY)."""

    table: str
    version: str
    item: str | None
    result: Result
    rows: tuple[Cited, ...]

    @property
    def list(self) -> List | None:
        """The resulting discretion list."""
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
        """Table with version, row and article, for readers."""
        rows = "; ".join(f"{row.row} {row.article or row.basis}".strip() for row in self.rows)
        return f"{self.table}@{self.version} {rows}"


class RefusedError(ValueError):
    """A table gives no answer; carries the facts, item and day of the query."""

    kind: ClassVar[str] = "refused"
    """Machine-readable key of the refusal."""

    def __init__(
        self, message: str, table: str, facts: Facts, item: str | None, day: dt.date | None
    ) -> None:
        self.table, self.facts, self.item, self.day = table, dict(facts), item, day
        about = f" of {item}" if item else ""
        on = f" on {day}" if day else ""
        super().__init__(f"table {table}{about}{on}: {message}")


class NoRowError(RefusedError):
    """No row applies: the table has a hole."""

    kind = "no_row"


class SeveralRowsError(RefusedError):
    """More rows apply than the hit policy allows; `rows` by their ids."""

    kind = "several_rows"

    def __init__(self, message: str, rows: Sequence[str], *query: Any) -> None:
        self.rows = tuple(rows)
        super().__init__(message, *query)


class MissingFactError(RefusedError):
    """A decisive fact is not given; `input` names it (`day` for the day)."""

    kind = "missing_fact"

    def __init__(self, message: str, name: str, *query: Any) -> None:
        self.input = name
        super().__init__(message, *query)


class OutsideDomainError(RefusedError):
    """A fact has a value outside its input's domain."""

    kind = "outside_domain"

    def __init__(self, message: str, name: str, value: object, *query: Any) -> None:
        self.input, self.value = name, value
        super().__init__(message, *query)


class UnknownItemError(RefusedError):
    """The table has no row about the item."""

    kind = "unknown_item"


class NotInForceError(RefusedError):
    """The table is not in force on the day."""

    kind = "not_in_force"
