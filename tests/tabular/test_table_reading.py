"""Tables in: good rows typed, bad rows told with column, value and mend."""

import csv
import datetime as dt
import json
from decimal import Decimal

import openpyxl
import pytest
from members import KNOWN, MEMBER, MEMBERS, sheet, written

from lianzhi.tabular import limits
from lianzhi.tabular.reading import read, stream


def test_chinese_headers_a_bom_and_excel_dates_are_understood(tmp_path):
    names = [one.header.zh for one in MEMBERS.columns][:6]
    assert names[-1] == "有效期至"
    path = written(tmp_path / "a.csv", dict(zip(names, MEMBER.values(), strict=True)),
                   encoding="utf-8-sig")  # fmt: skip
    values = [*MEMBER.values()]
    book = sheet(tmp_path / "a.xlsx", names, [*values[:-1], dt.date(2027, 6, 30)], [], [None])
    assert read(path, MEMBERS, KNOWN).rows == read(book, MEMBERS, KNOWN).rows != ()
    spelled = written(tmp_path / "b.csv", MEMBER | {"card_until": "2027年6月30日"})
    assert read(spelled, MEMBERS, KNOWN).rows[0].card_until == dt.date(2027, 6, 30)


def test_numbers_that_excel_made_of_ids_are_ids(tmp_path):
    header = [*MEMBER]
    book = sheet(tmp_path / "a.xlsx", header, [1001, *[*MEMBER.values()][1:4], 7.0, "2027-06-30"])
    got = read(book, MEMBERS, KNOWN)
    assert (got.rows[0].id, got.rows[0].card) == ("1001", "7")


BAD = [
    ({"id": ""}, "id", "it is empty"),
    ({"id": "O 1"}, "id", "no id"),
    ({"branch": "east"}, "branch", "branches has none of this id"),
    ({"branch": "west"}, "branch", "its own row in branches was refused"),
    ({"card_until": "2027-02-29"}, "card_until", "no such day"),
    ({"card_until": "soon"}, "card_until", "like 2026-01-31"),
    ({"card_until": "0001-01-01"}, "card_until", "between the years"),
    ({"card_from": "2027-07-01"}, "card_until", "before card_from, which is 2027-07-01"),
    ({"name": "王\x07明"}, "name", "control character"),
    ({"name": "王" * 10_001}, "name", "10,001 characters"),
    ({"fee": "-1", "visits": "1"}, "fee", "give 0 or more"),
    ({"fee": "1.005", "visits": "1"}, "fee", "two decimals"),
    ({"fee": "5"}, "fee", "without visits"),
    ({"visits": "1.5", "fee": "1"}, "visits", "no whole number"),
    ({"level": "top"}, "level", "one of junior"),
    ({"languages": "zh;zh"}, "languages", "stands twice"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "column", "mend"), BAD)
def test_a_bad_row_is_told_and_its_neighbours_are_kept(tmp_path, change, column, mend):
    bad, last = MEMBER | {"id": "X"} | change, MEMBER | {"id": "Z"}
    path = written(tmp_path / "members.csv", bad, MEMBER, last)
    got = read(path, MEMBERS, KNOWN)
    assert [row.id for row in got.rows] == ["O1", "Z"]
    assert got.lines == (3, 4)
    assert {one.line for one in got.errors} == {2}
    assert any(mend in one.mend for one in got.errors if one.column == column), got.errors
    results = list(stream(path, MEMBERS, KNOWN))
    assert [one.row for one in results] == [None, *got.rows]
    assert results[0].problems == got.errors


def test_faults_are_told_in_chinese_with_chinese_headers(tmp_path):
    bad = MEMBER | {"fee": "5", "branch": "east"}
    got = read(written(tmp_path / "m.csv", bad), MEMBERS, KNOWN)
    assert [one.fault.text("zh") for one in got.errors] == [
        "“分馆”里没有这个编号；请改正，或者在那里补上",
        "只填了这一项，没有填次数；请都填或者都不填",
    ]
    told = got.errors[0].as_dict("zh")
    assert (told["column"], told["rule"], told["line"]) == ("branch", "none_such", 2)


def test_json_is_read_as_a_table_is(tmp_path):
    path = tmp_path / "m.json"
    rich = MEMBER | {"fee": 12.5, "visits": 3, "languages": ["zh", "en"]}
    objects = [MEMBER, rich | {"id": "O2", "level": None}, 7, rich | {"id": 3, "visits": "many"}]
    path.write_text(json.dumps(objects), "utf-8")
    got = read(path, MEMBERS, KNOWN)
    assert [row.id for row in got.rows] == ["O1", "O2"]
    row = got.rows[1]
    assert (row.fee, row.visits, row.languages) == (Decimal("12.5"), 3, ("zh", "en"))
    assert [(one.line, one.column) for one in got.errors] == [(3, ""), (4, "visits"), (4, "fee")]
    assert "no JSON object" in got.errors[0].mend
    path.write_text(json.dumps([{"编号": "O1", "colour": "red"}]), "utf-8")
    assert "unknown column 'colour'" in read(path, MEMBERS, KNOWN).errors[0].mend


def test_the_second_row_of_an_id_is_refused(tmp_path):
    got = read(written(tmp_path / "o.csv", MEMBER, MEMBER | {"name": "李"}), MEMBERS, KNOWN)
    assert [row.name for row in got.rows] == ["王明"]
    assert "line 2 has this id already" in got.errors[0].mend


@pytest.mark.parametrize(
    ("header", "mend"),
    [
        ("id,name,card_unti", "nearest of members is 'card_until'"),
        ("id,name,name", "column name twice"),
        ("id,编号", "column id twice"),
        ("id,name,team,branch,card", "lacks the column card_until"),
        ("id,,name", "unknown column ''"),
        (",,,", "is empty"),
        ("", "is empty"),
    ],
)  # fmt: skip
def test_a_header_that_does_not_fit_is_told(tmp_path, header, mend):
    path = tmp_path / "o.csv"
    path.write_text(f"{header}\n", "utf-8")
    got = read(path, MEMBERS, KNOWN)
    assert got.rows == ()
    assert mend in got.errors[0].mend


def test_missing_columns_are_told_by_the_names_of_the_language(tmp_path):
    path = tmp_path / "o.csv"
    path.write_text("id,name,team\n", "utf-8")
    (error,) = read(path, MEMBERS, KNOWN).errors
    assert "no row can come in; add it (lacking: branch, card, card_until)" in error.mend
    headers = {each.name: each.header.zh for each in MEMBERS.columns}
    assert "、".join(headers[name] for name in ("branch", "card", "card_until")) in (
        error.fault.text("zh")
    )


def test_torn_lines_of_csv_are_told_and_the_others_kept(tmp_path):
    head, good = ",".join(MEMBER), ",".join(MEMBER.values())
    second = good.replace("O1", "O2")
    path = tmp_path / "o.csv"
    path.write_text(f'{head}\n{good}\n"a"b,c\n{good},more\n{second}\n"open,\n', "utf-8")
    got = read(path, MEMBERS, KNOWN)
    assert [row.id for row in got.rows] == ["O1", "O2"]
    assert [one.line for one in got.errors] == [3, 4, 6]


@pytest.mark.parametrize("others", [131_072, 10**8])
def test_a_field_too_long_is_a_torn_line_whatever_limit_others_have_set(tmp_path, others):
    head, good = ",".join(MEMBER), ",".join(MEMBER.values())
    path = tmp_path / "o.csv"
    path.write_text(f"{head}\n{'x' * 200_000}\n{good}\n", "utf-8")
    before = csv.field_size_limit(others)
    try:
        got = read(path, MEMBERS, KNOWN)
    finally:
        csv.field_size_limit(before)
    assert ([row.id for row in got.rows], [one.line for one in got.errors]) == (["O1"], [2])


def test_files_that_cannot_be_read_are_told(tmp_path, monkeypatch):
    def said(path):
        got = read(path, MEMBERS, KNOWN)
        assert got.rows == ()
        assert got.errors[0].line == 0
        return got.errors[0].mend

    assert "cannot be read" in said(tmp_path / "none.csv")
    (tmp_path / "a.doc").write_text("x")
    assert "give .csv (UTF-8), .xlsx or .json" in said(tmp_path / "a.doc")
    (tmp_path / "a.csv").write_bytes(b"\xff\xff\n")
    assert "not UTF-8 from byte 0" in said(tmp_path / "a.csv")
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 torn")
    assert "no workbook" in said(tmp_path / "a.xlsx")
    for content in ("[" * 100_000, "{}", "[{]", "\xff"):
        (tmp_path / "a.json").write_text(content, "latin-1")
        assert "no JSON array of objects" in said(tmp_path / "a.json")
    monkeypatch.setattr(limits, "BYTES", 10)
    (tmp_path / "b.csv").write_text("id,name,team")
    assert "is larger than" in said(tmp_path / "b.csv")


def test_too_many_rows_and_columns_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "ROWS", 2)
    lines = [MEMBER | {"id": f"O{n}"} for n in range(3)]
    assert read(written(tmp_path / "o.csv", *lines[:2]), MEMBERS, KNOWN).errors == ()
    got = read(written(tmp_path / "o.csv", *lines), MEMBERS, KNOWN)
    assert "more than 2 rows" in got.errors[0].mend
    (tmp_path / "w.csv").write_text(",".join(MEMBER) + "\n" + ",".join("x" * 201))
    assert "more than 200 columns" in read(tmp_path / "w.csv", MEMBERS, KNOWN).errors[0].mend


def test_formulas_and_errors_of_a_spreadsheet_are_refused(tmp_path):
    values = [*MEMBER.values()]
    book = sheet(tmp_path / "o.xlsx", [*MEMBER], ["O2", "=A1&B1", *values[2:]],
                 ["O3", "#N/A", *values[2:]], values, [True, *values[1:]],
                 ["O4", dt.date(2026, 1, 1), *values[2:]])  # fmt: skip
    got = read(book, MEMBERS, KNOWN)
    assert [row.id for row in got.rows] == ["O1", "true"]
    assert [(one.line, one.value) for one in got.errors][:2] == [(2, "=A1&B1"), (3, "#N/A")]
    assert "paste its value" in got.errors[0].mend
    assert "give text" in got.errors[2].mend


def test_rows_on_a_second_sheet_are_not_passed_over(tmp_path):
    book = openpyxl.Workbook()
    book.active.append([*MEMBER])
    book.create_sheet("二").append(["x"])
    book.save(tmp_path / "o.xlsx")
    assert "leave one sheet" in read(tmp_path / "o.xlsx", MEMBERS, KNOWN).errors[0].mend
    second = book["二"]
    second.delete_rows(1)
    second.cell(3, 500, "x")
    book.save(tmp_path / "far.xlsx")
    assert "leave one sheet" in read(tmp_path / "far.xlsx", MEMBERS, KNOWN).errors[0].mend
