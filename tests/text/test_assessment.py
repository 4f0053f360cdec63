"""Assessment: what must be caught, what must stay clean, and that batch and single agree."""

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lianzhi.text
from lianzhi.text import KINDS, Assessment, Span, assess, fold, pipeline, score_many
from lianzhi.text.lexicon.entries import ROLES
from lianzhi.text.lexicon.lexicons import shipped
from lianzhi.text.model.kind_models import AS_A_WHOLE

CLEAR = 0.5

SENTENCES = tomllib.loads(Path(__file__).with_name("sentences.toml").read_text("utf-8"))
ABUSE: dict[str, list[str]] = SENTENCES["abuse"]
CLEAN: dict[str, list[str]] = SENTENCES["clean"]


def flat(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, text) for name, texts in table.items() for text in texts]


@pytest.mark.parametrize(("kind", "text"), flat(ABUSE))
def test_abuse_is_caught_by_its_kind(kind: str, text: str) -> None:
    assert assess(text).kinds.get(kind, 0) >= CLEAR


#: What by the way it sounds is taken for a threat, for moral coercion and for mockery; what turns
#: right is to be struck off.
MISHEARD = {
    text: pytest.mark.xfail(strict=True, reason="known to be told wrong")
    for text in ("你小心点，路上滑", "谢谢你捐款帮助灾区", "胖子也有春天")
}


@pytest.mark.parametrize(
    ("sort", "text"),
    [
        pytest.param(sort, text, marks=MISHEARD[text]) if text in MISHEARD else (sort, text)
        for sort, text in flat(CLEAN)
    ],
)
def test_protected_and_ordinary_speech_stays_clean(sort: str, text: str) -> None:
    found = assess(text)
    assert all(score < CLEAR for score in found.kinds.values()), (sort, found)


@pytest.mark.parametrize("text", CLEAN["counter-speech, quoting abuse to condemn it"])
def test_counter_speech_is_known(text: str) -> None:
    assert assess(text).counter_speech >= CLEAR


#: Everyday talk whose `offence` is known to be told wrong; what turns right is to be struck off.
MISSED = {
    text: pytest.mark.xfail(strict=True, reason="known to be told wrong")
    for text in ("我真是个小傻瓜", "你小心点，路上滑")
}


@pytest.mark.parametrize(
    "text",
    [pytest.param(text, marks=MISSED.get(text, ())) for text in CLEAN["praise and everyday talk"]],
)
def test_praise_and_everyday_talk_are_not_offensive(text: str) -> None:
    assert assess(text).offence < CLEAR


def _strength(found: Assessment, kind: str) -> float:
    if kind == "counter_speech":
        return found.counter_speech
    return found.kinds.get(kind, 0)


@pytest.mark.parametrize("kind", [*KINDS, "counter_speech"])
def test_the_lexicons_own_examples_are_caught(kind: str) -> None:
    for text in shipped().examples[kind]:
        found = assess(text)
        assert _strength(found, kind) >= CLEAR, text


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("你真是傻\u200b逼！", (Span(3, 6, "insult", "傻逼"),)),
        ("……ＮＭＳＬ", (Span(2, 6, "insult", "nmsl"),)),
        ("他在操场操作", ()),
        ("give sb sth", ()),
        ("说出“你怎么不去死”这种话的人太过分了，别网暴", ()),
        ("", ()),
    ],
)
def test_spans_cover_what_was_meant(text: str, spans: tuple[Span, ...]) -> None:
    assert assess(text).spans == spans


def test_a_quotation_excuses_only_those_who_condemn() -> None:
    assert assess("你就是“傻逼”").kinds["insult"] >= CLEAR
    assert assess("你怎么不去死").kinds["self_harm_urging"] >= CLEAR


def test_repeating_a_word_does_not_make_it_another() -> None:
    once = assess("这服务太恶心了，排队一小时")
    often = assess("恶心，恶心，恶心，这服务，排队一小时")
    assert once.kinds == often.kinds


EVIDENCE_KINDS = [
    "人肉",
    "怎么不",
    "网暴",
    "傻逼",
    "去死",
    "垃圾产品",
    *"你她滚别骂“”，。 ＳＢ\u200b\0\ud800…",
]
ANY = st.lists(st.characters(exclude_categories=()) | st.sampled_from(EVIDENCE_KINDS)).map("".join)


@given(st.lists(ANY, max_size=8))
def test_alone_and_in_a_batch_a_text_scores_the_same(texts: list[str]) -> None:
    together = score_many(texts)
    for row, text in enumerate(texts):
        alone = assess(text)
        assert alone.offence == together.offence[row]
        assert alone.counter_speech == together.counter_speech[row]
        assert alone.kinds == {
            kind: score
            for kind, score in zip(KINDS, together.kinds[row].tolist(), strict=True)
            if score > 0
        }


def test_chunks_do_not_show() -> None:
    texts = [f"{text}{n}" for n in range(8) for _, text in flat(ABUSE) + flat(CLEAN)]
    whole = score_many(texts)
    parts = [score_many(texts[i : i + 77]) for i in range(0, len(texts), 77)]
    for column, pieces in zip(whole, zip(*parts, strict=True), strict=True):
        np.testing.assert_array_equal(column, np.concatenate(pieces))


def test_what_is_said_several_times_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    said = ["你真恶心", "今天天气真好", "你真恶心", "", "今天天气真好", "你真恶心"]
    alone = [score_many([text]).offence[0] for text in said]
    read, seen = pipeline.read, list[str]()

    def counted(texts: list[str], *rest: Any, **more: Any) -> Any:
        seen.extend(texts)
        return read(texts, *rest, **more)

    monkeypatch.setattr(pipeline, "read", counted)
    assert score_many(said).offence.tolist() == alone
    assert seen == ["你真恶心", "今天天气真好", ""]


@given(ANY)
def test_figures_keep_within_their_bounds(text: str) -> None:
    found = assess(text)
    figures = (found.offence, found.counter_speech, *found.kinds.values())
    assert all(0 <= value <= 1 for value in figures)
    assert all(0 <= start < end <= len(text) for start, end, *_ in found.spans)
    assert {span.kind for span in found.spans} <= set(found.kinds)


def test_no_texts_give_empty_arrays_of_the_right_shape() -> None:
    scores = score_many([])
    assert (scores.offence.shape, scores.counter_speech.shape) == ((0,), (0,))
    assert scores.kinds.shape == (0, len(KINDS))
    assert scores.kinds.dtype == scores.offence.dtype == np.float32


def test_a_long_text_is_one_text() -> None:
    long = "今天天气真好，" * 20_000
    assert assess(long + "你这个傻逼").kinds["insult"] >= CLEAR
    assert assess(long).kinds == {}


def test_the_lexicon_holds_no_political_religious_or_national_words() -> None:
    lexicon = shipped()
    context = {ROLES.index("thing"), ROLES.index("innocent")}  # these excuse, never accuse
    strays = [
        term
        for term, role in zip(lexicon.terms, lexicon.role.tolist(), strict=True)
        if role not in context and any(word in term for word in SENTENCES["never"])
    ]
    assert strays == []


def test_no_entry_is_listed_for_two_ends() -> None:
    """What is harm in one file may be neither innocent nor counter-speech in another."""
    lexicon = shipped()
    ends: dict[str, set[str]] = {}
    for term, role in zip(lexicon.terms, lexicon.role.tolist(), strict=True):
        if role <= ROLES.index("innocent"):
            ends.setdefault(term, set()).add("harm" if role < len(KINDS) else ROLES[role])
    assert {term: end for term, end in ends.items() if len(end) > 1} == {}


def test_entries_are_folded_and_weighed() -> None:
    lexicon = shipped()
    assert all(fold(term).text == term and term for term in lexicon.terms)
    assert ((lexicon.weight >= 0) & (lexicon.weight <= lexicon.aimed) & (lexicon.aimed < 1)).all()


def test_the_public_names_are_these() -> None:
    assert sorted(lianzhi.text.__all__) == sorted(
        [
            "KINDS",
            "Assessment",
            "Folded",
            "Lexicon",
            "Restoration",
            "Scores",
            "Shadow",
            "Span",
            "assess",
            "assess_many",
            "fold",
            "score_many",
        ]
    )


def test_nothing_heavy_is_loaded() -> None:
    """No scikit-learn, SciPy or OpenCC at run time, and no model before it is needed."""
    code = (
        "import sys, lianzhi.text as t; from lianzhi.text.model import linear;"
        "assert not linear.load.cache_info().currsize; t.assess('你好');"
        "print([m for m in ('sklearn', 'scipy', 'opencc') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@given(
    st.lists(st.sampled_from(("你", "去死", "吧", "我知道你住哪", "，", "傻逼", "等着"))).map(
        "".join
    )
)
def test_no_wording_stands_inside_another_stretch_of_its_kind(text: str) -> None:
    spans = assess(text).spans
    assert len(set(spans)) == len(spans)
    longer = [span for span in spans if span.sense != AS_A_WHOLE]
    for one in spans:
        inside = [
            other
            for other in longer
            if other.kind == one.kind
            and (other.start, other.end) != (one.start, one.end)
            and other.start <= one.start
            and one.end <= other.end
        ]
        assert not (one.sense and one.sense != AS_A_WHOLE and inside), (one, inside)
    clear = {kind for kind, said in assess(text).kinds.items() if said >= 0.5}
    assert clear <= {span.kind for span in spans}
