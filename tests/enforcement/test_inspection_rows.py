import datetime as dt

import pytest

from lianzhi.domains.enforcement.inspection import rows
from lianzhi.domains.enforcement.inspection.rows import Fault, RowsError, convert, read


def inspection(**named):
    given = {"id": "i1", "enterprise": "e1", "day": "2026-03-01", "officers": "o1;o2"}
    return {**given, "violations": "fire.exit;fire.alarm", **named}


def test_good_rows_are_kept_beside_bad_ones():
    good, faults = convert(
        [
            inspection(),
            inspection(id="i2", day="yesterday"),
            inspection(id="i3", officers=" ; "),
            inspection(),
            inspection(id="i5", violations=None, day="2026-03-02T09:00:00+08:00"),
        ],
        rows.inspection,
    )
    assert [one.id for one in good] == ["i1", "i5"]
    assert good[0].officers == ("o1", "o2")
    assert good[0].violations == ("fire.exit", "fire.alarm")
    assert (good[1].violations, good[1].day) == ((), dt.date(2026, 3, 2))
    assert faults == [
        Fault(3, "day is 'yesterday'; give a day like 2026-03-01"),
        Fault(4, "officers is empty; give the officers, by `;`"),
        Fault(5, "id is 'i1' again; give each row its own"),
    ]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("fine", "-1", "fine is '-1'"),
        ("fine", "nan", "fine is 'nan'"),
        ("fine", "1e99", "fine is '1e99'"),
        ("facts", "{", "give a flat JSON object"),
        ("facts", "[1]", "give a flat JSON object"),
        ("facts", '{"a": {"b": 1}}', "give a flat JSON object"),
        ("facts", "[" * 9000, "give a flat JSON object"),
        ("facts", '{"a": "' + "x" * 20_000 + '"}', "give a flat JSON object"),
        ("item", "", "item is empty"),
    ],
)
def test_a_bad_penalty_is_told(field, value, said):
    row = {"id": "p", "item": "i.t", "decided": "2026-01-01", "fine": "100", "facts": '{"a":1}'}
    assert convert([row], rows.penalty)[1] == []
    good, faults = convert([{**row, field: value}], rows.penalty)
    assert good == []
    assert said in faults[0].reason


def test_what_is_not_decided_and_requests_about_nobody_are_no_faults():
    assert convert([{"id": "p", "item": "i.t", "decided": ""}], rows.penalty) == ([], [])
    assert convert([{"id": "r", "received_at": "2026-01-01"}], rows.request) == ([], [])


def test_an_officer_without_certificate_has_no_day():
    row = {"id": "o", "certificate": "", "certificate_until": "2027-01-01"}
    assert rows.officer(row).certificate_until is None


def test_files_that_cannot_be_read_are_refused(tmp_path, monkeypatch):
    file = tmp_path / "enterprises.csv"
    with pytest.raises(RowsError, match="No such file"):
        read(file, rows.enterprise)
    file.write_bytes("id,industry\ne1,餐饮\n".encode("gbk"))
    with pytest.raises(RowsError, match="CSV in UTF-8"):
        read(file, rows.enterprise)
    file.write_text("\ufeffid,industry,staff\ne1,餐饮,3\n", "utf-8")
    assert read(file, rows.enterprise)[0][0].industry == "餐饮"
    monkeypatch.setattr(rows, "MOST_BYTES", 10)
    with pytest.raises(RowsError, match="divide it"):
        read(file, rows.enterprise)
    monkeypatch.setattr(rows, "MOST_ROWS", 1)
    with pytest.raises(RowsError, match="more than 1 rows"):
        convert([{"id": "a"}, {"id": "b"}], rows.enterprise)
