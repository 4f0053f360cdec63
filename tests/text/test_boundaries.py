"""Crossing: the end of one word and the beginning of the next are no entry; an entry stays one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.text import KINDS, assess, score_many
from lianzhi.text.fold.folding import fold_batch
from lianzhi.text.lexicon import lexicons
from lianzhi.text.lexicon.boundaries import crosses_boundary
from lianzhi.text.lexicon.dictionary import LONGEST, NEVER, PARTS, cost_of, costs_of, load, packed

#: Two words, and what stands where they meet.
MEET = (
    ("流沙比较细", "沙比"),
    ("从小的失败家庭教育", "败家"),
    ("农村姑娘很朴实", "村姑"),
    ("韭菜鸡蛋馅的饺子", "菜鸡"),
    ("别把黑人妖魔化", "人妖"),
    ("很多人担心黑人被歧视", "心黑"),
    ("他的告别演唱会", "别演"),
    ("后来气候变暖了", "来气"),
    ("晚上都是猪肉的菜", "是猪"),
    ("这事应该打破常规", "该打"),
)
#: Entries that stand as they are, however their characters may go on.
STAND = (
    ("你这沙比", "沙比"),
    ("你这傻逼真的很烦", "傻逼"),
    ("那个贱人家里有钱", "贱人"),
    ("就是个垃圾人", "垃圾"),
    ("这群畜生活该", "畜生"),
    ("人渣中的人渣", "人渣"),
    ("你不要脸吗", "不要脸"),
    ("你这智障碍着我了", "智障"),
    ("小事逼真烦", "事逼"),
    ("黑心脏都黑了", "黑心"),
)


def crosses(text: str, word: str) -> bool:
    batch = fold_batch([text])
    start = text.index(word) + 1
    return bool(crosses_boundary(batch.codes, np.array([start]), np.array([start + len(word)]))[0])


@pytest.mark.parametrize(("text", "word"), MEET)
def test_where_two_words_meet_there_is_no_entry(text: str, word: str) -> None:
    assert crosses(text, word)
    assert all(span.entry != word for span in assess(text).spans)


@pytest.mark.parametrize(("text", "word"), STAND)
def test_an_entry_stands_beside_what_might_go_on(text: str, word: str) -> None:
    assert not crosses(text, word)


def test_nothing_but_a_few_chinese_characters_is_asked_about() -> None:
    batch = fold_batch(["流沙比较细a流沙比较细"])
    start = np.array([2, 1, 1, 5, 6])
    end = np.array([3, 6, 1, 8, 7])  # one character, five, none, one that is a letter, one again
    assert not crosses_boundary(batch.codes, start, end).any()


def test_a_sign_ends_what_is_looked_at() -> None:
    assert not crosses("流,沙比,较细", "沙比")


@given(st.lists(st.text("流沙比较细的傻逼真烦a,", min_size=4, max_size=12), min_size=1, max_size=5))
def test_a_stretch_is_the_same_alone_and_among_others(texts: list[str]) -> None:
    batch = fold_batch(texts)
    start = np.arange(batch.codes.size - 3)
    end = start + 2
    together = crosses_boundary(batch.codes, start, end)
    for number, text in enumerate(texts):
        alone = fold_batch([text])
        first, last = batch.starts[number], batch.starts[number + 1]
        mine = np.arange(alone.codes.size - 3)
        assert batch.codes[first : last + 1].tolist() == alone.codes.tolist()
        expected = together[first : first + mine.size]
        assert crosses_boundary(alone.codes, mine, mine + 2).tolist() == expected.tolist()


def test_the_dictionary_is_in_order_and_knows_ordinary_words() -> None:
    words = load()
    assert (words.key[1:] > words.key[:-1]).all()
    assert words.cost.min() > 0
    for word in ("比较", "流沙", "家庭"):
        codes = np.zeros(LONGEST, np.uint64)
        codes[: len(word)] = list(map(ord, word))
        assert packed(codes) in words.key


def test_one_word_costs_what_the_table_says() -> None:
    words = load()
    chars = words.key[::50, None] >> np.uint64([48, 32, 16, 0]) & np.uint64(0xFFFF)
    for row, cost in zip(chars.tolist(), words.cost[::50].tolist(), strict=True):
        word = "".join(map(chr, row)).rstrip("\0")
        assert cost_of(word) == cost
        assert {cost_of(word + "\0"), cost_of(chr(0x24E00) + word), cost_of(word + "好好好好")} == {
            NEVER
        }
    assert cost_of("") == NEVER
    some = ["比较", "流沙", "好", "x好", "比较好看了", chr(0x24E00) + "好"]
    assert costs_of(some).tolist() == [cost_of(word) for word in some]


def test_ordinary_words_are_no_harm_by_themselves() -> None:
    words, lexicon = load(), lexicons.shipped()
    shift = 16 * np.arange(LONGEST - 1, -1, -1).astype(np.uint64)
    chars = words.key[:, None] >> shift & np.uint64(0xFFFF)
    often = chars[(chars[:, 1] > 0) & (words.cost < 14 * PARTS)]
    texts = ["".join(map(chr, row)).rstrip("\0") for row in often.tolist()]
    harms = (lexicon.role < len(KINDS)).tolist()
    listed = {term for term, harm in zip(lexicon.terms, harms, strict=True) if harm}
    texts = [text for text in texts if text not in listed]
    assert len(texts) > 10_000
    flagged = score_many(texts).kinds.max(axis=1) >= lexicon.policy.clear
    assert flagged.mean() < 0.002
