"""An office that supervises platforms, in memory: a real record and tables, a clock to set."""

import datetime as dt
from pathlib import Path
from typing import Any

from databases import with_tables
from lianzhi.domains.oversight.desk import Desk
from lianzhi.domains.oversight.nouns.instruction import Instruction
from lianzhi.domains.oversight.nouns.recheck import RecheckFile
from lianzhi.domains.oversight.queries import tables, views
from lianzhi.jobs.mounted import MODEL
from lianzhi.law.clock import midnight
from lianzhi.store.ledger import open_ledger
from made_means import bare_means

HOUR = 3_600_000
TODAY = dt.date(2026, 12, 7)  # a Monday
DRAFTER, LEAD, OTHER = "li", "chief", "zhao"
PASSED = "私信可关 | 符合\n评论可限 | met\n一键防护有效 | 是\n"


class Oversight:
    """The desk of a deployment with a registered platform."""

    def __init__(self, home: Path, url: str = "") -> None:
        self.home, self.now = home, 0
        engine = with_tables(url or f"sqlite:///{home / 'lianzhi.db'}", model=MODEL)
        self.ledger = open_ledger(engine, home, "test/record", MODEL.make())
        self.on(TODAY)
        self.desk = Desk(bare_means(self.ledger, home, lambda: self.now))
        self.platform = self.desk.platforms.register(
            DRAFTER, operator="某科技公司", name="某视频", service="video", users=9_000_000,
            day=None, words="月报",
        )  # fmt: skip

    def on(self, day: dt.date) -> None:
        """It is ten o'clock on this day, in China."""
        self.now = midnight(day) + 10 * HOUR

    def later(self, hours: int = 1) -> None:
        """Some hours have passed."""
        self.now += hours * HOUR

    def draft(self, kind: Any = "letter", *duties: str, **more: Any) -> str:
        """A draft of the drafter, due in ten days."""
        given = {
            "platform": self.platform, "kind": kind, "duties": duties or ("protection",),
            "until": TODAY + dt.timedelta(10), "tolerance": "", "words": "缺少防护选项",
        }  # fmt: skip
        return self.desk.instructions.draft(DRAFTER, **{**given, **more})

    def issued(self, kind: Any = "letter", *duties: str, **more: Any) -> str:
        """An instruction that the lead has issued."""
        identity = self.draft(kind, *duties, **more)
        self.desk.instructions.issue(identity, LEAD, words="请限期补齐")
        return identity

    def replied(self, kind: Any = "letter", *duties: str, **more: Any) -> str:
        """An instruction that the platform has answered."""
        identity = self.issued(kind, *duties, **more)
        self.reply(identity)
        return identity

    def reply(self, identity: str) -> None:
        """The platform answers."""
        self.later()
        self.desk.instructions.reply(identity, DRAFTER, words="已补齐", file=None, day=None)

    def probe(self, identity: str, points: str = PASSED, by: str = OTHER) -> str:
        """What was tried."""
        self.later()
        return self.desk.rechecks.probe(
            by, instruction=identity, points=points, file=None, words="三部手机试用"
        )

    def planned(self, identity: str, items: int, count: int) -> str:
        """A draw that was planned today; its seed is known tomorrow."""
        self.later()
        tomorrow = self.desk.office.today() + dt.timedelta(1)
        return self.desk.rechecks.plan(
            LEAD, instruction=identity, roster="\n".join(f"举报{n:04}" for n in range(items)),
            count=count, source="某日开奖号码", on=tomorrow,
            reveal_until=tomorrow + dt.timedelta(3), words="逾期未答即为不符合",
        )  # fmt: skip

    def drawn(self, identity: str, items: int, count: int) -> RecheckFile:
        """A draw that was revealed."""
        recheck = self.planned(identity, items, count)
        self.on(self.desk.office.today() + dt.timedelta(1))
        self.desk.rechecks.reveal(recheck, LEAD, public="03 08 12 17 22 31")
        return self.recheck(recheck)

    def judged(self, identity: str, items: int, count: int, breaches: int) -> RecheckFile:
        """A draw whose items are judged, the first ones as breaches."""
        recheck = self.drawn(identity, items, count)
        for n, item in enumerate(recheck.drawn):
            result: Any = "breach" if n < breaches else "met"
            self.desk.rechecks.judge(recheck.id, OTHER, item=item, result=result, words="")
        return self.recheck(recheck.id)

    def close(self, identity: str) -> None:
        """The lead closes it."""
        self.desk.instructions.close(identity, LEAD, words="复查通过")

    def instruction(self, identity: str) -> Instruction:
        """An instruction by id."""
        with self.desk.office.reading() as connection:
            return tables.instruction.load(connection, identity)

    def recheck(self, identity: str) -> RecheckFile:
        """A re-check by id."""
        with self.desk.office.reading() as connection:
            return tables.recheck.load(connection, identity)

    def of_case(self, case: str) -> list[Instruction]:
        """Instructions of a case."""
        with self.desk.office.reading() as connection:
            return views.of_case(connection, case)

    def entries(self, kind: str) -> list[dict[str, Any]]:
        """Payloads of all entries of a kind."""
        return [
            self.ledger.payload(entry.index) or {}
            for entry in self.ledger.entries()
            if entry.kind == kind
        ]

    def rebuilt(self) -> bool:
        """Whether the tables are the same after they are made anew from the record."""

        def rows() -> list[list[Any]]:
            with self.desk.office.reading() as connection:
                return [
                    table.every(connection)
                    for table in (tables.platform, tables.instruction, tables.recheck)
                ]

        before = rows()
        self.ledger.rebuild()
        return rows() == before
