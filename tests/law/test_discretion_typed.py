"""CSV tables as a Chinese keyboard and spreadsheet give them."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.law.discretion.checking import check
from lianzhi.law.discretion.compiled import Compiled
from lianzhi.law.discretion.draft import TableError
from lianzhi.law.discretion.reading import parse
from lianzhi.law.discretion.unary import UnaryError
from lianzhi.law.discretion.unary import parse as unary

PLAIN = """#table,t,裁量表,A table
#hit_policy,UNIQUE
#effective_from,2026-01-01
id,item,in:harm,in:days,in:first,list,fine_from,fine_to,article
#type,,string,integer,boolean
#values,,"无, 轻微",[0..99]
1,a.b,无,-,-,no_penalty,,,《行政处罚法》第三十三条
2,a.b,轻微,<= 3,true,lighter,100,2000.50,x
3,a.b,轻微,[4..10],true,ordinary,2000.50,5000,x
4,a.b,轻微,> 10,true,ordinary,2000.50,5000,x
5,a.b,轻微,-,false,heavier,5000,10000,x
"""
TYPED = """＃table,t,裁量表,A table
＃hit＿policy,ＵＮＩＱＵＥ
#effective_from,2026/1/1
ｉｄ,item,in：harm,ｉｎ:days,in:first,ｌｉｓｔ,fine_from,fine_to,article
#type,,ｓｔｒｉｎｇ,integer,boolean
#values,,“无”、“轻微”,［０..９９］
1,ａ．ｂ,“无”,—,－,no_penalty,,,《行政处罚法》第三十三条
2,a.b,「轻微」,＜＝３,是,lighter,１００,２０００．５０元,x
3,a.b,‘轻微’,４～１０,ＴＲＵＥ,ordinary,"2,000.50","５，０００",x
4,a.b,轻微,＞ 10,是,ordinary,2000.50,5000 元,x
5,a.b,＂轻微＂,-,否,heavier,5000,10000,x
"""


def read(text, encoding="utf-8"):
    (table,) = parse(text.encode(encoding), "csv", "t.csv")
    return table


def said(table):
    """All that a table says, but how it was written."""
    rows = [
        (row.id, row.item, [(c.negated, c.intervals, c.names) for c in row.when], row.result)
        for row in table.rows
    ]
    inputs = [(one.name, one.type, one.domain.names, one.domain.intervals) for one in table.inputs]
    return table.hit_policy, table.effective_from, inputs, rows


def test_full_width_signs_say_what_the_plain_ones_say():
    assert said(read(TYPED)) == said(read(PLAIN))
    assert check(read(TYPED)) == []
    facts = {"harm": "轻微", "days": 10, "first": True}
    outcome = Compiled(read(TYPED)).decide(facts, "a.b", dt.date(2026, 3, 1))
    assert outcome.fine == (Decimal("2000.50"), 5000)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_the_encodings_of_spreadsheets_are_read(encoding, bom):
    if bom and encoding in ("gbk", "utf-8-sig"):
        return  # GBK has no such sign; the other has its own
    assert said(read(bom + TYPED, encoding)) == said(read(PLAIN))


def test_a_sheet_divided_by_chinese_commas_is_read():
    text = """#table，t，裁量表
id，item，in:days，list，article
#type，，integer
1，a.b，≤3，lighter，《消防法》第六十条
2，a.b，＞3，ordinary，《消防法》第六十条
"""
    assert [row.when[0].text for row in read(text).rows] == ["≤3", "＞3"]


@pytest.mark.parametrize(
    ("typed", "plain", "kind"),
    [
        ("≥２０２６－０１－０１", ">= 2026-01-01", "date"),
        ("2026年1月1日至2026年6月30日", "[2026-01-01..2026-06-30]", "date"),
        ("[2026.1.1..2026/6/30]", "[2026-01-01..2026-06-30]", "date"),
        ("3、5；7", "3,5,7", "integer"),
        ("＝3", "3", "integer"),
        ("－3", "-3", "integer"),
        ("not（“无”）", 'not("无")', "string"),
        ("“说：“”", '"说：“"', "string"),
        ('"全角，逗号"', '"全角，逗号"', "string"),
    ],
)
def test_tests_as_they_are_typed(typed, plain, kind):
    one, other = (unary(text, kind, plain=True) for text in (typed, plain))
    assert (one.negated, one.intervals, one.names) == (
        other.negated, other.intervals, other.names,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind", "why"),
    [
        ("≥1，000", "integer", "one number or two; write 1000"),
        ("2026/2/30", "date", "no day of the calendar"),
        ("5-10", "integer", "separate tests by a comma"),
        ("＝＜3", "integer", "not understood"),
    ],
)
def test_what_is_not_plain_is_refused(text, kind, why):
    with pytest.raises(UnaryError, match=why):
        unary(text, kind, plain=True)


def test_a_full_width_sign_in_dmn_stays_refused():
    with pytest.raises(UnaryError, match="no S-FEEL"):
        unary("≥ 3", "integer")


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_any_range_of_numbers_reads_alike(low, high):
    low, high = sorted((low, high))
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    typed = unary(f"{low}～{high}".translate(wide), "integer", plain=True)
    assert typed.intervals == unary(f"[{low}..{high}]", "integer").intervals


def test_a_day_of_effect_that_is_none_is_refused():
    with pytest.raises(TableError, match="effective_from is '2026年13月1日'"):
        read(PLAIN.replace("2026-01-01", "2026年13月1日"))
