"""Lexicons of a node: files read again as they change, terms that people add, the record."""

import logging
import time
from pathlib import Path

import msgspec
import pytest
from node_house import Clock, kinds, opened

from lianzhi.chain.life import IllegalStepError
from lianzhi.jobs.node import Node
from lianzhi.office.actor import Actor
from lianzhi.office.wordings import Wording
from lianzhi.record.entry import Draft
from lianzhi.store import lexicon as stored
from lianzhi.store.audit_tables import audit_tables
from lianzhi.text import assess
from lianzhi.text.lexicon.lexicons import LexiconError, shipped
from streams import NOW, body, calm, crowd, merged
from waiting import eventually

pytestmark = pytest.mark.usefixtures("databases")
ANN = Actor("ann")
OWN = """
kind = "insult"
version = 2026-11-25
[[group]]
sense = "code word"
weight = 0.8
terms = ["蓝鲸怪"]
"""
TEXT = "蓝鲸怪又来了，他们家的蓝鲸怪"
WORDING = Wording(
    kind="insult",
    term="灯塔水",
    sense="code word",
    weight=0.8,
    aimed=0.8,
    innocent=("灯塔水域",),
    examples=("她就是灯塔水",),
)


def put(folder: Path, text: str) -> None:
    """Write the operator's file as editors do, so that a node never sees the half of it."""
    (folder / "own.new").write_text(text, "utf-8")
    (folder / "own.new").replace(folder / "own.toml")


def flags(node: Node, text: str = TEXT) -> bool:
    return "insult" in assess(text, node.lexicons.lexicon).kinds


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the operator's files lie; timed work every 50 ms."""
    monkeypatch.setattr("lianzhi.jobs.ticker.TICK_S", 0.05)
    folder = tmp_path / "words"
    folder.mkdir()
    return folder


def test_a_change_of_the_folder_takes_effect_without_a_restart(
    tmp_path: Path, folder: Path
) -> None:
    node, _ = opened(tmp_path, lexicon="words")
    with node:
        assert node.lexicons.lexicon.version == shipped().version
        assert "lexicon.changed" not in kinds(node), "the shipped one needs no telling"
        put(folder, OWN)
        assert eventually(lambda: flags(node))
        (folder / "own.toml").unlink()
        assert eventually(lambda: not flags(node))
        newest, before = stored.versions(node.engine, 5)
        assert newest.version == shipped().version == node.lexicons.lexicon.version
        assert (before.files, before.terms, before.by, before.at) == (1, 0, "", NOW)
        assert node.ledger.payload(before.index) == {
            "version": before.version,
            "before": shipped().version,
            "by": "",
            "files": ["own.toml"],
            "terms": 0,
        }


def test_a_broken_file_leaves_the_old_one_in_force_and_is_told(
    tmp_path: Path, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put(folder, OWN)
    node, _ = opened(tmp_path, lexicon="words")
    with node, caplog.at_level(logging.ERROR):
        assert flags(node)
        put(folder, OWN.replace("0.8", "8"))
        assert eventually(lambda: node.lexicons.trouble is not None)
        assert "own.toml: group[0].weight is 8" in str(node.lexicons.trouble)
        assert flags(node)
        time.sleep(0.2)
        assert len([one for one in caplog.records if "stays as it is" in one.message]) == 1
        put(folder, OWN.replace("蓝鲸怪", "灯塔水"))
        assert eventually(lambda: node.lexicons.trouble is None)
        assert not flags(node)
        assert kinds(node)["lexicon.changed"] == 2


def test_a_node_does_not_start_with_a_folder_that_cannot_be_used(
    tmp_path: Path, folder: Path
) -> None:
    put(folder, "kind")
    with pytest.raises(LexiconError, match=r"own\.toml"):
        opened(tmp_path, lexicon="words")
    for name in ("nowhere", "words/own.toml"):
        with pytest.raises(LexiconError, match=f"{name}: no such folder"):
            opened(tmp_path, lexicon=name)


def test_detectors_read_by_it_and_findings_name_it(tmp_path: Path, folder: Path) -> None:
    put(folder, OWN)
    node, findings = opened(tmp_path, lexicon="words")
    rude = [msgspec.structs.replace(one, text=TEXT) for one in crowd("victim", 50)]
    with node:
        node.intake.submit(body(merged(calm(80), rude)), "test")
        node.intake.finish()
        assert findings
        assert {one.lexicon for one in findings} == {node.lexicons.lexicon.version}
        spans = [span for one in findings for cited in one.evidence for span in cited.spans]
        assert spans
        shown = node.live.timeline("victim", rude[0].time, rude[-1].time + 1, 3_600_000)
        assert sum(bucket.harmful for bucket in shown) == 50


def test_a_term_is_born_in_shadow_and_lives_by_steps_on_the_record(tmp_path: Path) -> None:
    clock = Clock()
    node, _ = opened(tmp_path, clock)
    text = "他就是灯塔水"
    with node:
        made = node.lexicons.add(WORDING, "seen in reports", ANN, clock())
        assert not flags(node, text)
        assert [hit.term for hit in assess(text, node.lexicons.lexicon).shadow] == ["灯塔水"]
        for to, on in (("active", True), ("shadow", False), ("active", True)):
            clock.at += 1000
            node.lexicons.move(made, to, f"now {to}", ANN, clock())
            assert flags(node, text) == on
            assert not flags(node, "灯塔水域很美")
    node, _ = opened(tmp_path, clock)
    with node:
        assert flags(node, text), "it is in force again after a restart"
        node.lexicons.move(made, "retired", "over", Actor("bob"), clock())
        assert not flags(node, text)
        with pytest.raises(IllegalStepError):
            node.lexicons.move(made, "active", "again", ANN, clock())
        with node.engine.connect() as connection:
            term = stored.find_term(connection, made)
            steps = stored.term_steps(connection, made)
        assert term is not None
        assert (term.status, term.added_by, term.changed_by) == ("retired", "ann", "bob")
        assert [(one.kind, one.payload["by"], one.texts["reason"]) for one in steps] == [
            ("term.added", "ann", "seen in reports"),
            ("term.activated", "ann", "now active"),
            ("term.shadowed", "ann", "now shadow"),
            ("term.activated", "ann", "now active"),
            ("term.retired", "bob", "over"),
        ]
        assert steps[0].texts["examples"] == "她就是灯塔水"
        assert kinds(node)["lexicon.changed"] == 5
        assert stored.versions(node.engine, 1)[0].version == shipped().version
        node.ledger.rebuild()
        assert audit_tables(node.engine).ok


def test_only_a_person_changes_terms_and_tells_why(tmp_path: Path) -> None:
    node, _ = opened(tmp_path)
    with node:
        made = node.lexicons.add(WORDING, "x", ANN, NOW)
        before = node.ledger.size
        for by, why in ((ANN, " "), (Actor("key", person=False), "x")):
            with pytest.raises(IllegalStepError) as caught:
                node.lexicons.add(WORDING, why, by, NOW)
            assert caught.value.rule == "reasons_given"
            with pytest.raises(IllegalStepError):
                node.lexicons.move(made, "active", why, by, NOW)
        with pytest.raises(KeyError):
            node.lexicons.move("none", "active", "x", ANN, NOW)
        with pytest.raises(LexiconError, match="folding leaves nothing"):
            node.lexicons.add(msgspec.structs.replace(WORDING, term="\u200b"), "x", ANN, NOW)
        assert node.ledger.size == before


def test_a_term_that_this_version_cannot_read_keeps_nothing_back(tmp_path: Path) -> None:
    says = {"kind": "rudeness", "term": "怪", "sense": "", "weight": 0.8, "aimed": 0.8}
    payload = {"term": "old", "by": "ann", "says": {**says, "innocent": []}}
    node, _ = opened(tmp_path)
    with node:
        node.ledger.append([Draft("term.added", "old", NOW, payload)])
    node, _ = opened(tmp_path)
    with node:
        made = node.lexicons.add(WORDING, "x", ANN, NOW)
        node.lexicons.move(made, "active", "x", ANN, NOW)
        assert flags(node, "他就是灯塔水")
        with pytest.raises(LexiconError, match="rudeness"):
            node.lexicons.move("old", "active", "x", ANN, NOW)
        node.lexicons.move("old", "retired", "x", ANN, NOW)


def test_no_more_terms_stand_than_a_person_can_look_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lianzhi.office.lexicons.MOST_TERMS", 2)
    node, _ = opened(tmp_path)
    with node:
        one, _ = (node.lexicons.add(WORDING, "x", ANN, NOW) for _ in range(2))
        with pytest.raises(LexiconError, match="retire some"):
            node.lexicons.add(WORDING, "x", ANN, NOW)
        node.lexicons.move(one, "retired", "x", ANN, NOW)
        assert node.lexicons.add(WORDING, "x", ANN, NOW)
