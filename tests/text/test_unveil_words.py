"""Words to unveil: what the model is asked of them beforehand is what it would say on the way."""

import numpy as np

from lianzhi.text.lexicon.lexicons import shipped
from lianzhi.text.unveil import load
from lianzhi.text.unveil.language import EDGE, UNKNOWN, most
from lianzhi.text.unveil.unveiler import with_words


def test_a_words_inner_characters_cost_what_they_cost_one_by_one() -> None:
    _, language, words, _ = with_words(("龘鱻", *load(shipped()).words.words))
    edge = np.array([EDGE], np.uint32)
    unknown = np.flatnonzero(
        ((words.ids == UNKNOWN) & (np.arange(words.ids.shape[1]) < words.size[:, None])).any(1)
    )
    assert unknown.size, "no word has a character that the model does not know"
    for word in [*unknown.tolist(), *range(0, len(words.words), 500)]:
        ids = words.ids[word, : words.size[word]]
        first, second, total = edge, edge, 0.0
        for place, one in enumerate(ids):
            third = np.array([one], np.uint32)
            if place > 1:
                total += float(language.after(first, second, third)[0])
            first, second = second, third
        assert words.inner[word] == np.float32(total), words.words[word]
        assert words.last[word, 1] == ids[-1]
        assert words.last[word, 0] == (ids[-2] if ids.size > 1 else UNKNOWN)


def test_most_is_no_less_than_any_of_a_class() -> None:
    _, language, *_ = load(shipped())
    before, after = most(language.one, language.back, language.two)
    assert np.array_equal(before, language.most_before)
    assert np.array_equal(after, language.most_after)
    one, two, three = np.random.default_rng(1).integers(
        0, language.one.size, (3, 100_000), np.uint32
    )
    first, second = language.at_most(one, two, three)
    assert (first >= np.maximum(language.pairs(one, two)[0], -255 / 16)).all()
    assert (second >= np.maximum(language.pairs(two, three)[0], -255 / 16)).all()
