"""Kinds by a text as a whole: the same alone and in a batch, heard and shown as a frame is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.text import KINDS, assess
from lianzhi.text.evidence.spans import sense_of
from lianzhi.text.fold.folding import fold_batch
from lianzhi.text.grammar import frames
from lianzhi.text.lexicon import lexicons
from lianzhi.text.model import kind_models
from lianzhi.text.model.kind_models import AS_A_WHOLE
from lianzhi.text.pipeline import judge, match_words

ANY = st.text("你给我等着住哪去死大家一起捐款 ，。a1\u200b🐎", max_size=30) | st.text(max_size=30)


@given(st.lists(ANY, max_size=6))
def test_a_text_is_as_strong_alone_as_among_others(texts: list[str]) -> None:
    together = judge(fold_batch(texts)).kinds
    assert together.shape == (len(texts), len(KINDS))
    assert ((together >= 0) & (together <= 1)).all()
    for row, text in enumerate(texts):
        np.testing.assert_array_equal(judge(fold_batch([text])).kinds[0], together[row])


def test_each_model_is_of_a_kind() -> None:
    assert set(kind_models.MODELLED) <= set(KINDS)
    first, count = frames.load().groups, len(kind_models.MODELLED)
    assert [sense_of(group) for group in range(first, first + count)] == [AS_A_WHOLE] * count


@pytest.mark.parametrize("text", ["", "今天天气真好", "谢谢大家的支持", "我们小区环境不错"])
def test_ordinary_texts_are_of_no_kind(text: str) -> None:
    assert not judge(fold_batch([text])).kinds.any()


def hear(monkeypatch: pytest.MonkeyPatch, kind: str, odds: float) -> None:
    """Have n-grams speak so strongly for a kind in any text, and for no other."""
    said = np.full(len(kind_models.MODELLED), -9.0)
    said[kind_models.MODELLED.index(kind)] = odds
    monkeypatch.setattr(
        kind_models.KindModels,
        "odds",
        lambda self, batch, _: np.tile(said, (batch.starts.size - 1, 1)),
    )


def test_what_is_known_as_a_whole_alone_is_shown_so(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "（甲乙丙丁）你戊己"
    assert assess(text).kinds.get("threat", 0) < 0.5
    hear(monkeypatch, "threat", np.log(4))
    found = assess(text)
    assert found.kinds["threat"] == pytest.approx(0.8, abs=1e-6)
    (span,) = (one for one in found.spans if one.kind == "threat")
    assert (text[span.start : span.end], span.sense) == (text, AS_A_WHOLE)


@pytest.mark.parametrize("text", ["那些骂她贱人的都是键盘侠", "你" * 400])
def test_counter_speech_and_long_texts_say_no_more_than_their_words(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hear(monkeypatch, "threat", 9.0)
    assert "threat" not in assess(text).kinds


def test_how_a_text_sounds_only_adds_to_what_words_say_of_insult(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = ["你个2b会不会玩啊", "这种人真的是人渣", "甲乙丙丁你"]
    words = match_words(fold_batch(texts), lexicons.shipped()).kinds
    for odds in (-9.0, 9.0):
        hear(monkeypatch, "insult", odds)
        told = judge(fold_batch(texts)).kinds[:, KINDS.index("insult")]
        assert (told >= words[:, KINDS.index("insult")]).all()
        assert (told[2] >= 0.5) == (odds > 0)


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("这手机甲乙丙丁", False),
        ("这手机甲乙丙丁，你这人", True),
        ("那些骂她贱人的都是键盘侠", False),
    ],
)
def test_a_thing_and_counter_speech_are_not_heard_to_insult(
    text: str, heard: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    hear(monkeypatch, "insult", 9.0)
    for batch in ([text], ["你好", text]):
        told = judge(fold_batch(batch)).kinds[-1, KINDS.index("insult")]
        assert (told >= 0.5) == heard


def test_guards_take_from_a_text_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    hear(monkeypatch, "threat", 0.4)
    plain, guarded = (
        assess(text).kinds.get("threat", 0) for text in ("甲乙丙丁你", "游戏里甲乙丙丁你")
    )
    assert guarded < 0.5 <= plain


@pytest.mark.parametrize("text", ["我怎么还不去死，活着好累", "想死的心都有了，我真的撑不住了"])
def test_who_says_it_of_themselves_urges_nobody(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hear(monkeypatch, "self_harm_urging", 9.0)
    assert assess(text).kinds.get("self_harm_urging", 0) < 0.1


def test_that_nobody_is_spoken_to_or_of_takes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    hear(monkeypatch, "threat", 0.5)
    somebody, nobody = (
        assess(text).kinds.get("threat", 0) for text in ("甲乙丙丁她", "甲乙丙丁戊")
    )
    assert nobody < somebody


def test_how_a_text_sounds_takes_from_wordings_and_from_no_entry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listed, put = "我要弄死你", "信不信我找人卸你一条腿"
    before = assess(listed).kinds["threat"]
    assert assess(put).kinds["threat"] >= 0.5
    hear(monkeypatch, "threat", -9.0)
    assert assess(listed).kinds["threat"] == pytest.approx(before, abs=0.1)
    quiet = assess(put)
    assert "threat" not in quiet.kinds
    assert not any(span.kind == "threat" for span in quiet.spans)


def test_a_whisper_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    hear(monkeypatch, "threat", -1.2)
    assert not judge(fold_batch(["甲乙丙丁"])).kinds.any()
