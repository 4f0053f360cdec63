"""Wordings: what the signs mean, what cannot be read, and that a search takes linear time."""

import time

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from lianzhi.text.arrays.batch import SEPARATOR, Batch, as_codes
from lianzhi.text.fold.folding import fold, fold_batch
from lianzhi.text.grammar import frames, wording_cache
from lianzhi.text.grammar.wording import Lists, WordingError, words
from lianzhi.text.grammar.wording_index import WordingIndex

LISTS = Lists(
    {
        "you": ["你", "您"],
        "act": ["打死", "弄(死|残)"],
        "own": ["{own}"],
        "none": [],
        # Too many to be taken together.
        "kinds": [f"{one}类" for one in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"],
        "sorts": [f"{one}种" for one in "春夏秋冬东西南北风霜雨雪山川湖海日月星云"],
    },
    {"plate": "\ue004"},
)


def finds(wording: str, text: str) -> bool:
    return LISTS.compiled(wording).search.search(f"\n{text}\n") is not None


@pytest.mark.parametrize(
    ("wording", "text", "holds"),
    [
        ("{act}{you}", "我弄残你", True),
        ("{act}{you}", "我弄你", False),
        ("我~{act}", "我明天就打死", True),
        ("我~{act}", "我来了,打死", False),
        ("我~~{act}", "我来了,打死", True),
        ("我~~{act}", "我来了。打死", False),
        ("给(我|他)?滚", "给滚", True),
        ("^试试", "好,试试", True),
        ("^试试", "你试试", False),
        ("试试$", "你试试!", True),
        ("试试$", "试试看", False),
        ("#天", "限你三天", True),
        ("{act}!{you}", "打死你", False),
        ("{act}!{you}", "打死蚊子", True),
        ("-{you}打死", "你打死", False),
        ("车牌{plate}", "车牌\ue004\ue0ff\ue0ff", True),
        ("ＡＢ", "ab", True),
    ],
)
def test_what_the_signs_mean(wording: str, text: str, holds: bool) -> None:
    assert finds(wording, text) is holds


@pytest.mark.parametrize(
    ("wording", "said"),
    [
        ("(打|弄", "never closes it"),
        ("打)", "never opened"),
        ("?打", "follows nothing"),
        ("{nobody}", "no list 'nobody'"),
        ("{none}打", "list 'none' of nothing"),
        ("~", "may be anything"),
        ("你?", "may be anything"),
        ("你~我~他~她~它~谁", "skips too often"),
    ],
)
def test_a_wording_that_cannot_be_read_is_named_with_the_mend(wording: str, said: str) -> None:
    with pytest.raises(WordingError, match=said) as told:
        LISTS.compiled(wording)
    assert repr(wording) in str(told.value)


def test_what_a_wording_needs_is_told() -> None:
    needs = LISTS.compiled("我~{act}{you}").needs
    assert {"打死你", "打死您", "弄死你", "弄死您", "弄残你", "弄残您"} in needs
    assert LISTS.compiled("(打死|弄死)").plain
    assert not LISTS.compiled("打死$").plain


FEW = st.text("他她们", min_size=1, max_size=4)


#: Pieces of wordings, each with what may be said for it.
EVIDENCE_KINDS = [
    ("打", ["打"]),
    ("死你", ["死你"]),
    ("弄死了", ["弄死了"]),
    ("(全家老小|老小)", ["全家老小", "老小"]),
    ("~", ["", "我", "这个人好"]),
    ("~~", ["", "一,二;三"]),
    ("#", ["3", "十五", "一百二十"]),
    ("了?", ["", "了"]),
    ("(打|揍他|~弄死)", ["打", "揍他", "慢慢弄死"]),
    ("{you}", ["你", "您"]),
    ("{act}", ["打死", "弄残"]),
    ("{plate}", ["\ue004", "\ue004\ue0ff\ue0ff"]),
    ("(吃|喝|{act})?", ["", "喝", "弄死"]),
    ("!{you}", [""]),
    ("^", [","]),
    ("$", [","]),
    ("-{you}", [""]),
    ("{kinds}{sorts}", ["甲类春种", "酉类云种"]),
]
FILLERS = st.text("打死弄了你全家老小都3一,。吃", max_size=9)


@settings(max_examples=300)
@given(
    st.lists(st.sampled_from(EVIDENCE_KINDS), min_size=1, max_size=6), FILLERS, FILLERS, st.data()
)
def test_where_a_wording_may_begin_is_never_missed(
    pieces: list[tuple[str, list[str]]], before: str, after: str, data: st.DataObject
) -> None:
    try:
        wording = LISTS.compiled("".join(notation for notation, _ in pieces))
    except WordingError:
        reject()
    said = "".join(data.draw(st.sampled_from(some)) for _, some in pieces)
    codes = as_codes(f"{(edge := chr(SEPARATOR))}{before}{said}{after}{edge}")
    batch = Batch(codes, np.array([0, codes.size - 1]))
    found = wording.search.search(batch.text())
    lookup = WordingIndex([wording])
    marks = ["\ue004"] if "\ue004" in said else []
    number, text, place = lookup.candidates(batch, {0: marks})
    if found:
        assert (number.tolist(), text.tolist()) == ([0], [0])
        assert place[0] <= found.start()
        assert wording.search.search(batch.text(), place[0]).span() == found.span()
        assert [held for held, _ in lookup.candidates_in_line(batch.text(), marks)] == [0]


@pytest.mark.parametrize(
    ("wording", "text", "held"),
    [
        ("举报~~全家老小", "举报全家老小", True),
        ("举报~~全家老小", f"举报{'他' * 16}全家老小", True),
        ("举报~~全家老小", f"举报{'他' * 17}全家老小", False),
        ("举报~~全家老小", "全家老小都举报了", False),
        ("举报~~全家老小", "全家老小都举报了全家老小", True),
        ("举报~~全家老小", f"举报。{'他' * 20}举报他全家老小", True),
        ("举报(全家老小|~~老老小小)", "举报全家老小", True),
        ("举报(全家老小|~~老老小小)", f"举报{'他' * 16}老老小小", True),
        ("举报(全家老小|~~老老小小)", "老老小小都举报", False),
        ("举报(全家老小|#天老老小小)", "举报全家老小", True),
        ("举报(#天|~)全家老小", "举报全家老小", True),
        ("举报#全家老小", "举报3全家老小", True),
        ("举报#?天全家老小", "举报天全家老小", True),
        ("举报(小区里)?全家老小", "举报小区里全家老小", True),
        ("举报(小区里)?全家老小", "举报小区里的全家老小", False),
        ("举报~{kinds}{sorts}", "举报甲类春种", True),
        ("举报~{kinds}{sorts}", f"举报{'他' * 6}甲类春种", True),
        ("举报~{kinds}{sorts}", f"举报{'他' * 7}甲类春种", False),
    ],
)
def test_only_texts_whose_words_stand_as_they_must_are_searched(
    wording: str, text: str, held: bool
) -> None:
    lookup = WordingIndex([LISTS.compiled(wording)])
    batch = fold_batch([text, "别的"])
    assert (lookup.candidates(batch, {})[1].tolist() == [0]) == held
    assert bool(lookup.candidates_in_line(fold(text).text)) == held


@given(st.lists(FEW, min_size=1), st.text("他她们", max_size=12), st.booleans())
def test_the_longest_of_some_words_is_found_first(some: list[str], text: str, listed: bool) -> None:
    longest = [
        max((word for word in some if text.startswith(word, place)), key=len, default="")
        for place in range(len(text))
    ]
    place = next((place for place, word in enumerate(longest) if word), None)
    made = Lists({"some": some}).compiled("{some}") if listed else words(some)
    found = made.search.search(text)
    assert (found and found.span()) == (
        None if place is None else (place, place + len(longest[place]))
    )


def test_nothing_is_taken_only_where_nothing_else_fits() -> None:
    found = LISTS.compiled("滚(吧|)").search.search("滚吧")
    assert found
    assert found[0] == "滚吧"


def test_a_search_takes_linear_time() -> None:
    search = LISTS.compiled("你~~你~~你~~死").search

    def took(length: int) -> float:
        begin = time.process_time()
        assert search.search("你" * length) is None
        return time.process_time() - begin

    took(100)
    assert took(4000) < 40 * max(took(400), 1e-3)


def test_shipped_wordings_are_as_they_were_compiled() -> None:
    written = frames.files_of()
    read = wording_cache.parsed(written)
    shipped = wording_cache.load(written)
    assert shipped.read == read
    before = shipped.compiled
    assert before == wording_cache.compile_all(read, frames.lists_of(read, {})), (
        "run tools/wording_table.py"
    )
    assert sum(map(len, before.values())) > 500


def test_wordings_are_compiled_anew_where_files_have_changed() -> None:
    written = frames.files_of()
    written["threat"] += b"\n"
    assert wording_cache.load(written).compiled == {}
    known = Lists({}, known={"这样": LISTS.compiled("那样")})
    assert known.compiled("这样") == LISTS.compiled("那样")
    assert known.compiled("好的") == LISTS.compiled("好的")
