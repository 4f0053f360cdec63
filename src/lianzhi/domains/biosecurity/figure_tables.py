"""Tables of counts that figures are computed from, and how they are read."""

from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import msgspec

from lianzhi.tabular.field_types import Count
from lianzhi.tabular.reading import read
from lianzhi.tabular.schema import schemas

_Positive = Annotated[float, msgspec.Meta(gt=0)]


class PeriodCount(msgspec.Struct, frozen=True):
    """What was counted in a period: `2025`, or a part of a year such as `2025-03`."""

    period: str
    count: Count
    effort: _Positive | None = None
    """Inspections, hours or consignments: any unit, the same in all rows."""
    group: str = ""
    """Channel, origin or taxon; empty: all."""


class Lot(msgspec.Struct, frozen=True):
    """An inspected lot, or a box of one."""

    inspected: Count
    infested: Count


class ChannelResult(msgspec.Struct, frozen=True):
    """Inspections of a channel in a period, and how many of them found a pest."""

    period: str
    channel: str
    inspected: Count
    hits: Count
    available: Count
    """Consignments that came in the period, inspected or not."""


_FORMS: dict[str, type[msgspec.Struct]] = {
    "counts": PeriodCount,
    "lots": Lot,
    "channels": ChannelResult,
}


def read_rows(path: Path, kind: str) -> tuple[Any, ...]:
    """Rows of a CSV, XLSX or JSON file: `counts`, `lots` or `channels`.

    Raises ValueError that names each wrong row, and for a file without rows.
    """
    text = files(__package__).joinpath("figure_tables.toml").read_text("utf-8")
    table = read(path, schemas(text, _FORMS)[kind])
    if table.errors:
        raise ValueError("\n".join(map(str, table.errors[:20])))
    if not table.rows:
        raise ValueError(f"{path}: there are no rows; give one at least")
    return table.rows
