"""Alignment: every token once and in order, with what was restored under where it stands."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.text import assess
from lianzhi.text.evidence.alignment import align, tokens
from lianzhi.text.evidence.spans import Restoration

#: Texts near what is restored: homophones, pinyin, letters, parts, emoji, signs between.
CLOAKED = st.text("你操沙比死亻尔去歹匕 shabinmsl*.,。\u200b🐴🐎㎏ﷺ", max_size=30)


@given(CLOAKED | st.text(max_size=30))
def test_each_token_stands_once_and_in_order(text: str) -> None:
    seen, restored = tokens(text), assess(text).restored
    blocks = align(seen, restored)
    assert list(chain.from_iterable(block.tokens for block in blocks)) == seen
    assert "".join(block.meaning for block in blocks) == "".join(one.form for one in restored)


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("亻尔 去 歹匕 吧", [("亻尔 去 歹匕", "你去死"), ("吧", "")]),
        ("操你🐴", [("操", ""), ("你", ""), ("🐴", "妈")]),
        ("你好", [("你", ""), ("好", "")]),
    ],
)
def test_what_was_restored_stands_under_what_it_was_restored_from(
    text: str, blocks: list[tuple[str, str]]
) -> None:
    shown = [
        (text[block.tokens[0].start : block.tokens[-1].end], block.meaning)
        for block in align(tokens(text), assess(text).restored)
    ]
    assert shown == blocks


def test_two_within_one_token_are_told_together() -> None:
    seen = tokens("㎏好")
    parts = [Restoration(0, 1, form, "sound", 1.0, 2.0) for form in "千克"]
    first, second = align(seen, parts)
    assert (first.meaning, second.meaning) == ("千克", "")
