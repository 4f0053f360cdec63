"""What the commands of this domain write: lines of JSON, with times as RFC 3339."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

Told = dict[str, Any]


def moment(time: int) -> str:
    """Unix milliseconds as RFC 3339."""
    return dt.datetime.fromtimestamp(time / 1000, dt.UTC).isoformat().replace("+00:00", "Z")


def write(told: Sequence[Told], out: Path) -> None:
    """Write lines of JSON, all or none."""
    part = out.with_name(f".{out.name}.part")
    try:
        part.write_bytes(msgspec.json.Encoder().encode_lines(told))
        part.replace(out)
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}; give another place") from None
    finally:
        part.unlink(missing_ok=True)
