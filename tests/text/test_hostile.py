"""Reading is bounded per text: texts made to be slow, and a search for slower ones.

The limits here are four times what a quiet machine with two cores needs (`python -m bench hostile`
prints that), so that a busy one passes too.
"""

import pytest
from hypothesis import HealthCheck, given, settings, target
from hypothesis import strategies as st
from tests.text.hostile import PIECES, hostile, milliseconds

from lianzhi.text import assess, assess_many, score_many
from lianzhi.text.arrays import compiled
from lianzhi.text.arrays.batch import IN_FULL

LIMIT = 200 if compiled.twin("unveil._decode") else 800


@pytest.mark.parametrize("name", PIECES)
def test_hostile_texts_are_read_in_bounded_time(name: str) -> None:
    assert milliseconds(hostile(PIECES[name])) < LIMIT


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.sampled_from(sorted({p for ps in PIECES.values() for p in ps})), min_size=1),
    st.integers(0, 3),
)
def test_a_search_finds_no_slower_text(pieces: list[str], seed: int) -> None:
    spent = milliseconds(hostile(pieces, seed=seed))
    target(spent)
    assert spent < LIMIT


@pytest.mark.slow
def test_a_text_twice_as_long_does_not_take_four_times_as_long() -> None:
    for name in ("emoji", "mixture", "insults", "hex"):
        short, long = (milliseconds(hostile(PIECES[name], size), 5) for size in (10_000, 20_000))
        assert long < 4 * short + 20, name


def test_what_hides_beyond_the_bound_is_not_restored_and_the_text_is_marked() -> None:
    hidden = "你个🐷脑子"
    near, far = hidden + "好" * IN_FULL, "好" * IN_FULL + hidden
    assert assess(hidden).in_full
    assert not assess(near).in_full
    assert [part.form for part in assess(near).restored] == ["猪"]
    assert not assess(far).restored


def test_entries_are_found_however_far_back_they_stand() -> None:
    read = assess("好" * 3 * IN_FULL + "你这个傻逼")
    assert not read.in_full
    assert read.kinds["insult"] >= 0.5
    assert {span.start for span in read.spans} <= {3 * IN_FULL + 3}
    assert read.spans


def test_a_long_text_is_read_in_a_crowd_as_it_is_alone() -> None:
    texts = ["你个🐷脑子", "好" * IN_FULL + "你个🐷脑子", "你个🐷脑子" + "好" * IN_FULL, "傻.逼"]
    assert assess_many(texts) == [assess(text) for text in texts]
    assert score_many(texts).offence.tolist() == [assess(text).offence for text in texts]
