"""Shipped wordings as they were compiled before, which takes longer than all else that is loaded.

`python tools/wording_table.py` writes the table. It tells of which files it was made, and by what:
where that has changed since, nothing is taken from it, and what they say is compiled as it is read.
"""

import hashlib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

import msgspec

from lianzhi.text.lookup import MARKS
from lianzhi.text.wording import Lists, Wording

#: Wordings by the file and the note they were compiled from.
Compiled = dict[str, dict[str, Wording]]


class Table(msgspec.Struct, frozen=True):
    """Compiled wordings, their lists of words each written once."""

    of: str
    """`digest` of the files."""
    lists: tuple[frozenset[str], ...]
    wordings: dict[str, dict[str, tuple[str, tuple[int, ...], bool]]]
    """By file and note: expression, places of what it needs in `lists`, and whether it is plain."""


def load(written: Mapping[str, bytes]) -> Compiled:
    """What was compiled of these very files, by name; nothing where that were others."""
    path = files(__package__) / "wordings" / "compiled.json"
    if not path.is_file():
        return {}
    table = msgspec.json.decode(path.read_bytes(), type=Table)
    return unpacked(table) if table.of == digest(written) else {}


def digest(written: Mapping[str, bytes]) -> str:
    """What tells these files from others, and how they are compiled from how they were."""
    said = hashlib.sha256("".join(MARKS.values()).encode())
    for name in sorted(written):
        said.update(f"\0{name}\0{len(written[name])}\0".encode() + written[name])
    for name in ("wording.py", "fold.npz"):
        path = files(__package__) / name
        said.update(path.read_bytes() if path.is_file() else b"")
    return said.hexdigest()


def unpacked(table: Table) -> Compiled:
    """The wordings of a table."""
    return {
        name: {
            note: Wording(pattern, tuple(table.lists[place] for place in needs), plain)
            for note, (pattern, needs, plain) in some.items()
        }
        for name, some in table.wordings.items()
    }


def packed(compiled: Compiled, of: str) -> Table:
    """The table of wordings."""
    lists: dict[frozenset[str], int] = {}
    wordings = {
        name: {
            note: (
                one.pattern,
                tuple(lists.setdefault(words, len(lists)) for words in one.needs),
                one.plain,
            )
            for note, one in some.items()
        }
        for name, some in compiled.items()
    }
    return Table(of, tuple(lists), wordings)


def compile_all(read: Mapping[str, Mapping[str, Any]], lists: Mapping[str, Lists]) -> Compiled:
    """All that files say by name, compiled by the lists of each."""
    return {
        name: {note: lists[name].compiled(note) for note in _notes(file)}
        for name, file in read.items()
    }


def _notes(file: Mapping[str, Any]) -> Iterator[str]:
    for each in (*file.get("frame", ()), *file.get("guard", ())):
        yield from each.get("wordings", ())
