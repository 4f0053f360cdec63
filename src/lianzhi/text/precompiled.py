"""Shipped wordings as they were read and compiled before, which takes longer than all else that is
loaded.

`python tools/wording_table.py` writes the table. It tells of which files it was made, and by what:
where that has changed since, nothing is taken from it, and what they say is compiled as it is read.
"""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.resources import files
from typing import Any, NamedTuple

import msgspec

from lianzhi.text.lookup import MARKS
from lianzhi.text.wording import Lists, Wording

#: Wordings by the file and the note they were compiled from.
Compiled = dict[str, dict[str, Wording]]


class Table(msgspec.Struct, frozen=True):
    """Compiled wordings, their lists of words each written once."""

    of: str
    """`digest` of the files."""
    read: dict[str, dict[str, Any]]
    """What they say."""
    lists: tuple[frozenset[str], ...]
    wordings: dict[str, dict[str, tuple[str, tuple[int, ...], bool, int, tuple[int, int]]]]
    """By file and note: expression, places of what it needs in `lists`, whether it is plain, its
    lead, and how far what it needs is apart."""


class Shipped(NamedTuple):
    """What files say by name, and what was compiled of these very ones; nothing where that were
    others."""

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
    """What files say, as the table keeps it: dates as strings."""
    return {
        name: msgspec.to_builtins(tomllib.loads(data.decode("utf-8")))
        for name, data in written.items()
    }


def digest(written: Mapping[str, bytes]) -> str:
    """What tells these files from others, and how they are compiled from how they were."""
    said = hashlib.sha256("".join(MARKS.values()).encode())
    for name in sorted(written):
        said.update(f"\0{name}\0{len(written[name])}\0".encode() + written[name])
    for name in ("needs.py", "wording.py", "fold.npz"):
        path = files(__package__) / name
        said.update(path.read_bytes() if path.is_file() else b"")
    return said.hexdigest()


def unpacked(table: Table) -> Compiled:
    """The wordings of a table."""
    return {
        name: {
            note: Wording(pattern, tuple(table.lists[place] for place in needs), plain, lead, apart)
            for note, (pattern, needs, plain, lead, apart) in some.items()
        }
        for name, some in table.wordings.items()
    }


def packed(read: dict[str, dict[str, Any]], compiled: Compiled, of: str) -> Table:
    """The table of files that were `read`, and their wordings."""
    lists: dict[frozenset[str], int] = {}
    wordings = {
        name: {
            note: (
                one.pattern,
                tuple(lists.setdefault(words, len(lists)) for words in one.needs),
                one.plain,
                one.lead,
                one.apart,
            )
            for note, one in some.items()
        }
        for name, some in compiled.items()
    }
    return Table(of, read, tuple(lists), wordings)


def compile_all(read: Mapping[str, Mapping[str, Any]], lists: Mapping[str, Lists]) -> Compiled:
    """All that files say by name, compiled by the lists of each."""
    return {
        name: {note: lists[name].compiled(note) for note in _notes(file)}
        for name, file in read.items()
    }


def _notes(file: Mapping[str, Any]) -> Iterator[str]:
    for each in (*file.get("frame", ()), *file.get("guard", ())):
        yield from each.get("wordings", ())
