"""What a platform is told of measures is what docs/webhooks.md says."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from post_house import Clock

from databases import with_tables
from lianzhi.chain.measure import KINDS, ON_ITEMS, ONCE, Order
from lianzhi.config import Config, Webhook
from lianzhi.documents.notice import Sender
from lianzhi.jobs.post.compose import Composer
from lianzhi.jobs.post.post import Post
from lianzhi.office.decisions import DecisionRequest, Decisions
from lianzhi.office.measures import Measures
from lianzhi.office.messages import Message
from lianzhi.office.office import Office
from lianzhi.office.outgoing import Outgoing
from lianzhi.store import outbox
from lianzhi.store.ledger import open_ledger
from lianzhi.store.office_queries import QUERIES
from lianzhi.store.process_tables import measure
from lianzhi.store.read_model import projections
from process_house import DAY, START, WANG, ZHAO, ProcessHouse, Rulebook

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text("utf-8")
TABLE = PAGE[PAGE.index("### A measure") : PAGE.index("Undo a measure")]
FIELDS = {
    name
    for line in TABLE.splitlines()
    if line.startswith("| `")
    for name in re.findall(r"`(\w+)`", line.split("|")[1])
}
ALWAYS = {"ref", "measure", "decision", "case", "key", "account", "hours"}


class Platform:
    """A house whose measures go to an outbox, and what the messages there say."""

    def __init__(self, home: Path) -> None:
        engine = with_tables(f"sqlite:///{home / 't.db'}")
        ledger = open_ledger(engine, home, projections=projections())
        config = Config(webhook=Webhook("http://127.0.0.1:1/"))
        self.post = Post(ledger, home, config, Clock())
        self.house = ProcessHouse(engine, home, ledger)
        policy = self.house.policy
        office = Office(
            ledger, lambda at: policy, Rulebook(), Outgoing(self.post, QUERIES.notices), QUERIES
        )
        self.decisions, self.measures = Decisions(office), Measures(office)
        self.case = self.house.pile_on()
        self._composer = Composer(ledger.vault, Sender("Example", ""), dt.UTC)

    def order(self, key: str) -> str:
        order = Order(
            key=key,  # type: ignore[arg-type]
            hours=0 if key in (*ONCE, "close") else 24,
            subjects=() if key in ON_ITEMS else self.house.tokens("f1"),
            items=(f"f{START}victim/2",) if key in ON_ITEMS else (),
            authority="Police" if key in ONCE else "",
        )
        asking = DecisionRequest(orders=(order,), facts="Three times.", ground="harassment")
        made = self.decisions.decide(self.case, asking, WANG, START + DAY)
        (row,) = self.house.rows(measure, decision=made) or (None,)
        if row is None:
            self.decisions.confirm(made, ZHAO, START + DAY)
            (row,) = self.house.rows(measure, decision=made)
        return str(row["id"])

    def said(self, identity: str, number: int) -> tuple[Message, dict[str, Any]]:
        with self.house.engine.connect() as connection:
            message = outbox.find(connection, f"{identity}-{number}")
        assert message is not None
        return message, self._composer.data(message)


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    made = Platform(tmp_path)
    yield made
    made.post.close()
    made.house.engine.dispose()


#: What is done to the thing itself is told in tests/web/test_thing_measures.py, what authorities
#: impose in tests/enforcement/test_decisions_of_the_chain.py.
ORDERED = ("hide", "limit", "mute", "suspend_private_messages", "freeze", "close", "re_rank",
           "label", "transfer")  # fmt: skip
OF_AUTHORITIES = {"subject_type", "amount", "due_at"}


def test_the_page_names_every_measure_of_a_platform() -> None:
    assert set(ORDERED) <= set(KINDS)
    assert set(KINDS[: KINDS.index("warning")]) <= set(re.findall(r"`(\w+)`", TABLE))


@pytest.mark.parametrize("key", ORDERED)
def test_a_measure_is_told_twice_in_the_fields_of_the_page(platform: Platform, key: str) -> None:
    assert f"`{key}`" in TABLE
    identity = platform.order(key)
    begins, said = platform.said(identity, 1)
    assert (begins.topic, begins.number) == ("measure.ordered", 1)
    more = {"item"} if key in ON_ITEMS else set()
    more |= {"authority"} if key in ONCE else set()
    assert said.keys() == ALWAYS | more | ({"ends_at"} if said["hours"] else set())
    assert said["account"] == "f1"
    platform.measures.lift(identity, "Done.", ZHAO, START + DAY + 1)
    ends, last = platform.said(identity, 2)
    assert (ends.topic, ends.number, ends.lane) == ("measure.ended", 2, begins.lane)
    assert last["why"] == "early"
    assert last["ends_at"] == START + DAY + 1
    assert {*said, *last} - {"ref"} <= FIELDS


def test_the_page_names_no_other_field() -> None:
    assert ALWAYS - {"ref"} | {"item", "ends_at", "authority", "why"} | OF_AUTHORITIES == FIELDS
