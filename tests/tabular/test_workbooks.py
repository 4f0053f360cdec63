"""Workbooks that other tools wrote: none costs more than its rows are worth, no row is lost."""

import zipfile

import openpyxl
import pytest
from members import KNOWN, MEMBER, MEMBERS, sheet
from openpyxl.xml.constants import SHARED_STRINGS

from lianzhi.tabular import cells, limits
from lianzhi.tabular.reading import read
from made_workbooks import lying


def far_out(path, lines, value="x"):
    """A workbook of members with a cell in the last column of so many rows."""
    book = openpyxl.Workbook()
    book.active.append([*MEMBER])
    for line in range(2, lines + 2):
        book.active.append([*MEMBER.values()])
        far = book.active.cell(line, 16_384)
        far.value, far.number_format = value, "0.00"
    book.save(path)
    return path


def test_a_cell_far_out_is_told_and_not_reached_for(tmp_path):
    path = far_out(tmp_path / "o.xlsx", 40)
    assert max(len(line.cells) for line in cells.read_lines(path)) == len(MEMBER)
    got = read(path, MEMBERS, KNOWN)
    assert got.rows == ()
    assert [one.line for one in got.errors] == [*range(2, 42)]
    assert "more than 200 columns" in got.errors[0].mend


def test_formats_far_out_count_for_nothing(tmp_path):
    got = read(far_out(tmp_path / "o.xlsx", 1, None), MEMBERS, KNOWN)
    assert got.errors == ()
    assert len(got.rows) == 1


def test_a_file_of_wide_rows_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "WIDE", 20)
    got = read(far_out(tmp_path / "o.xlsx", 40), MEMBERS, KNOWN)
    assert [one.line for one in got.errors] == [*range(2, 22), 0]


def test_what_a_workbook_says_of_its_size_is_not_believed(tmp_path):
    """Other tools write `<dimension ref="A1"/>`, whatever is in it."""
    path = far_out(tmp_path / "o.xlsx", 1, None)
    path.write_bytes(lying(path.read_bytes()))
    assert len(read(path, MEMBERS, KNOWN).rows) == 1


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    path = sheet(tmp_path / "o.xlsx", [*MEMBER], [*MEMBER.values()])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/more.xml", b"0" * 3_000_000)
    assert read(path, MEMBERS, KNOWN).errors == ()
    monkeypatch.setattr(limits, "UNPACKED", 1_000_000)
    assert "unpacks to more than" in read(path, MEMBERS, KNOWN).errors[0].mend


@pytest.mark.parametrize("name", ["xl/sharedStrings.xml", "xl/worksheets/texts.xml"])
def test_texts_that_unpack_to_too_much_are_refused_wherever_they_lie(tmp_path, name):
    path, bomb = sheet(tmp_path / "o.xlsx", [*MEMBER]), tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        told = f'<Override PartName="/{name}" ContentType="{SHARED_STRINGS}"/></Types>'
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b"</Types>", told.encode()))
        new.writestr(name, b"<sst>" + b"<si/>" * 2**21 + b"</sst>")
    assert bomb.stat().st_size < 100_000
    assert "its texts unpack to more than 4 MiB" in read(bomb, MEMBERS, KNOWN).errors[0].mend


def test_many_rows_may_unpack_to_more_than_texts(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "AT_ONCE", 20_000)
    lines = [[*(MEMBER | {"id": f"O{n}"}).values()] for n in range(400)]
    path = sheet(tmp_path / "o.xlsx", [*MEMBER], *lines)
    assert len(read(path, MEMBERS, KNOWN).rows) == 400


def test_entities_that_grow_are_not_expanded(tmp_path):
    path, bomb = sheet(tmp_path / "o.xlsx", [*MEMBER]), tmp_path / "bomb.xlsx"
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
    got = read(bomb, MEMBERS, KNOWN)
    assert got.rows == ()
    assert "no workbook" in got.errors[0].mend
