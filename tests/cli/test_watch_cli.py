"""The command line as people and scripts meet it: exit codes, JSON, files, resumed runs."""

import gzip
import json
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from databases import Databases, rows_of
from lianzhi.chain.finding import Finding
from lianzhi.cli.main import main
from lianzhi.config import Config
from lianzhi.jobs import storage
from lianzhi.jobs.node import Node
from lianzhi.store.db import open_engine
from streams import START, body, calm, crowd, event, merged

pytestmark = pytest.mark.usefixtures("databases")
EVENTS = merged(calm(80), crowd("victim", 50))
BAD = b"{broken\n" + body([event("f", 4_000_000_000_000, "a", "b")]) + b'{"id": "g"}\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def stream(tmp_path: Path) -> Path:
    path = tmp_path / "stream.ndjson"
    path.write_bytes(body(EVENTS))
    return path


def run(*words: object, home: Path | None = None, stdin: bytes | None = None) -> Result:
    options = [] if home is None else ["--home", str(home)]
    runner = CliRunner(env={"LC_ALL": "C.UTF-8"})
    return runner.invoke(main, [*map(str, words), *options], input=stdin)


def said(result: Result) -> list[Any]:
    return [json.loads(one) for one in result.stdout.splitlines()]


def test_watch_prints_what_it_finds(home: Path, stream: Path) -> None:
    result = run("watch", stream, home=home)
    assert result.exit_code == 0, result.output
    assert "about victim" in result.stdout
    assert f"Events accepted: {len(EVENTS)};" in result.stderr


@pytest.mark.parametrize("way", ["file", "gzip", "stdin"])
def test_every_way_in_finds_the_same(home: Path, stream: Path, tmp_path: Path, way: str) -> None:
    source: Path | str = stream
    if way == "gzip":
        source = tmp_path / "stream.ndjson.gz"
        Path(source).write_bytes(gzip.compress(stream.read_bytes()))
    stdin = stream.read_bytes() if way == "stdin" else None
    found = tmp_path / "found.ndjson"
    result = run(
        *("watch", "-" if way == "stdin" else source, "--findings", found, "--json"),
        home=home,
        stdin=stdin,
    )
    assert result.exit_code == 0, result.output
    (totals,) = said(result)
    findings = [json.loads(one) for one in found.read_bytes().splitlines()]
    assert totals == {
        "accepted": len(EVENTS),
        "duplicates": 0,
        "quarantined": 0,
        "quarantined_before": 0,
        "conflicts": 0,
        "late": 0,
        "behind_ms": 0,
        "findings": len(findings),
        "unknown_fields": {},
    }
    wanted = {"id", "kind", "stage", "about", "subjects", "at", "score", "evidence"}
    assert all(wanted <= set(finding) for finding in findings)
    assert [f["at"] for f in findings] == sorted(f["at"] for f in findings)
    assert {f["about"] for f in findings} == {"victim"}
    assert {e["event"] for f in findings for e in f["evidence"]} <= {e.id for e in EVENTS}


def test_a_run_that_was_cut_short_is_simply_run_again(home: Path, stream: Path) -> None:
    found = stream.parent / "found.ndjson"
    clean = stream.parent / "clean.ndjson"
    assert run("watch", stream, "--findings", clean, home=stream.parent / "other").exit_code == 0
    data = stream.read_bytes()
    for part in (0.6, 0.9, 1.0):
        stream.write_bytes(data[: int(part * len(data))])
        code = run("watch", stream, "--findings", found, home=home).exit_code
        assert code == (0 if part == 1.0 else 1), "half a last line is in quarantine"
    assert found.read_bytes().splitlines()[0] == clean.read_bytes().splitlines()[0]
    again = run("watch", stream, "--findings", found, "--json", home=home)
    assert said(again)[0]["findings"] == 0
    repeated = stream.parent / "repeated.ndjson"
    run("watch", stream, "--findings", repeated, home=home)
    assert repeated.read_bytes() == found.read_bytes()


def test_a_resumed_run_writes_the_same_file(home: Path, stream: Path) -> None:
    clean, found = stream.parent / "clean.ndjson", stream.parent / "found.ndjson"
    run("watch", stream, "--findings", clean, home=stream.parent / "other")
    half = len(EVENTS) // 2
    with Node(home, Config()) as node:  # stops without `finish`, like a crash
        node.intake.submit(body(EVENTS[:half]), "test")
    run("watch", stream, "--findings", found, home=home)
    assert found.read_bytes() == clean.read_bytes()


def test_bad_rows_are_listed_and_make_the_exit_code_one(home: Path, stream: Path) -> None:
    run("watch", stream, home=home)
    assert run("quarantine", home=home).output == "Nothing is in quarantine.\n"
    stream.write_bytes(body(EVENTS[:3]) + BAD + body(EVENTS[3:5]))
    result = run("watch", stream, "--json", home=home)
    assert result.exit_code == 1
    assert [said(result)[0][name] for name in ("accepted", "duplicates")] == [0, 5]
    rows = said(run("quarantine", "--json", home=home))
    assert [(r["line"], r["reason"], r["origin"]) for r in rows] == [
        (6, "missing_field", "stream.ndjson"),
        (5, "future_time", "stream.ndjson"),
        (4, "broken_json", "stream.ndjson"),
    ]
    assert rows[2]["raw"] == "{broken"
    listed = run("quarantine", "--limit", 1, home=home)
    assert "stream.ndjson:6  missing_field" in listed.stdout
    assert "2 more" in listed.stderr


def test_a_file_that_is_read_again_fills_no_quarantine(home: Path, stream: Path) -> None:
    stream.write_bytes(body(EVENTS[:3]) + BAD + body(EVENTS[3:5]))
    assert "3 rows are in quarantine: see" in run("watch", stream, home=home).stderr
    kept = (home / "quarantine.ndjson").read_bytes()
    again = run("watch", stream, home=home)
    assert again.exit_code == 1, "the file still has rows that were refused"
    assert "3 rows are in quarantine, 3 of them since an earlier run" in again.stderr
    assert (home / "quarantine.ndjson").read_bytes() == kept
    with stream.open("ab") as more:
        more.write(b"{also broken\n")
    (totals,) = said(run("watch", stream, "--json", home=home))
    assert (totals["quarantined"], totals["quarantined_before"]) == (4, 3)
    assert len(said(run("quarantine", "--json", home=home))) == 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings", "options", "late"),
    [
        ("", [], 1),
        ("lateness_seconds = 7200.0\n", [], 0),
        ("lateness_seconds = 7200.0\n", ["--lateness", 5], 1),
        ("", ["--lateness", 7200], 0),
    ],
)
def test_lateness_is_the_configurations_unless_it_is_given(
    home: Path, stream: Path, settings: str, options: list[object], late: int
) -> None:
    home.mkdir()
    (home / "config.toml").write_text(settings)
    end = EVENTS[-1].time
    rows = [event("new", end + 3_600_000, "a", "b"), event("old", end, "a", "b")]
    stream.write_bytes(b"".join(body([row]) + b"\n" * 2_000_000 for row in rows))
    (totals,) = said(run("watch", stream, "--json", *options, home=home))
    assert (totals["accepted"], totals["late"]) == (2, late)


@pytest.mark.parametrize(("behind", "late"), [(40_000, 0), (80_000, 1)])
def test_a_file_may_be_out_of_order_by_a_minute(
    home: Path, stream: Path, behind: int, late: int
) -> None:
    end = EVENTS[-1].time
    rows = [event("new", end + behind, "a", "b"), event("old", end, "a", "b")]
    stream.write_bytes(b"".join(body([row]) + b"\n" * 2_000_000 for row in rows))
    (totals,) = said(run("watch", stream, "--json", home=home))
    assert (totals["accepted"], totals["late"]) == (2, late)


def test_late_rows_are_told(home: Path, stream: Path) -> None:
    late = event("late", START - 7_200_000, "a", "b")
    stream.write_bytes(body(EVENTS))
    run("watch", stream, home=home)
    stream.write_bytes(body([late]))
    result = run("watch", stream, home=home)
    assert result.exit_code == 0
    assert "1 came late, by up to" in result.stderr
    assert "in order of time" in result.stderr


def test_file_of_the_past_is_told_with_the_command_that_judges_history(
    home: Path, stream: Path
) -> None:
    stream.write_bytes(body(EVENTS))
    run("watch", stream, home=home)
    past = [event(f"p{n}", START - 40 * 86_400_000 + n, "a", "b") for n in range(3)]
    stream.write_bytes(body(past))
    result = run("watch", stream, home=home)
    assert result.exit_code == 0
    assert "3 came late, by up to 40.0 days: they are kept but not judged" in result.stderr
    assert "lianzhi watch FILE --home NEW" in result.stderr
    run("watch", stream, home=stream.parent / "new")
    totals = json.loads(run("watch", stream, "--json", home=stream.parent / "new").stdout)
    assert (totals["duplicates"], totals["late"]) == (3, 0)


def test_known_ids_with_other_content_are_in_quarantine(home: Path, stream: Path) -> None:
    stream.write_bytes(body([event("e1", START, "a", "b", text="first")]))
    run("watch", stream, home=home)
    rows = [("e1", "first"), ("e1", "second"), ("e2", "third")]
    stream.write_bytes(body([event(id_, START, "a", "b", text=text) for id_, text in rows]))
    result = run("watch", stream, home=home)
    assert result.exit_code == 1
    assert "known already: 1" in result.stderr
    assert "1 rows are in quarantine, 1 of them with an id that is known" in result.stderr
    (row,) = said(run("quarantine", "--json", home=home))
    assert (row["line"], row["reason"]) == (2, "conflict")


def test_what_cannot_be_done_exits_with_three(
    databases: Databases, home: Path, stream: Path
) -> None:
    for name in ("none", b"b\xff".decode("utf-8", "surrogateescape")):
        missing = run("watch", stream.parent / name, home=home)
        shown = click.format_filename(stream.parent / name)
        assert f"Error: FILE '{shown}': no such file or directory; name a file" in missing.stderr
        assert missing.exit_code == 3
    assert not home.exists(), "a wrong name makes nothing"
    nowhere = run("watch", stream, "--findings", stream.parent / "no" / "where", home=home)
    assert nowhere.exit_code == 3
    assert "where': no such file or directory; name a file that can be written" in nowhere.stderr
    cut = stream.parent / "cut.gz"
    cut.write_bytes(gzip.compress(stream.read_bytes())[:-30])
    assert run("watch", cut, home=home).exit_code == 3
    (stream.parent / "not.gz").write_bytes(b"plain")
    assert run("watch", stream.parent / "not.gz", home=home).exit_code == 3
    with Node(home):
        locked = run("watch", stream, home=home)
        assert (locked.exit_code, "stop it first" in locked.stderr) == (3, True)
        assert run("record", "erase", "--subject", "x", home=home).exit_code == 3
    for command in (["watch", stream], ["record", "verify"], ["case", "list"]):
        (home / "config.toml").write_text("lateness = 3\n")
        wrong = run(*command, home=home)
        assert (wrong.exit_code, "mend it" in wrong.stderr) == (3, True)
    nobody = stream.parent / "nobody"
    databases.url(nobody, empty=True)
    for command in (
        "record verify",
        "record rebuild",
        "record erase --subject x",
        "record adopt --yes",
        "case list",
        "quarantine",
        "user list",
        "user disable x",
        "key list",
        "key revoke x",
    ):
        asked = run(*command.split(), home=nobody)
        assert (asked.exit_code, "there is no deployment" in asked.stderr) == (3, True)
    assert not nobody.exists(), "asking makes nothing"


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_locked_database_is_told(
    home: Path, stream: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Node(home):
        pass
    with closing(sqlite3.connect(home / "lianzhi.db", isolation_level=None)) as other:
        monkeypatch.setattr(storage, "open_engine", partial(open_engine, busy_ms=5))
        other.execute("BEGIN EXCLUSIVE")
        held = run("watch", stream, home=home)
        assert (held.exit_code, "another process locks the database" in held.stderr) == (3, True)


def test_a_locked_home_costs_no_file_of_findings(home: Path, stream: Path) -> None:
    found = stream.parent / "found.ndjson"
    found.write_bytes(b"of the other process\n")
    with Node(home):
        assert run("watch", stream, "--findings", found, home=home).exit_code == 3
    assert found.read_bytes() == b"of the other process\n"


def test_called_wrongly_exits_with_two(home: Path) -> None:
    assert run("watch").exit_code == 2
    assert run("watch", "-", "--lateness", -1, home=home).exit_code == 2
    assert run("unheard-of").exit_code == 2


def test_cases_and_record_from_the_command_line(home: Path, stream: Path) -> None:
    run("watch", stream, home=home)
    (case,) = said(run("case", "list", "--json", home=home))
    assert case["account"] == "victim"
    assert case["id"] in run("case", "list", home=home).stdout
    assert "No cases" in run("case", "list", "--status", "closed", home=home).stdout
    (shown,) = said(run("case", "show", case["id"], "--json", home=home))
    assert case["id"] in json.dumps(shown)
    assert "victim" in run("case", "show", case["id"], home=home).stdout
    unknown = run("case", "show", "none", home=home)
    assert (unknown.exit_code, "case list" in unknown.stderr) == (3, True)
    chain = run("case", "chain", case["id"], home=home)
    assert chain.exit_code == 0, chain.output
    assert "organising" in chain.stdout
    (whole,) = said(run("case", "chain", case["id"], "--json", home=home))
    assert [each["id"] for each in whole["cases"]] == [case["id"]]
    assert run("case", "chain", "none", home=home).exit_code == 3
    sound = run("record", "verify", home=home)
    assert (sound.exit_code, "sound" in sound.stdout) == (0, True)
    (report,) = said(run("record", "verify", "--json", home=home))
    assert (report["ok"], report["events"]["events"]) == (True, len(EVENTS))
    (rebuilt,) = said(run("record", "rebuild", "--json", home=home))
    assert rebuilt["entries"] == report["size"]
    assert said(run("case", "list", "--json", home=home)) == [case]


def test_erasure_from_the_command_line(home: Path, stream: Path) -> None:
    run("watch", stream, home=home)
    erased = run("record", "erase", "--subject", "victim", home=home)
    assert (erased.exit_code, "Erased" in erased.stdout) == (0, True)
    assert "erased person" in run("case", "list", home=home).stdout
    assert run("record", "verify", home=home).exit_code == 0
    found = stream.parent / "found.ndjson"
    again = run("watch", stream, "--findings", found, "--json", home=home)
    assert said(again)[0]["duplicates"] == len(EVENTS)
    assert b"victim" not in found.read_bytes()
    assert {json.loads(one)["about"] for one in found.read_bytes().splitlines()} == {"(erased)"}


def test_tampering_is_named_with_exit_code_one(home: Path, stream: Path) -> None:
    run("watch", stream, home=home)
    (frames,) = (home / "events").glob("*.log")
    whole = frames.read_bytes()
    frames.write_bytes(whole.replace("滚出去".encode(), "请进来".encode(), 1))
    result = run("record", "verify", home=home)
    assert (result.exit_code, f"NOT SOUND: {frames.name}" in result.stdout) == (1, True)
    frames.unlink()
    result = run("record", "verify", home=home)
    told = f"NOT SOUND: {frames.name}, event 0: the log ends after 0 events, but {len(EVENTS)} were"
    assert (result.exit_code, told in result.stdout) == (1, True)
    frames.write_bytes(whole)
    with rows_of(Config().url(home)) as rows:
        case = rows.scalar(text('SELECT id FROM "case"'))
        rows.execute(text("UPDATE \"case\" SET status = 'closed'"))
    result = run("record", "verify", home=home)
    told = f"NOT SOUND: table case, row {case}: status: not as recorded"
    assert (result.exit_code, told in result.stdout) == (1, True)
    (report,) = said(run("record", "verify", "--json", home=home))
    assert (report["ok"], report["tables"]["faults"][0]["key"]) == (False, case)
    run("record", "rebuild", home=home)
    assert run("record", "verify", home=home).exit_code == 0
    with rows_of(Config().url(home)) as rows:
        rows.execute(text('UPDATE entry SET at = at + 1 WHERE "index" = 1'))
    result = run("record", "verify", home=home)
    assert (result.exit_code, "NOT SOUND: entry 1" in result.stdout) == (1, True)
    assert said(run("record", "verify", "--json", home=home))[0]["ok"] is False


def test_findings_are_what_the_library_reads(home: Path, stream: Path) -> None:
    found = stream.parent / "found.ndjson"
    run("watch", stream, "--findings", found, home=home)
    for one in found.read_bytes().splitlines():
        finding = msgspec.json.decode(one, type=Finding)
        assert finding.score == pytest.approx(sum(r.points for r in finding.reasons), abs=1e-3)


@pytest.mark.parametrize("way", ["file", "stdin"])
def test_a_line_that_is_too_long_is_refused_with_its_real_size(home: Path, way: str) -> None:
    long = body([event("long", START, "a", "b", text="x" * 300_000)])
    data = body(EVENTS[:3]) + long + body(EVENTS[3:5])
    file = home.parent / "long.ndjson"
    file.write_bytes(data)
    result = run("watch", *(("-",) if way == "stdin" else (file,)), home=home, stdin=data)
    assert (result.exit_code, "Events accepted: 5" in result.stderr) == (1, True)
    (row,) = said(run("quarantine", "--json", home=home))
    assert row["line"] == 4
    assert f"the line has {len(long) - 1} bytes; send at most 262144" in row["detail"]
