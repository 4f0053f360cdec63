"""An office that audits algorithms, in memory: a real record and tables, a clock that tests set.

Data are a ranking's choices: who came into the top ten, of towns and of the country.
"""

import csv
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from databases import with_tables
from lianzhi.domains.algorithms.desk import Desk
from lianzhi.domains.algorithms.nouns.algorithm import Algorithm
from lianzhi.domains.algorithms.nouns.audit import Audit
from lianzhi.domains.algorithms.nouns.rectification import Rectification
from lianzhi.domains.algorithms.queries import tables
from lianzhi.jobs.mounted import MODEL
from lianzhi.law.clock import midnight
from lianzhi.office.acts import Upload
from lianzhi.store.ledger import open_ledger
from made_means import bare_means

HOUR = 3_600_000
TODAY = dt.date(2026, 3, 2)  # a Monday
MAP = "prediction: picked\nattributes: [region]\nreferences: {region: 城}\n"
REGISTERED = {
    "provider": "某短视频公司", "product": "某视频", "name": "热门榜排序", "service": "应用程序",
    "field": "短视频", "category": "ranking", "opinion": True, "launched": TODAY, "release": "1",
}  # fmt: skip


def picks(people: int, gap: float, day: dt.date, seed: int = 5) -> Iterator[dict[str, str]]:
    """Rows of people of whom half are from the country, who are picked less often by `gap`."""
    dice = np.random.default_rng(seed)
    for n in range(people):
        region = "乡" if n % 2 else "城"
        chance = 0.4 - (gap if region == "乡" else 0.0)
        picked = str(int(dice.random() < chance))
        yield {"day": (day + dt.timedelta(n % 7)).isoformat(), "region": region, "picked": picked}


def write(path: Path, people: int, gap: float, day: dt.date = TODAY, seed: int = 5) -> Path:
    """A file of such rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ("day", "region", "picked"))
        writer.writeheader()
        writer.writerows(picks(people, gap, day, seed))
    return path


class Algorithms:
    """The desk of a deployment with a registered algorithm."""

    def __init__(self, home: Path, url: str = "") -> None:
        self.home, self.now, self._files = home, 0, 0
        engine = with_tables(url or f"sqlite:///{home / 'lianzhi.db'}", model=MODEL)
        self.ledger = open_ledger(engine, home, "test/record", MODEL.make())
        self.on(TODAY)
        self.desk = Desk(bare_means(self.ledger, home, lambda: self.now))
        self.algorithm = self.desk.registry.register(**REGISTERED, by="li")
        self.map = home / "map.yaml"
        self.map.write_text(MAP, "utf-8")

    def on(self, day: dt.date) -> None:
        """It is ten o'clock on this day, in China."""
        self.now = midnight(day) + 10 * HOUR

    def data(self, people: int, gap: float, day: dt.date = TODAY, seed: int = 5) -> Path:
        """A new file of picks."""
        self._files += 1
        return write(self.home / f"picks-{self._files}.csv", people, gap, day, seed)

    def audit(self, people: int, gap: float, day: dt.date = TODAY, **more: Any) -> Audit:
        """An audit of such a file on the record."""
        filed = self.desk.audits.file(
            self.algorithm, "fairness", self.data(people, gap, day), self.map, "day", "li", **more
        )
        return self.filed(filed.id)

    def filed(self, identity: str) -> Audit:
        with self.ledger.engine.connect() as connection:
            return tables.audit.load(connection, identity)

    def of_algorithm(self) -> Algorithm:
        with self.ledger.engine.connect() as connection:
            return tables.algorithm.load(connection, self.algorithm)

    def file(self, identity: str) -> Rectification:
        with self.ledger.engine.connect() as connection:
            return tables.rectification.load(connection, identity)

    def ordered(self) -> str:
        """A case with an order to rectify by 31 March."""
        case = self.audit(4000, 0.2).case
        self.desk.rectifications.order(
            case, "chief", until=dt.date(2026, 3, 31), margin="", words="排序存在地域差别"
        )
        return case

    def replied(self, day: dt.date = dt.date(2026, 3, 10)) -> str:
        """The same with a reply."""
        case = self.ordered()
        self.on(day)
        self.desk.rectifications.reply(case, "li", words="已调整权重", file=None, day=None)
        return case

    def reaudit(self, case: str, people: int, gap: float, day: dt.date, text: str = MAP) -> None:
        """Send new data as a re-audit, on 25 March."""
        self.on(dt.date(2026, 3, 25))
        path = self.data(people, gap, day, seed=9)
        self.desk.rectifications.reaudit(
            case, "li", file=Upload(path.name, path.read_bytes()),
            columns=Upload("map.yaml", text.encode()), time="day",
        )  # fmt: skip

    def entries(self, kind: str) -> list[dict[str, Any]]:
        """Payloads of the entries of a kind."""
        entries = self.ledger.entries(0, self.ledger.size)
        return [self.ledger.payload(each.index) or {} for each in entries if each.kind == kind]

    def rebuilt(self) -> bool:
        """Whether the tables are the same when they are folded anew from the record."""

        def state() -> list[Any]:
            with self.ledger.engine.connect() as connection:
                nouns = (
                    *(tables.algorithm, tables.audit, tables.rectification),
                    *(tables.product, tables.assessment),
                )
                return [noun.every(connection) for noun in nouns]

        before = state()
        self.ledger.rebuild()
        return before == state()


@contextmanager
def unchanged(house: Algorithms) -> Iterator[None]:
    """Nothing goes on the record within."""
    size = house.ledger.size
    yield
    assert house.ledger.size == size
