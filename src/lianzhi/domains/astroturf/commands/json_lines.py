"""Output of this domain's commands: lines of JSON, with times as RFC 3339."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from lianzhi.files import whole_file

JsonLine = dict[str, Any]


def moment(time: int) -> str:
    """Unix milliseconds as RFC 3339."""
    return dt.datetime.fromtimestamp(time / 1000, dt.UTC).isoformat().replace("+00:00", "Z")


def write(lines: Sequence[JsonLine], out: Path) -> None:
    """Write lines of JSON atomically."""
    try:
        with whole_file(out) as part:
            part.write_bytes(msgspec.json.Encoder().encode_lines(lines))
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}; give another place") from None
