"""Views: equal lengths, spans that lie in the original, one reading for all spellings."""

import time
import tomllib
from collections import Counter
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.text.evidence.views import segment, syllable_of, views

#: Texts near what is to be told apart: letters, tones, signs, characters, what shows nothing.
TRICKY = st.text("shabiwo1235 *.,。 \u200b\u0301傻逼滚ＳＨǎ己已🐎\ud800𠀀", max_size=40) | st.text(
    max_size=40
)


def syllables(text: str) -> str:
    return " ".join(map(syllable_of, views(text).syllable))


@given(TRICKY)
def test_views_are_of_one_length_and_spans_lie_in_order_in_the_original(text: str) -> None:
    seen = views(text)
    assert len({len(part) for part in seen}) == 1
    assert all(0 <= a < b <= len(text) for a, b in zip(seen.starts, seen.ends, strict=True))
    assert all(a <= b for a, b in zip(seen.starts, seen.starts[1:], strict=False))
    assert all(a <= b for a, b in zip(seen.ends, seen.ends[1:], strict=False))


@given(TRICKY)
def test_what_is_seen_is_seen_again_in_what_is_behind_it(text: str) -> None:
    """Each token's stretch of the original, read alone or with what follows, holds its reading."""
    seen = views(text)
    for place in range(len(seen.surface)):
        start, end = seen.span(place, place + 1)
        own = views(text[start:end])
        assert seen.surface[place] in own.surface or own.initial[:1] == seen.initial[place]


@given(st.text("傻逼滚出去你好", min_size=1, max_size=10))
def test_spellings_of_one_word_read_alike(text: str) -> None:
    spelled = " ".join(map(syllable_of, views(text).syllable))
    for written in (spelled, spelled.upper(), spelled.replace(" ", "-"), "\u200b".join(text)):
        assert syllables(written) == spelled


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("shabi", "sha bi"),
        ("s h a b i", "sha bi"),
        ("s\u200bha3bi1", "sha bi"),
        ("shǎ bī", "sha bi"),
        ("ｓｈａ逼", "sha bi"),
        ("煞笔", "sha bi"),
        ("woshishabi nmsl", "wo shi sha bi n m s l"),
        ("iphone15", "i p h o n e 1 5"),
        ("你傻。逼我", "ni sha 。 bi wo"),
        ("a", "a"),
    ],
)
def test_what_a_text_reads(text: str, read: str) -> None:
    assert syllables(text) == read


@pytest.mark.parametrize("text", ["傻*逼", "傻 逼", "傻·逼", "傻\n逼"])
def test_spans_cover_what_stood_between(text: str) -> None:
    seen = views(f"你这{text}啊")
    at = seen.surface.index("傻")
    start, end = seen.span(at, seen.surface.index("逼") + 1)
    assert f"你这{text}啊"[start:end] == text


def test_fewest_syllables_and_the_longer_first() -> None:
    assert segment("xian") == ("xian",)
    assert segment("fangan") == ("fang", "an")
    assert segment("hello") == segment("x") == segment("") == ()


def test_look_alikes_are_in_one_class_each_and_have_one_shape() -> None:
    classes = tomllib.loads((files("lianzhi.text.evidence") / "shapes.toml").read_text("utf-8"))[
        "alike"
    ]
    assert max(Counter("".join(classes)).values()) == 1
    assert len({views(char).shape for char in "己已巳"}) == 1
    assert views("己").surface != views("已").surface


@pytest.mark.parametrize("unit", ["shabi", "x ", "傻*", "s1", "\u200b", "zhuang5"])
def test_time_grows_with_the_text(unit: str) -> None:
    def took(size: int) -> float:
        text = unit * (size // len(unit))
        begin = time.process_time()
        views(text)
        return time.process_time() - begin

    took(1000)
    small, large = (min(took(size) for _ in range(3)) for size in (10_000, 80_000))
    assert large < 32 * small, "eight times as much; squared it would be 64"
