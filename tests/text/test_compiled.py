"""What is compiled gives what is not, to the bit."""

import csv
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from bench.challenge import NAMES
from bench.cloak import ATTACKS, cloak
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lianzhi.text.arrays import compiled
from lianzhi.text.arrays.batch import SEPARATOR, Batch, as_codes, joined_codes
from lianzhi.text.fold import folding
from lianzhi.text.fold.folding import fold, fold_batch
from lianzhi.text.fold.signs import sign_classes
from lianzhi.text.grammar import frames, guards, wording_cache
from lianzhi.text.grammar.context import classes
from lianzhi.text.grammar.guards import Claim, Line, line_shares, weigh_line
from lianzhi.text.grammar.identifiers import may_hold
from lianzhi.text.grammar.wording_index import MARKS, WordingIndex
from lianzhi.text.lexicon import lexicons
from lianzhi.text.lexicon.boundaries import crosses_boundary
from lianzhi.text.model import against, kind_models, linear, patterns
from lianzhi.text.unveil import features, lattice_walk, restoration, trees, unveiler
from lianzhi.text.unveil.gaps import gaps
from lianzhi.text.unveil.language import EDGE
from twins import pure, texts

pytestmark = pytest.mark.skipif(
    not compiled.twin("unveil._lattice_walk"), reason="needs `make compiled`"
)

ROOT = Path(__file__).parents[2]


@given(texts)
def test_folding(some: list[str]) -> None:
    batch = fold_batch(some)
    ends = [*batch.starts[1:].tolist()]
    whole = batch.text()
    assert [whole[a + 1 : b] for a, b in zip(batch.starts.tolist(), ends, strict=False)] == [
        fold(text).text for text in some
    ]
    with pure():
        assert np.array_equal(fold_batch(some).codes, batch.codes)


def test_folding_of_what_is_no_plain_string_and_of_many_empty_texts() -> None:
    for some in (["a" * 2600, *[""] * 99], ["", ""], [], ["ﷺ" * 999], [np.str_("傻逼")]):
        fast = fold_batch(some)
        with pure():
            slow = fold_batch(some)
        assert np.array_equal(fast.codes, slow.codes)
        assert np.array_equal(fast.starts, slow.starts)


@given(texts, st.data())
def test_some_texts_of_a_batch(some: list[str], data: st.DataObject) -> None:
    batch = fold_batch(some)
    chosen = data.draw(
        st.lists(st.sampled_from(range(len(some))), unique=True) if some else st.just([])
    )
    asked = np.array(sorted(chosen), np.int64)
    fast = batch.select(asked)
    with pure():
        slow = batch.select(asked)
    assert np.array_equal(fast.codes, slow.codes)
    assert np.array_equal(fast.starts, slow.starts)


@given(texts)
def test_sums_over_texts(some: list[str]) -> None:
    batch = fold_batch(some)
    said = np.full((len(some), len(kind_models.MODELLED)), 0.3)
    models = linear.load().logit, against.load().logit, patterns.load().logit
    for work in (*models, lambda batch: kind_models.load().odds(batch, said), may_hold):
        fast = work(batch)
        with pure():
            assert np.array_equal(fast, work(batch))


def test_what_is_no_batch_is_turned_away_at_the_door() -> None:
    batch, hints = fold_batch(["你好"]), np.zeros(SEPARATOR + 1, np.uint8)
    sums, identifiers, plain, weights = (
        compiled.twin("model._sums"),
        compiled.twin("grammar._identifiers"),
        compiled.twin("unveil._plain"),
        np.zeros((4, 2), np.int8),
    )
    beyond = np.full(4, SEPARATOR + 1, np.uint32)
    with pytest.raises(IndexError, match="text 0 lies outside the batch"):
        sums.ngrams(batch.codes, batch.starts + 1, weights, 2)
    with pytest.raises(ValueError, match="fold the texts"):
        identifiers.may_hold(beyond, batch.starts, hints, 6, 3, 6)
    with pytest.raises(ValueError, match="one for each there is"):
        identifiers.may_hold(*batch, hints[:9], 6, 3, 6)
    with pytest.raises(ValueError, match="9 models and 2-grams"):
        sums.ngrams(*batch, np.zeros((4, 9), np.int8), 2)
    with pytest.raises(ValueError, match="one for each there is"):
        plain.without(batch.codes, hints[:9])
    with pytest.raises(ValueError, match="fold the texts"):
        plain.without(beyond, hints)
    for far in (SEPARATOR + 1, 1 << 30, 1 << 31, (1 << 32) - 1):  # wherever it stands
        codes = np.array([SEPARATOR, *[20320] * 9, far, SEPARATOR], np.uint32)
        with pytest.raises(ValueError, match="fold the texts"):
            sums.ngrams(codes, np.array([0, 11]), weights, 2)
    for first, last in (([0, 1], [1, 4]), ([-1], [1]), ([2], [2])):
        with pytest.raises(IndexError, match=f"stretch {len(first) - 1} lies outside the batch"):
            batch.cut(np.array(first), np.array(last))
    with pytest.raises(ValueError, match="1 stretches begin, and 2 end"):
        batch.cut(np.array([0]), np.array([1, 2]))
    language = compiled.twin("unveil._language").Language(unveiler._fitted().language)
    language.read(batch.codes)
    for codes in (beyond, batch.codes[1:], batch.codes[:0], np.zeros(4, np.uint32)):
        with pytest.raises(ValueError, match="codes"):
            language.read(codes)


def test_arrays_of_another_sort_are_turned_away() -> None:
    codes, starts = batch = fold_batch(["你好"])
    sums, weights = compiled.twin("model._sums"), np.zeros((4, 2), np.int8)
    words, language, plain = read_by_compiled(codes)
    entries, weights_of, some, weighed = (
        compiled.twin("lexicon._hits"),
        compiled.twin("grammar._hit_weights"),
        (np.zeros(1, np.int64),) * 5,
        (np.ones(1),) * 2,
    )
    takers: list[Callable[[Any], object]] = [
        lambda wrong: sums.ngrams(wrong, starts, weights, 2),
        lambda wrong: sums.patterns(wrong, starts, np.array([0]), *pattern(batch)),
        lambda wrong: entries.Entries(["好"], *some[:3]).find(wrong, starts),
        lambda wrong: weights_of.aimed((wrong, starts), some, *weighed, classes(), 9),
        lambda wrong: compiled.twin("unveil._plain").without(wrong, np.zeros(0x110000, np.uint8)),
        language.read,
        lambda wrong: compiled.twin("unveil._gaps").close(plain, starts, wrong, words, language),
    ]
    unaligned = np.frombuffer(b"x" + codes.tobytes(), np.uint32, codes.size, offset=1)
    for wrong in (
        codes.astype(np.int64),
        codes.astype(">u4"),
        codes[:, None],
        np.repeat(codes, 2)[::2],
        np.array(5, np.uint32),
        unaligned,
    ):
        for take in takers:
            with pytest.raises(ValueError, match="asked for is an array of uint32 in 1 axes"):
                take(wrong)
    for nothing in (None, codes.tolist()):
        for take in takers:
            with pytest.raises(TypeError):
                take(nothing)
    assert sums.ngrams(codes, starts.astype(np.longlong), weights, 2).shape == (1, 2)


def read_by_compiled(codes: NDArray[np.uint32]) -> tuple[Any, Any, Any]:
    """Words, language model and a plain batch as what is compiled has them."""
    model = unveilers()[0]
    language = compiled.twin("unveil._language").Language(model.language)
    words = compiled.twin("unveil._vocabulary").Words(model.words, model.channel)
    return words, language, language.read(codes)[-1]


def pattern(batch: Batch) -> tuple[NDArray[Any], ...]:
    """One pattern of two places: its rows, points, offset and factor."""
    row = np.zeros(SEPARATOR + 1, np.uint16)
    row[batch.codes] = 1
    points = np.ones((2, 2, 1), np.int16)
    return row, points, np.zeros(1, np.int16), np.ones(1, np.int64)


def test_patterns_are_asked_of_texts_and_rows_that_there_are() -> None:
    sums, batch = compiled.twin("model._sums"), fold_batch(["你好", "好"])
    row, *others = pattern(batch)
    assert sums.patterns(*batch, np.array([1]), row, *others).tolist() == [2]
    for text in (-1, 2):
        with pytest.raises(IndexError, match=f"text {text} is none"):
            sums.patterns(*batch, np.array([text]), row, *others)
    with pytest.raises(IndexError, match="row 2 of 2"):
        sums.patterns(*batch, np.array([0]), row * 2, *others)
    with pytest.raises(ValueError, match="one for each there is"):
        sums.patterns(*batch, np.array([0]), row[:9], *others)


def test_odds_are_of_as_many_models_as_words() -> None:
    sums, batch = compiled.twin("model._sums"), fold_batch(["你好", "好"])
    weights, heard, words = np.zeros((4, 3), np.int8), np.ones((3, 2)), np.zeros((1, 2))
    assert sums.odds(*batch, weights, 2, heard, words, 8.0).tolist() == [[1, 1], [1, 1]]
    for rows, said in (
        (heard[:2], words),
        (np.ones((3, 4)), np.zeros((1, 4))),
        (heard, np.zeros((1, 3))),
        (heard, np.zeros((3, 2))),
    ):
        with pytest.raises(ValueError, match="odds are of"):
            sums.odds(*batch, weights, 2, rows, said, 8.0)


@given(texts, st.data())
def test_odds_of_texts_whose_words_say_something_or_nothing(some: list[str], data: Any) -> None:
    batch, shape = fold_batch(some), (len(some), len(kind_models.MODELLED))
    strength = st.sampled_from((0.0, 0.3, 1.0))
    drawn = data.draw(
        st.lists(strength, min_size=shape[0] * shape[1], max_size=shape[0] * shape[1])
    )
    said = np.array(drawn, np.float64).reshape(shape)
    for each in (None, np.zeros(shape), said, np.asfortranarray(said)):
        fast = kind_models.load().odds(batch, each)
        with pure():
            slow = np.broadcast_to(kind_models.load().odds(batch, each), shape)
        assert np.array_equal(fast, slow)


def test_what_does_not_belong_together_is_turned_away() -> None:
    codes, _ = batch = fold_batch(["你真是个大傻*逼"])
    words, language, plain = read_by_compiled(codes)
    place = np.arange(codes.size)
    close, walker = (
        compiled.twin("unveil._gaps").close,
        compiled.twin("unveil._lattice_walk").Walker,
    )
    suspicion, guesses = (
        compiled.twin("unveil._suspicion").Suspicion,
        compiled.twin("unveil._guesses").Guesses,
    )
    with pytest.raises(TypeError, match="Language"):
        compiled.twin("unveil._plain").Plain()
    for wrong in (place[:-1], place - 10**12, place[::-1].copy(), place + 2):
        with pytest.raises(ValueError, match="read"):
            close(plain, wrong, batch.codes, words, language)
    other = language.read(fold_batch(["别的"]).codes)[-1]
    signs = suspicion(plain, words, language)
    walker(plain, place, words, signs, None, guesses(), lattice_walk.MOST).walk()
    for mine, places in ((plain, place[:-1]), (other, np.arange(4))):
        with pytest.raises(ValueError, match="read anew"):
            walker(mine, places, words, signs, None, guesses(), lattice_walk.MOST)
    found = guesses()
    compiled.twin("unveil._homophones").by_sound(plain, words, found)
    compiled.twin("unveil._lattice_walk").Walker(
        plain, place, words, signs, None, found, lattice_walk.MOST
    ).walk()
    lookup = WordingIndex([frames.load().frames[0].wording])
    for wrong in ({0: [10**6]}, {-1: [0]}, {1: [0]}):
        with pytest.raises(IndexError):
            lookup.fast.candidates(*batch, wrong)


def test_strings_that_a_trie_cannot_hold_are_turned_away() -> None:
    trie = compiled.twin("arrays._trie").Trie
    many = joined_codes([chr(0x4E00 + place) for place in range(400)])
    with pytest.raises(OverflowError, match="31 bits"):
        trie(*joined_codes(["傻"]), np.array([1 << 31]))
    with pytest.raises(OverflowError, match="400 characters, too many to spell"):
        trie(*many, np.arange(400), np.arange(1 << 16, dtype=np.uint32))


def test_a_guess_begins_where_there_are_places() -> None:
    codes = fold_batch(["好" * 50 + "这种肿族奇是真的很饿心，煞笔一个" * 4]).codes
    words, _, plain = read_by_compiled(codes)
    found = compiled.twin("unveil._guesses").Guesses()
    compiled.twin("unveil._homophones").by_sound(plain, words, found)
    for places in (3, -2):
        with pytest.raises((IndexError, ValueError)):
            found.keep_cheapest(places)
    found.keep_cheapest(codes.size)


@pytest.mark.parametrize("awake", [set[int](), {0, 1, 2}])
def test_a_line_may_hold_nothing(awake: set[int]) -> None:
    line = Line("", as_codes(""), ())
    fast = weigh_line(line, [], 0, awake, False)
    with pure():
        assert weigh_line(line, [], 0, awake, False) == fast
    for own in (-1, 3):
        with pytest.raises(ValueError, match="told by the lexicon"):
            guards._twin().weigh_line("", line.codes, [], own, awake, [], False)


class Fickle(list[str]):
    """Says that it holds as many texts as it was made with, whatever it yields."""

    def __init__(self, *texts: str, yields: int) -> None:
        super().__init__(texts)
        self.yields = yields

    def __iter__(self) -> Iterator[str]:
        return iter(["好" * 999] * self.yields)


class Longer(str):
    """A string that makes itself out shorter than it is."""

    def __len__(self) -> int:
        return 1


def test_folding_believes_no_string_and_no_sequence() -> None:
    folder = compiled.twin("fold._folding").Folder(folding._table(), sign_classes())
    codes, starts = folder.fold([Longer("你好" * 5000)])
    assert (codes.size, starts.tolist()) == (10002, [0, 10001])
    for yields in (0, 1, 3):
        with pytest.raises(ValueError, match="that they"):
            folder.fold(Fickle("a", "b", yields=yields))
    with pytest.raises(TypeError):
        folder.fold([b"nmsl"])


@cache
def unveilers() -> list[unveiler.Unveiler]:
    lexicon = lexicons.shipped()
    fast = unveiler.with_lexicon(lexicon, *unveiler._fitted())
    with pure():
        return [fast, unveiler.with_lexicon(lexicon, *unveiler._fitted())]


def same_guesses(some: list[str]) -> int:
    """Hold guesses, what is told of them, and gaps against one another; how many there are."""
    fast, slow = unveilers()
    assert fast.compiled
    assert not slow.compiled
    batch = fold_batch(some)
    columns = guessed(batch, fast)
    with pure():
        expected = guessed(batch, slow)
    for one, other in zip(columns, expected, strict=True):
        assert np.array_equal(one, other)
        assert one.dtype == other.dtype
    return columns[0].size + columns[-1].size


def guessed(batch: Batch, model: unveiler.Unveiler) -> tuple[NDArray[Any], ...]:
    """Guesses, what is told of them, and gaps, as columns."""
    known = restoration.score_batch(batch, model)
    guesses, signs = restoration.best_guesses(known, model)
    return *guesses, signs, *gaps(batch, known, model.words, model.language, model.compiled)


@settings(max_examples=60)
@given(some=texts)
def test_unveiling(some: list[str]) -> None:
    same_guesses(some)


@pytest.mark.parametrize("attack", ATTACKS)
def test_unveiling_of_cloaked_texts(attack: str) -> None:
    rng, words = Random(attack), unveilers()[0].words
    listed = [word for word, known in zip(words.words, words.known, strict=True) if known]
    made = []
    for number, word in enumerate(rng.sample(listed, 60)):
        text = f"你说的{word}我不懂，{word}"
        at = [(3, 3 + len(word)), (7 + len(word), 7 + 2 * len(word))]
        cloaked = cloak(text, at, attack, "train", Random(number))
        made += [cloaked.text] if cloaked else []
    assert same_guesses(made)


@settings(max_examples=30)
@given(some=texts, most=st.integers(1, 30))
def test_crowded_walks(some: list[str], most: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lattice_walk, "MOST", most)
        same_guesses([*some, "🐷🐶🐔👊🖐️✊", "shi一yi是ji鸡8ba的🐔"])


@given(
    st.lists(st.text("流沙比较细的傻逼真烦农村姑娘a,", max_size=12), min_size=1, max_size=5),
    st.integers(1, 6),
)
def test_words_that_cross(some: list[str], size: int) -> None:
    codes = fold_batch(some).codes
    start = np.arange(max(codes.size - size, 0))
    fast = crosses_boundary(codes, start, start + size)
    with pure():
        assert np.array_equal(crosses_boundary(codes, start, start + size), fast)


def test_trees() -> None:
    draw = np.random.default_rng(1)
    signs = draw.normal(0, 3, (50, len(features.FEATURES))).astype(np.float32)
    fast = trees.load().odds(signs)
    with pure():
        assert np.array_equal(trees.load().odds(signs), fast)


def test_no_sign_joins_a_text_to_its_edge() -> None:
    fast, slow = unveilers()
    known = [chr(code) for code in np.flatnonzero(fast.language.row > EDGE).tolist()]
    some = [text for char in known for text in (f"{char}*", f"*{char}好", f"好{char} ")]
    batch = fold_batch(some)
    found = restoration.restore(batch, fast)
    with pure():
        again = restoration.restore(batch, slow)
    assert found.form == again.form
    assert not any(chr(SEPARATOR) in form for form in found.form)
    assert (batch.starts[found.text] < found.start).all()
    assert (found.end <= batch.starts[found.text + 1]).all()


@cache
def lookups() -> list[WordingIndex]:
    wordings = [one.wording for one in frames.load().frames]
    fast = WordingIndex(wordings)
    with pure():
        return [fast, WordingIndex(wordings)]


@given(texts)
def test_lookups(some: list[str]) -> None:
    fast, slow = lookups()
    batch = fold_batch(some)
    marked = {text: [MARKS["mobile"]] for text in range(0, len(some), 2)}
    pairs = zip(fast.candidates(batch, marked), slow.candidates(batch, marked), strict=True)
    assert all(np.array_equal(*pair) for pair in pairs)
    for text in some:
        line = fold(text).text
        assert fast.candidates_in_line(line, marked[0]) == slow.candidates_in_line(line, marked[0])


@cache
def said() -> list[str]:
    """Words of signs and of guards, those of lists whole, pauses, and the mark of an identifier."""
    data = frames.load()
    needs = (one.wording.needs for one in (*data.signs, *data.guards))
    words = sorted({word for lists in needs for some in lists for word in some})
    slots = (file.get("slots", {}) for file in wording_cache.load(frames.files_of()).read.values())
    whole = sorted({word for lists in slots for some in lists.values() for word in some})
    return [*words[::5], *whole[::5], *"，。！？的我你\n", MARKS["mobile"]]


def told() -> st.SearchStrategy[list[Claim]]:
    """What may be told of a line of a dozen characters, the lexicon's own first."""
    groups = [(one.kind, one.group) for one in frames.load().frames[::40]]
    entries = st.tuples(st.integers(0, 8), st.integers(-3, -1))
    stretch = st.integers(1, 6), st.integers(1, 6)
    one = st.tuples(*stretch, st.sampled_from(groups) | entries, st.floats(0.05, 0.95))
    some = st.lists(one.map(lambda x: Claim(x[0], x[0] + x[1], *x[2], x[3])))
    return some.map(lambda rows: sorted(rows, key=lambda row: row.group))


@given(st.data())
def test_guards_and_signs(data: st.DataObject) -> None:
    text = "".join(data.draw(st.lists(st.sampled_from(said()), min_size=12, max_size=30)))
    rows, awake = data.draw(told()), data.draw(st.sets(st.integers(0, 8)))
    own = data.draw(st.integers(0, sum(row.group < 0 for row in rows)))
    marks = [MARKS["mobile"]] if data.draw(st.booleans()) else []
    excused = data.draw(st.booleans())
    line = Line(f"。{text}。", as_codes(f"。{text}。"), marks)
    fast = weigh_line(line, rows, own, awake, excused), line_shares(line)
    with pure():
        assert (weigh_line(line, rows, own, awake, excused), line_shares(line)) == fast


WHOLE = """
import sys
from lianzhi.text import assess, assess_many, score_many
from lianzhi.text.arrays import compiled
texts = sys.stdin.read().split("\\0")
print(bool(compiled.twin("unveil._lattice_walk")))
print(assess_many(texts), [assess(text) for text in texts[::20]])
print([column.tolist() for column in score_many(texts)])
"""


@pytest.mark.slow
def test_a_whole_assessment() -> None:
    some = []
    for name in NAMES:
        with (ROOT / "bench/challenge" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            some += [row["text"] for row in csv.DictReader(file)]
    told = [
        subprocess.run(
            [sys.executable, "-c", WHOLE],
            input="\0".join(some),
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"LIANZHI_PURE": flag},
        ).stdout.split("\n", 1)
        for flag in ("0", "1")
    ]
    assert [each[0] for each in told] == ["True", "False"]
    assert told[0][1] == told[1][1]
