"""Packs: what stands in them is proved, whatever is changed is noticed, erasure is said."""

import re
from collections import Counter
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pack_house import (
    ODD,
    case_of,
    checked,
    exported,
    faults,
    files_of,
    lines_of,
    resigned,
    with_lines,
    zipped,
)

from lianzhi.documents import forms
from lianzhi.jobs.node import Node
from lianzhi.record.checkpoint import Signer
from lianzhi.store.audit import audit
from lianzhi.store.ledger import custody
from streams import NOW

ROOT = Path(__file__).parents[2]


def test_a_pack_proves_its_case_and_says_how_each_event_is_proved(node: Node, pack: bytes) -> None:
    verdict = checked(pack, node.ledger.signer.verifier)
    assert verdict.ok, verdict
    assert verdict.known_key
    assert verdict.case == case_of(node)
    files = files_of(pack)
    events, entries = lines_of(files, forms.EVENTS), lines_of(files, forms.ENTRIES)
    sealed = [one for one in events if one["segment"] is not None]
    assert 0 < len(sealed) < len(events) == verdict.events
    assert {one["state"] for one in events} == {"whole"}
    assert {one["part"] for one in entries} == {"step", "finding", "segment"}
    texts = {name: text for one in entries for name, text in one["texts"].items() if text}
    assert texts["reason"]["text"] in {"it is over", "电话联系过当事人。\n第二行"}
    assert ODD in {msgspec.json.decode(one["raw"])["text"] for one in events}


def test_the_same_case_at_the_same_checkpoint_gives_the_same_bytes(
    tmp_path: Path, node: Node
) -> None:
    import io

    from lianzhi.documents import pack as packs
    from lianzhi.documents.forms import Facts
    from lianzhi.jobs.evidence import _Case
    from lianzhi.store import db

    def made(at: int) -> bytes:
        facts = Facts(
            case=case_of(node), lang="en", made_at=at, by="x", deployment="", utc_offset_minutes=0
        )
        out = io.BytesIO()
        with db.snapshot(node.engine) as connection:
            source = _Case(connection, node.ledger, node.home / "events", facts.case)
            packs.write(out, facts, source, node.ledger.signer.note)
        return out.getvalue()

    assert made(NOW) == made(NOW)
    assert made(NOW) != made(NOW + 60_000)


def test_the_export_is_a_step_of_the_case_and_not_in_its_own_pack(node: Node) -> None:
    case = case_of(node)
    first, done = exported(node, case)
    assert sha256(first).hexdigest() == done.sha256
    said = node.ledger.payload(done.entry)
    assert said == {
        "case": case,
        "by": "reviewer",
        "sha256": done.sha256,
        "size": done.checkpoint,
        "lang": "zh",
    }
    kinds = Counter(one["kind"] for one in lines_of(files_of(first), forms.ENTRIES))
    second, _ = exported(node, case)
    after = Counter(one["kind"] for one in lines_of(files_of(second), forms.ENTRIES))
    assert after["evidence.exported"] == kinds["evidence.exported"] + 1


def test_a_case_that_is_not_leaves_no_trace(node: Node) -> None:
    size = node.ledger.size
    with pytest.raises(KeyError):
        exported(node, "none")
    assert node.ledger.size == size


def test_a_key_from_elsewhere_settles_whose_pack_it_is(node: Node, files: dict[str, bytes]) -> None:
    stranger = Signer(node.ledger.signer.name, b"x" * 32)
    assert "manifest" in faults(zipped(files), stranger.verifier)
    forged = {**files, forms.KEY: f"{stranger.verifier}\n".encode()}
    point = forms.read_manifest(files[forms.MANIFEST]).checkpoint
    forged[forms.CHECKPOINT] = stranger.sign(point.size, bytes.fromhex(point.root)).encode()
    pack = resigned(forged, stranger, key=str(stranger.verifier))
    assert faults(pack).keys() == {"summary"}  # it prints the key
    assert "manifest" in faults(pack, node.ledger.signer.verifier)


# -- whatever is changed is noticed ---------------------------------------------------------------


@pytest.mark.parametrize("name", forms.FILES)
@settings(max_examples=60)
@given(data=st.data())
def test_a_changed_byte_of_any_file_is_noticed(
    files: dict[str, bytes], name: str, data: st.DataObject
) -> None:
    body = bytearray(files[name])
    place = data.draw(st.integers(0, len(body) - 1))
    body[place] ^= data.draw(st.integers(1, 255))
    assert faults(zipped({**files, name: bytes(body)})), (name, place)


@pytest.mark.slow
@pytest.mark.parametrize("name", [forms.MANIFEST, forms.SIGNATURE, forms.CHECKPOINT, forms.KEY])
def test_each_byte_of_the_small_files_counts(files: dict[str, bytes], name: str) -> None:
    # What comes later in a long one are more lines of the same lists.
    for place in (*range(len(files[name]))[:600], *range(600, len(files[name]), 7)):
        body = bytearray(files[name])
        body[place] ^= 1 << place % 8
        assert faults(zipped({**files, name: bytes(body)})), (name, place)


def _edit(lines: list[dict], what: str) -> None:
    """A change that whoever holds the key could make to the lines of events."""
    one = lines[len(lines) // 2]
    if what == "dropped":
        lines.remove(one)
    elif what == "doubled":
        lines.insert(0, lines[0])
    elif what == "swapped":
        lines[0], lines[1] = lines[1], lines[0]
    elif what == "role":
        one["role"] = "inciter" if one["role"] != "inciter" else "follower"
    elif what == "spans":
        one["spans"] = [*one["spans"], {"start": 0, "end": 1, "kind": "threat"}]
    elif what == "text":
        one["raw"] = one["raw"].replace('"text":"', '"text":"!')
    elif what == "account":
        one["actor_account"] = "somebody"
    elif what == "time":
        one["at"] += 1
    elif what == "erased":
        one.update(state="erased", raw=None, salt=None)
    elif what == "missing":
        one.update(state="missing", raw=None, salt=None)
    elif what == "no proof":
        first = next(one for one in lines if one["segment"] is not None)
        first["proof"] = first["proof"][1:]
    elif what == "other segment":
        first = next(one for one in lines if one["segment"] is not None)
        first["segment"] = 10**6
    elif what == "position":
        lines[-1]["seq"] += 1


EDITS = (
    *("dropped", "doubled", "swapped", "role", "spans", "text", "account", "time"),
    *("erased", "missing", "no proof", "other segment", "position"),
)


@pytest.mark.parametrize("what", EDITS)
def test_even_the_key_s_holder_cannot_change_an_event(
    node: Node, files: dict[str, bytes], what: str
) -> None:
    lines = lines_of(files, forms.EVENTS)
    _edit(lines, what)
    counts = msgspec.structs.replace(
        forms.read_manifest(files[forms.MANIFEST]).counts, events=len(lines)
    )
    pack = resigned(with_lines(files, forms.EVENTS, lines), node.ledger.signer, counts=counts)
    assert "events" in faults(pack, node.ledger.signer.verifier)


@pytest.mark.parametrize(
    ("what", "part"),
    [
        ("payload", "entries"),
        ("salt", "entries"),
        ("text", "entries"),
        ("text gone", "entries"),
        ("at", "entries"),
        ("finding dropped", "entries"),
        ("opening dropped", "entries"),
        ("segment dropped", "events"),
        ("part", "entries"),
    ],
)
def test_even_the_key_s_holder_cannot_change_an_entry(
    node: Node, files: dict[str, bytes], what: str, part: str
) -> None:
    lines = lines_of(files, forms.ENTRIES)
    told = next(one for one in lines if "reason" in one["texts"])
    finding = next(one for one in lines if one["part"] == "finding")
    if what == "payload":
        told["payload"] = told["payload"].replace('"li"', '"wu"')
    elif what == "salt":
        told["salt"] = told["salt"][::-1]
    elif what == "text":
        told["texts"]["reason"]["text"] += "!"
    elif what == "text gone":
        told["texts"]["reason"] = None
    elif what == "at":
        told["at"] += 1
    elif what == "finding dropped":
        lines.remove(finding)
    elif what == "opening dropped":
        lines.remove(next(one for one in lines if one["kind"] == "case.opened"))
    elif what == "segment dropped":
        lines.remove(next(one for one in lines if one["part"] == "segment"))
    elif what == "part":
        finding["part"] = "step"
    counts = msgspec.structs.replace(
        forms.read_manifest(files[forms.MANIFEST]).counts, entries=len(lines)
    )
    pack = resigned(with_lines(files, forms.ENTRIES, lines), node.ledger.signer, counts=counts)
    assert part in faults(pack, node.ledger.signer.verifier)


def test_even_the_key_s_holder_cannot_rename_people(node: Node, files: dict[str, bytes]) -> None:
    lines = lines_of(files, forms.PEOPLE)
    lines[0]["account"] = "somebody"
    pack = resigned(with_lines(files, forms.PEOPLE, lines), node.ledger.signer)
    assert faults(pack, node.ledger.signer.verifier)
    renamed = with_lines(files, forms.PEOPLE, [*lines, {"token": "p_zz", "account": "x"}])
    assert faults(resigned(renamed, node.ledger.signer))


@pytest.mark.parametrize(
    "change",
    [
        lambda html: html.replace("首发".encode(), "煽动".encode(), 1),
        lambda html: html.replace(b"</main>", b"<p>more</p></main>"),
    ],
)
def test_a_summary_that_does_not_follow_from_the_data_is_noticed(
    node: Node, files: dict[str, bytes], change
) -> None:
    changed = change(files[forms.SUMMARY])
    assert changed != files[forms.SUMMARY]
    pack = resigned({**files, forms.SUMMARY: changed}, node.ledger.signer)
    assert faults(pack, node.ledger.signer.verifier).keys() == {"summary"}


def test_facts_that_are_not_on_the_record_stand_in_the_summary(
    node: Node, files: dict[str, bytes]
) -> None:
    facts = forms.read_manifest(files[forms.MANIFEST]).facts
    for changes in ({"by": "another"}, {"made_at": NOW + 60_000}, {"deployment": "x"}):
        pack = resigned(files, node.ledger.signer, facts=msgspec.structs.replace(facts, **changes))
        assert faults(pack).keys() == {"summary"}, changes


def test_a_pack_of_another_version_is_told_apart(node: Node, files: dict[str, bytes]) -> None:
    pack = resigned(files, node.ledger.signer, recipe="0" * 64, producer="lianzhi 9.9")
    verdict = checked(pack)
    assert verdict.ok
    assert "another version (lianzhi 9.9)" in verdict.parts[-1].detail


def test_a_line_has_one_spelling(node: Node, files: dict[str, bytes]) -> None:
    first, rest = files[forms.PEOPLE].split(b"\n", 1)
    for spelt in (first.replace(b":", b": "), first[:-1] + b',"x":1}', b" " + first):
        pack = resigned({**files, forms.PEOPLE: spelt + b"\n" + rest}, node.ledger.signer)
        assert "people" in faults(pack)


# -- erasure --------------------------------------------------------------------------------------


def test_what_was_erased_is_said_and_still_proved(erased: tuple[Node, bytes]) -> None:
    node, pack = erased
    verdict = checked(pack, node.ledger.signer.verifier)
    assert verdict.ok, verdict
    assert verdict.erased == 1
    files = files_of(pack)
    gone = [one for one in lines_of(files, forms.EVENTS) if one["state"] == "erased"]
    assert len(gone) == 1
    assert gone[0]["segment"] is not None
    assert gone[0]["actor_account"] is gone[0]["raw"] is gone[0]["salt"] is None
    assert b"odd0" not in b"".join(files.values())
    assert "erasure" in {one["part"] for one in lines_of(files, forms.ENTRIES)}
    assert "内容已依法删除" in files[forms.SUMMARY].decode()
    assert audit(node.engine, *custody(node.home, node.config.origin)).ok


def test_an_erasure_that_is_left_out_is_noticed(erased: tuple[Node, bytes]) -> None:
    node, pack = erased
    files = files_of(pack)
    lines = [one for one in lines_of(files, forms.ENTRIES) if one["part"] != "erasure"]
    counts = forms.read_manifest(files[forms.MANIFEST]).counts
    counts = msgspec.structs.replace(counts, entries=len(lines))
    changed = with_lines(files, forms.ENTRIES, lines)
    assert "events" in faults(resigned(changed, node.ledger.signer, counts=counts))


def test_a_copy_that_nobody_erased_is_called_missing(tmp_path: Path, node: Node) -> None:
    import pack_house
    from sqlalchemy import delete

    from lianzhi.store.tables import evidence

    with pack_house.lived(tmp_path / "home") as other:
        files = files_of(exported(other, case_of(other))[0])
        seq = lines_of(files, forms.EVENTS)[0]["seq"]
        with other.engine.begin() as connection:
            connection.execute(delete(evidence).where(evidence.c.seq == seq))
        pack, _ = exported(other, case_of(other))
        assert lines_of(files_of(pack), forms.EVENTS)[0]["state"] == "missing"
        assert "副本缺失" in files_of(pack)[forms.SUMMARY].decode()
        assert faults(pack) == {
            "events": "copies gone and no erasure accounts for them: 1",
            "summary": "not compared, since what it is made from does not stand",
        }


# -- the description is enough --------------------------------------------------------------------


@pytest.mark.parametrize("erase", [False, True])
def test_the_verifier_in_the_document_finds_the_same(
    tmp_path: Path, pack: bytes, erased: tuple[Node, bytes], erase: bool
) -> None:
    page = (ROOT / "docs" / "evidence.md").read_text("utf-8")
    (script,) = re.findall(r"```python\n(.*?)```", page, re.S)
    assert "lianzhi." not in script
    good = erased[1] if erase else pack
    run = {"__name__": "verifier"}
    exec(compile(script, "docs/evidence.md", "exec"), run)
    path = tmp_path / "pack.zip"
    path.write_bytes(good)
    entries, events = run["verify"](path)
    verdict = checked(good)
    assert (entries, events) == (verdict.entries, verdict.events)
    files = files_of(good)
    for name in (forms.ENTRIES, forms.EVENTS):
        changed = files[name].replace(b'"salt":"', b'"salt":"00', 1)
        path.write_bytes(zipped({**files, name: changed}))
        with pytest.raises((AssertionError, ValueError)):
            run["verify"](path)
