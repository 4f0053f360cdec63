"""Helpers of the inspection commands: reading town files, writing whole files, text bars."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.inspection.penalised import NotFittedError
from lianzhi.domains.enforcement.inspection.rows import Row, RowsError, read
from lianzhi.files import whole_file
from lianzhi.record.lots import DrawError

T = TypeVar("T")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)
FAILED = 3
#: Characters of a line of tables into a file.
WIDE = 150
_FAULTS_TOLD = 10
_WIDTH = 24


def day(value: str) -> dt.date:
    """A day like 2026-03-01; ends the command, as called wrongly, where it is none."""
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no day; give one like 2026-03-01") from None


def today() -> dt.date:
    """The current day in China."""
    return dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()


class Refused(click.ClickException):
    """An operation that could not be carried out."""

    exit_code = FAILED


@contextmanager
def refusals() -> Iterator[None]:
    """Ends the command with the fault and its remedy."""
    try:
        yield
    except (RowsError, DrawError, NotFittedError, PolicyError) as error:
        raise Refused(str(error)) from None
    except OSError as error:
        raise Refused(f"{error.filename}: {error.strerror}; give another place") from None


class Faults:
    """Rows left out of the files read so far."""

    def __init__(self) -> None:
        self.left_out: list[dict[str, Any]] = []

    def read(self, path: Path | None, make: Callable[[Row], T | None]) -> list[T]:
        """Good rows of a file, none without a file. Raises RowsError."""
        if path is None:
            return []
        good, faults = read(path, make)
        self.left_out += [{"file": path.name, **fault._asdict()} for fault in faults]
        return good

    def leave(self) -> None:
        """Report the rows left out, and end with 1 if there are any."""
        if not self.left_out:
            return
        for fault in self.left_out[:_FAULTS_TOLD]:
            click.echo(f"{fault['file']} line {fault['line']}: {fault['reason']}", err=True)
        click.echo(f"{len(self.left_out):,} rows left out", err=True)
        raise SystemExit(1)


def encoded(value: Any) -> bytes:
    """JSON with field names, of NamedTuples too, and a line feed."""
    return msgspec.json.format(msgspec.json.encode(named(value)), indent=1) + b"\n"


def named(value: Any) -> Any:
    """NamedTuples as objects with their field names, recursively."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: named(part) for name, part in value._asdict().items()}
    if isinstance(value, dict):
        return {name: named(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [named(part) for part in value]
    return value


def write(content: bytes, out: Path, mode: int = 0o644) -> None:
    """Write a file atomically. Raises OSError."""
    with whole_file(out, mode) as part:
        part.write_bytes(content)


def deliver(value: Any, as_json: bool, out: Path | None, show: Callable[[], None]) -> None:
    """Write JSON to `out` if given; print JSON or the human-readable form."""
    if out is not None:
        write(encoded(value), out)
    if as_json:
        click.echo(encoded(value), nl=False)
    else:
        show()


def bar(value: float, most: float, width: int = _WIDTH) -> str:
    """A text bar in proportion to the value."""
    return "█" * max(0, min(width, round(width * value / most))) if most > 0 else ""


def strip(value: float, lo: float, hi: float, most: float, width: int = 2 * _WIDTH) -> str:
    """A text scale from 0 to `most` with the ordinary range, the expected 1 and the value."""

    def at(number: float) -> int:
        return max(0, min(width - 1, round((width - 1) * number / most)))

    marks = [" "] * width
    marks[at(lo) : at(hi) + 1] = "─" * (at(hi) + 1 - at(lo))
    marks[at(1.0)] = "┼"
    marks[at(value)] = "●"
    return "".join(marks)
