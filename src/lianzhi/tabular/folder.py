"""Reads the tables of a folder, each after those that its rows refer to."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from lianzhi.tabular.known_ids import KnownIds
from lianzhi.tabular.problem import Fault, Problem
from lianzhi.tabular.reading import ReadTable


class FileKind(NamedTuple):
    """How the file of a kind is found and read."""

    read: Callable[[Path, KnownIds], ReadTable[Any]]
    endings: tuple[str, ...]
    replaces_known: bool = False
    """The file may be missing; where it is there, its ids take the place of the known ones, to
    which those of other kinds are added."""
    ids_of: str = ""
    """Another kind whose ids count as ids of this one as well."""


class Folder(msgspec.Struct, frozen=True):
    """What a folder gave, by kind; rows that refer to a refused row are refused as well."""

    reads: dict[str, ReadTable[Any]]
    missing: tuple[str, ...]
    """Kinds without a file; what would refer to their rows is not checked."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """All errors in the order of the files."""
        return tuple(problem for table in self.reads.values() for problem in table.errors)


def read_folder(
    folder: Path,
    kinds: Mapping[str, FileKind],
    known: KnownIds,
    on_kind: Callable[[str], None] = lambda kind: None,
) -> Folder:
    """Read `KIND.ENDING` of each kind in a folder, in the order of `kinds`.

    `known`: ids that are there already. `on_kind` is called with each kind before it is read.
    """
    reads: dict[str, ReadTable[Any]] = {}
    missing = []
    for kind, file in kinds.items():
        on_kind(kind)
        paths = [path for end in file.endings if (path := folder / f"{kind}{end}").is_file()]
        if not paths:
            missing += [kind] * (not file.replaces_known)
            continue
        if len(paths) > 1:
            fault = Fault("two_files", {"name": paths[0].name})
            reads[kind] = ReadTable((), (Problem(paths[1].name, 0, "", "", fault),))
            continue
        reads[kind] = table = file.read(paths[0], known)
        ids = {row.id for row in table.rows}
        if file.ids_of in reads:
            ids |= {row.id for row in reads[file.ids_of].rows}
        if not file.replaces_known:
            ids |= set(known.ids.get(kind, ()))
        known = known.adding(kind, ids, table.refused)
    return Folder(reads, tuple(missing))
