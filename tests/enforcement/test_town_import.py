"""Files of a town in and out: good rows kept, bad rows told, nothing lost on the way."""

import csv
import datetime as dt
import json
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianzhi.dispatch.grids import geojson
from lianzhi.domains.enforcement.importing import grid_file
from lianzhi.domains.enforcement.importing import town_rows as rows
from lianzhi.domains.enforcement.importing.town_files import read, read_folder, schema
from lianzhi.domains.enforcement.law import power
from lianzhi.domains.enforcement.lists import checklist_table
from lianzhi.domains.enforcement.lists.line import Line
from lianzhi.tabular import reading, writing
from lianzhi.tabular.known_ids import KnownIds

KNOWN = KnownIds({
    "enterprises": {"E1", "E2"}, "officers": {"O1", "O2"}, "grids": {"G1"}, "inspections": {"I1"},
    "items": power.keys(), "departments": {"fire", "market"},
})  # fmt: skip
OFFICER = {
    "id": "O1", "name": "王明", "squad": "S1", "department": "fire", "certificate": "C-1",
    "certificate_until": "2027-06-30",
}  # fmt: skip
PENALTY = {
    "id": "P1", "enterprise": "E1", "item": "fire.exit_blocked", "department": "fire",
    "officers": "O1;O2", "facts": '{"harm": "none", "days": 3}', "act_day": "2026-03-01",
    "filed": "2026-03-02", "decided": "2026-04-01", "decided_by": "O1", "list": "lighter",
    "fine": "5000.50", "overturned": "false",
}  # fmt: skip
REQUEST = {
    "id": "R1", "received_at": "2026-03-01T08:00:00+08:00", "channel": "hotline",
    "category": "fire", "grid": "G1", "accepted_at": "2026-03-01T09:30:00+08:00",
    "disposed_at": "2026-03-02T09:30:00+08:00", "outcome": "resolved",
}  # fmt: skip
GOOD = {"officers": OFFICER, "penalties": PENALTY, "requests": REQUEST}


def written(path, *lines, encoding="utf-8"):
    header = list(dict.fromkeys(name for line in lines for name in line))
    with path.open("w", encoding=encoding, newline="") as file:
        out = csv.DictWriter(file, header)
        out.writeheader()
        out.writerows(lines)
    return path


def sheet(path, *lines):
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    book.save(path)
    return path


def test_a_row_becomes_typed_values(tmp_path):
    got = read(written(tmp_path / "penalties.csv", PENALTY), "penalties", KNOWN)
    assert got.errors == ()
    row = got.rows[0]
    assert (row.officers, row.facts["days"], row.fine) == (("O1", "O2"), 3, Decimal("5000.50"))
    assert (row.decided, row.served, row.overturned) == (dt.date(2026, 4, 1), None, False)
    got = read(written(tmp_path / "requests.csv", REQUEST), "requests", KNOWN)
    assert got.rows[0].received_at == 1772323200000


BAD = [
    ("officers", {"id": ""}, "id", "it is empty"),
    ("officers", {"id": "O 1"}, "id", "no id"),
    ("officers", {"id": "O" * 65}, "id", "no id"),
    ("officers", {"department": "fires"}, "department", "departments has none of this id"),
    ("officers", {"certificate_until": "2027-02-29"}, "certificate_until", "no such day"),
    ("officers", {"certificate_until": "soon"}, "certificate_until", "like 2026-01-31"),
    ("officers", {"certificate_until": "0001-01-01"}, "certificate_until", "between the years"),
    ("officers", {"name": "王\x07明"}, "name", "control character"),
    ("officers", {"name": "王" * 10_001}, "name", "10,001 characters"),
    ("penalties", {"officers": "O1;O9"}, "officers", "'O9': officers has none of this id"),
    ("penalties", {"officers": "O1;O1"}, "officers", "stands twice"),
    ("penalties", {"officers": " ; "}, "officers", "it is empty"),
    ("penalties", {"item": "fire.exit"}, "item", "items has none"),
    ("penalties", {"enterprise": "E3"}, "enterprise", "enterprises has none"),
    ("penalties", {"inspection": "I2"}, "inspection", "inspections has none"),
    ("penalties", {"facts": "[1]"}, "facts", "no JSON object"),
    ("penalties", {"facts": '{"days": NaN}'}, "facts", "no JSON object"),
    ("penalties", {"facts": '{"a":' * 5000}, "facts", "characters; give"),
    ("penalties", {"facts": '{"a":' * 1900}, "facts", "no JSON object"),
    ("penalties", {"fine": "5000.505"}, "fine", "two decimals"),
    ("penalties", {"fine": "-1"}, "fine", "give 0 or more"),
    ("penalties", {"fine": "５０００"}, "fine", "no number"),
    ("penalties", {"fine": "1e400"}, "fine", "no sum of money"),
    ("penalties", {"list": "heavy"}, "list", "one of no_penalty"),
    ("penalties", {"overturned": "maybe"}, "overturned", "true or false"),
    ("penalties", {"filed": "2026-02-28"}, "filed", "before act_day, which is 2026-03-01"),
    ("penalties", {"served": "2026-03-31"}, "served", "before decided"),
    ("penalties", {"paid": "2026-04-10"}, "paid", "without amount_paid"),
    ("requests", {"received_at": "2026-03-01T08:00:00"}, "received_at", "no zone"),
    ("requests", {"received_at": "yesterday"}, "received_at", "no time"),
    ("requests", {"channel": "fax"}, "channel", "one of hotline"),
    ("requests", {"lon": "181", "lat": "31"}, "lon", "give 180 or less"),
    ("requests", {"lat": "nan", "lon": "120"}, "lat", "no number"),
    ("requests", {"disposed_at": "2026-03-01T07:00:00+08:00"}, "disposed_at", "before received_at"),
    ("requests", {"outcome": ""}, "disposed_at", "without outcome"),
    ("requests", {"grid": "G2"}, "grid", "grids has none"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "change", "column", "mend"), BAD)
def test_a_bad_row_is_told_and_its_neighbours_are_kept(tmp_path, kind, change, column, mend):
    first, bad, last = GOOD[kind], GOOD[kind] | {"id": "X"} | change, GOOD[kind] | {"id": "Z"}
    got = read(written(tmp_path / f"{kind}.csv", bad, first, last), kind, KNOWN)
    assert [row.id for row in got.rows] == [first["id"], "Z"]
    told = [one for one in got.errors if one.column == column]
    assert [one.line for one in got.errors] == [2] * len(got.errors)
    assert any(mend in one.mend for one in told), got.errors
    assert f"{kind}.csv:2: {column} is " in str(told[0])
    assert len(str(told[0])) < 400


def test_all_faults_of_a_row_are_told_at_once(tmp_path):
    bad = PENALTY | {"item": "x.y", "fine": "much", "filed": "2026-02-01"}
    got = read(written(tmp_path / "p.csv", bad), "penalties", KNOWN)
    assert [one.column for one in got.errors] == ["item", "fine", "filed"]
    assert got.refused == {"P1"}


def test_an_unlawful_order_of_steps_comes_in_for_the_monitors(tmp_path):
    late = PENALTY | {"noticed": "2026-04-02", "reviewed": "2026-05-01", "reviewed_by": "L1"}
    assert read(written(tmp_path / "p.csv", late), "penalties", KNOWN).errors == ()


def test_a_file_that_is_no_map_is_told(tmp_path):
    (tmp_path / "a.geojson").write_text('{"type":"FeatureCollection","features":' + "[" * 100_000)
    got = read(tmp_path / "a.geojson", "grids", KNOWN)
    assert (got.rows, got.errors[0].line) == ((), 0)
    assert "no FeatureCollection" in got.errors[0].mend


CORNERED = ((120, 31), (121, 31), (121, 32), (120, 31))
#: Beside that one, and over its border.
BESIDE = ((120, 31), (121, 32), (120, 32), (120, 31))
ACROSS = ((120.5, 31), (121.5, 31), (121.5, 32), (120.5, 31))
BOW_TIE = ((120, 31), (121, 32), (121, 31), (120, 32), (120, 31))


def feature(ident="G1", ring=CORNERED, kind="Polygon", **more):
    properties = {"id": ident, "name": "一格", "name_en": "One", "squad": "S1"} | more
    geometry = {"type": kind, "coordinates": [list(ring)]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


@pytest.mark.parametrize(
    ("bad", "column", "mend"),
    [
        (feature("G1"), "id", "an earlier feature"),
        (feature("G 2"), "id", "without blanks"),
        (feature("G2", name=""), "name", "as text"),
        (feature("G2", squad=3), "squad", "as text"),
        (feature("G2", kind="Point"), "", "no Polygon feature"),
        (feature("G2", ring=((120, 31), (121, 31), (120, 31))), "", "has 3 positions"),
        (feature("G2", ring=((120, 31), (121, 31), (121, 32), (120, 32))), "", "the last like"),
        (feature("G2", ring=((31, 120),) * 4), "", "longitude, then latitude"),
        (feature("G2", ring=(("a", 1),) * 4), "", "no Polygon feature"),
        (feature("G2", ring=BOW_TIE), "", "crosses or touches itself"),
        (feature("G2", ring=ACROSS), "", "G1 and G2 overlap"),
        (feature("G2", name="一\u200b格"), "", "plain characters"),
    ],
)  # fmt: skip
def test_a_bad_grid_is_told_and_the_others_kept(tmp_path, bad, column, mend):
    path = tmp_path / "grids.geojson"
    features = [feature(), bad, feature("G3", ring=BESIDE)]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    got = read(path, "grids")
    assert [row.id for row in got.rows] == ["G1", "G3"]
    assert [(one.line, one.column) for one in got.errors] == [(2, column)]
    assert mend in got.errors[0].mend


def test_a_file_that_can_be_no_map_is_refused_whole(tmp_path, monkeypatch):
    path = tmp_path / "grids.geojson"
    collection = {"type": "FeatureCollection", "features": [feature(), feature("G2", ring=BESIDE)]}
    path.write_text(json.dumps(collection | {"crs": "EPSG:4490"}), "utf-8")
    assert "WGS 84" in read(path, "grids").errors[0].mend
    path.write_text(json.dumps(collection), "utf-8")
    assert len(read(path, "grids").rows) == 2
    monkeypatch.setattr(geojson, "MOST_GRIDS", 1)
    got = read(path, "grids")
    assert (got.rows, [one.line for one in got.errors]) == ((), [0])
    assert "more than 1 features" in got.errors[0].mend


def test_rows_of_a_grid_that_is_no_good_are_refused_with_it(tmp_path):
    grids = {"type": "FeatureCollection", "features": [feature(), feature("G2", ring=ACROSS)]}
    (tmp_path / "grids.geojson").write_text(json.dumps(grids), "utf-8")
    shop = {"id": "E1", "name": "店", "industry": "food", "grid": "G2", "lon": "120", "lat": "31"}
    written(tmp_path / "enterprises.csv", shop)
    got = read_folder(tmp_path, KNOWN)
    assert [len(got.reads[kind].rows) for kind in ("grids", "enterprises")] == [1, 0]
    assert "its own row in grids was refused" in got.errors[1].mend


def test_a_folder_is_read_in_the_order_of_its_references(tmp_path):
    grid = {"type": "FeatureCollection", "features": [feature("G1")]}
    (tmp_path / "grids.geojson").write_text(json.dumps(grid), "utf-8")
    good = {"id": "E1", "name": "店", "industry": "food", "grid": "G1", "lon": "120", "lat": "31"}
    written(tmp_path / "enterprises.csv", good, good | {"id": "E2", "lon": "far"})
    written(tmp_path / "officers.csv", OFFICER, OFFICER | {"id": "O2"})
    written(tmp_path / "penalties.csv", PENALTY, PENALTY | {"id": "P2", "enterprise": "E2"},
            PENALTY | {"id": "P3", "enterprise": "E3"})  # fmt: skip
    heard = []
    known = KnownIds({"items": power.keys(), "departments": {"fire"}})
    got = read_folder(tmp_path, known, heard.append)
    assert heard == [
        *("departments", "items", "observers", "grids", "officers"),
        *("enterprises", "requests", "inspections", "penalties", "permits"),
    ]
    assert got.missing == ("requests", "inspections", "permits")
    assert [row.id for row in got.reads["penalties"].rows] == ["P1"]
    mends = [one.mend for one in got.errors]
    assert "no number" in mends[0]
    assert "its own row in enterprises was refused" in mends[1]
    assert "enterprises has none" in mends[2]
    sheet(tmp_path / "officers.xlsx", [*OFFICER])
    assert "officers.csv is there too" in read_folder(tmp_path, known).errors[0].mend


def test_a_town_may_bring_departments_items_and_observers_of_its_own(tmp_path):
    written(tmp_path / "departments.csv", {"id": "parks", "name": "园林"})
    tree = {"id": "parks.tree", "department": "parks", "title": "损坏树木"}
    fines = {"fine_least": "100", "fine_most": "500"}
    written(
        tmp_path / "items.csv",
        tree | fines,
        tree | {"id": "b", "fine_least": "9", "fine_most": "1"},
    )
    written(
        tmp_path / "observers.csv",
        {"id": "V1", "name": "Leila", "kind": "volunteer", "languages": "zh;ar"},
    )
    written(tmp_path / "officers.csv", OFFICER | {"department": "parks"})
    visit = {
        "id": "I1", "enterprise": "E1", "day": "2026-03-01", "department": "parks",
        "list": "parks", "reason": "random", "officers": "O1;V1", "scanned_in": "false",
        "violations": "parks.tree",
    }  # fmt: skip
    written(tmp_path / "inspections.csv", visit, visit | {"id": "I2", "officers": "O1;V2"},
            visit | {"id": "I3", "violations": "fire.seal"})  # fmt: skip
    got = read_folder(tmp_path, KnownIds({"items": power.keys(), "departments": {"fire"}}))
    assert [row.languages for row in got.reads["observers"].rows] == [("zh", "ar")]
    assert [row.officers for row in got.reads["inspections"].rows] == [("O1", "V1")]
    assert [(one.file, one.line, one.column) for one in got.errors] == [
        ("items.csv", 3, "fine_most"),
        ("inspections.csv", 3, "officers"),
        ("inspections.csv", 4, "violations"),
    ]  # fmt: skip


# What is written is read back as it was.

CHARS = st.characters(
    exclude_categories=("Cs", "Cc", "Cn", "Co"), exclude_characters="\u2028\u2029"
)
TEXT = st.text(CHARS, max_size=20).map(str.strip)
IDS = st.text(
    st.characters(categories=("L", "N", "S", "P"), exclude_characters=";"), min_size=1, max_size=12
)
DAYS = st.dates(dt.date(1901, 1, 1), dt.date(2198, 12, 31))
MOMENTS = st.integers(-2_000_000_000_000, 7_000_000_000_000)
MONEY = st.integers(0, 10**10).map(lambda fen: Decimal(fen) / 100)
FACTS = st.dictionaries(TEXT, st.integers(-5, 5) | st.booleans() | TEXT, max_size=3)


def maybe(strategy):
    return st.none() | strategy


PENALTIES = st.builds(
    rows.Penalty, id=IDS, enterprise=IDS, item=IDS, department=IDS,
    officers=st.lists(IDS, min_size=1, max_size=3, unique=True).map(tuple), facts=FACTS,
    act_day=st.just(dt.date(1901, 1, 1)), filed=DAYS, inspection=maybe(IDS), noticed=maybe(DAYS),
    fine=maybe(MONEY), list=maybe(st.sampled_from(["no_penalty", "heavier"])),
    overturned=maybe(st.booleans()),
    **dict.fromkeys(
        ("hearing_requested", "heard", "reviewed", "reviewed_by", "decided", "decided_by", "served",
         "paid", "amount_paid", "published", "closed", "reconsideration"), st.none()
    ),
)  # fmt: skip
REQUESTS = st.builds(
    rows.Request, id=IDS, received_at=MOMENTS, channel=st.sampled_from(["app", "grid"]),
    category=IDS, grid=IDS, enterprise=maybe(IDS), lon=st.floats(-180, 180), lat=st.floats(-90, 90),
    **dict.fromkeys(
        ("accepted_at", "dispatched_to", "dispatched_at", "due_at", "disposed_at", "outcome"),
        st.none(),
    ),
)  # fmt: skip
ENTERPRISES = st.builds(
    rows.Enterprise, id=IDS, name=TEXT.filter(bool), name_en=TEXT, industry=IDS, grid=IDS,
    lon=st.floats(-180, 180), lat=st.floats(-90, 90), staff=maybe(st.integers(0, 10**9)),
    opened=maybe(DAYS),
)  # fmt: skip
INSPECTIONS = st.builds(
    rows.Inspection, id=IDS, enterprise=IDS, day=DAYS, department=IDS, list=IDS,
    reason=st.sampled_from(["random", "joint"]), scanned_in=st.booleans(),
    officers=st.lists(IDS, min_size=1, max_size=3, unique=True).map(tuple),
    observers=st.lists(IDS, max_size=3, unique=True).map(tuple), minutes=maybe(st.integers(0, 999)),
    violations=st.lists(IDS, max_size=3, unique=True).map(tuple),
)  # fmt: skip
LINES = st.builds(
    Line, departments=st.just(("fire", "market")), enterprise_type=IDS, items=st.just(("a.b",)),
    zh=TEXT.filter(bool), en=TEXT, ar=TEXT, severity=st.sampled_from(["minor", "grave"]),
    methods=st.just(("look", "test")),
)  # fmt: skip
STRATEGIES = {
    "penalties": PENALTIES, "requests": REQUESTS, "enterprises": ENTERPRISES,
    "inspections": INSPECTIONS, "checklists": LINES,
}  # fmt: skip


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", STRATEGIES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), chinese=st.booleans())
def test_what_is_written_is_read_back(tmp_path, kind, ending, data, chinese):
    given_rows = data.draw(
        st.lists(STRATEGIES[kind], max_size=4, unique_by=lambda row: getattr(row, "id", row))
    )
    path = tmp_path / f"{kind}.{ending}"
    table = checklist_table.schema() if kind == "checklists" else schema(kind)
    writing.write(path, table, given_rows, "zh" if chinese else "en")
    got = reading.read(path, table)
    assert got.errors == ()
    assert list(got.rows) == given_rows


def test_grids_are_read_back(tmp_path):
    grid = rows.Grid(
        "G1", "一格", "S1", ((120.0, 31.0), (121.0, 31.0), (121.0, 32.5), (120.0, 31.0))
    )
    (tmp_path / "g.geojson").write_bytes(grid_file.write([grid]))
    assert read(tmp_path / "g.geojson", "grids").rows == (grid,)
