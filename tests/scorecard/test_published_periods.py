"""Rows of several periods: each judged by its own; wide tables; negative counts."""

import io
import json

import openpyxl
import pytest
from made_figures import audit, check, keys, read

from lianzhi.chain.published.reading import ReadingError

QUARTERS = {"一季度": 20, "二季度": 30, "三季度": 25, "四季度": 25}


def row(name, value, period="", **more):
    return {"figure": name, "value": value, "period": period, **more}


def only(found, key):
    (one,) = (result for result in found.results if result.key == key)
    return one


def said(text):
    return check(read(text.encode()))


def test_a_rate_is_of_the_whole_of_its_own_period():
    rows = [
        row("accepted", 100, "2021"),
        row("accepted", 20, "2021-Q1"),
        row("disposed", 98, "2021", of="accepted", rate="98 %"),
        row("disposed", 15, "2021-Q1", of="accepted", rate="75 %"),
    ]
    found = audit(*rows)
    assert found.holds
    assert [r.key for r in found.results].count("rate.sound") == 2


def test_a_whole_of_another_period_only_is_told_and_not_compared():
    found = audit(row("accepted", 100, "2021"), row("disposed", 150, "2021-Q1", of="accepted"))
    assert found.holds
    assert only(found, "period.differs").severity == "unclear"
    rated = audit(
        row("accepted", 100, "2021"), row("disposed", 15, "2021-Q1", of="accepted", rate="75 %")
    )
    assert rated.holds
    (need,) = only(rated, "rate.half").needs
    assert (need.key, need.lo, need.hi) == ("denominator", 20, 20)


def test_a_row_without_a_period_is_not_held_against_one_of_many():
    rows = [row("accepted", 20, "2021-Q1"), row("accepted", 30, "2021-Q2")]
    assert not keys(audit(*rows, row("disposed", 90, of="accepted")), "contradiction", "needs")


@pytest.mark.parametrize("form", ["2021年{}", "{}"])
def test_quarters_make_up_the_year_and_are_not_the_year(form):
    rows = [row("accepted", n, form.format(q)) for q, n in QUARTERS.items()]
    sound = audit(row("accepted", 100, "2021年全年"), *rows)
    assert sound.holds
    assert only(sound, "periods.sound").arithmetic == ("20 + 30 + 25 + 25 = 100",)
    assert "same.values" not in keys(sound)
    for year, key in ((99, "periods.more"), (101, "periods.less")):
        found = audit(row("accepted", year, "2021"), *rows)
        assert keys(found, "contradiction") == {key}


def test_quarters_of_two_years_stay_without_a_year():
    rows = [row("accepted", 1, "2021"), row("accepted", 2, "2022"), row("accepted", 3, "Q1")]
    assert audit(*rows).holds


@pytest.mark.parametrize("value", ["-5", "−5", "－5", "-5件", "-5万"])
@pytest.mark.parametrize("name", ["accepted", "噪声投诉"])
def test_a_negative_count_is_flagged_and_compared_with_nothing(value, name):
    found = audit(
        row(name, value, "2021-Q1"), row("disposed", 3, "2021-Q1"), row(name, 7, "2021-Q2")
    )
    assert keys(found, "contradiction", "needs") == {"plain.negative"}


def test_a_negative_count_is_flagged_also_where_it_is_printed_twice():
    found = audit(row("accepted", -5, "2021"), row("accepted", 5, "2021"))
    assert keys(found, "contradiction") == {"plain.negative", "same.values"}


WIDE = """指标,单位,2021,2021年一季度,2021年二季度,2021年三季度,2021年四季度
受理,件,100,20,30,25,25
办结,件,90,20,30,20,
"""


def test_a_table_with_a_column_a_period_is_read():
    published = read(WIDE.encode())
    assert (len(published.figures), published.errors, published.ignored) == (9, (), ())
    found = check(published)
    assert found.holds
    assert only(found, "periods.sound").figures[0].key == "accepted"
    assert not said(WIDE.replace("件,100", "件,101")).holds


def test_columns_without_a_year_and_workbooks_and_json_too():
    table = "指标,2021,一季度,二季度,三季度,四季度\n受理,100,20,30,25,26\n"
    assert keys(said(table), "contradiction") == {"periods.more"}
    book = openpyxl.Workbook()
    for line in csv_rows(table):
        book.active.append(line)
    stream = io.BytesIO()
    book.save(stream)
    assert keys(check(read(stream.getvalue())), "contradiction") == {"periods.more"}
    head, body = csv_rows(table)
    given = json.dumps([dict(zip(head, body, strict=True))])
    assert keys(said(given), "contradiction") == {"periods.more"}


def csv_rows(text):
    return [
        [int(c) if c.isdigit() else c for c in line.split(",")] if n else line.split(",")
        for n, line in enumerate(text.splitlines())
    ]


def test_a_table_with_a_column_a_figure_is_read():
    found = said("统计期,受理,按期办结,办结\n2021,100,95,90\n2022,120,80,110\n")
    assert found.figures == 6
    assert only(found, "within.more").figures[0].period == "2021"


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("指标,城管,住建,合计\n受理,100,120,220\n", "it has figure, 城管, 住建, 合计; make a row"),
        ("部门,受理,办结\n城管,100,90\n", "it has 部门, 受理, 办结"),
        (
            "指标,数值,2021年一季度\n受理,100,20\n",
            "2021年一季度.*beside value or rate; give either",
        ),
    ],
)
def test_other_wide_tables_are_refused_with_the_mend(table, why):
    with pytest.raises(ReadingError, match=f"line 1.*{why}"):
        read(table.encode())
