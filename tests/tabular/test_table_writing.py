"""Tables out: whole or not at all, and nothing in them runs."""

import csv
import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from members import MEMBERS, Member

from lianzhi.tabular import writing
from lianzhi.tabular.formula_guard import guarded, unguarded
from lianzhi.tabular.reading import read


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "'=", "''-"])
def test_no_exported_text_can_be_run(tmp_path, start):
    name = f"{start}cmd|' /C calc'!A0"
    member = Member("O1", name, "S1", "north", "C-1", dt.date(2027, 6, 30))
    for ending in ("csv", "xlsx"):
        path = tmp_path / f"o.{ending}"
        writing.write(path, MEMBERS, [member])
        assert read(path, MEMBERS).rows == (member,)
    with (tmp_path / "o.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[1][1] == f"'{name}"
    cell = openpyxl.load_workbook(tmp_path / "o.xlsx").active["B2"]
    assert (cell.data_type, cell.value) == ("s", f"'{name}")


CHARS = st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co", "Zl", "Zp"))
IDS = st.text(
    st.characters(categories=("L", "N", "S", "P"), exclude_characters=";"), min_size=1, max_size=12
)
ROWS = st.builds(
    Member, id=IDS, name=st.text(CHARS, max_size=9).map(str.strip).filter(bool), team=IDS,
    branch=IDS, card=IDS, card_until=st.dates(dt.date(1901, 1, 1), dt.date(2198, 12, 31)),
    card_from=st.none(), fee=st.integers(0, 10**10).map(lambda fen: Decimal(fen) / 100),
    visits=st.integers(0, 10**9), level=st.none() | st.sampled_from(["junior", "senior"]),
    languages=st.lists(IDS, max_size=3, unique=True).map(tuple),
)  # fmt: skip


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROWS, max_size=4, unique_by=lambda row: row.id), lang=st.sampled_from("ze"))
def test_what_is_written_is_read_back(tmp_path, ending, rows, lang):
    path = tmp_path / f"m.{ending}"
    writing.write(path, MEMBERS, rows, {"z": "zh", "e": "en"}[lang])
    got = read(path, MEMBERS)
    assert [one.fault.rule for one in got.errors] == ["empty_file"] * (
        ending == "json" and not rows
    )
    assert list(got.rows) == rows


@given(st.text(max_size=8) | st.text("'=+-@ａ", max_size=6))
def test_guarded_text_is_harmless_and_comes_back(text):
    text = text.strip()
    assert not guarded(text).startswith(tuple("=+-@\t\r＝＋－＠"))
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_control_character_is_written_as_a_blank(tmp_path, ending):
    path = tmp_path / f"o.{ending}"
    odd = Member("O1", "王\x07\n明", "S\x001", "north", "C-1", dt.date(2027, 6, 30))
    writing.write(path, MEMBERS, [odd])
    if ending == "csv":
        _, row = csv.reader(io.StringIO(path.read_text("utf-8")))
    else:
        _, row = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    assert list(row[:3]) == ["O1", "王  明", "S 1"]


def test_an_export_that_fails_leaves_the_old_file(tmp_path):
    path = tmp_path / "o.csv"
    path.write_text("old")
    bad = Member("O1", "a" * 10_001, "S1", "north", "C-1", dt.date(2027, 6, 30))
    with pytest.raises(writing.WriteError, match=r"row 1: name is .* characters"):
        writing.write(path, MEMBERS, [bad])
    assert [entry.name for entry in tmp_path.iterdir()] == ["o.csv"]
    assert path.read_text() == "old"
    with pytest.raises(writing.WriteError, match="name it so"):
        writing.write(tmp_path / "o.txt", MEMBERS, [])
    with pytest.raises(writing.WriteError, match="give another place"):
        writing.write(tmp_path / "none" / "o.csv", MEMBERS, [])
