"""Words to unveil: what the model is asked of them beforehand is what it would say on the way."""

import numpy as np

from lianzhi.text.lexicons import shipped
from lianzhi.text.unveil import load
from lianzhi.text.unveil.language import EDGE, UNKNOWN
from lianzhi.text.unveil.restoring import of_words


def test_a_words_inner_characters_cost_what_they_cost_one_by_one() -> None:
    _, language, words, _ = of_words(("龘鱻", *load(shipped()).words.words))
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
