"""Files of a town in and out: good rows kept, bad rows told, nothing lost on the way."""

import csv
import datetime as dt
import io
import json
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.xml.constants import SHARED_STRINGS

from lianzhi.dispatch.grids import geojson
from lianzhi.domains.enforcement import exporting, power
from lianzhi.domains.enforcement.importing import limits, rows
from lianzhi.domains.enforcement.importing.folder import read_folder
from lianzhi.domains.enforcement.importing.guard import bare, guarded
from lianzhi.domains.enforcement.importing.known import Known
from lianzhi.domains.enforcement.importing.reading import read
from lianzhi.domains.enforcement.importing.schema import schema
from lianzhi.domains.enforcement.lists.line import Line

KNOWN = Known({
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


def test_chinese_headers_a_bom_and_excel_dates_are_understood(tmp_path):
    names = [one.others[0] for one in schema("officers").columns]
    assert names[-1] == "执法证有效期至"
    path = written(tmp_path / "a.csv", dict(zip(names, OFFICER.values(), strict=True)),
                   encoding="utf-8-sig")  # fmt: skip
    values = [*OFFICER.values()]
    book = sheet(tmp_path / "a.xlsx", names, [*values[:-1], dt.date(2027, 6, 30)], [], [None])
    assert read(path, "officers", KNOWN).rows == read(book, "officers", KNOWN).rows != ()
    spelled = written(tmp_path / "b.csv", OFFICER | {"certificate_until": "2027年6月30日"})
    assert read(spelled, "officers", KNOWN).rows[0].certificate_until == dt.date(2027, 6, 30)


def test_numbers_that_excel_made_of_ids_are_ids(tmp_path):
    header = [*OFFICER]
    book = sheet(tmp_path / "a.xlsx", header, [1001, *[*OFFICER.values()][1:4], 7.0, "2027-06-30"])
    got = read(book, "officers", KNOWN)
    assert (got.rows[0].id, got.rows[0].certificate) == ("1001", "7")


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


def test_the_second_row_of_an_id_is_refused(tmp_path):
    got = read(written(tmp_path / "o.csv", OFFICER, OFFICER | {"name": "李"}), "officers", KNOWN)
    assert [row.name for row in got.rows] == ["王明"]
    assert "line 2 has this id already" in got.errors[0].mend


@pytest.mark.parametrize(
    ("header", "mend"),
    [
        ("id,name,certificate_unti", "nearest of officers is 'certificate_until'"),
        ("id,name,name", "column name twice"),
        ("id,编号", "column id twice"),
        ("id,name,squad,department,certificate", "lacks the column certificate_until"),
        ("id,,name", "unknown column ''"),
        (",,,", "is empty"),
        ("", "is empty"),
    ],
)  # fmt: skip
def test_a_header_that_does_not_fit_is_told(tmp_path, header, mend):
    path = tmp_path / "o.csv"
    path.write_text(f"{header}\n", "utf-8")
    got = read(path, "officers", KNOWN)
    assert got.rows == ()
    assert mend in got.errors[0].mend


def test_torn_lines_of_csv_are_told_and_the_others_kept(tmp_path):
    head, good = ",".join(OFFICER), ",".join(OFFICER.values())
    second = good.replace("O1", "O2")
    path = tmp_path / "o.csv"
    path.write_text(f'{head}\n{good}\n"a"b,c\n{good},more\n{second}\n"open,\n', "utf-8")
    got = read(path, "officers", KNOWN)
    assert [row.id for row in got.rows] == ["O1", "O2"]
    assert [one.line for one in got.errors] == [3, 4, 6]


@pytest.mark.parametrize("others", [131_072, 10**8])
def test_a_field_too_long_is_a_torn_line_whatever_limit_others_have_set(tmp_path, others):
    head, good = ",".join(OFFICER), ",".join(OFFICER.values())
    path = tmp_path / "o.csv"
    path.write_text(f"{head}\n{'x' * 200_000}\n{good}\n", "utf-8")
    before = csv.field_size_limit(others)
    try:
        got = read(path, "officers", KNOWN)
    finally:
        csv.field_size_limit(before)
    assert ([row.id for row in got.rows], [one.line for one in got.errors]) == (["O1"], [2])


def test_files_that_cannot_be_read_are_told(tmp_path, monkeypatch):
    def said(path, kind="officers"):
        got = read(path, kind, KNOWN)
        assert got.rows == ()
        assert got.errors[0].line == 0
        return got.errors[0].mend

    assert "cannot be read" in said(tmp_path / "none.csv")
    (tmp_path / "a.doc").write_text("x")
    assert "give .csv (UTF-8) or .xlsx" in said(tmp_path / "a.doc")
    (tmp_path / "a.csv").write_bytes(b"\xff\xff\n")
    assert "not UTF-8 from byte 0" in said(tmp_path / "a.csv")
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 torn")
    assert "no workbook" in said(tmp_path / "a.xlsx")
    (tmp_path / "a.geojson").write_text('{"type":"FeatureCollection","features":' + "[" * 100_000)
    assert "no FeatureCollection" in said(tmp_path / "a.geojson", "grids")
    monkeypatch.setattr(limits, "BYTES", 10)
    (tmp_path / "b.csv").write_text("id,name,squad")
    assert "is larger than" in said(tmp_path / "b.csv")


def test_too_many_rows_and_columns_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "ROWS", 2)
    lines = [OFFICER | {"id": f"O{n}"} for n in range(3)]
    assert read(written(tmp_path / "o.csv", *lines[:2]), "officers", KNOWN).errors == ()
    got = read(written(tmp_path / "o.csv", *lines), "officers", KNOWN)
    assert "more than 2 rows" in got.errors[0].mend
    (tmp_path / "w.csv").write_text(",".join(OFFICER) + "\n" + ",".join("x" * 201))
    assert "more than 200 columns" in read(tmp_path / "w.csv", "officers", KNOWN).errors[0].mend


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    path = sheet(tmp_path / "o.xlsx", [*OFFICER], [*OFFICER.values()])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/more.xml", b"0" * 3_000_000)
    assert read(path, "officers", KNOWN).errors == ()
    monkeypatch.setattr(limits, "UNPACKED", 1_000_000)
    assert "unpacks to more than" in read(path, "officers", KNOWN).errors[0].mend


@pytest.mark.parametrize("name", ["xl/sharedStrings.xml", "xl/worksheets/texts.xml"])
def test_texts_that_unpack_to_too_much_are_refused_wherever_they_lie(tmp_path, name):
    path, bomb = sheet(tmp_path / "o.xlsx", [*OFFICER]), tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        told = f'<Override PartName="/{name}" ContentType="{SHARED_STRINGS}"/></Types>'
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b"</Types>", told.encode()))
        new.writestr(name, b"<sst>" + b"<si/>" * 2**21 + b"</sst>")
    assert bomb.stat().st_size < 100_000
    assert "its texts unpack to more than 4 MiB" in read(bomb, "officers", KNOWN).errors[0].mend


def test_many_rows_may_unpack_to_more_than_texts(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "AT_ONCE", 20_000)
    lines = [[*(OFFICER | {"id": f"O{n}"}).values()] for n in range(400)]
    path = sheet(tmp_path / "o.xlsx", [*OFFICER], *lines)
    assert len(read(path, "officers", KNOWN).rows) == 400


def test_entities_that_grow_are_not_expanded(tmp_path):
    path, bomb = sheet(tmp_path / "o.xlsx", [*OFFICER]), tmp_path / "bomb.xlsx"
    entities = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
    )
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(bomb, "w") as new:
        for part in old.namelist():
            text = old.read(part).decode()
            if part.endswith("sheet1.xml"):
                body = text.split("?>", 1)[-1].replace(
                    "</sheetData>", "<row><c t='str'><v>&a11;</v></c></row></sheetData>"
                )
                text = f"<!DOCTYPE worksheet [{entities}]>{body}"
            new.writestr(part, text)
    got = read(bomb, "officers", KNOWN)
    assert got.rows == ()
    assert "no workbook" in got.errors[0].mend


def test_formulas_and_errors_of_a_spreadsheet_are_refused(tmp_path):
    values = [*OFFICER.values()]
    book = sheet(tmp_path / "o.xlsx", [*OFFICER], ["O2", "=A1&B1", *values[2:]],
                 ["O3", "#N/A", *values[2:]], values, [True, *values[1:]],
                 ["O4", dt.date(2026, 1, 1), *values[2:]])  # fmt: skip
    got = read(book, "officers", KNOWN)
    assert [row.id for row in got.rows] == ["O1", "true"]
    assert [(one.line, one.value) for one in got.errors][:2] == [(2, "=A1&B1"), (3, "#N/A")]
    assert "paste its value" in got.errors[0].mend
    assert "give text" in got.errors[2].mend


def test_rows_on_a_second_sheet_are_not_passed_over(tmp_path):
    book = openpyxl.Workbook()
    book.active.append([*OFFICER])
    book.create_sheet("二").append(["x"])
    book.save(tmp_path / "o.xlsx")
    assert "leave one sheet" in read(tmp_path / "o.xlsx", "officers", KNOWN).errors[0].mend
    second = book["二"]
    second.delete_rows(1)
    second.cell(3, 500, "x")
    book.save(tmp_path / "far.xlsx")
    assert "leave one sheet" in read(tmp_path / "far.xlsx", "officers", KNOWN).errors[0].mend


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
    known = Known({"items": power.keys(), "departments": {"fire"}})
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
    got = read_folder(tmp_path, Known({"items": power.keys(), "departments": {"fire"}}))
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
    exporting.write(path, kind, given_rows, chinese=chinese)
    got = read(path, kind)
    assert got.errors == ()
    assert list(got.rows) == given_rows


def test_grids_are_read_back(tmp_path):
    grid = rows.Grid(
        "G1", "一格", "S1", ((120.0, 31.0), (121.0, 31.0), (121.0, 32.5), (120.0, 31.0))
    )
    exporting.write(tmp_path / "g.geojson", "grids", [grid])
    assert read(tmp_path / "g.geojson", "grids").rows == (grid,)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "'=", "''-"])
def test_no_exported_text_can_be_run(tmp_path, start):
    name = f"{start}cmd|' /C calc'!A0"
    officer = rows.Officer("O1", name, "S1", "fire", "C-1", dt.date(2027, 6, 30))
    for ending in ("csv", "xlsx"):
        path = tmp_path / f"o.{ending}"
        exporting.write(path, "officers", [officer])
        assert read(path, "officers").rows == (officer,)
    with (tmp_path / "o.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[1][1] == f"'{name}"
    cell = openpyxl.load_workbook(tmp_path / "o.xlsx").active["B2"]
    assert (cell.data_type, cell.value) == ("s", f"'{name}")


@given(st.text(max_size=8) | st.text("'=+-@ａ", max_size=6))
def test_guarded_text_is_harmless_and_comes_back(text):
    text = text.strip()
    assert not guarded(text).startswith(tuple("=+-@\t\r＝＋－＠"))
    assert bare(guarded(text)) == text


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_control_character_is_written_as_a_blank(tmp_path, ending):
    path = tmp_path / f"o.{ending}"
    odd = rows.Officer("O1", "王\x07\n明", "S\x001", "fire", "C-1", dt.date(2027, 6, 30))
    exporting.write(path, "officers", [odd])
    if ending == "csv":
        _, row = csv.reader(io.StringIO(path.read_text("utf-8")))
    else:
        _, row = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    assert list(row[:3]) == ["O1", "王  明", "S 1"]


def test_an_export_that_fails_leaves_the_old_file(tmp_path):
    path = tmp_path / "o.csv"
    path.write_text("old")
    bad = rows.Officer("O1", "a" * 10_001, "S1", "fire", "C-1", dt.date(2027, 6, 30))
    with pytest.raises(exporting.ExportError, match=r"row 1: name is .* characters"):
        exporting.write(path, "officers", [bad])
    assert [entry.name for entry in tmp_path.iterdir()] == ["o.csv"]
    assert path.read_text() == "old"
    with pytest.raises(exporting.ExportError, match="name it so"):
        exporting.write(tmp_path / "o.txt", "officers", [])
    with pytest.raises(exporting.ExportError, match="give another place"):
        exporting.write(tmp_path / "none" / "o.csv", "officers", [])
