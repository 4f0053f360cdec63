"""Configuration of a deployment, with the tables that registered domains have in it."""

import os
from collections.abc import Mapping
from pathlib import Path

from lianzhi import config
from lianzhi.config import Config, ConfigError
from lianzhi.domains.registry import DOMAINS
from lianzhi.domains.settings import SettingsError, convert


def load(home: Path, environment: Mapping[str, str] = os.environ) -> Config:
    """The configuration in a home; the defaults where there is none.

    Raises ConfigError for an unknown table, and for settings that a registered domain refuses,
    whether or not the domain is opened.
    """
    loaded = config.load(home, environment)
    check_tables(loaded, home / "config.toml")
    return loaded


def check_tables(given: Config, path: Path) -> None:
    """Raises ConfigError naming table, field, value and mend; `path` is where it lies."""
    forms = {d.name: d.settings for d in DOMAINS.values() if d.settings is not None}
    for table, settings in given.settings.items():
        if table not in forms:
            known = ", ".join([*config.TABLES, *forms])
            fields = ", ".join(settings) or "nothing"  # a value may be a password
            raise ConfigError(
                f"{path}: [{table}], which sets {fields}, is read by nobody; "
                f"leave it out, or use one of {known}"
            )
        try:
            convert(settings, forms[table], table)
        except SettingsError as error:
            raise ConfigError(f"{path}: {error}") from None
