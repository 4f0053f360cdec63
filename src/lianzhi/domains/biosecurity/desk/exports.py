"""Exports: everything on the record, in the files that an import reads."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lianzhi.domains.biosecurity.desk.office import Office
from lianzhi.domains.biosecurity.importing.files import FILES, all_schemas
from lianzhi.domains.biosecurity.importing.rows import FORMS
from lianzhi.domains.biosecurity.nouns.interception import Interception
from lianzhi.domains.biosecurity.queries import tables
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
        """Write each kind of file into a folder; returns the rows by kind."""
        counts = {}
        for kind in FILES:
            watch(kind)
            rows = list(self._rows(kind))
            ending = ".xlsx" if sheets else ".csv"
            write(folder / f"{kind}{ending}", all_schemas()[kind], rows)
            counts[kind] = len(rows)
        return counts

    def _rows(self, kind: str) -> Iterator[Any]:
        table: Any = {
            "taxa": tables.taxon, "ports": tables.port, "effort": tables.effort,
            "interceptions": tables.interception,
        }[kind]  # fmt: skip
        form = FORMS[kind]
        with self._office.reading() as connection:
            for noun in table.every(connection):
                if isinstance(noun, Interception):
                    yield _interception_row(noun)
                else:
                    names = form.__struct_fields__
                    yield form(**{name: getattr(noun, name) for name in names})


def _interception_row(noun: Interception) -> Any:
    names = ("id", "day", "port", "channel", "method", "batch", "host", "origin", "sample")
    fields: dict[str, Any] = {name: getattr(noun, name) for name in names}
    fields |= {"sampled": noun.sampled, "treatment": noun.treatment or None}
    fields |= {"treated": noun.treated, "certificate": noun.certificate}
    if (known := noun.identification) is not None:
        fields |= {"name": known.name, "confirmed": known.confirmed, "identified_by": known.by}
        fields["identified_method"] = known.method or None
    return FORMS["interceptions"](**fields)
