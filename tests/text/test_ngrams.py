"""Hashed n-grams: the batch kernel against a slow twin, one text at a time."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.text.arrays.batch import SEPARATOR
from lianzhi.text.fold.folding import fold, fold_batch
from lianzhi.text.model.linear import Linear, Ngrams, logits
from lianzhi.text.model.ngrams import slot_counts

BITS = 12
TEXTS = st.lists(st.text(st.sampled_from("你好ab。 "), max_size=6), min_size=1, max_size=5)


def slow_slots(text: str, longest: int) -> list[int]:
    """Transcribed from the definition, in plain integers."""
    codes = [SEPARATOR, *map(ord, fold(text).text), SEPARATOR]
    out = []
    for n in range(1, longest + 1):
        for at in range(1 if n == 1 else 0, len(codes) - max(n, 2) + 1):
            window = codes[at : at + n]
            hashed = window[0] * 0x9E3779B1 % 2**32
            for code in window[1:]:
                hashed = (hashed ^ code) * 0x85EBCA77 % 2**32
            out.append(hashed >> (32 - BITS))
    return sorted(out)


@given(TEXTS, st.integers(1, 4))
def test_slots_are_those_of_the_definition(texts: list[str], longest: int) -> None:
    found = [sorted(s.tolist()) for s in slot_counts(fold_batch(texts), longest, BITS)]
    assert found == [slow_slots(text, longest) for text in texts]


@given(TEXTS, st.integers(1, 4))
def test_a_logit_is_the_scaled_sum_of_weights(texts: list[str], longest: int) -> None:
    weights = np.random.default_rng(0).integers(-127, 128, 1 << BITS).astype(np.int8)
    model = Linear(weights, longest, unit=0.5, bias=0.25, blend=(0, 1, 0, 0), reach=(1, 1), sure=2)
    expected = []
    for text in texts:
        slots = slow_slots(text, longest)
        total = sum(int(weights[slot]) for slot in slots)
        expected.append(total * 0.5 / max(len(slots), 1) ** 0.5 + 0.25)
    np.testing.assert_allclose(model.logit(fold_batch(texts)), expected, rtol=1e-12, atol=1e-12)


def test_an_empty_batch_has_no_logits() -> None:
    model = Linear(np.zeros(1 << BITS, np.int8), 3, 1.0, 0.0, (0, 1, 0, 0), (1, 1), 2)
    assert model.logit(fold_batch([])).shape == (0,)


@given(TEXTS, st.integers(1, 4), st.booleans())
def test_two_models_say_together_what_each_says_alone(
    texts: list[str], longest: int, alike: bool
) -> None:
    draw, batch = np.random.default_rng(1), fold_batch(texts)
    weights = draw.integers(-127, 128, (2, 1 << BITS)).astype(np.int8)
    one = Ngrams(weights[0], longest, 0.5, 0.25)
    other = Ngrams(weights[1], longest if alike else longest + 1, 0.125, -1.0)
    for together, model in zip(logits(batch, one, other), (one, other), strict=True):
        assert together.tolist() == model.logit(batch).tolist()
