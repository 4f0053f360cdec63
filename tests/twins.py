"""For what is compiled beside its twin in Python: texts that try both, and how to do without it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import strategies as st

from lianzhi.text.arrays import compiled
from lianzhi.text.fold import folding
from lianzhi.text.grammar import guards

#: Pieces of texts: plain words, hidden ones, and what is at the edges of what is looked for.
EVIDENCE_KINDS = (
    *("你们", "这群", "傻逼", "片子", "去死吧", "煞笔", "沙 比", "s.b", "shabi", "sha3bi4", "nmsl"),
    *("狗r的", "贱r", "s全家", "T恤", "b", "g8", "2b"),
    *("操", "弱", "智", "……", "、", "王8蛋", "蛋八王", "废5", "人", "⋏", "ᴄɴᴍ", "猪", "头"),
    *(
        "女马",
        "亻尔",
        "弓虽",
        "古月",
        "㊙️",
        "🐷",
        "🐷🐷",
        "👨‍👩‍👧",
        "😂",
        "💩",
        "1️⃣",
        "№",
        "ﷺ",
        "ａＢ",
    ),
    *(" ", "  ", "，", "。", "*", "**", "“", "”", "\n", "\u200b", "\u0301", "\ud800", "\U0010ffff"),
    *(
        "13812345678",
        "一三八",
        "3号楼",
        "a@b.cn",
        "的",
        "人",
        "我知道你住哪",
        "明天",
        "带人",
        "堵你",
    ),
)
texts = st.lists(st.lists(st.sampled_from(EVIDENCE_KINDS), max_size=9).map("".join), max_size=6)


@contextmanager
def pure() -> Iterator[None]:
    """Do without what is compiled."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "twin", lambda name: None)
        patch.setattr(folding, "_twin", lambda: None)
        patch.setattr(guards, "_twin", lambda: None)
        yield
