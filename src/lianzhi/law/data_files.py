"""Legal data in folders: TOML files with the law by key and days of effect.

The engines ship what is common to all domains, a domain adds its own, a deployment its differences.
Folders are read in this order, and **a key in a later folder replaces all versions of that key from
the folders before it**: a replacement is complete, so that versions of two sources never overlap.
Within a folder the versions of a key may stand in several files; overlaps are an error.
"""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from lianzhi.law.versions import Dated

D = TypeVar("D", bound=Dated)
M = TypeVar("M")
R = TypeVar("R")

#: These files are written by hand.
_MOST_BYTES = 4_000_000


def load(
    folders: Sequence[Path],
    read: Callable[[dict[str, Any]], R],
    merge: Callable[[Sequence[Sequence[R]]], M],
    error: type[Exception],
) -> M:
    """The result of `merge` for the TOML files of folders, each converted by `read`.

    A path to a file counts as a folder with it alone. `merge` is called with everything that was
    read, by folder, and raises ValueError where it does not fit together. Raises `error` naming the
    file, the fault and the remedy.
    """
    try:
        return merge([[read(_decode(file)) for file in _files(folder)] for folder in folders])
    except (OSError, ValueError, RecursionError):
        return _one_by_one(folders, read, merge, error)


def _one_by_one(
    folders: Sequence[Path],
    read: Callable[[dict[str, Any]], R],
    merge: Callable[[Sequence[Sequence[R]]], M],
    error: type[Exception],
) -> M:
    """As `load`, with a merge after each file: the first that fits no more is the one to name."""
    layers: list[list[R]] = []
    for folder in folders:
        layers.append([])
        for file in _files(folder):
            try:
                layers[-1].append(read(_decode(file)))
                merge(layers)
            except (OSError, ValueError, RecursionError) as problem:
                message = f"{file}: {problem}; mend it and start again"
                raise error(message) from None
    return merge(layers)


def overlay(layers: Iterable[Iterable[D]]) -> list[D]:
    """The items of all layers, without those whose key a later layer has."""
    by_key: dict[str, list[D]] = {}
    for layer in layers:
        own: dict[str, list[D]] = {}
        for item in layer:
            own.setdefault(item.key, []).append(item)
        by_key |= own
    return [item for items in by_key.values() for item in items]


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        yield folder
        return
    yield from sorted(folder.glob("*.toml"))


def _decode(file: Path) -> dict[str, Any]:
    if file.stat().st_size > _MOST_BYTES:
        raise ValueError(f"it has more than {_MOST_BYTES} bytes; give less")
    return tomllib.loads(file.read_text("utf-8"))
