"""History: a town's files onto the record and out again, and what is refused on the way."""

import csv
import datetime as dt
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import msgspec
import pytest
from enforcement_house import Bureau
from figures_web import written

from lianzhi.domains.enforcement.desk import export_rows
from lianzhi.domains.enforcement.desk.office import RefusedError
from lianzhi.domains.enforcement.importing.town_files import kind_of, read_folder
from lianzhi.domains.enforcement.supervision import cases, policy
from lianzhi.domains.enforcement.supervision.look import Look
from lianzhi.domains.enforcement.supervision.monitors import report
from lianzhi.domains.enforcement.supervision.rows import Rows
from lianzhi.jobs.mounted import MODEL
from lianzhi.office.refusal import Refusal
from lianzhi.office.uploads import HOUR_MS
from lianzhi.store.audit_tables import audit_tables
from lianzhi.tabular.known_ids import KnownIds

KINDS = ("officers", "observers", "enterprises", "requests", "inspections", "penalties", "permits")


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return written(tmp_path_factory.mktemp("town") / "files")


@pytest.fixture(scope="module")
def bureau(tmp_path_factory, town):
    bureau = Bureau(tmp_path_factory.mktemp("bureau"))
    bureau.read = bureau.desk.history.read(town)
    bureau.desk.history.take(bureau.read, "chief")
    return bureau


@pytest.fixture
def empty(tmp_path):
    return Bureau(tmp_path)


def table(path, *lines):
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(file, list(lines[0]))
        sheet.writeheader()
        sheet.writerows(lines)


def known(row, items):
    """A row as the record keeps it: the place of a request to a hundred metres, and a fine with
    what the item that came along allows."""
    if hasattr(row, "act_day"):
        allowed = {name: getattr(items[row.item], name) for name in ("fine_least", "fine_most")}
        return msgspec.structs.replace(row, **allowed)
    if hasattr(row, "received_at") and row.lon is not None:
        return msgspec.structs.replace(row, lon=round(row.lon, 3), lat=round(row.lat, 3))
    return row


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_what_came_in_goes_out_as_it_came(bureau, tmp_path, ending):
    counts = bureau.desk.exports.write(tmp_path, sheets=ending == ".xlsx")
    assert {path.suffix for path in tmp_path.iterdir()} == {ending, ".geojson"}
    other = Bureau(tmp_path / "..")
    again = other.desk.history.read(tmp_path)
    assert again.errors == ()
    items = {row.id: row for row in bureau.read.reads["items"].rows}
    for kind in KINDS:
        came = {row.id: known(row, items) for row in bureau.read.reads[kind].rows}
        went = {row.id: row for row in again.reads[kind].rows}
        assert came.items() <= went.items()
        assert counts[kind] == len(went) + again.reads[kind].same
    assert {r.id for r in again.reads["grids"].rows} == {
        r.id for r in bureau.read.reads["grids"].rows
    }


@pytest.mark.slow
def test_monitors_ask_the_same_of_files_the_record_and_its_export(bureau, town, tmp_path):
    bureau.desk.exports.write(tmp_path)
    live = bureau.desk.watch.now().report
    for folder in (town, tmp_path):
        read = Rows.of(read_folder(folder, KnownIds()))
        looked = Look(read, bureau.desk.office.rules, policy.on(live.day), live.day)
        for monitor in (cases.fine_above_most, cases.fine_below_least, cases.outside_table):
            told = report(looked, [monitor]).monitors[0]
            here = next(one for one in live.monitors if one.monitor == told.monitor)
            assert {one.ids for one in here.alerts} == {one.ids for one in told.alerts}
            assert bool(told.alerts) is (monitor is cases.fine_above_most)


def test_a_file_made_here_goes_out_with_the_range_of_its_item(empty, tmp_path):
    case = empty.filed()
    person = empty.filed(unit=False, act_day=dt.date(2026, 3, 1))
    empty.desk.exports.write(tmp_path)
    with (tmp_path / "penalties.csv").open(encoding="utf-8", newline="") as file:
        told = {row["id"]: (row["fine_least"], row["fine_most"]) for row in csv.DictReader(file)}
    assert told == {case: ("5000", "50000"), person: ("0", "500")}  # 消防法 60


def test_a_range_of_fines_in_parts_or_upside_down_is_told(empty, tmp_path):
    head = "id,enterprise,item,department,officers,facts,act_day,filed,fine_least,fine_most\n"
    row = ",E0001,fire.exit_blocked,fire,li;wang,{},2026-03-02,2026-03-02,"
    (tmp_path / "penalties.csv").write_text(
        f"{head}P1{row}5000,\nP2{row}5000,100\nP3{row}0.5,100\nP4{row}0,100\n", "utf-8"
    )
    got = empty.desk.history.read(tmp_path)
    assert [row.id for row in got.reads["penalties"].rows] == ["P4"]
    assert {(one.line, one.column) for one in got.errors} == {
        (2, "fine_least"), (3, "fine_most"), (4, "fine_least"),
    }  # fmt: skip


@pytest.mark.slow
def test_tables_are_as_a_rebuild_makes_them(bureau):
    report = audit_tables(bureau.ledger.engine, MODEL)
    assert (report.ok, report.faults) == (True, ())
    bureau.ledger.rebuild()
    assert audit_tables(bureau.ledger.engine, MODEL) == report


def test_what_is_on_the_record_is_refused_row_by_row(bureau, town):
    size = bureau.ledger.size
    again = bureau.desk.history.read(town)
    nouns = KINDS[3:]
    for kind in nouns:
        read = bureau.read.reads[kind]
        assert again.reads[kind].rows == ()
        told = {(one.line, one.column, one.value) for one in again.reads[kind].errors}
        assert told == {(n, "id", row.id) for n, row in zip(read.lines, read.rows, strict=True)}
    # What a register says already makes no entry.
    for kind in ("officers", "observers", "enterprises", "grids"):
        assert again.reads[kind].same == len(bureau.read.reads[kind].rows)
    bureau.desk.history.take(again, "chief")
    assert bureau.ledger.size == size
    with pytest.raises(RefusedError, match="on the record already"):
        bureau.desk.history.take(bureau.read, "chief")
    assert bureau.ledger.size == size


def test_new_rows_may_point_to_what_is_on_the_record(bureau, tmp_path):
    row = export_rows.work_rows(bureau.desk.office, lambda one: None)["permits"][0]
    said = {"id": "L-new", "enterprise": row.enterprise, "item": row.item, "applied": "2026-03-01",
            "department": row.department, "officer": row.officer}  # fmt: skip
    table(tmp_path / "permits.csv", said, said | {"id": "L-bad", "enterprise": "E-none"})
    got = bureau.desk.history.read(tmp_path)
    assert [one.id for one in got.reads["permits"].rows] == ["L-new"]
    assert [(one.line, one.column, one.value) for one in got.errors] == [
        (3, "enterprise", "E-none")
    ]


def test_a_register_says_anew_what_has_changed(empty, tmp_path):
    row = {"id": "E0001", "name": "江月楼", "industry": "restaurant", "grid": "G01",
           "lon": "120.28", "lat": "31.91"}  # fmt: skip
    table(tmp_path / "enterprises.csv", row)
    assert empty.desk.history.take(empty.desk.history.read(tmp_path), "chief")["enterprises"] == 1
    now = {one.id: one for one in export_rows.register_rows(empty.desk.office)["enterprises"]}
    assert (now["E0001"].name, now["E0001"].lon) == ("江月楼", 120.28)
    assert empty.desk.history.read(tmp_path).reads["enterprises"].same == 1


PENALTY = {
    "id": "P1", "enterprise": "E0001", "item": "fire.exit_blocked", "department": "fire",
    "officers": "li;wang", "facts": "{}", "act_day": "2026-01-02", "filed": "2026-01-03",
}  # fmt: skip


def test_fen_are_refused_and_not_cut_off(empty, tmp_path):
    fined = {"decided": "2026-01-30", "decided_by": "chief", "list": "ordinary"}
    table(tmp_path / "penalties.csv", PENALTY | fined | {"fine": "200.50"})
    (problem,) = empty.desk.history.read(tmp_path).errors
    assert (problem.line, problem.column, problem.value) == (2, "fine", "200.50")


def test_a_reconsideration_without_an_answer_goes_on(empty, tmp_path):
    decided = {"decided": "2026-01-30", "decided_by": "chief", "list": "ordinary", "fine": "500",
               "served": "2026-02-02", "reconsideration": "2026-02-20", "fine_least": "100",
               "fine_most": "5000"}  # fmt: skip
    table(tmp_path / "penalties.csv", PENALTY | decided | {"overturned": ""},
          PENALTY | decided | {"id": "P2", "overturned": "false"})  # fmt: skip
    got = empty.desk.history.read(tmp_path)
    empty.desk.history.take(got, "chief")
    assert empty.penalty("P1").suspended
    assert not empty.penalty("P2").suspended
    assert (
        export_rows.work_rows(empty.desk.office, lambda one: None)["penalties"]
        == got.reads["penalties"].rows
    )


def test_a_case_of_this_desk_goes_out_with_its_steps_and_an_erased_party_blank(empty, tmp_path):
    made = empty.decided()
    empty.ledger.erase("E0001", empty.now)
    empty.desk.exports.write(tmp_path)
    with (tmp_path / "penalties.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["id"], row["enterprise"], row["fine"]) == (made, "", "20000")
    assert (row["noticed"], row["decided"]) == ("2026-03-02", "2026-03-12")
    with (tmp_path / "enterprises.csv").open(encoding="utf-8", newline="") as file:
        names = {one["id"]: one["name"] for one in csv.DictReader(file)}
    assert names == {"": "", "E0002": "东门仓库"}
    with (tmp_path / "steps.csv").open(encoding="utf-8", newline="") as file:
        steps = [one for one in csv.DictReader(file) if one["of"] == made]
    assert [one["step"].partition(".")[2] for one in steps] == [
        "filed", "evidence_added", "noticed", "decided",
    ]  # fmt: skip
    assert steps[-1]["by"] == "chief"
    assert "江月餐馆" not in (tmp_path / "steps.csv").read_text("utf-8")


KILLED = """
import os, signal, sys
sys.path[:0] = {path!r}
from pathlib import Path
from enforcement_house import Bureau
bureau = Bureau(Path(sys.argv[1]))
found = bureau.desk.history.read(Path(sys.argv[2]))
print(bureau.ledger.size, flush=True)
bureau.desk.history.take(found, "chief", watch=lambda n, of: os.kill(os.getpid(), signal.SIGKILL))
"""


@pytest.mark.slow
def test_an_import_that_is_killed_leaves_nothing(tmp_path, town):
    (tmp_path / "home").mkdir()
    text = textwrap.dedent(KILLED).format(path=sys.path)
    done = subprocess.run(
        [sys.executable, "-c", text, str(tmp_path / "home"), str(town)],
        capture_output=True, check=False, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    bureau = Bureau(tmp_path / "home")  # registers its own five again
    assert bureau.ledger.size == int(done.stdout) * 2
    assert export_rows.work_rows(bureau.desk.office, lambda one: None)["requests"] == ()
    counts = bureau.desk.history.take(bureau.desk.history.read(town), "chief")
    assert counts["requests"] > 1000


def test_uploads_are_kept_for_an_hour_claimed_once_and_swept(tmp_path):
    uploads, now = Bureau(tmp_path).desk.uploads, 1_800_000_000_000
    upload = uploads.keep({"处罚案件 2025.CSV": b"a", "grids.geojson": b"{}"}, now)
    folder = uploads.folder(upload, now + HOUR_MS - 1)
    assert {path.name for path in folder.iterdir()} == {"penalties.csv", "grids.geojson"}
    uploads.claim(upload, now)
    with pytest.raises(KeyError):
        uploads.claim(upload, now)
    uploads.give_back(upload)
    assert uploads.folder(upload, now) == folder
    for wrong in ("../evil", upload + "/..", "", upload.replace("1", "x", 1)):
        with pytest.raises(KeyError):
            uploads.folder(wrong, now)
    with pytest.raises(KeyError):
        uploads.folder(upload, now + HOUR_MS)
    uploads.claim(upload, now)  # and whoever claimed it was killed
    assert uploads.sweep(now + HOUR_MS) == 1
    assert list(folder.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        ({"letter.docx": b"x"}, "file_name"),
        ({"penalties.geojson": b"x"}, "file_name"),
        ({"../../penalties.exe": b"x"}, "file_name"),
        ({"penalties.csv": b"x", "处罚.xlsx": b"x"}, "file_twice"),
        ({}, "no_file"),
    ],
)
def test_names_that_tell_no_kind_are_refused_and_nothing_is_kept(empty, files, rule):
    with pytest.raises(Refusal) as refused:
        empty.desk.uploads.keep(files, empty.now)
    assert refused.value.rule == rule
    assert not (empty.home / "enforcement" / "uploads").exists()


@pytest.mark.parametrize(
    ("name", "kind"),
    [("requests (2).csv", "requests"), ("2025企业名录.xlsx", "enterprises"),
     ("企业处罚.csv", None), ("x.csv", None), (str(Path("a") / "permits.csv"), "permits")],
)  # fmt: skip
def test_names_of_files(name, kind):
    assert kind_of(name) == kind
