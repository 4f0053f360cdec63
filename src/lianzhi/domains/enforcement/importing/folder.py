"""Reads a folder of town files, each after those that it points to."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from lianzhi.domains.enforcement.importing.known import Known
from lianzhi.domains.enforcement.importing.problem import Mend, Problem
from lianzhi.domains.enforcement.importing.reading import Read, read

OWN = ("departments", "items", "observers")
"""A town may bring these along; without them, what the caller knows holds."""
_TABLES = ("officers", "enterprises", "requests", "inspections", "penalties", "permits")
FILES = {
    **dict.fromkeys(OWN, (".csv", ".xlsx")),
    "grids": (".geojson",),
    **dict.fromkeys(_TABLES, (".csv", ".xlsx")),
}
"""Kinds of files of a town with their endings, each after those that it points to."""

_CHINESE = {
    "部门": "departments",
    "事项": "items",
    "观察员": "observers",
    "网格": "grids",
    "执法人员": "officers",
    "企业": "enterprises",
    "诉求": "requests",
    "检查": "inspections",
    "处罚": "penalties",
    "许可": "permits",
}


def kind_of(name: str) -> str | None:
    """The kind of file that a name tells: `penalties-2026.csv`, `处罚案件.xlsx`; None: no one."""
    stem = Path(name).stem.casefold()
    told = {kind for kind in FILES if kind in stem}
    told |= {kind for word, kind in _CHINESE.items() if word in stem}
    return told.pop() if len(told) == 1 else None


class Folder(msgspec.Struct, frozen=True):
    """What a folder gave, by kind; rows that point to a refused row are refused as well."""

    reads: dict[str, Read[Any]]
    missing: tuple[str, ...]
    """Kinds without a file; what would point to their rows is not checked."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """All errors in the order of the files."""
        return tuple(problem for one in self.reads.values() for problem in one.errors)


def read_folder(
    folder: Path, known: Known, watch: Callable[[str], None] = lambda kind: None
) -> Folder:
    """Read every file of a town in a folder.

    `known`: `items` and `departments` that hold unless the folder has files of them, and ids of
    other kinds that are there beside those of the folder. `watch` hears of each kind before it is
    read.
    """
    reads: dict[str, Read[Any]] = {}
    missing = []
    for kind, endings in FILES.items():
        watch(kind)
        found = [path for end in endings if (path := folder / f"{kind}{end}").is_file()]
        if not found:
            missing += [kind] * (kind not in OWN)
            continue
        if len(found) > 1:
            twice = Problem(found[1].name, 0, "", "", Mend("two_files", {"name": found[0].name}))
            reads[kind] = Read((), (twice,))
            continue
        reads[kind] = read(found[0], kind, known)
        ids = {row.id for row in reads[kind].rows}
        if kind == "officers" and "observers" in reads:
            # An observer who acts as an officer breaks the law, but exists: monitors find it.
            ids |= {row.id for row in reads["observers"].rows}
        if kind not in OWN:
            ids |= set(known.ids.get(kind, ()))
        known = known.adding(kind, ids, reads[kind].refused)
    return Folder(reads, tuple(missing))
