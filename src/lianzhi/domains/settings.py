"""Settings of a domain: the table of config.toml that bears its name."""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")


class SettingsError(ValueError):
    """A domain's settings cannot be used; the message names table, field, value and mend."""


def convert(settings: Mapping[str, Any], form: type[T], table: str) -> T:
    """The typed form of the settings in this table. Raises SettingsError."""
    try:
        return msgspec.convert(settings, form)
    except msgspec.ValidationError as error:
        field, value, problem = _located(str(error), settings)
        named = f"{field} = {repr(value)[:120]}: " if field else ""
        raise SettingsError(f"[{table}] {named}{problem}; mend it in config.toml") from None


def _located(message: str, settings: Mapping[str, Any]) -> tuple[str, object, str]:
    """The field that msgspec refuses, its value and why; the field is empty for the whole table."""
    problem, _, path = message.partition(" - at `$")
    path = path.removesuffix("`")
    if unknown := _UNKNOWN.fullmatch(problem):
        path += f".{unknown[1]}"
    value: Any = settings
    for name, place in _STEP.findall(path):
        try:
            value = value[name] if name else value[int(place)]
        except (LookupError, TypeError):  # a key of a mapping, which msgspec writes as [...]
            break
    return path.removeprefix("."), value, problem
