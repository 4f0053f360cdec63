"""Configuration of a deployment: `config.toml` under LIANZHI_HOME, made at the first start."""

import tomllib
from pathlib import Path
from typing import Annotated

import msgspec

DEFAULT_HOME = Path(".lianzhi")


class ConfigError(ValueError):
    """config.toml cannot be used; the message names field, value and mend."""


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator may set."""

    deployment: str = "Lianzhi"
    """Name shown in the console."""
    database: str = ""
    """SQLAlchemy URL; empty: SQLite in LIANZHI_HOME/lianzhi.db."""
    lateness_seconds: Annotated[float, msgspec.Meta(ge=0)] = 5.0
    """How long an event may be late, in event time, and still be judged."""
    segment_megabytes: Annotated[int, msgspec.Meta(ge=1, le=1024)] = 64
    """Size at which a segment of the event log is sealed into Parquet."""
    snapshot_minutes: Annotated[float, msgspec.Meta(gt=0)] = 10.0
    """How often the detectors' state is saved; a restart replays what came after."""
    roster: str = ""
    """CSV of people to watch closely, relative to LIANZHI_HOME."""
    origin: str = "lianzhi.local/record"
    """Name under which the record's checkpoints are signed."""

    def url(self, home: Path) -> str:
        """Where the database is."""
        return self.database or f"sqlite:///{home.resolve() / 'lianzhi.db'}"


def load(folder: Path) -> Config:
    """Read the configuration; the defaults where there is none. Raises ConfigError."""
    path = folder / "config.toml"
    if not path.exists():
        return Config()
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Config)
    except ValueError as error:  # broken TOML, ill-formed UTF-8, or a value out of bounds
        raise ConfigError(f"{path}: {error}; mend it and start again") from None
