"""Trial: what a term would do is told from stored comments, sealed or not, and changes nothing."""

from pathlib import Path

import msgspec
import pytest
from node_house import kinds, opened

from lianzhi.jobs import trial
from lianzhi.jobs.node import Node
from lianzhi.office.actor import Actor
from lianzhi.office.wordings import Wording, wording_of
from lianzhi.store import lexicon as stored
from lianzhi.store import query
from streams import NOW, START, body, event

WORDING = Wording(
    kind="insult",
    term="蓝鲸怪",
    sense="code word",
    weight=0.9,
    aimed=0.9,
    innocent=("蓝鲸怪谈",),
)
TEXTS = ["蓝鲸怪又来了", "今天天气真好", "蓝鲸怪谈很好看", "蓝鲸怪，你这个傻逼", "蓝鲸怪又来了"]


def comments(count: int, first: int = 0) -> bytes:
    made = (
        event(f"e{n}", START + n * 1000, f"a{n % 40}", "victim", text=TEXTS[n % len(TEXTS)])
        for n in range(first, first + count)
    )
    likes = (event(f"l{first}", START, "a", "victim", kind="like"),)
    return body([*made, *likes])


@pytest.fixture
def node(tmp_path: Path) -> Node:
    node, _ = opened(tmp_path)
    return node


def test_what_a_term_would_do_is_counted_and_shown(node: Node) -> None:
    with node:
        node.intake.submit(comments(50), "test")
        node.intake.finish()
        before = kinds(node)
        found = node.live.try_out(WORDING)
        assert (found.read, found.since) == (50, START)
        assert (found.matched, found.fresh, found.flagged) == (30, 20, 20)
        first, second = found.samples
        assert (first.text, first.times, first.spans) == (TEXTS[0], 20, ((0, 3),))
        assert (first.flagged, first.would, first.at) == (False, True, START + 49_000)
        assert (second.text, second.times, second.flagged) == (TEXTS[3], 10, True)
        weak = msgspec.structs.replace(WORDING, weight=0.05, aimed=0.05)
        assert (node.live.try_out(weak).fresh, node.live.try_out(weak).flagged) == (20, 0)
        known = msgspec.structs.replace(WORDING, term="傻逼")
        assert node.live.try_out(known).matched == 0, "what is known adds nothing"
        assert kinds(node) == before
        assert node.live.try_out(WORDING, since=START + 40_000).read == 10


def test_a_term_that_stands_is_tried_as_if_it_were_in_either_state(node: Node) -> None:
    with node:
        node.intake.submit(comments(50), "test")
        node.intake.finish()
        made = node.lexicons.add(WORDING, "x", Actor("ann"), NOW)
        for status in ("shadow", "active"):
            with node.engine.connect() as connection:
                term = stored.find_term(connection, made)
            assert term is not None
            found = node.live.try_out(wording_of(term), identity=made)
            assert (term.status, found.matched, found.flagged) == (status, 30, 20)
            if status == "shadow":
                node.lexicons.move(made, "active", "x", Actor("ann"), NOW)


def test_the_newest_comments_are_read_whether_sealed_or_not_and_no_erased_ones(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    with node:
        node.intake.submit(comments(30), "test")
        node.store.log.turn()
        node.intake.submit(comments(30, 30), "test")
        node.segments.seal()
        assert node.store.log.parquet()
        node.intake.submit(comments(20, 60), "test")
        node.intake.finish()
        whole = query.newest(node.store, 0, 1000)
        assert [one.time for one in whole] == [START + n * 1000 for n in reversed(range(80))]
        for most in (1, 19, 20, 21, 55, 80):
            assert query.newest(node.store, 0, most) == whole[:most]
        assert query.newest(node.store, START + 70_000, 1000) == whole[:10]
        monkeypatch.setattr(trial, "NEWEST", 25)
        assert node.live.try_out(WORDING).read == 25
        node.erasure.erase("a3")
        left = query.newest(node.store, 0, 1000)
        assert len(left) == 78
        assert node.store.events([whole[-4].seq]) == {}
