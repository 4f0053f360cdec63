"""Options shared by `remember`, `returning` and `forget`: memory file, keys, trait columns."""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from lianzhi.accounts.action import ActionError
from lianzhi.accounts.memory.entries import Memory
from lianzhi.accounts.memory.keys import Key
from lianzhi.domains.astroturf.returning.reading import TraitColumns
from lianzhi.files import whole_file

F = TypeVar("F", bound=Callable[..., Any])
_KEY = click.Path(exists=True, dir_okay=False, path_type=Path)

memory_file = click.option(
    "--memory-file", "memory_path", required=True, type=click.Path(dir_okay=False, path_type=Path),
    help="Where groups are remembered.",
)  # fmt: skip
key_files = click.option(
    "--key-file", "key_paths", required=True, multiple=True, type=_KEY,
    help="A secret in hexadecimal, 64 digits or more; the one in use first, older ones after it.",
)  # fmt: skip
at = click.option(
    "--at", "now", type=click.DateTime(["%Y-%m-%d"]),
    help="Take this day, UTC, for today, by which entries expire.",
)  # fmt: skip
_COLUMNS = (
    click.option("--text", help="Column of FILE with the text of a content."),
    click.option(
        "--source", "place", help="Column with the source of an object: shop, site, film."
    ),
    click.option("--created", help="Column with the time at which the account was made."),
)


def trait_columns(command: F) -> F:
    """Adds the options for trait columns to a command, which gets them as `columns`."""

    @wraps(command)
    def run(*, text: str | None, place: str | None, created: str | None, **named: Any) -> Any:
        return command(columns=TraitColumns(text, place, created), **named)

    wrapped: Any = run
    for option in reversed(_COLUMNS):
        wrapped = option(wrapped)
    return cast(F, wrapped)


def keys(paths: tuple[Path, ...]) -> dict[str, Key]:
    """Keys by their ids, in order. Raises ActionError."""
    loaded = {}
    for path in paths:
        try:
            key = Key.parse(path.read_text("ascii"))
        except (ActionError, OSError, UnicodeDecodeError) as error:
            raise ActionError(f"{path}: {error}") from None
        loaded[key.id] = key
    return loaded


def recall(path: Path) -> Memory:
    """The memory in a file. Raises ActionError."""
    try:
        return Memory.read(path.read_bytes())
    except FileNotFoundError:
        raise ActionError(f"{path}: no such file; `remember` makes it") from None
    except (ActionError, OSError) as error:
        raise ActionError(f"{path}: {error}") from None


def keep(memory: Memory, path: Path) -> None:
    """Write the memory atomically, readable by its owner alone. Raises ActionError."""
    try:
        with whole_file(path, 0o600) as part:
            part.write_bytes(memory.write())
    except OSError as error:
        raise ActionError(f"{path}: {error.strerror}; give another place") from None


def instant(day: dt.datetime | None) -> int:
    """Unix milliseconds of a day, or of the current time."""
    time = day.replace(tzinfo=dt.UTC) if day else dt.datetime.now(dt.UTC)
    return round(time.timestamp() * 1000)
