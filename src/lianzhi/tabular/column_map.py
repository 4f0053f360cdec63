"""Column maps: YAML files that say which column of a table means what.

Every value is read as text, so that a group called 1 or no is what it says. Anchors and aliases are
refused: a small file could grow without bound by them.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from lianzhi.nearest import did_you_mean
from lianzhi.typed_toml import convert

T = TypeVar("T", bound=msgspec.Struct)
_MOST_BYTES = 64 * 1024


class MapError(ValueError):
    """A map or a table that cannot be used: which field, what it says, and what to write."""

    def __init__(self, field: str, value: object, mend: str) -> None:
        super().__init__(f"{field} is {value!r:.120}; {mend}")
        self.field, self.value, self.mend = field, value, mend


class _PlainLoader(yaml.BaseLoader):  # type: ignore[misc]
    """Scalars as text; no aliases."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise MapError("map", f"*{self.peek_event().anchor}", "write the value out")
        return super().compose_node(parent, index)


def read_map(path: Path, form: type[T]) -> T:
    """The map in a file as a struct; fields of numbers are read as such.

    Raises MapError naming field, value and mend.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise MapError("map", path.name, f"give a file of at most {_MOST_BYTES:,} bytes")
    try:
        data = yaml.load(path.read_text("utf-8"), _PlainLoader)  # noqa: S506 - texts alone
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        place = getattr(error, "problem_mark", None)
        where = f"line {place.line + 1}" if place else "the file"
        raise MapError("map", path.name, f"write YAML in UTF-8; {where} is none") from None
    if not isinstance(data, dict):
        raise MapError("map", path.name, "write `column: name` pairs")
    return from_data(data, form)


def from_data(data: dict[str, Any], form: type[T]) -> T:
    """A map from plain data. Raises MapError."""
    numbers = {
        field.encode_name
        for field in msgspec.structs.fields(form)
        if field.type in (float, float | None)
    }
    given = dict(data)
    for name in numbers & given.keys():
        try:
            given[name] = float(given[name])
        except (TypeError, ValueError):
            raise MapError(name, given[name], "write a number, such as 0.5") from None
    try:
        return convert(given, form)
    except ValueError as error:
        place, _, fault = str(error).partition(": ")
        field = place if fault else "map"
        value = given.get(field.partition("[")[0], "")
        raise MapError(field, value, fault or str(error)) from None


def check_columns(named: Iterable[tuple[str, str]], known: Iterable[str]) -> None:
    """Raises MapError where a field of a map names a column that the table does not have."""
    columns = list(known)
    for field, column in named:
        if column not in columns:
            near = did_you_mean(column, columns) or f" ({', '.join(columns[:12])})"
            raise MapError(field, column, f"name a column of the table{near}")
