"""Adverts for water armies: offers are told from talk about them, and where they are hidden."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.domains.astroturf.adverts import KINDS, offers, policy

OFFERS = {
    "recruiting": "本群招人写好评，一条四块，当天结，想做的私聊我",
    "selling": "出售粉丝和点赞，一千粉25元，先付后刷，加微信",
    "paid_negative": "代发差评打击同行，一条25元，先看效果，私聊",
    "pay_to_delete": "删帖撤稿业务，一条五百，不成功不收费，联系我",
}
INNOCENT = [
    "警方提醒：招人写好评一条四块的兼职都是诈骗，别信",
    "这家店的差评是我写的，菜太咸，服务员态度也不好",
    "请问粉丝和点赞怎么才能涨上去，求教",
    "平台公告：严禁有偿删帖，违者永久封号",
    "今天天气真好，我们去公园走走吧",
]


@pytest.mark.parametrize("kind", KINDS)
def test_an_offer_is_found_and_named(kind: str) -> None:
    (found,) = offers([OFFERS[kind]])
    assert found.strength >= policy().clear
    assert found.kind == kind
    sides = {role.name: role.side for role in policy().roles}
    assert {sides[span.role] for span in found.spans} == {"trade", "offer"}


def test_talk_about_the_trade_is_no_offer() -> None:
    clear = [one for one in offers(INNOCENT) if one.strength >= policy().clear]
    assert not clear
    assert all(not one.spans for one in offers(INNOCENT))


@pytest.mark.parametrize("frame", ["{}", "这个{}", "他们都在说{}", "{}是什么"])
def test_words_of_the_trade_are_never_enough(frame: str) -> None:
    words = [word for one in policy().roles if one.side == "trade" for word in one.words]
    found = offers([frame.format(word) for word in words])
    assert max(one.strength for one in found) < policy().clear


def test_no_word_of_any_role_is_enough() -> None:
    found = offers([word for one in policy().roles for word in one.words])
    assert max(one.strength for one in found) < policy().clear


def test_hidden_words_are_read_as_meant_and_shown_where_they_stand() -> None:
    text = "招水jun，一條一塊，dd我"
    (found,) = offers([text])
    assert found.strength >= policy().clear
    entries = {span.entry: text[span.start : span.end] for span in found.spans}
    assert entries["招水军"] == "招水jun"
    assert entries["一条一块"] == "一條一塊"


@given(st.lists(st.text() | st.sampled_from([*OFFERS.values(), *INNOCENT]), max_size=6))
def test_a_text_comes_to_the_same_alone_as_among_others_and_spans_map_back(
    texts: list[str],
) -> None:
    together = offers(texts)
    assert together == [one for text in texts for one in offers([text])]
    for text, found in zip(texts, together, strict=True):
        assert 0 <= found.strength <= 1
        assert np.isfinite(found.strength)
        assert all(0 <= span.start < span.end <= len(text) for span in found.spans)


def test_what_stands_before_a_text_only_moves_its_spans() -> None:
    text = OFFERS["selling"]
    (plain,), (moved,) = offers([text]), offers([f"\u200b\u200b{text}"])
    assert [(one.start + 2, one.end + 2) for one in plain.spans] == [
        (one.start, one.end) for one in moved.spans
    ]
