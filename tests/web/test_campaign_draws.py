"""Draws of a campaign: committed to before the seed is known, a task for each who is drawn."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_campaigns import opened
from web_house import FakeNode

from databases import Databases
from lianzhi.chain.campaign_draw import Candidate, Draw, checks, drawn, planned
from lianzhi.chain.life import IllegalStepError
from lianzhi.office.campaign_draws import read_roster, roster_line
from lianzhi.office.refusal import Refusal
from lianzhi.record import lots
from lianzhi.record.lots import DrawError, Public, Reveal
from lianzhi.store import campaigns

DAY_MS = 86_400_000
NAMES = "\n".join(f"平台{n:02d} | {'大' if n < 3 else '小'}" for n in range(12))


@pytest.fixture
def node(databases: Databases, tmp_path: Path) -> Iterator[FakeNode]:
    """A node in memory, on either database."""
    node = FakeNode(tmp_path, databases.url(tmp_path))
    yield node
    node.engine.dispose()


def plan(node: FakeNode, **changed: Any) -> str:
    today = node.campaigns.today()
    fields = {
        "plan": "", "roster": NAMES, "count": 4, "source": "双色球第 88 期", "body": "platform",
        "on": today + dt.timedelta(1), "reveal_until": today + dt.timedelta(2),
        "due": today + dt.timedelta(9), "words": "报送推荐算法的审计数据。", **changed,
    }  # fmt: skip
    fields["plan"] = fields["plan"] or opened(node, last=today + dt.timedelta(30))
    return node.campaigns.draws.plan(by="ann", **fields)


def load(node: FakeNode, identity: str) -> Draw:
    with node.campaigns.reading() as connection:
        return campaigns.load_draw(connection, identity)


def tasks(node: FakeNode, draw: Draw) -> list[Any]:
    with node.campaigns.reading() as connection:
        return campaigns.tasks_of(connection, draw.plan)


def test_a_round_from_commitment_to_urging(node: FakeNode) -> None:
    identity = plan(node)
    draws = node.campaigns.draws
    with pytest.raises(Refusal) as refused:
        draws.reveal(identity, by="ann", public="1 2 3")
    assert refused.value.rule == "campaign_draw_early"
    assert not tasks(node, load(node, identity))
    node.clock += DAY_MS
    draws.reveal(identity, by="ann", public=" 1 2 3 ")
    known = load(node, identity)
    assert known.terms.strata == {"大": 1, "小": 3}
    given_out = tasks(node, known)
    assert sorted(each.name for each in given_out) == sorted(known.drawn)
    assert {each.draw for each in given_out} == {identity}
    assert [check.holds for check in checks(known)] == [True] * 4
    with pytest.raises(IllegalStepError):
        draws.reveal(identity, by="ann", public="1 2 3")
    first, *others = given_out
    node.campaigns.reply(first.id, by="li", words="已报送")
    node.clock += 10 * DAY_MS
    node.campaigns.tick()
    states = Counter(each.status for each in tasks(node, known))
    assert states == {"replied": 1, "late": len(others)}


def test_whoever_changes_roster_secret_or_outcome_is_found_out(node: FakeNode) -> None:
    identity = plan(node)
    node.clock += DAY_MS
    node.campaigns.draws.reveal(identity, by="ann", public="1 2 3")
    known = load(node, identity)
    assert known.reveal is not None
    swapped = msgspec.structs.replace(known, drawn=(*known.drawn[1:], "平台99"))
    assert failing(swapped) == {"published"}
    fewer = msgspec.structs.replace(known, roster=known.roster[1:])
    assert "drawn_again" in failing(fewer)
    other = Reveal(known.reveal.plan, "00" * 32, known.reveal.public)
    assert "drawn_again" in failing(msgspec.structs.replace(known, reveal=other))
    late = msgspec.structs.replace(known, day=known.terms.public.on)
    assert failing(late) == {"in_time"}
    terms = msgspec.structs.replace(known.terms, strata={"大": 2, "小": 2})
    assert "recorded" in failing(msgspec.structs.replace(known, terms=terms))


def failing(draw: Draw) -> set[str]:
    return {check.key for check in checks(draw) if not check.holds}


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ("campaign_roster", {"roster": " \n"}),
        ("campaign_roster", {"roster": "甲\n甲 | 大"}),
        ("campaign_roster", {"roster": "甲" * 301}),
        ("campaign_count", {"count": 0}),
        ("campaign_count", {"count": 13}),
        ("campaign_draw_days", {"on": dt.date(2020, 1, 1)}),
        ("missing", {"source": " "}),
        ("missing", {"words": ""}),
    ],
)
def test_what_cannot_be_drawn_is_refused(node: FakeNode, rule: str, changed: Any) -> None:
    size = node.ledger.size
    with pytest.raises(Refusal) as refused:
        plan(node, plan=opened(node), **changed)
    assert refused.value.rule == rule
    assert node.ledger.size == size + 1  # the campaign alone


def test_a_value_known_today_and_days_out_of_order_are_refused(node: FakeNode) -> None:
    today = node.campaigns.today()
    for changed in (
        {"on": today},
        {"reveal_until": today},
        {"due": today + dt.timedelta(1)},
    ):
        with pytest.raises(Refusal) as refused:
            plan(node, **changed)
        assert refused.value.rule == "campaign_draw_days"


def test_without_its_secret_nothing_is_revealed(node: FakeNode, tmp_path: Path) -> None:
    identity = plan(node)
    node.clock += DAY_MS
    with pytest.raises(Refusal) as refused:
        node.campaigns.draws.reveal(identity, by="ann", public=" ")
    assert refused.value.rule == "campaign_draw_public"
    (tmp_path / "campaign" / "draws" / identity).unlink()
    with pytest.raises(Refusal) as refused:
        node.campaigns.draws.reveal(identity, by="ann", public="1 2 3")
    assert refused.value.rule == "campaign_draw_secret"


def test_each_is_drawn_as_often_as_any_other() -> None:
    roster = tuple(Candidate(f"p{n}") for n in range(10))
    public, times = Public("lottery", dt.date(2026, 7, 10)), 2000
    often: Counter[str] = Counter()
    for n in range(times):
        secret = n.to_bytes(32, "big")
        terms = planned("d", roster, 3, secret, public, dt.date(2026, 7, 11))
        often.update(drawn(terms, Reveal(lots.digest_of(terms), secret.hex(), "7"), roster))
    # 600 of each are expected; five standard errors of a count are 103.
    assert all(abs(often[each.name] - 600) < 103 for each in roster)


@given(st.integers(1, 30), st.integers(1, 30), st.binary(min_size=16, max_size=40))
def test_a_draw_is_of_its_size_and_from_its_roster(size: int, count: int, secret: bytes) -> None:
    roster = tuple(Candidate(f"p{n:02d}", "ab"[n % 2]) for n in range(size))
    public = Public("lottery", dt.date(2026, 7, 10))
    if count > size:
        with pytest.raises(DrawError):
            planned("d", roster, count, secret, public, dt.date(2026, 7, 11))
        return
    terms = planned("d", roster, count, secret, public, dt.date(2026, 7, 11))
    names = drawn(terms, Reveal(lots.digest_of(terms), secret.hex(), "7"), roster)
    assert len({*names}) == len(names) == count
    assert {*names} <= {each.name for each in roster}
    assert read_roster("\n".join(map(roster_line, roster))) == roster
