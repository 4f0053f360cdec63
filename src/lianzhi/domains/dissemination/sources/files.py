"""Lists beside a deployment: what its record holds, as the files that the stream reads."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from lianzhi.domains.dissemination.sources.lists import (
    ListKind,
    OutletRow,
    SourceRow,
    ValidRows,
    known_schemas,
    read_list,
)
from lianzhi.tabular.writing import write


def list_folder(home: Path) -> Path:
    """Folder of the lists of a deployment."""
    return home / "dissemination" / "lists"


def write_list(folder: Path, kind: ListKind, rows: Iterable[SourceRow | OutletRow]) -> None:
    """Put the file of a list in the place of the one before, in one step."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=folder) as own:
        fresh = Path(own) / f"{kind}.csv"
        write(fresh, known_schemas()[kind], list(rows))
        fresh.replace(folder / fresh.name)


class ListFiles:
    """Sources and outlets of a folder, read again once a file changes; a missing one is empty."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[ListKind, tuple[int, ValidRows]] = {}

    def read(self) -> tuple[ValidRows, ValidRows]:
        """Sources and outlets."""
        return self._list("sources"), self._list("outlets")

    def _list(self, kind: ListKind) -> ValidRows:
        path = self._folder / f"{kind}.csv"
        try:
            changed = path.stat().st_mtime_ns
        except OSError:
            return ValidRows(())
        known = self._known.get(kind)
        if known is None or known[0] != changed:
            known = changed, read_list(kind, path)[0]
            self._known[kind] = known
        return known[1]
