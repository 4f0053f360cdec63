"""Identifiers: what they are in any spelling, and what only looks like them. All are invented."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lianzhi.text.fold.folding import fold, fold_batch
from lianzhi.text.grammar.identifiers import (
    IDENTIFIERS,
    identifiers,
    in_folded,
    is_bank_card,
    is_id_card,
    may_hold,
)


def found(text: str) -> list[tuple[str, str]]:
    return [(one.kind, text[one.start : one.end]) for one in identifiers(text)]


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("手机16012345678", "mobile", "16012345678"),
        ("打 160-1234-5678 问她", "mobile", "160-1234-5678"),
        ("打１６０ １２３４ ５６７８", "mobile", "１６０ １２３４ ５６７８"),
        ("一六零幺二三四五六七八", "mobile", "一六零幺二三四五六七八"),
        ("壹6零12叁45六78", "mobile", "壹6零12叁45六78"),
        ("+8616012345678", "mobile", "8616012345678"),
        ("单位电话 0999-88213345", "landline", "0999-88213345"),
        ("座机 88213345", "landline", "88213345"),
        ("身份证99010119900307311X", "id_card", "99010119900307311X"),
        ("证件号 990101199003073101", "id_card", "990101199003073101"),
        ("卡号0000000000000000", "bank_card", "0000000000000000"),
        ("车牌是京A·12345", "plate", "京A·12345"),
        ("沪AD12345 停在楼下", "plate", "沪AD12345"),
        ("邮箱 who_1@mail.example.com", "email", "who_1@mail.example.com"),
        ("扣扣：918273645", "qq", "918273645"),
        ("她微信号 wang_8812x", "wechat", "wang_8812x"),
        ("加vx：abc-12345", "wechat", "abc-12345"),
        ("住在河东路18号2单元301", "address", "河东路18号2单元301"),
        ("他住翠湖花园7栋1203", "address", "翠湖花园7栋1203"),
        ("十二号楼三单元五零一", "address", "十二号楼三单元五零一"),
        ("河西村3组12号", "address", "河西村3组12号"),
        ("二中高三五班的", "class", "二中高三五班"),
        ("她真名叫李小梅", "person", "李小梅"),
        ("就是周某强", "person", "周某强"),
    ],
)
def test_an_identifier_is_known_where_it_stands(text: str, kind: str, said: str) -> None:
    assert (kind, said) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "快递单号16012345678",
        "订单号990101199003073101",
        "客服400-123-4567",
        "有事打12345或者110",
        "花了12345块，2023年12月25日买的",
        "电话160****5678",
        "比分3:2，第90+3分钟",
        "群号：480611554",
        "UID 100234567",
        "身份证丢了怎么补办",
        "微信聊天记录",
        "版本1.2.3.4567",
        "一二三四五六七，马兰开花二十一",
    ],
)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert found(text) == []


def test_checksums_confirm() -> None:
    assert [one.confirmed for one in identifiers("身份证99010119900307311X")] == [True]
    assert [one.confirmed for one in identifiers("身份证990101199003073102")] == [False]
    assert found("990101199003073102") == []
    assert is_id_card("99010119900307311x")
    assert not is_id_card("99010119901307311x"), "there is no thirteenth month"
    assert is_bank_card("6200000000000005")
    assert not is_bank_card("6200000000000006")


EVIDENCE_KINDS = [
    "电话",
    "微信",
    "身份证",
    "幢",
    "号",
    "路",
    "班",
    "叫",
    "@a.cn",
    *"0123456789一二三xX -·京沪A",
]
ANY = st.lists(st.characters(exclude_categories=()) | st.sampled_from(EVIDENCE_KINDS)).map("".join)


@given(ANY)
def test_any_string_will_do_and_spans_lie_inside_it(text: str) -> None:
    ends = [0]
    for one in identifiers(text):
        assert ends[-1] <= one.start < one.end <= len(text)
        assert one.kind in IDENTIFIERS
        ends.append(one.end)


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("加她微信号a12bcdefg345", True),
        ("她微信:li1fang2wei3hao88", True),
        ("QQ 12三四五六，晚上3点来", True),
        ("一个月三千，第二年五千，两年六万七", False),
        ("2个人3天吃4顿5个菜6碗饭", True),
        ("2个人，过了3天，才吃了4顿饭，一共5个菜", False),
        ("covid的三个月", False),
    ],
)
def test_what_may_hold_one_has_digits_that_stand_together(text: str, chosen: bool) -> None:
    assert may_hold(fold_batch([text])).tolist() == [0] * chosen
    assert may_hold(fold_batch(["你好", text, "3"])).tolist() == [1] * chosen


@example(["京AA0000"])
@given(st.lists(ANY, min_size=1, max_size=5))
def test_a_batch_leaves_out_no_text_that_holds_one(texts: list[str]) -> None:
    chosen = set(may_hold(fold_batch(texts)).tolist())
    for number, text in enumerate(texts):
        if {one.kind for one in in_folded(fold(text).text)} - {"person", "wechat", "class"}:
            assert number in chosen, text
