"""The summary: safe, true to the data, in two languages, and printable with every character."""

import datetime as dt
import re
import time
import zlib
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pack_house import ODD, case_of, exported, files_of

from lianzhi.chain.finding import Span
from lianzhi.documents import chart, forms, render
from lianzhi.documents.marks import pieces, seen
from lianzhi.jobs.node import Node

ZONE = dt.timezone(dt.timedelta(hours=8))


class Reader(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.marked: list[str] = []
        self.text = ""
        self.inside = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}
        self.inside = tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.inside == "mark":
            self.marked.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""


def page_of(files: dict[str, bytes]) -> Reader:
    return Reader(files[forms.SUMMARY].decode())


def test_what_people_wrote_stays_text(files: dict[str, bytes]) -> None:
    page = page_of(files)
    assert not page.tags & {"script", "i", "img", "iframe", "form", "link", "object", "a"}
    assert not any(name.startswith("on") or name in ("src", "href") for name in page.names)
    assert "<script>alert(1)</script> ⟨U+202E⟩滚出去⟨U+0007⟩ 🤡" in page.text
    assert "<i>odd1</i>" in page.text
    assert "某平台 <b>" in page.text
    assert "滚出去" in page.marked
    assert "\u202e" not in page.text


def test_the_story_is_told_in_both_languages(node: Node) -> None:
    case = case_of(node)
    zh, en = (page_of(files_of(exported(node, case, lang)[0])) for lang in ("zh", "en"))
    for told in (
        "网暴围攻：victim",
        "个账号涌向",
        "首发",
        "侮辱谩骂",
        "已结案",
        "时间均为 UTC+08:00",
    ):
        assert told in zh.text, told
    for told in ("Pile-on against victim", "accounts turned on", "Originator", "insult", "Settled"):
        assert told in en.text, told
    for page in (zh, en):
        assert "电话联系过当事人。\n第二行" in page.text
        assert "2025-10-09T16:54:21.000+08:00" in page.text
        assert str(node.ledger.signer.verifier) in page.text
        # No key of a catalogue, nor a hole in a text, is left.
        assert re.findall(r"\b(?:pack|step|role|why|story|evidence|list)\.[a-z_]+", page.text) == [
            *re.findall(r"evidence\.md", page.text)
        ]
        assert "%(" not in page.text


def test_every_leaf_stands_in_the_annex(files: dict[str, bytes]) -> None:
    import msgspec

    text = page_of(files).text
    for line in files[forms.EVENTS].splitlines():
        one = msgspec.json.decode(line)
        assert one["leaf"] in text
        assert f"#{one['seq']}" in text or one["seq"] > 0


def streams(pdf: bytes) -> str:
    """What stands in the streams of a PDF, unfolded."""
    found = []
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            found.append(zlib.decompress(match[1]).decode("latin-1"))
        except zlib.error:
            continue
    return "\n".join(found) + pdf.decode("latin-1")


def test_the_print_embeds_its_font_and_keeps_its_text(files: dict[str, bytes]) -> None:
    pdf = files[forms.PRINT]
    assert pdf.startswith(b"%PDF-1.7")
    inside = streams(pdf)
    assert "LianzhiSans" in inside
    assert "FontFile3" in inside
    assert "pdfaid" in inside  # PDF/A says so in its metadata
    # A print that can be searched maps its glyphs to characters: U+6EDA is 滚.
    assert "6EDA" in inside.upper()
    assert b"/JavaScript" not in pdf


def test_what_the_font_lacks_is_printed_as_code_point_and_name() -> None:
    said = render._printable({"a": [ODD, "plain"]})["a"]
    assert "⟨U+1F921 clown face⟩" in said[0]
    assert "喆" in said[0]
    assert said[1] == "plain"
    assert render._printable("❤️") in ("❤", "⟨U+2764 heavy black heart⟩")
    assert len(render._covered()) > 10_000
    assert render._printable(seen("a\u202eb")) == "a⟨U+202E⟩b"


@pytest.mark.parametrize("text", ["", " ", "🤡" * 50, "字" * 3000, "\n\n\n", "a" * 5000, "\u200d"])
def test_any_text_can_be_laid_out(node: Node, text: str) -> None:
    from lianzhi.documents.forms import Facts, Point
    from lianzhi.documents.page import Proofs, page_of
    from lianzhi.documents.story import Story

    facts = Facts(
        case="c", lang="zh", made_at=0, by=text or "x", deployment=text, utc_offset_minutes=-330
    )
    point = Point(origin="o", size=1, root="00" * 32)
    page = page_of(Story(), facts, Proofs(point, "k", "p"), {})
    assert render.html(page)
    assert render.pdf(page, 0) == render.pdf(page, 0)


@given(
    text=st.text(max_size=20),
    spans=st.lists(st.tuples(st.integers(-3, 25), st.integers(-3, 25), st.sampled_from("ab"))),
)
def test_pieces_are_the_text(text: str, spans: list[tuple[int, int, str]]) -> None:
    cut = pieces(text, [Span(*span) for span in spans])
    assert "".join(one.text for one in cut) == text
    marked = [one.kinds for one in cut for _ in one.text]
    assert marked == [
        tuple(sorted({kind for start, end, kind in spans if start <= place < end}))
        for place in range(len(text))
    ]


def test_a_text_full_of_marks_is_cut_in_no_time() -> None:
    text = "滚！" * 20_000
    spans = [Span(place, place + 1, "mockery") for place in range(0, len(text), 2)]
    started = time.perf_counter()
    assert len(pieces(text, spans)) == len(text)
    assert time.perf_counter() - started < 2


@given(st.text(max_size=30))
def test_nothing_unseen_is_left(text: str) -> None:
    said = seen(text)
    assert not any(char in said for char in "\u202a\u202d\u202e\u2066\x00\x1b\x7f\ufeff")
    assert len(said) >= len(text.replace("\r\n", "\n"))


@given(
    times=st.lists(st.integers(0, 2**41), min_size=1, max_size=40),
    marks=st.lists(st.integers(0, 2**41), max_size=5),
    minutes=st.integers(-720, 840),
)
def test_every_event_is_drawn_once(times: list[int], marks: list[int], minutes: int) -> None:
    harmful = [at % 2 for at in times]
    found = chart.bins(times, harmful, marks, minutes * 60_000)
    assert sum(found.all) == len(times)
    assert sum(found.harmful) == sum(harmful)
    assert len(found.all) <= 10 * chart.BARS
    zone = dt.timezone(dt.timedelta(minutes=minutes))
    shown = [chart.Mark(at, "act", "<&> 处置") for at in sorted(marks)]
    svg = ElementTree.fromstring(chart.draw(found, shown, ("a", "b"), 'say "<" all', zone))
    bars = [one for one in svg.iter() if one.tag.endswith("rect")]
    drawn = sum(count > 0 for count in (*found.all, *found.harmful))
    assert len(bars) == drawn + 2  # and two of the key


def test_labels_that_would_touch_stand_in_rows() -> None:
    found = chart.bins([0, 3_600_000], [1, 0], [], 0)
    marks = [chart.Mark(at, "warn", "Warning 20:00") for at in (0, 1000, 2000)]
    rows = {row for _, row in chart._rows(found, marks)}
    assert rows == {0, 1, 2}
