"""A bureau in memory: a real record and tables, the desk, and the console in front of it."""

import datetime as dt
from pathlib import Path

from databases import with_tables
from lianzhi.domains.enforcement.desk import Desk
from lianzhi.domains.enforcement.importing.town_rows import Observer
from lianzhi.jobs.mounted import MODEL
from lianzhi.law.clock import midnight
from lianzhi.store.ledger import Ledger, open_ledger
from lianzhi.tabular.folder import Folder
from lianzhi.tabular.reading import ReadTable
from made_means import bare_means

HOUR = 3_600_000
START = dt.date(2026, 3, 2)  # a Monday
FACTS = {"harm": "minor", "first_time": True, "corrected": False, "days": 9, "fault": True}
ITEM = "fire.exit_blocked"
STOPPED = {"item": "fire.dwelling_dangerous_goods", "sanctions": ["stoppage"]}
"""Of a notice: an item for which a business may be stopped, so that a hearing may be asked for."""


class Bureau:
    """The desk on a clock that tests set. `li`, `wang` are officers; the certificate of `old` is
    over."""

    def __init__(self, home: Path, ledger: Ledger | None = None, url: str = "") -> None:
        if ledger is None:
            engine = with_tables(url or f"sqlite:///{home / 'lianzhi.db'}", model=MODEL)
            ledger = open_ledger(engine, home, "test/record", MODEL.make())
        self.home, self.ledger, self.now = home, ledger, 0
        self.on(START)
        self.desk = Desk(bare_means(ledger, home, lambda: self.now))
        self.desk.registers.enterprises(
            [
                {"id": "E0001", "name": "江月餐馆", "name_en": "Riverside Restaurant",
                 "industry": "restaurant", "grid": "G01", "staff": 12},
                {"id": "E0002", "name": "东门仓库", "industry": "warehouse", "grid": "G02"},
            ],
            "test",
        )  # fmt: skip
        good = {"squad": "S1", "department": "fire", "certificate_until": dt.date(2027, 12, 31)}
        self.desk.registers.officers(
            [
                {"id": "li", "certificate": "A-1", **good},
                {"id": "wang", "name": "王芳", "certificate": "A-2", **good},
                {"id": "old", "certificate": "A-3", "squad": "S1", "department": "fire",
                 "certificate_until": dt.date(2025, 12, 31)},
            ],
            "test",
        )  # fmt: skip

    def on(self, day: dt.date, hour: int = 10) -> None:
        """It is so late on this day, in China."""
        self.now = midnight(day) + hour * HOUR

    def penalty(self, identity: str):
        """A file as it stands."""
        with self.desk.office.reading() as connection:
            return self.desk.office.penalty(connection, identity)

    def filed(self, **more) -> str:
        """A case that has been filed, with a piece of evidence in it."""
        said = {"item": ITEM, "party": "E0001", "facts_known": FACTS, "act_day": START,
                "officers": ["li", "wang"], "by": "li", "words": "堵塞安全出口"} | more  # fmt: skip
        made = self.desk.penalties.file(**said)
        kept = self.desk.files.keep("photo.txt", "现场".encode())
        self.desk.penalties.add_evidence(made, kept, "document", "li", "照片")
        return made

    def noticed(self, fine: int = 20_000, item: str = ITEM, **more) -> str:
        """A case of which the party has had notice."""
        made = self.filed(item=item)
        self.desk.penalties.notice(made, FACTS, fine, "li", "拟处罚款", **more)
        return made

    def decided(self, fine: int = 20_000) -> str:
        """A case that has been decided, eight working days after notice."""
        made = self.noticed(fine)
        self.on(dt.date(2026, 3, 12))
        self.desk.penalties.decide(made, fine, "chief", "事实清楚")
        return made


def register_observer(bureau: Bureau, name: str) -> None:
    """Take in a file with one grid worker in it."""
    row = Observer(name, "邱", "grid_worker", ("zh",))
    bureau.desk.history.take(Folder({"observers": ReadTable((row,))}, ()), "test")
