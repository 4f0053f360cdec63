"""Kinds by a text as a whole: the same alone and in a batch, heard and shown as a frame is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.text import KINDS, assess, frames, whole
from lianzhi.text.folding import fold_batch
from lianzhi.text.frames import AS_A_WHOLE
from lianzhi.text.matching import match

ANY = st.text("你给我等着住哪去死大家一起捐款 ，。a1\u200b🐎", max_size=30) | st.text(max_size=30)


@given(st.lists(ANY, max_size=6))
def test_a_text_is_as_strong_alone_as_among_others(texts: list[str]) -> None:
    model = whole.load()
    together = model.strength(fold_batch(texts))
    assert together.shape == (len(texts), len(whole.LEARNT))
    assert ((together >= 0) & (together <= 1)).all()
    for row, text in enumerate(texts):
        np.testing.assert_array_equal(model.strength(fold_batch([text]))[0], together[row])


def test_each_model_is_of_a_kind() -> None:
    assert set(whole.LEARNT) <= set(KINDS)
    assert [frames.load().senses[group] for group in frames.load().whole] == [AS_A_WHOLE] * 5


@pytest.mark.parametrize("text", ["", "今天天气真好", "谢谢大家的支持", "我们小区环境不错"])
def test_ordinary_texts_are_of_no_kind(text: str) -> None:
    assert (whole.load().strength(fold_batch([text])) < 0.5).all()


def test_what_a_model_alone_finds_is_shown_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "（甲乙丙丁）戊己"
    assert assess(text).kinds.get("threat", 0) < 0.5
    said = np.zeros((1, len(whole.LEARNT)))
    said[0, whole.LEARNT.index("threat")] = 0.8
    monkeypatch.setattr(whole.Whole, "strength", lambda self, batch: said[: batch.starts.size - 1])
    found = assess(text)
    assert found.kinds["threat"] == pytest.approx(0.8, abs=1e-6)
    (span,) = (one for one in found.spans if one.kind == "threat")
    assert (text[span.start : span.end], span.sense) == (text, AS_A_WHOLE)


@pytest.mark.parametrize("text", ["那些骂她贱人的都是键盘侠", "你" * 400])
def test_neither_counter_speech_nor_long_texts_are_heard(text: str) -> None:
    assert not any(span.sense == AS_A_WHOLE for span in assess(text).spans)


def test_what_a_model_whispers_counts_beside_others_only(monkeypatch: pytest.MonkeyPatch) -> None:
    said = np.full((1, len(whole.LEARNT)), 0.45)
    monkeypatch.setattr(whole.Whole, "strength", lambda self, batch: said[: batch.starts.size - 1])
    assert not match(fold_batch(["甲乙丙丁"])).kinds.any()
