"""A border in memory: a real record and tables, the desk on a clock that tests set."""

import csv
import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from databases import with_tables
from lianzhi.domains.biosecurity.desk import Desk
from lianzhi.domains.biosecurity.queries import tables
from lianzhi.jobs.mounted import MODEL
from lianzhi.law.clock import midnight
from lianzhi.store.ledger import open_ledger
from lianzhi.tabular.folder import Folder
from made_means import bare_means

HOUR = 3_600_000
TODAY = dt.date(2026, 3, 2)  # a Monday
TAXA = [
    {"id": "BCTRDO", "name": "Bactrocera dorsalis (Hendel)", "synonyms": "Dacus dorsalis Hendel",
     "chinese": "桔小实蝇", "quarantine": "true"},
    {"id": "CERTCA", "name": "Ceratitis capitata (Wiedemann)", "chinese": "地中海实蝇",
     "quarantine": "true"},
    {"id": "TROGGA", "name": "Trogoderma granarium Everts", "chinese": "谷斑皮蠹",
     "quarantine": "true"},
]  # fmt: skip
PORTS = [
    {"id": "HHHT", "region": "N", "since": "2020-01-01", "name": "呼和浩特", "name_en": "Hohhot"},
    {"id": "QD", "region": "E", "since": "2020-01-01", "name": "青岛", "name_en": "Qingdao"},
]


def row(
    identity: str, day: str, name: str = "", confirmed: str = "", **more: str
) -> dict[str, str]:
    """A row of the interceptions file."""
    usual = {"port": "HHHT", "channel": "freight", "method": "x_ray", "origin": "TH"}
    usual |= {"host": "mango", "batch": f"B{identity}"}
    return {"id": identity, "day": day, "name": name, "confirmed": confirmed, **usual, **more}


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


class Border:
    """The desk of a deployment, and its files."""

    def __init__(self, home: Path) -> None:
        self.home, self.now = home, 0
        engine = with_tables(f"sqlite:///{home / 'lianzhi.db'}", model=MODEL)
        self.ledger = open_ledger(engine, home, "test/record", MODEL.make())
        self.on(TODAY)
        self.desk = Desk(bare_means(self.ledger, home, lambda: self.now))
        self._folders = 0

    def on(self, day: dt.date) -> None:
        """It is ten o'clock on this day, in China."""
        self.now = midnight(day) + 10 * HOUR

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

    def firsts(self, status: str = "standing") -> dict[tuple[str, str], str]:
        """Scope and taxon of the firsts that stand, and the interception of each."""
        with self.ledger.engine.connect() as connection:
            known = tables.first.every(connection, tables.first.c.status == status)
        return {(first.scope, first.taxon): first.interception for first in known}
