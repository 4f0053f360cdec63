"""Shipped wordings compiled beforehand: compiling them takes longer than all other loading.

`python tools/wording_table.py` writes the table, `wordings/compiled.json`. It holds a digest of the
files and code that it was made from; where that differs, the files are compiled anew.
"""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.resources import files
from typing import Any, NamedTuple

import msgspec

from lianzhi.text.grammar.wording import Lists, Wording
from lianzhi.text.grammar.wording_index import MARKS

#: Package and name of the files that decide how wordings are compiled.
_COMPILER = (
    (__package__, "literals.py"),
    (__package__, "wording.py"),
    ("lianzhi.text.fold", "fold.npz"),
)
#: Wordings by file, then by their notation.
Compiled = dict[str, dict[str, Wording]]


class Table(msgspec.Struct, frozen=True):
    """Compiled wordings; each list of words is stored once."""

    of: str
    """`digest` of the files."""
    read: dict[str, dict[str, Any]]
    """Their contents."""
    lists: tuple[frozenset[str], ...]
    wordings: dict[str, dict[str, tuple[str, tuple[int, ...], bool, int, tuple[int, int]]]]
    """By file and notation: expression, places in `lists` of the words that it requires, and the
    fields `plain`, `lead` and `apart` of `Wording`."""


class Shipped(NamedTuple):
    """The contents of files by name, and their wordings if they were compiled beforehand."""

    read: Mapping[str, Mapping[str, Any]]
    compiled: Compiled


def load(written: Mapping[str, bytes]) -> Shipped:
    """What is known of files before."""
    path = files(__package__) / "wordings" / "compiled.json"
    if path.is_file():
        with suppress(msgspec.ValidationError):  # a table of another form, by an older tool
            table = msgspec.json.decode(path.read_bytes(), type=Table)
            if table.of == digest(written):
                return Shipped(table.read, unpacked(table))
    return Shipped(parsed(written), {})


def parsed(written: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """Return the contents of files as the table stores them: dates as strings."""
    return {
        name: msgspec.to_builtins(tomllib.loads(data.decode("utf-8")))
        for name, data in written.items()
    }


def digest(written: Mapping[str, bytes]) -> str:
    """Return a digest of the files and of the code that compiles them."""
    hasher = hashlib.sha256("".join(MARKS.values()).encode())
    for name in sorted(written):
        hasher.update(f"\0{name}\0{len(written[name])}\0".encode() + written[name])
    for package, name in _COMPILER:
        path = files(package) / name
        hasher.update(path.read_bytes() if path.is_file() else b"")
    return hasher.hexdigest()


def unpacked(table: Table) -> Compiled:
    """Return the wordings of a table."""
    return {
        name: {
            note: Wording(pattern, tuple(table.lists[place] for place in needs), plain, lead, apart)
            for note, (pattern, needs, plain, lead, apart) in rows.items()
        }
        for name, rows in table.wordings.items()
    }


def packed(read: dict[str, dict[str, Any]], compiled: Compiled, of: str) -> Table:
    """Return the table of files that were `read`, and their wordings."""
    lists: dict[frozenset[str], int] = {}
    wordings = {
        name: {
            note: (
                wording.pattern,
                tuple(lists.setdefault(words, len(lists)) for words in wording.needs),
                wording.plain,
                wording.lead,
                wording.apart,
            )
            for note, wording in wordings.items()
        }
        for name, wordings in compiled.items()
    }
    return Table(of, read, tuple(lists), wordings)


def compile_all(read: Mapping[str, Mapping[str, Any]], lists: Mapping[str, Lists]) -> Compiled:
    """Compile the wordings of all files by name, each with its own lists."""
    return {
        name: {note: lists[name].compiled(note) for note in _notes(file)}
        for name, file in read.items()
    }


def _notes(file: Mapping[str, Any]) -> Iterator[str]:
    for each in (*file.get("frame", ()), *file.get("guard", ())):
        yield from each.get("wordings", ())
