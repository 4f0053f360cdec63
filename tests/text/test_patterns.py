"""Soft patterns: the batch kernel against the definition, one text at a time."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.text.arrays.batch import SEPARATOR
from lianzhi.text.fold.folding import fold, fold_batch
from lianzhi.text.model.patterns import Patterns, rows_of

KNOWN = np.array([*map(ord, "ab你好"), SEPARATOR])
TEXTS = st.lists(st.text(st.sampled_from("你好ab。 "), max_size=6), min_size=1, max_size=5)


def made(width: int, patterns: int = 3) -> Patterns:
    draw = np.random.default_rng(width)
    points = draw.integers(-9, 10, (width, KNOWN.size + 1, patterns)).astype(np.int16)
    offset = draw.integers(-9, 10, patterns).astype(np.int16)
    return Patterns(
        rows_of(KNOWN), points, offset, draw.integers(-9, 10, patterns), unit=0.5, bias=0.25
    )


def slow_logit(soft: Patterns, text: str) -> float:
    """Transcribed from the definition, in plain integers."""
    codes = [SEPARATOR, *map(ord, fold(text).text), SEPARATOR]
    rows = [KNOWN.tolist().index(code) + 1 if code in KNOWN else 0 for code in codes]
    width, total = len(soft.points), 0
    for pattern, factor in enumerate(soft.factor.tolist()):
        best = 0
        for at in range(len(rows) - width + 1):
            places = zip(soft.points, rows[at : at + width], strict=True)
            found = sum(int(points[row, pattern]) for points, row in places)
            best = max(best, found + int(soft.offset[pattern]))
        total += factor * best
    return total * soft.unit + soft.bias


@given(TEXTS, st.integers(2, 4))
def test_logits_are_those_of_the_definition(texts: list[str], width: int) -> None:
    soft = made(width)
    expected = [slow_logit(soft, text) for text in texts]
    assert soft.logit(fold_batch(texts)).tolist() == expected


def test_many_texts_score_as_each_alone() -> None:
    soft = made(3)
    texts = ["你好ab"[: i % 5] * (i % 7) for i in range(700)]
    alone = [soft.logit(fold_batch([text]))[0] for text in texts]
    assert soft.logit(fold_batch(texts)).tolist() == alone


def test_an_empty_batch_has_no_logits() -> None:
    assert made(3).logit(fold_batch([])).shape == (0,)
