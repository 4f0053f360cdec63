"""Converts facts as written by people and files into the values that a table uses."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lianzhi.law.discretion.table import Table
from lianzhi.law.discretion.unary import UnaryError, day, number

_TRUTH = {"true": True, "false": False}


def typed(table: Table, written: Mapping[str, Any]) -> dict[str, Any]:
    """Facts by input; text is converted to the type of its input, other values are kept.

    Raises UnaryError naming a fact without an input, or a value of another type.
    """
    kinds = {fact.name: fact.type for fact in table.inputs}
    return {name: _value(name, value, kinds) for name, value in written.items()}


def _value(name: str, value: Any, kinds: Mapping[str, str]) -> Any:
    kind = kinds.get(name)
    if kind is None:
        known = ", ".join(kinds) or "none"
        raise UnaryError(f"{name} is no input of the table; it asks for {known}")
    if not isinstance(value, str) or kind == "string":
        return value
    try:
        if kind == "boolean":
            if value.casefold() not in _TRUTH:
                raise UnaryError(f"{value!r} is no boolean; write true or false")
            return _TRUTH[value.casefold()]
        return dt.date.fromordinal(day(value)) if kind == "date" else number(value)
    except UnaryError as error:
        raise UnaryError(f"{name}: {error}") from None
