"""A house of outlets in memory: a real record and tables, the desk on a clock that tests set."""

import csv
import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from databases import with_tables
from lianzhi.domains.dissemination.desk import Desk
from lianzhi.jobs.mounted import MODEL
from lianzhi.law.clock import midnight
from lianzhi.store.ledger import open_ledger
from lianzhi.tabular.folder import Folder
from made_means import bare_means

TODAY = dt.date(2026, 12, 2)
OUTLETS = [
    {"name": "江岸网", "scopes": "reprint", "valid_from": "2020-01-01"},
    {"name": "望江网", "scopes": "gathering;reprint", "valid_from": "2020-01-01"},
]
SOURCES = [
    {"name": "望江日报", "valid_from": "2021-10-20", "aliases": "望江报"},
    {"name": "江岸晚报", "valid_from": "2016-01-01", "valid_until": "2021-10-20"},
]


def write_files(folder: Path, **files: Iterable[Mapping[str, Any]]) -> list[Path]:
    """Write rows of each kind as CSV into a new folder."""
    folder.mkdir()
    paths = []
    for kind, given in files.items():
        rows = list(given)
        names = list(dict.fromkeys(name for each in rows for name in each))
        paths.append(folder / f"{kind}.csv")
        with paths[-1].open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(rows)
    return paths


class OutletHouse:
    """The desk of a deployment, and its files."""

    def __init__(self, home: Path, database: str = "") -> None:
        self.home = home
        self.now = midnight(TODAY) + 10 * 3_600_000
        engine = with_tables(database or f"sqlite:///{home / 'lianzhi.db'}", model=MODEL)
        self.ledger = open_ledger(engine, home, "test/record", MODEL.make())
        self.desk = Desk(bare_means(self.ledger, home, lambda: self.now))
        self._folders = 0

    def read(self, **files: Iterable[Mapping[str, Any]]) -> Folder:
        """What the intake says of files, each written from rows."""
        self._folders += 1
        folder = self.home / f"files-{self._folders}"
        write_files(folder, **files)
        return self.desk.intake.read(folder)

    def take(self, **files: Iterable[Mapping[str, Any]]) -> None:
        """Take files in of which every row is good."""
        read = self.read(**files)
        assert not read.errors, [str(each) for each in read.errors[:3]]
        self.desk.intake.take(read, "test")
