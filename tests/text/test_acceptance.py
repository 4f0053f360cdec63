"""Weighing of guesses: trees by their definition, and what is told of guesses that share a text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.text import unveil
from lianzhi.text.fold.folding import fold_batch
from lianzhi.text.lexicon import lexicons
from lianzhi.text.unveil import trees, word_records
from lianzhi.text.unveil.features import FEATURES, NOTHING, _others
from lianzhi.text.unveil.restoration import best_guesses, score_batch
from lianzhi.text.unveil.trees import Trees, load

DEPTH = 3


def made(trees: int) -> Trees:
    draw = np.random.default_rng(trees)
    nodes = 2**DEPTH - 1
    return Trees(
        draw.integers(0, len(FEATURES), (trees, nodes)).astype(np.uint8),
        draw.integers(-3, 4, (trees, nodes)).astype(np.float32),
        draw.integers(-99, 100, (trees, nodes + 1)).astype(np.int16),
        parts=8,
        bias=-3,
    )


def slow_odds(trees: Trees, signs: list[float]) -> float:
    """Transcribed from the definition: each tree walked by itself."""
    total = trees.bias
    for sign, bound, leaves in zip(trees.sign, trees.bound, trees.leaves, strict=True):
        node = 0
        while node < len(sign):
            node = 2 * node + 1 + (signs[sign[node]] > bound[node])
        total += int(leaves[node - len(sign)])
    return total / trees.parts


@given(
    st.lists(
        st.lists(st.integers(-4, 4), min_size=len(FEATURES), max_size=len(FEATURES)), max_size=5
    ),
    st.integers(1, 4),
)
def test_odds_are_those_of_the_definition(rows: list[list[int]], trees: int) -> None:
    some = made(trees)
    signs = np.array(rows, np.float32).reshape(len(rows), len(FEATURES))
    assert some.odds(signs).tolist() == [slow_odds(some, row) for row in rows]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-20, 20)), max_size=12))
def test_others_are_the_best_of_the_rest_of_a_group(rows: list[tuple[int, int]]) -> None:
    group = np.array([where for where, _ in rows], np.int64)
    odds = np.array([value for _, value in rows], np.float32)
    best, several = _others(group, odds)
    for place, (where, _) in enumerate(rows):
        rest = [value for at, (there, value) in enumerate(rows) if there == where and at != place]
        assert best[place] == max([NOTHING, *rest])
        assert several[place] == len(rest)


def test_shipped_trees_ask_of_every_sort_of_sign() -> None:
    trees = load()
    asked = {FEATURES[sign] for sign in np.unique(trees.sign[np.isfinite(trees.bound)])}
    assert {"alone", "cost", "listed", "record", "same", "sound", "pinyin"} <= asked


def test_trees_that_ask_for_other_signs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "FEATURES", FEATURES[:-1])
    with pytest.raises(ValueError, match="train_weighing"):
        load.__wrapped__()


def test_some_words_are_guessed_rightly_oftener_than_others() -> None:
    shipped = word_records.load()
    heard, common, own = shipped.of(["智障", "说话", "操作员自己的词"]).tolist()
    assert heard > own > common
    assert own == np.float32(shipped.untried)


def test_a_better_record_makes_a_guess_more_believable() -> None:
    model = unveil.load(lexicons.shipped())
    _, signs = best_guesses(score_batch(fold_batch(["你们这群片子"]), model), model)
    better, worse = signs.copy(), signs.copy()
    better[:, FEATURES.index("record")], worse[:, FEATURES.index("record")] = 5, -5
    assert (load().odds(better) > load().odds(worse)).all()


def test_what_is_written_alike_beside_it_makes_a_guess_more_believable() -> None:
    """Who hides one word so hides others so."""
    model = unveil.load(lexicons.shipped())
    _, lone = best_guesses(score_batch(fold_batch(["你们这群片子"]), model), model)
    beside = lone.copy()
    for sign, value in (("others", 6), ("same", 6), ("several", 2)):
        beside[:, FEATURES.index(sign)] = value
    assert (load().odds(beside) > load().odds(lone)).all()
