"""Groups that were dissolved are remembered, known again under new names, and forgotten."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from node_house import Clock, kinds
from sqlalchemy import select

from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import Order
from lianzhi.chain.views import CaseView
from lianzhi.config import Config, ConfigError
from lianzhi.domains.astroturf.memory import keys
from lianzhi.domains.astroturf.memory import queries as remembered
from lianzhi.domains.astroturf.memory.remembering import Remembering
from lianzhi.jobs.node import Node
from lianzhi.office.actor import Actor
from lianzhi.office.decisions import DecisionRequest
from lianzhi.store import views
from lianzhi.store.audit import audit
from lianzhi.store.audit_copies import audit_copies
from lianzhi.store.audit_tables import audit_tables
from lianzhi.store.ledger import custody
from lianzhi.store.tables import vault_text
from made_actions import DAY
from made_armies import CHEER, PITCH, army, everyday, limit_and_settle, lines
from waiting import eventually

BEGIN = 1_794_700_800_000
OLD = [f"shuiyou{n}" for n in (103, 128, 177, 214, 256, 301, 349, 388)]
NEW = [f"shuiyou{n}" for n in (411, 452, 467, 518, 530, 588, 602, 671)]
FANS = ["晚风", "小城故事", "Klara", "阿木在听", "mezzo_2", "冬日信", "橙汁不加冰", "三号厅"]
ANN, BOB = Actor("ann"), Actor("bob")


def first() -> bytes:
    """Ten days in which an army sells jugs."""
    sells = army(
        BEGIN, range(2, 9), OLD, PITCH, "jug.example", hour=3, gap=20_000, things=range(1, 8)
    )
    return lines(everyday(BEGIN, 1), sells)


def later(*groups: list[dict[str, object]]) -> bytes:
    """What follows: another ten days, and groups."""
    return lines(everyday(BEGIN, 2, 14 * DAY), *groups)


def back(names: list[str] = NEW) -> list[dict[str, object]]:
    """The army under other names, with other jugs at the same shop."""
    days = range(17, 24)
    return army(
        BEGIN, days, names, PITCH, "jug.example", hour=3, gap=20_000, things=range(11, 18), seed=5
    )


def fans() -> list[dict[str, object]]:
    """People who cheer for a choir after its concerts."""
    days = range(17, 24)
    return army(
        BEGIN,
        days,
        FANS,
        CHEER,
        "choir.example",
        hour=14,
        gap=120_000,
        things=range(21, 28),
        seed=9,
    )


class House:
    """A node whose clock stands where the test puts it."""

    def __init__(self, home: Path, at: int) -> None:
        self.home, self.clock = home, Clock(at)
        self.node = self.open()

    def open(self) -> Node:
        """Open it again."""
        self.node = Node(
            self.home, Config(domains=("bullying", "astroturf"), lateness_seconds=0), self.clock
        )
        return self.node

    def take(self, body: bytes) -> None:
        """What a platform sends, judged."""
        self.node.intake.submit(body, "test")
        self.node.intake.finish()

    def case(self, kind: str, name: str = "") -> CaseView:
        """The only case of a kind about such a thing."""
        (view,) = self.cases(kind, name)
        return view

    def cases(self, kind: str, name: str = "") -> list[CaseView]:
        """Cases of a kind about such a thing."""
        rows = [one for one in views.cases(self.node.engine).rows if one.kind == kind]
        found = [views.case(self.node.engine, one.id) for one in rows]
        return [one for one in found if one and name in (one.row.account or "")]

    def settle(self, view: CaseView, outcome: Any = "settled") -> str:
        """Order something against a member, and close the case; returns the decision."""
        return limit_and_settle(self.node, view.row.id, OLD[0], self.clock(), outcome)

    def group(self, case: str) -> remembered.Group | None:
        """What the table says of a case's group."""
        with self.node.engine.connect() as connection:
            return remembered.of_case(connection, case)

    def status(self, case: str) -> str | None:
        """How it stands."""
        found = self.group(case)
        return None if found is None else found.status

    def kept(self, group: remembered.Group) -> bool:
        """Whether what was kept of a group is still there."""
        query = select(vault_text.c.body).where(vault_text.c.index == group.kept)
        with self.node.engine.connect() as connection:
            return connection.scalar(query) is not None

    def sound(self) -> None:
        """The record holds, with all tables and copies."""
        node = self.node
        assert audit(node.engine, *custody(self.home, node.config.origin)).ok
        assert audit_tables(node.engine).faults == ()
        assert list(audit_copies(node.engine)) == []


def compared(house: House) -> None:
    """Wait until every finding has been compared."""

    def done() -> bool:
        with house.node.engine.connect() as connection:
            at = remembered.cursor(connection, "astroturf.coordination")
            return remembered.to_compare(connection, "astroturf.coordination", at)[1] is None

    assert eventually(done)


@pytest.fixture
def house(tmp_path: Path) -> Any:
    house = House(tmp_path, BEGIN + 12 * DAY)
    house.take(first())
    yield house
    house.node.close()


@pytest.fixture
def settled(house: House) -> tuple[House, str, str]:
    """A house whose army is remembered, its case, and what was decided."""
    view = house.case("astroturf.coordination")
    made = house.settle(view)
    assert eventually(lambda: house.status(view.row.id) == "remembered")
    return house, view.row.id, made


@pytest.mark.slow
def test_an_army_that_comes_back_under_new_names_is_linked_with_what_it_was(
    settled: tuple[House, str, str],
) -> None:
    house, old, _ = settled
    house.clock.at = BEGIN + 26 * DAY
    house.take(later(back(), fans()))
    compared(house)
    link = house.case("astroturf.returning")
    (coordination,) = house.cases("astroturf.coordination", link.row.account or "")
    assert set(link.state.links) >= {old, coordination.row.id}
    assert link.row.account == coordination.row.account
    newest = link.findings[0]
    assert newest.confidence >= 0.7
    assert newest.counts["per_mille"] >= 700
    assert sum(one.points for one in newest.reasons) == pytest.approx(newest.row.score)
    strong = {one.feature for one in newest.reasons if one.points >= 1}
    assert {"alike_name", "alike_source"} <= strong
    assert {row.account for row in link.evidence} == set(NEW)
    assert link.parts == ()
    assert link.state.proposals == ()
    (told,) = [step for step in link.steps if step.kind == "astroturf.group.returned"]
    assert (told.payload["of"], told.payload["coordination"]) == (old, coordination.row.id)
    house.sound()
    house.node.close()
    house.open()  # nothing is told again
    compared(house)
    assert kinds(house.node)["astroturf.group.returned"] == 1


@pytest.mark.slow
def test_nothing_can_be_ordered_on_a_link(settled: tuple[House, str, str]) -> None:
    house, *_ = settled
    house.clock.at = BEGIN + 26 * DAY
    house.take(later(back()))
    compared(house)
    link = house.case("astroturf.returning")
    subject = house.node.ledger.vault.known([NEW[0]])[NEW[0]]
    for key in ("label", "limit", "hide", "close"):
        order = Order(key=key, hours=24, subjects=(subject,), to="participant", mode="manual")
        asking = DecisionRequest(orders=(order,), facts="像", ground="inauthentic")
        with pytest.raises(IllegalStepError):
            house.node.proceedings.decisions.decide(link.row.id, asking, ANN, house.clock())
    house.node.casework.close_case(
        link.row.id, "false_positive", "另一家店", Actor("ann"), house.clock()
    )


@pytest.mark.slow
def test_a_group_with_habits_of_its_own_and_old_members_are_no_return(
    settled: tuple[House, str, str],
) -> None:
    house, *_ = settled
    house.clock.at = BEGIN + 26 * DAY
    house.take(later(fans(), back(OLD)))
    compared(house)
    assert len(house.cases("astroturf.coordination")) >= 2
    assert not house.cases("astroturf.returning")


def test_what_is_kept_names_nobody_and_nothing(settled: tuple[House, str, str]) -> None:
    house, case, _ = settled
    group = house.group(case)
    assert group is not None
    assert group.accounts == len(OLD)
    with house.node.engine.connect() as connection:
        text = connection.scalar(select(vault_text.c.body).where(vault_text.c.index == group.kept))
    kept = msgspec.json.decode(text)
    assert set(kept["values"]) == {"object", "source", "name", "phrase"}
    for hashed in (key for some in kept["values"].values() for key in some):
        assert len(hashed) == 16
        int(hashed, 16)
    for word in ("shuiyou", "jug.example", "净水壶"):
        assert word.encode() not in text
    assert (house.home / "keys" / "memory.key").stat().st_mode & 0o077 == 0


def remembered_now(house: House) -> None:
    """Remember here and now whatever is to be remembered, so that what is not stays so."""
    Remembering(house.node.desks["astroturf"], True).tick(house.clock())


@pytest.mark.parametrize("outcome", ["subsided", "transferred"])
def test_only_what_was_settled_is_remembered(house: House, outcome: str) -> None:
    house.settle(house.case("astroturf.coordination"), outcome)
    remembered_now(house)
    assert kinds(house.node)["astroturf.group.remembered"] == 0


def test_what_was_settled_without_a_measure_is_not_remembered(house: House) -> None:
    case = house.case("astroturf.coordination").row.id
    house.node.casework.close_case(case, "settled", "说明了情况", Actor("ann"), house.clock())
    remembered_now(house)
    assert house.status(case) is None


def test_reopened_and_closed_as_false_it_is_forgotten(settled: tuple[House, str, str]) -> None:
    house, case, made = settled
    house.clock.at += 1000
    house.node.casework.reopen_case(case, "有人说明了情况", Actor("ann"), house.clock())
    assert eventually(lambda: house.status(case) == "forgotten")
    group = house.group(case)
    assert group is not None
    assert group.why == "reopened"
    assert not house.kept(group)
    house.node.proceedings.decisions.reverse(made, (), "不是水军", BOB, house.clock())
    house.node.casework.close_case(case, "false_positive", "不是水军", Actor("ann"), house.clock())
    remembered_now(house)
    assert kinds(house.node)["astroturf.group.remembered"] == 1
    house.sound()


def test_overturned_on_appeal_it_is_forgotten(settled: tuple[House, str, str]) -> None:
    house, case, made = settled
    redress = house.node.proceedings.redress
    appeal = redress.file(made, "affected", OLD[0], "我们是老用户", house.clock())
    redress.answer(appeal, "overturned", (), "查明并非统一安排", BOB, house.clock())
    assert eventually(lambda: house.status(case) == "forgotten")
    group = house.group(case)
    assert group is not None
    assert group.why == "undone"
    house.sound()


def test_it_expires_by_the_clock(settled: tuple[House, str, str]) -> None:
    house, case, _ = settled
    house.clock.at += 181 * DAY
    assert eventually(lambda: house.status(case) == "forgotten")
    group = house.group(case)
    assert group is not None
    assert group.why == "expired"
    remembered_now(house)
    assert kinds(house.node)["astroturf.group.remembered"] == 1
    house.sound()


def test_a_person_forgets_it_with_a_reason_and_it_stays_forgotten(
    settled: tuple[House, str, str],
) -> None:
    house, case, _ = settled
    house.node.desks["astroturf"].forget(case, "商家已注销", "ann", house.clock())
    assert house.status(case) == "forgotten"
    with pytest.raises(IllegalStepError):
        house.node.desks["astroturf"].forget(case, "再一次", "ann", house.clock())
    with pytest.raises(KeyError):
        house.node.desks["astroturf"].forget("none", "没有", "ann", house.clock())
    remembered_now(house)
    assert kinds(house.node)["astroturf.group.remembered"] == 1
    house.sound()


def test_what_was_closed_before_a_crash_is_remembered_after_it(house: House) -> None:
    view = house.case("astroturf.coordination")
    house.node.close()
    house.node = Node(house.home, Config(lateness_seconds=0), house.clock)
    house.settle(view)  # nobody is there who would remember it
    house.node.close()
    house.open()
    assert eventually(lambda: house.status(view.row.id) == "remembered")
    assert kinds(house.node)["astroturf.group.remembered"] == 1


def test_an_erased_member_is_in_nothing_that_is_kept(settled: tuple[House, str, str]) -> None:
    house, case, _ = settled
    before = house.group(case)
    assert before is not None
    house.node.erasure.erase(OLD[3])

    def anew() -> bool:
        group = house.group(case)
        return group is not None and group.kept != before.kept

    assert eventually(anew)
    group = house.group(case)
    assert group is not None
    assert (group.status, group.accounts) == ("remembered", len(OLD) - 1)
    assert group.expires_at == before.expires_at
    assert not house.kept(before)
    house.sound()
    for who in OLD[:3] + OLD[4:7]:
        house.node.erasure.erase(who)
    assert eventually(lambda: house.status(case) == "forgotten")
    house.sound()


@pytest.mark.slow
def test_groups_of_a_key_that_is_gone_are_told_and_not_compared(
    settled: tuple[House, str, str],
) -> None:
    house, case, _ = settled
    path = house.home / "keys" / "memory.key"
    old = path.read_text()
    path.write_text("ab" * 32 + "\n")
    group = house.group(case)
    assert group is not None
    assert not house.node.desks["astroturf"].readable(group)
    path.write_text("ab" * 32 + "\n" + old)  # rotated: the older one goes on beside it
    assert house.node.desks["astroturf"].readable(group)
    house.clock.at = BEGIN + 26 * DAY
    house.take(later(back()))
    compared(house)
    assert house.cases("astroturf.returning")


def test_what_was_read_before_an_erasure_is_not_kept_after_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, looks = house.node.desks["astroturf"].look, []

    def slow(*asked: Any) -> Any:
        found = look(*asked)
        if not looks:
            house.node.erasure.erase(OLD[0])
        looks.append(len(found.traces.accounts))
        return found

    monkeypatch.setattr(house.node.desks["astroturf"], "look", slow)
    view = house.case("astroturf.coordination")
    limit_and_settle(house.node, view.row.id, OLD[1], house.clock())
    assert eventually(lambda: house.status(view.row.id) == "remembered")
    group = house.group(view.row.id)
    assert group is not None
    assert group.accounts == len(OLD) - 1
    assert len(looks) == 2
    house.sound()


def test_somebody_whom_a_group_followed_is_erased_from_what_is_kept(tmp_path: Path) -> None:
    house = House(tmp_path, BEGIN + 12 * DAY)
    try:
        follows = [
            {"id": f"f{n}-{who}", "kind": "follow", "actor": who, "target": f"star{n}",
             "time": BEGIN + (n + 1) * DAY + 7_000_000 * (n % 3) + 9_000 * place}
            for n in range(8) for place, who in enumerate(OLD)
        ]  # fmt: skip
        others = [
            {"id": f"g{n}", "kind": "follow", "actor": f"u{n}", "target": f"star{n % 8}",
             "time": BEGIN + n * 7_919_000}
            for n in range(100)
        ]  # fmt: skip
        house.take(lines(everyday(BEGIN, 1), follows, others))
        view = house.case("astroturf.coordination")
        limit_and_settle(house.node, view.row.id, OLD[0], house.clock())
        assert eventually(lambda: house.status(view.row.id) == "remembered")
        before = house.group(view.row.id)
        assert before is not None
        house.node.erasure.erase("star5")
        assert not house.kept(before)

        def anew() -> bool:
            group = house.group(view.row.id)
            return group is not None and group.kept != before.kept

        assert eventually(anew)
        house.sound()
    finally:
        house.node.close()


def test_no_more_are_remembered_than_policy_says(
    settled: tuple[House, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, case, _ = settled
    policy = house.node.desks["astroturf"].policy
    monkeypatch.setattr(
        house.node.desks["astroturf"],
        "policy",
        lambda at: msgspec.structs.replace(policy(at), groups=0),
    )
    house.clock.at += 120_000
    assert eventually(lambda: house.status(case) == "forgotten")
    group = house.group(case)
    assert group is not None
    assert group.why == "crowded"


def test_it_expires_though_the_detector_was_switched_off(
    settled: tuple[House, str, str],
) -> None:
    house, case, _ = settled
    house.node.close()
    house.clock.at += 181 * DAY
    house.node = Node(house.home, Config(lateness_seconds=0), house.clock)
    assert eventually(lambda: house.status(case) == "forgotten")


@pytest.mark.parametrize("text", ["xyz", "ab" * 8, ""])
def test_a_key_that_is_none_is_told_with_what_to_do(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys" / "memory.key"
    path.parent.mkdir()
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(ConfigError, match=r"memory\.key.*(give|put)"):
        keys.needed(tmp_path)
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        keys.needed(tmp_path)
