"""Settings of a domain: the table of config.toml that bears its name."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


class SettingsError(ValueError):
    """A domain's settings cannot be used; the message names field, value and mend."""


def convert(settings: Mapping[str, Any], form: type[T]) -> T:
    """The typed form of a domain's settings. Raises SettingsError."""
    try:
        return msgspec.convert(settings, form)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{error}; mend it in config.toml") from None
