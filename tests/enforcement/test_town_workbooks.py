"""Workbooks of a town that other tools wrote: whatever they say of their size, no row is lost."""

import openpyxl

from lianzhi.domains.enforcement.importing import cells, limits
from lianzhi.domains.enforcement.importing.known import Known
from lianzhi.domains.enforcement.importing.reading import read
from made_workbooks import lying

KNOWN = Known({"departments": {"fire"}})
OFFICER = {
    "id": "O1", "name": "王明", "squad": "S1", "department": "fire", "certificate": "C-1",
    "certificate_until": "2027-06-30",
}  # fmt: skip


def far_out(path, lines, value="x"):
    """A workbook of officers with a cell in the last column of so many rows."""
    book = openpyxl.Workbook()
    book.active.append([*OFFICER])
    for line in range(2, lines + 2):
        book.active.append([*OFFICER.values()])
        far = book.active.cell(line, 16_384)
        far.value, far.number_format = value, "0.00"
    book.save(path)
    return path


def test_a_cell_far_out_is_told_and_not_reached_for(tmp_path):
    path = far_out(tmp_path / "o.xlsx", 40)
    assert max(len(line.cells) for line in cells.lines(path)) == len(OFFICER)
    got = read(path, "officers", KNOWN)
    assert got.rows == ()
    assert [one.line for one in got.errors] == [*range(2, 42)]
    assert "more than 200 columns" in got.errors[0].mend


def test_formats_far_out_count_for_nothing(tmp_path):
    got = read(far_out(tmp_path / "o.xlsx", 1, None), "officers", KNOWN)
    assert got.errors == ()
    assert len(got.rows) == 1


def test_a_file_of_wide_rows_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "WIDE", 20)
    got = read(far_out(tmp_path / "o.xlsx", 40), "officers", KNOWN)
    assert [one.line for one in got.errors] == [*range(2, 22), 0]


def test_what_a_workbook_says_of_its_size_is_not_believed(tmp_path):
    """Other tools write `<dimension ref="A1"/>`, whatever is in it."""
    path = far_out(tmp_path / "o.xlsx", 1, None)
    path.write_bytes(lying(path.read_bytes()))
    assert len(read(path, "officers", KNOWN).rows) == 1
