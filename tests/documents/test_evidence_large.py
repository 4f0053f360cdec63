"""A large case: the pack streams, so that memory does not follow its size."""

import resource
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from lianzhi.documents.forms import Facts
from lianzhi.documents.verify import verify
from lianzhi.flow import log
from lianzhi.jobs import evidence
from lianzhi.record.entry import Draft
from lianzhi.record.ports import Evidence as Kept
from lianzhi.store import db, migrate
from lianzhi.store.ledger import open_ledger
from lianzhi.store.projections import Chain
from lianzhi.store.segments import SegmentLog

FINDINGS, EACH, ACTORS, BEGIN = 800, 64, 500, 1_760_000_000_000
SCRIPT = """
import resource, sys
from pathlib import Path
sys.path[:0] = [{tests!r}, {here!r}]
from test_evidence_large import export
seconds, before, after, events = export(Path(sys.argv[1]))
print(seconds, before, after, events)
"""


def grown(home: Path) -> None:
    """A case on many findings, each with evidence of its own in a sealed segment."""
    engine = db.open_engine(f"sqlite:///{home}/lianzhi.db")
    migrate.upgrade(engine)
    ledger = open_ledger(engine, home, projections=[Chain()])
    events = SegmentLog(home / "events")
    lines = [_line(seq) for seq in range(FINDINGS * EACH)]
    events.sync(events.append(lines, accepted_at=BEGIN, watermark=0))
    events.turn()
    events.seal(
        lambda done: ledger.append([Draft("segment.sealed", "segment-0", 1, done.payload())])
    )
    with ledger.batch() as batch:
        tokens = batch.tokens([_actor(n) for n in range(ACTORS)] + ["victim"])
        for number in range(FINDINGS):
            seqs = range(number * EACH, (number + 1) * EACH)
            if number % 100 == 0:
                found = events.lines(list(range(number * EACH, (number + 100) * EACH)))
            copies = [
                Kept(
                    ref=f"{number:032x}",
                    seq=seq,
                    leaf=log.leaf(found[seq][1], found[seq][0]).hex(),
                    salt=found[seq][1],
                    raw=found[seq][0],
                    actor=tokens[_actor(seq)],
                    target=tokens["victim"],
                )
                for seq in seqs
            ]
            batch.keep_evidence(copies)
            batch.append(_drafts(number, copies, tokens["victim"]))
    events.close()
    engine.dispose()


def _actor(seq: int) -> str:
    return f"user{seq % ACTORS:05d}"


def _line(seq: int) -> bytes:
    said = {"id": f"e{seq}", "source": "made-up", "kind": "comment", "time": BEGIN + seq * 50}
    said |= {"actor": _actor(seq), "target": "victim", "text": f"滚出去 {seq % 700}"}
    return msgspec.json.encode(said)


def _drafts(number: int, copies: list[Kept], about: str) -> list[Draft]:
    at, ref = BEGIN + copies[-1].seq * 50, copies[0].ref
    said = {
        "id": ref,
        "kind": "bullying.pile_on",
        "stage": "act",
        "about": about,
        "at": at,
        "since": BEGIN,
        "score": 12.5,
        "roles": {copy.actor: "follower" for copy in copies},
        "counts": {"actors": EACH, "strangers": EACH, "harmful": EACH},
        "evidence": [
            {
                "source": "",
                "event": "",
                "at": BEGIN + copy.seq * 50,
                "actor": copy.actor,
                "seq": copy.seq,
                "role": "follower",
                "kinds": ["insult"],
                "spans": [{"start": 0, "end": 3, "kind": "insult"}],
            }
            for copy in copies
        ],
        "kept": {str(copy.seq): copy.leaf for copy in copies},
    }
    made = Draft("finding.made", ref, at, said)
    joined = {"case": "c1", "finding": ref, "score": 12.5}
    if number:
        return [made, Draft("case.joined", "c1", at, joined)]
    opening = {"kind": said["kind"], "about": about, "stage": "act", "minor": False, "since": BEGIN}
    return [made, Draft("case.opened", "c1", at, joined | opening)]


def export(home: Path) -> tuple[float, int, int, int]:
    """(seconds, peak memory in KiB before and after, events) of an export, verified."""
    engine = db.open_engine(f"sqlite:///{home}/lianzhi.db")
    ledger = open_ledger(engine, home, projections=[Chain()])
    facts = Facts(
        case="c1", lang="zh", made_at=BEGIN, by="x", deployment="", utc_offset_minutes=480
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    with evidence.spool(home) as file:
        done = evidence.export(ledger, home / "events", facts, file)
        took = time.perf_counter() - started
        verdict = verify(file, ledger.signer.verifier)
    assert verdict.ok, verdict
    engine.dispose()
    return took, before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, done.events


@pytest.mark.slow
def test_a_case_with_fifty_thousand_events(tmp_path: Path) -> None:
    grown(tmp_path)
    here = Path(__file__).parent
    script = SCRIPT.format(tests=str(here.parent), here=str(here))
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, check=True, text=True
    )
    seconds, before, after, events = (float(part) for part in done.stdout.split())
    assert events == FINDINGS * EACH
    assert seconds < 20
    assert after - before < 400 * 1024, "KiB; most of it is typesetting and reading Parquet"
