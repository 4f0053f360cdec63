"""Folding: what becomes of evasions, and the way back to the original."""

import sys
import unicodedata

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.text import fold
from lianzhi.text.arrays.batch import SEPARATOR
from lianzhi.text.fold.folding import fold_batch, fold_known

# Any code points at all, surrogates included, with evasions made likely.
ANY = st.text(
    st.characters(exclude_categories=()) | st.sampled_from("傻逼\u200bＳＢ…㍿\u0301\0\ud800")
)


@pytest.mark.parametrize(
    ("original", "folded"),
    [
        ("ＮＭＳＬ", "nmsl"),
        ("傻\u200b逼", "傻逼"),
        ("傻\u2060\u202e逼\u202c", "傻逼"),
        ("傻\ufe0f逼\U000e0101", "傻逼"),
        ("s\u0336b\u0336", "sb"),
        ("ⓢⓑ", "sb"),
        ("𝖘𝖇", "sb"),
        ("ﬁ㎏", "fikg"),
        ("滾出去，妳這個", "滚出去,你这个"),
        ("娛樂圈", "娱乐圈"),
        ("⼈肉", "人肉"),
        ("悪心，労力", "恶心,劳力"),
        ("挙郷鉱闘渋", "举乡矿斗涩"),
        ("㈠㊕🉅⑴⒜", "一特打1a"),
        ("(一)", "(一)"),
        ("芸豆，浜", "芸豆,浜"),
        ("呪い，氷，奷臣，伱", "咒い,冰,奸臣,你"),
        ("⻢⻤⻔⻛⻓⻝", "马鬼门风长食"),  # radicals that Unicode has once more
        ("⺮夭，⺌㇐", "竹夭,小一"),
        ("这种⋏渣", "这种⋏渣"),  # drawn as a character is: parts none
        ("ÀÉ", "ae"),
        ("…", "..."),
        ("a\u3000b\u00a0c\td", "a b c d"),
        ("a\r\nb\u2028c", "a\nb\nc"),
        ("한국", "한국"),
        ("a\0b", "ab"),
        ("a\ud800b", "a\ufffdb"),
        ("你傻*逼啊", "你傻逼啊"),
        ("傻·逼", "傻逼"),
        ("男/女", "男女"),
        ("傻 逼", "傻逼"),
        ("我 真 的 好 烦", "我真的好烦"),
        ("打\n到\n那\n个\n人", "打到那个人"),
        ("第一行\n第二行", "第一行\n第二行"),
        ("傻丨逼", "傻逼"),
        ("打丶丨一班", "打丶丨一班"),
        ("灬丶小白", "灬丶小白"),
        ("傻\u200b*\u200b逼", "傻逼"),
        ("傻****逼", "傻****逼"),
        ("今天 天气 好", "今天 天气 好"),
        ("你这傻 逼啊", "你这傻 逼啊"),
        ("你好，我来了", "你好,我来了"),
        ("我“她”说", "我“她”说"),
        ("a*b 5-3", "a*b 5-3"),
        ("", ""),
    ],
)
def test_each_spelling_comes_to_one_form(original: str, folded: str) -> None:
    assert fold(original).text == folded


@pytest.mark.parametrize(
    ("original", "needle", "found"),
    [
        ("你傻\u200b逼了", "傻逼", "傻\u200b逼"),
        ("……傻逼", "傻逼", "傻逼"),
        ("㍿傻逼", "傻逼", "傻逼"),
        ("重㎏的", "kg", "㎏"),
        ("重㎏的", "g", "㎏"),
        ("\u200b\u200b傻", "傻", "傻"),
        ("ＳＢ", "sb", "ＳＢ"),
        ("你傻**逼了", "傻逼", "傻**逼"),
    ],
)
def test_spans_lead_back_to_the_original(original: str, needle: str, found: str) -> None:
    folded = fold(original)
    at = folded.text.index(needle)
    start, end = folded.span(at, at + len(needle))
    assert original[start:end] == found


@given(ANY)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@given(ANY)
def test_offsets_rise_within_the_original(text: str) -> None:
    folded = fold(text)
    offsets = list(folded.offsets)
    assert len(offsets) == len(folded.text) + 1
    assert offsets == sorted(offsets)
    assert offsets[-1] == len(text)
    assert all(0 <= at < len(text) for at in offsets[:-1])


@given(ANY)
def test_a_text_is_traced_as_it_is_folded(text: str) -> None:
    folded, traced_ = fold(text), fold_known(text, fold_batch([text]).codes[1:-1])
    assert traced_.text == folded.text
    assert list(traced_.offsets) == list(folded.offsets)


@given(ANY)
def test_each_folded_character_comes_from_where_its_offset_says(text: str) -> None:
    folded = fold(text)
    for at in range(len(folded.text)):
        start, end = folded.span(at, at + 1)
        assert folded.text[at] in fold(text[start:end]).text


@given(ANY)
def test_what_is_folded_can_be_written_and_holds_no_separator(text: str) -> None:
    folded = fold(text).text
    folded.encode("utf-8")
    assert chr(SEPARATOR) not in folded


@given(st.lists(ANY, max_size=6))
def test_a_batch_is_its_texts_side_by_side(texts: list[str]) -> None:
    mark = chr(SEPARATOR)
    batch = fold_batch(texts)
    assert batch.text() == mark + "".join(fold(text).text + mark for text in texts)
    assert [batch.codes[start] for start in batch.starts] == [SEPARATOR] * (len(texts) + 1)


#: Ours beyond OpenCC; one that OpenCC takes two steps for; voicing marks and a filler, which go.
EXCEPTIONS = "妳牠擧鄕鑛鬭澁挙郷鉱闘渋妬呪姉氷賎儍奷伱囯囬" + "薴" + "ﾞﾟ\uffa0"


def test_the_shipped_table_follows_unicode_and_opencc() -> None:
    """Checked over what every Unicode version since 14 agrees on: common Chinese characters. Forms
    of Japan, Hong Kong and Taiwan come to what OpenCC has for them."""
    simplify = opencc.OpenCC("t2s")
    elsewhere = [opencc.OpenCC(form) for form in ("jp2t", "hk2t", "tw2t")]
    strays = [
        chr(code)
        for code in [*range(0x4E00, 0xA000), *range(0xFF01, 0xFFE0)]
        if unicodedata.category(chr(code)) not in {"Cn", "Mn"}
        and chr(code) not in EXCEPTIONS
        and (found := fold(chr(code)).text)
        != (plain := simplify.convert(unicodedata.normalize("NFKC", chr(code)).lower()))
        and found not in [simplify.convert(form.convert(plain)) for form in elsewhere]
    ]
    assert strays == []


def test_every_code_point_folds() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    folded = fold(everything).text
    assert fold(folded).text == folded


@given(st.text("傻逼好a1한 *·_,，“”.\u200b\n", max_size=12))
def test_one_text_folds_as_in_a_batch_where_signs_stand(text: str) -> None:
    batch = fold_batch([text])
    assert batch.text()[1:-1] == fold(text).text
