"""Reading files: formats, names, limits, and rows that are set aside."""

import io
import json
import zipfile

import openpyxl
import pytest
from made_figures import VOCABULARIES, read, table

from lianzhi.chain.policy import PolicyError
from lianzhi.chain.published import reading
from lianzhi.chain.published.reading import ReadingError
from lianzhi.chain.published.vocabulary import load
from made_workbooks import lying

ROWS = [
    {"figure": "accepted", "value": "1,200", "unit": "件", "period": "2023"},
    {"figure": "办结", "value": "1,100", "period": "2023", "of": "受理量", "rate": "91.67 %"},
]


def workbook(rows, forms=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for place, form in forms:
        book.active[place].number_format = form
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def shape(publication):
    return [
        (f.key, f.number and f.number.value, f.of, f.rate and f.rate[:4], f.period.id)
        for f in publication.figures
    ]


def test_every_format_gives_the_same():
    text = table(*ROWS)
    forms = [
        text.encode(),
        text.encode("utf-8-sig"),
        text.encode("gb18030"),
        text.replace("\r\n", "\n").encode(),
        text.replace('"1,200"', "1200").replace('"1,100"', "1100").replace(",", "\t").encode(),
        json.dumps(ROWS).encode(),
        json.dumps({"figures": ROWS}).encode(),
        "\n".join(map(json.dumps, ROWS)).encode(),
        workbook(
            [
                ["指标", "数值", "单位", "年度", "分母", "比率"],
                ["accepted", 1200, "件", 2023, None, None],
                ["办结", 1100, None, 2023, "受理量", 0.91674],
            ],
            [("F3", "0.00%")],
        ),
    ]
    assert {tuple(shape(read(data))) for data in forms} == {tuple(shape(read(forms[0])))}
    (accepted, disposed) = read(forms[0]).figures
    assert (accepted.key, disposed.key, disposed.of) == ("accepted", "disposed", ("accepted",))


def test_json_keeps_the_digits_that_are_printed():
    (one,) = read(b'[{"figure": "on_time_rate", "value": 98.10}]').figures
    assert one.number.places == 2


def test_bad_rows_are_told_and_good_rows_survive():
    text = (
        "figure,value,unit,flow,change\n"
        "accepted,many,,,\n"
        ",5,,,\n"
        "\n"
        "disposed,7,,,\n"
        "x,1,,sideways,\n"
        "y,89,240,,\n"
        "z,1,,,fast\n"
        "files,,,,\n"
        "w,1,,,,surplus\n"
    )
    found = read(text.encode())
    assert [f.key for f in found.figures] == ["disposed"]
    assert [(e.line, e.column) for e in found.errors] == [
        *((2, "value"), (3, "figure"), (6, "flow"), (7, "value"), (8, "change"), (9, "value")),
        (10, ""),
    ]
    assert all(any(mend in e.reason for mend in ("give", "write", "put")) for e in found.errors)


def test_lines_of_quoted_fields_are_counted():
    found = read(b'figure,value,note\na,1,"two\nlines"\nb,x,\n')
    assert [e.line for e in found.errors] == [4]


def test_other_columns_are_named_and_left_alone():
    found = read(b"figure,value,colour\na,1,red\n")
    assert (found.ignored, len(found.figures)) == (("colour",), 1)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"a,b\n1,2\n", "name the columns"),
        (b"figure,value,number\na,1,2\n", "2 columns of value"),
        (b"\x00\x01", "binary"),
        (b"PK\x03\x04broken", "no workbook"),
        (b"[{", "no JSON"),
        (b'{"figures": 5}', "list of objects"),
        (b"figure,value\n" + b"a,1\n" * (reading.MOST_ROWS + 1), "rows"),
        (b"x" * (reading.MOST_BYTES + 1), "MiB"),
        (("figure,value" + ",x" * 80 + "\n").encode(), "columns"),
    ],
)
def test_a_file_that_is_none_is_refused(data, why):
    with pytest.raises(ReadingError, match=why):
        read(data)


def test_a_workbook_is_read_whole_whatever_it_says_of_its_size():
    data = workbook([["figure", "value"], ["accepted", 1], ["办结", 1]])
    assert shape(read(lying(data))) == shape(read(data)) != []
    for beyond in (0, 1, 100):
        far = workbook([["figure", "value"], ["accepted", 1, *[None] * (62 + beyond), "x"]])
        with pytest.raises(ReadingError, match="line 2 has more than 64 columns"):
            read(far)


def test_a_workbook_that_unpacks_to_too_much_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings.xml", b"<si/>" * (1 << 20))
    assert len(out.getvalue()) < reading.MOST_BYTES // 100
    with pytest.raises(ReadingError, match="unpacks"):
        read(out.getvalue())


def test_deep_json_is_refused():
    with pytest.raises(ReadingError, match="deep"):
        read(b"[" * 100_000)


def test_what_does_not_print_never_reaches_a_label():
    (one,) = read(json.dumps([{"figure": "a\x1b[31m\u202eb", "value": 1}]).encode()).figures
    assert one.label == "a[31mb"


def test_nouns_are_known_by_what_they_are_called():
    words = VOCABULARIES.on(None)
    for text, key in {
        "办结率": "disposal_rate",
        "按期办结率": "on_time_rate",
        "按时办结数": "on_time",
        "受理量": "accepted",
        "立案数": "files",
        "罚没款": "fines",
        "罚款总额": "fines",
        "Disposed of on time": "on_time",
        "ＦＩＬＥＳ": "files",
    }.items():
        assert words.find(text).key == key
    assert words.find("天气") is None


def test_a_vocabulary_of_ones_own_is_checked(tmp_path):
    (tmp_path / "2024-01-01.toml").write_text(
        "noun = []\nsum = []\nmean = []\nflow = []\nsuffixes = []\nshare_words = []\n"
        'change_words = []\nwithin = [{part = "a", whole = "b"}]\n'
    )
    with pytest.raises(PolicyError, match=r"2024-01-01\.toml: 'a' is no noun; add"):
        load([tmp_path])


NOUN = """suffixes = []
share_words = []
change_words = []
within = [{{part = "{key}", whole = "{key}", explains = ["{why}"]}}]
sum = []
mean = []
flow = []
[explanations]
"ours" = {{zh = "另有原因", en = "another reason"}}
[[noun]]
key = "{key}"
kind = "count"
zh = "{zh}"
en = "{key}"
"""


def own(folder, **said):
    folder.mkdir()
    (folder / "2024-01-01.toml").write_text(
        NOUN.format(**{"key": "vessels", "zh": "船舶", "why": "ours"} | said), "utf-8"
    )
    return folder


def test_vocabularies_of_several_domains_are_used_together(tmp_path):
    words = load([own(tmp_path / "a"), own(tmp_path / "b", key="containers", zh="箱")]).on(None)
    assert (words.find("船舶").key, words.find("箱").key) == ("vessels", "containers")
    assert words.explanation("ours").en == "another reason"
    assert words.explanation("another_base") is not None, "the catalogue has the general ones"


def test_one_name_for_two_nouns_is_refused(tmp_path):
    folders = [own(tmp_path / "a"), own(tmp_path / "b", key="ships")]
    with pytest.raises(PolicyError, match=r"'船舶' names vessels and ships; keep one"):
        load(folders)


def test_an_explanation_that_nobody_words_is_refused(tmp_path):
    with pytest.raises(PolicyError, match=r"explains has 'magic'; add it to \[explanations\]"):
        load([own(tmp_path / "a", why="magic")])


def test_a_period_that_is_named_once_holds_for_all_rows():
    rows = [{"figure": "受理", "value": 5, "period": "2023年"}, {"figure": "办结", "value": 7}]
    assert {f.period.id for f in read(json.dumps(rows).encode()).figures} == {
        "2023-01-01..2023-12-31"
    }
    two = [*rows, {"figure": "立案", "value": 1, "period": "2022"}]
    assert [f.period.id for f in read(json.dumps(two).encode()).figures][1] == ""
