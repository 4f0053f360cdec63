"""Exports: the lists of the record, in the files that an import reads."""

from collections.abc import Callable
from pathlib import Path

from lianzhi.domains.dissemination.desk.office import Office
from lianzhi.domains.dissemination.sources.lists import LIST_KINDS, known_schemas
from lianzhi.tabular.writing import write


class Exports:
    """Writes the tables that an import reads."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def write(
        self,
        folder: Path,
        *,
        sheets: bool = False,
        watch: Callable[[str], None] = lambda file: None,
    ) -> dict[str, int]:
        """Write each list into a folder; returns the rows by kind."""
        counts: dict[str, int] = {}
        for kind in LIST_KINDS:
            watch(kind)
            with self._office.reading() as connection:
                rows = self._office.list_rows(connection, kind)
            ending = ".xlsx" if sheets else ".csv"
            write(folder / f"{kind}{ending}", known_schemas()[kind], rows)
            counts[kind] = len(rows)
        return counts
