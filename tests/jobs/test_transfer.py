"""Transfers: what is handed over is on the record, proved, and says who was erased."""

import io
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import Order, measure_id, number
from lianzhi.config import Config, NoticeSettings
from lianzhi.documents import forms
from lianzhi.documents.notice import Sender
from lianzhi.documents.verify import verify
from lianzhi.domains.enforcement.desk.spot import SpotRecord
from lianzhi.jobs import transfer
from lianzhi.jobs.node import Node
from lianzhi.jobs.transfer import Sending
from lianzhi.office.actor import Actor
from lianzhi.office.decisions import DecisionRequest
from lianzhi.store import views, views_process
from lianzhi.store.audit_tables import audit_tables
from streams import body, calm, crowd, event, merged

#: 2026-11-18, when the shipped rules apply.
AT = 1_795_000_000_000
HOUR = 3_600_000
LI = Actor("li", may_severe=True)
WANG = Actor("wang", may_severe=True)
BODY = "某市公安局网安支队"
REASON = "多次扬言上门，并公布住址。"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    config = Config(
        lateness_seconds=1.0,
        deployment="某平台",
        notices=NoticeSettings(contact="help@example.org"),
    )
    threats = [
        event(f"t{n}", AT + 70_000 + n * 5_000, "loud", "victim", text="滚出去，垃圾")
        for n in range(4)
    ]
    with Node(tmp_path / "home", config, clock=lambda: AT + HOUR) as node:
        events = merged(calm(60, start=AT), crowd("victim", 40, start=AT + 60_000), threats)
        node.intake.submit(body(events), "test")
        node.intake.finish()
        yield node


def case_of(node: Node) -> str:
    return views.cases(node.engine, query="victim").rows[0].id


def decided(node: Node, key: str = "transfer", mode: str = "manual") -> str:
    """A measure against `loud` that two people decided on; its id."""
    subject = node.ledger.vault.known(["loud"])["loud"]
    order = Order(
        key=key,  # type: ignore[arg-type]
        subjects=(subject,),
        mode=mode,  # type: ignore[arg-type]
        hours=0 if key == "transfer" else 24,
        authority=BODY if key == "transfer" else "",
    )
    asking = DecisionRequest(orders=(order,), facts=REASON, ground="threat")
    deciding = node.proceedings.decisions
    made = deciding.decide(case_of(node), asking, LI, AT + HOUR)
    if key == "transfer":
        deciding.confirm(made, WANG, AT + HOUR)
    return measure_id(made, key, subject, "")


def handed(
    node: Node, measure: str, lang: str = "zh"
) -> tuple[dict[str, bytes], SpotRecord, bytes]:
    out = io.BytesIO()
    sending = Sending(
        measure=measure,
        lang=lang,  # type: ignore[arg-type]
        made_at=AT + 2 * HOUR,
        by="wang",
        sender=node.post.sender,
        utc_offset_minutes=480,
    )
    done = transfer.export(node.ledger, node.home, node.proceedings.published, sending, out)
    with zipfile.ZipFile(io.BytesIO(out.getvalue())) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return files, done, out.getvalue()


def kinds(node: Node) -> list[str]:
    return [entry.kind for entry in node.ledger.entries()]


def test_what_is_handed_over_is_proved_and_on_the_record(node: Node) -> None:
    measure = decided(node)
    files, done, whole = handed(node, measure)
    assert node.post.sender == Sender("某平台", "help@example.org")
    assert done.sha256 == sha256(whole).hexdigest()
    assert done.bytes == len(whole)
    said = node.ledger.payload(done.entry)
    assert said == {
        "measure": measure,
        "case": case_of(node),
        "by": "wang",
        "sha256": done.sha256,
        "checkpoint": done.checkpoint,
    }
    verdict = verify(io.BytesIO(files["evidence.zip"]), node.ledger.signer.verifier)
    assert verdict.ok, verdict
    assert verdict.size == done.checkpoint
    (inner,) = [e for e in node.ledger.entries() if e.kind == "evidence.exported"]
    digest = sha256(files["evidence.zip"]).hexdigest()
    assert (node.ledger.payload(inner.index) or {})["sha256"] == digest
    letter = files["letter.html"].decode()
    for told in (
        *(number(measure), BODY, "某平台", "help@example.org", "victim", "loud", REASON, digest),
        *("社区规则第三条", "自2026年11月1日起适用", "软件自带的示例", "证据包中有 4 项"),
        # In force on the day, and of a text that nobody has read yet.
        *("《治安管理处罚法》（2025年修订）：威胁人身安全", "自2026年1月1日起施行", "尚未核对"),
        str(node.ledger.signer.verifier),
    ):
        assert told in letter, told
    assert "2012年修正" not in letter
    in_pack = [
        line["seq"]
        for line in map(msgspec.json.decode, _member(files, forms.EVENTS).splitlines())
        if line["actor_account"] == "loud"
    ]
    assert len(in_pack) == 4


def _member(files: dict[str, bytes], name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(files["evidence.zip"])) as archive:
        return archive.read(name)


def test_the_status_stays_and_the_steps_follow(node: Node) -> None:
    measure = decided(node)
    handed(node, measure)
    row = views_process.measure_by_id(node.engine, measure)
    assert row is not None
    assert row.status == "ordered"
    node.proceedings.measures.applied(measure, "li", AT + 3 * HOUR, "No. 12")
    handed(node, measure, "en")
    node.proceedings.measures.answered(measure, "a case was opened", "li", AT + 4 * HOUR)
    row = views_process.measure_by_id(node.engine, measure)
    assert row is not None
    assert row.status == "applied"
    told = [entry.kind for entry in node.ledger.entries() if entry.ref == measure]
    assert told == [
        *("measure.ordered", "transfer.exported", "measure.applied"),
        *("transfer.exported", "transfer.answered"),
    ]
    view = views.case(node.engine, case_of(node))
    assert view is not None
    assert [step.kind for step in view.steps].count("transfer.exported") == 2
    assert audit_tables(node.engine).ok
    # The second pack tells of the first.
    assert "导出移送材料" in _summary(node, measure)


def _summary(node: Node, measure: str) -> str:
    files, _, _ = handed(node, measure)
    return _member(files, forms.SUMMARY).decode()


def test_erased_people_are_said_to_be_and_the_rest_still_stands(node: Node) -> None:
    measure = decided(node)
    node.erasure.erase("loud")
    files, _, _ = handed(node, measure)
    letter = files["letter.html"].decode()
    assert "loud" not in letter
    assert REASON not in letter, "the reasons spoke of one person, who is gone"
    for told in ("已删除的人", "内容不再保留", "victim"):
        assert told in letter, told
    assert verify(io.BytesIO(files["evidence.zip"]), node.ledger.signer.verifier).ok


def test_nothing_else_is_handed_over(node: Node) -> None:
    shadow, mute, lifted = decided(node, mode="shadow"), decided(node, "mute"), decided(node)
    node.proceedings.measures.lift(lifted, "a mistake", LI, AT + HOUR)
    before = kinds(node)
    for measure, status in ((shadow, "shadowed"), (mute, "mute"), (lifted, "lifted")):
        with pytest.raises(IllegalStepError) as refused:
            handed(node, measure)
        assert (refused.value.step, refused.value.status) == ("transfer.exported", status)
    with pytest.raises(KeyError):
        handed(node, "m_0")
    assert kinds(node) == before


def test_the_same_state_gives_the_same_letter(node: Node) -> None:
    measure = decided(node)
    letters = [handed(node, measure)[0] for _ in range(2)]
    one, two = (files["letter.html"].decode().splitlines() for files in letters)
    changed = [line for line, other in zip(one, two, strict=True) if line != other]
    # The second evidence pack tells of the first export: its digest and checkpoint are others.
    assert 0 < len(changed) <= 3
    assert all("SHA-256" in line or "<code>" in line for line in changed)
