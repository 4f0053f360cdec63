"""Parting: a dictionary tells what is no word from what is one, and where it knows nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.text import assess
from lianzhi.text.arrays.batch import SEPARATOR, as_codes
from lianzhi.text.unveil.segmentation import LONGEST, NO_WORD, segmentation_gain, word_costs

EDGE = chr(SEPARATOR)
NATS = NO_WORD / 64
#: Between what parts much more easily and what does not, in nats.
BETWEEN = -4


def signs(text: str, written: str, word: str) -> tuple[float, float]:
    """What is said of a stretch, and of the word that may be meant."""
    whole = f"{EDGE}{text}{EDGE}"
    start = np.array([whole.index(written)])
    parted, as_word = segmentation_gain(
        as_codes(whole), start, start + len(written), word_costs([word])
    )
    return float(parted[0]), float(as_word[0])


@pytest.mark.parametrize(
    ("text", "written", "word"),
    [
        ("这就是赤裸裸的其视", "其视", "歧视"),
        ("你是肺物吗", "肺物", "废物"),
        ("这群杂钟快滚", "杂钟", "杂种"),
    ],
)
def test_what_is_no_word_parts_more_easily_with_the_word(
    text: str, written: str, word: str
) -> None:
    parted, as_word = signs(text, written, word)
    assert parted < BETWEEN
    assert as_word == NATS


@pytest.mark.parametrize(
    ("text", "written", "word"),
    [
        ("他是个罪犯没错", "罪犯", "犯罪"),
        ("她私自决定了", "私自", "自私"),
        ("这是间接的影响", "间接", "抢劫"),
    ],
)
def test_what_is_a_word_parts_no_more_easily(text: str, written: str, word: str) -> None:
    parted, as_word = signs(text, written, word)
    assert parted > BETWEEN
    assert as_word < NATS
    assert not assess(text).restored


def test_nothing_is_known_of_letters_and_of_long_stretches() -> None:
    assert signs("你个biao子", "biao子", "婊子") == (0, NATS)
    assert signs("你🐷头", "🐷头", "猪头") == (0, NATS)
    long = "一二三四五六七八九"
    assert len(long) > LONGEST
    assert signs(long, long, "骗子") == (0, NATS)


def test_a_sign_ends_what_is_looked_at() -> None:
    assert signs("私,自a", "私", "死") == signs("私", "私", "死")


@given(st.lists(st.text("流沙比较细的傻逼真烦农村姑娘a,", max_size=12), min_size=1, max_size=5))
def test_a_stretch_is_the_same_alone_and_among_others(texts: list[str]) -> None:
    together = as_codes(EDGE + EDGE.join(texts) + EDGE)
    at = 1
    for text in texts:
        alone = as_codes(f"{EDGE}{text}{EDGE}")
        start = np.arange(1, len(text))
        meant = np.ones(start.size, np.float32)
        mine = segmentation_gain(alone, start, start + 2, meant)
        every = segmentation_gain(together, start + at - 1, start + at + 1, meant)
        for one, other in zip(mine, every, strict=True):
            assert one.tolist() == other.tolist()
        at += len(text) + 1
