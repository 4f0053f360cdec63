"""The letter of a transfer: says what it must in both languages, safely, printed or on screen."""

import datetime as dt
import io
import re
import zipfile
from hashlib import sha256

import msgspec
import pytest
from pack_house import files_of
from test_summary import Reader, streams

from lianzhi.chain.measure import measure_id, number, read
from lianzhi.documents import render, transfer
from lianzhi.documents.forms import Facts, FileDigest
from lianzhi.documents.letter import Cited, Letter, page_of
from lianzhi.documents.notice import Sender

AT = 1_795_608_300_000
MEASURE = measure_id("d_1", "transfer", "p_a", "")
PACK = b"PK a pack as it was made" * 100
RULE = Cited(
    title="社区规则第三条", text="不得威胁。", since=dt.date(2026, 11, 1), url="https://r/3"
)
BASIS = Cited(
    title="《治安管理处罚法》第五十条",
    text="写恐吓信",
    since=dt.date(2026, 1, 1),
    until=dt.date(2030, 12, 31),
)


def letter(lang: str = "zh", **more: object) -> Letter:
    facts = Facts(
        case="c0ffee",
        lang=lang,  # type: ignore[arg-type]
        made_at=AT,
        by="wang",
        deployment="某平台",
        utc_offset_minutes=480,
    )
    made = Letter(
        facts=facts,
        sender=Sender("某平台 <b>", "help@example.org"),
        measure=MEASURE,
        authority="某市公安局网安支队",
        kind="bullying.pile_on",
        minor=True,
        harmed="victim",
        subject="<i>loud</i> \u202eevil",
        role="inciter",
        since=AT - 7_200_000,
        until=AT - 3_600_000,
        actors=1234,
        acts=(AT - 7_100_000, AT - 7_000_000, AT - 3_700_000),
        decision="d_1",
        decided_at=AT - 60_000,
        reason="多次扬言上门。<script>alert(1)</script>",
        ground=RULE,
        statute=False,
        example=False,
        bases=(BASIS,),
        key="lianzhi.example/test+00+AA",
        checkpoint=42,
        attachments=(FileDigest(name="evidence.zip", bytes=9, sha256="ab" * 32),),
        producer="lianzhi 0",
    )
    return msgspec.structs.replace(made, **more)


def text_of(told: Letter) -> Reader:
    return Reader(render.html(page_of(told), "letter").decode())


def written(told: Letter) -> bytes:
    out = io.BytesIO()
    said = FileDigest(name="evidence.zip", bytes=len(PACK), sha256=sha256(PACK).hexdigest())
    transfer.write(
        out,
        io.BytesIO(PACK),
        said,
        lambda files: msgspec.structs.replace(told, attachments=files),
    )
    return out.getvalue()


def test_it_says_what_a_letter_of_transfer_says_in_both_languages() -> None:
    zh, en = text_of(letter()), text_of(letter("en"))
    for told in (
        *("线索移送函", number(MEASURE), "2026年11月25日", "某市公安局网安支队", "1,234"),
        *("2026-11-25 18:05 – 19:05", "未成年人", "煽动", "证据包中有 3 项"),
        *("本平台不作认定", "自2026年11月1日起适用", "自2026年1月1日起施行，至2030年12月31日止"),
        *("多次扬言上门。", "写恐吓信", "回执", "盖章", "help@example.org"),
    ):
        assert told in zh.text, told
    for told in (
        *("Transfer of a matter", number(MEASURE), "November 25, 2026", "Inciter", "Minor"),
        *("does not judge that", "applies since November 1, 2026", "until December 31, 2030"),
        *("3 acts in the evidence pack", "Receipt", "Seal"),
    ):
        assert told in en.text, told
    for page in (zh, en):
        assert "ab" * 32 in page.text
        assert "lianzhi.example/test+00+AA" in page.text
        assert not re.findall(r"\b(?:pack|letter|case|person|kind)\.[a-z_]+", page.text)
        assert "%(" not in page.text


def test_what_people_wrote_stays_text() -> None:
    page = text_of(letter())
    assert not page.tags & {"script", "i", "b", "img", "form", "link", "a"}
    assert "<script>alert(1)</script>" in page.text
    assert "<i>loud</i> ⟨U+202E⟩evil" in page.text
    assert "\u202e" not in page.text


@pytest.mark.parametrize("gone", ["harmed", "subject", "reason"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_erased_people_are_said_to_be(gone: str, lang: str) -> None:
    note = {"zh": "有关的人行使删除权后", "en": "had themselves erased"}[lang]
    stead = {"zh": "已删除的人", "en": "erased person"}[lang]
    assert note not in text_of(letter(lang)).text
    page = text_of(letter(lang, **{gone: None}))
    assert note in page.text
    assert page.text.count(stead) == (1 if gone == "reason" else 2)


def test_examples_and_missing_bases_are_owned_up_to() -> None:
    assert "软件自带的示例" not in text_of(letter()).text
    assert "软件自带的示例" in text_of(letter(example=True)).text
    assert "没有列出条文" in text_of(letter(bases=())).text
    assert "施行" in text_of(letter(ground=BASIS, statute=True, bases=())).text
    unread = msgspec.structs.replace(BASIS, text="", unread=True)
    assert "尚未核对" in text_of(letter(bases=(unread,))).text
    assert "尚未核对" not in text_of(letter()).text
    assert "参与账号数" not in text_of(letter(actors=0)).text
    assert "请通过平台公布的渠道联系" in text_of(letter(sender=Sender("某平台"))).text


def test_the_same_letter_and_pack_give_the_same_bytes() -> None:
    pack = written(letter())
    assert pack == written(letter())
    files = files_of(pack)
    assert tuple(files) == transfer.FILES
    assert files["evidence.zip"] == PACK
    for name in ("evidence.zip", "README.txt"):
        assert sha256(files[name]).hexdigest() in files["letter.html"].decode()
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        assert archive.getinfo("evidence.zip").compress_type == zipfile.ZIP_STORED
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_print_embeds_the_font_and_has_the_receipt_on_a_page_of_its_own() -> None:
    short, long = (
        render.pdf(page_of(letter(reason=reason)), AT, "letter") for reason in ("x", "长" * 3000)
    )
    for pdf in (short, long):
        inside = streams(pdf)
        assert pdf.startswith(b"%PDF-1.7")
        assert "LianzhiSans" in inside
        assert "pdfaid" in inside
        assert b"/JavaScript" not in pdf
    pages = [len(re.findall(r"/Type\s*/Page\b", streams(pdf))) for pdf in (short, long)]
    assert pages[1] > pages[0] >= 2


@pytest.mark.parametrize("text", ["", "🤡" * 20, "\n\n", "a" * 2000, "#eval(1) *x* $y$ @z \\"])
def test_any_text_can_be_laid_out(text: str) -> None:
    told = letter(
        reason=text,
        authority=text,
        subject=text or None,
        sender=Sender(text, text),
        attachments=(),
    )
    assert render.html(page_of(told), "letter")
    assert render.pdf(page_of(told), 0, "letter")


def test_the_readme_speaks_both_languages_and_names_every_file() -> None:
    text = render.readme("transfer").decode()
    for told in (*transfer.FILES, "回执", "receipt", "删除权", "erased", "judge"):
        assert told in text, told


def test_the_number_of_a_letter_leads_back_to_its_measure() -> None:
    said = number(MEASURE)
    assert re.fullmatch(r"M(-[0-9A-F]{4}){6}", said)
    for typed in (said, said.lower(), f" {said} ", said.replace("-", " "), said.replace("-", "")):
        assert read(typed) == MEASURE
    for other in (MEASURE, "m_1", "", "M-12"):
        assert read(other) == other
