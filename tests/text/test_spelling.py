"""Words in other letters: what all at once says is what each says alone."""

from itertools import islice, product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.text.arrays.batch import joined_codes, split_codes
from lianzhi.text.unveil.spelling import Spelled, spellings, swaps
from lianzhi.text.unveil.trie import grow

LETTERS = {"a": "p", "b": "pq", "c": "qr", "d": "", "e": "ss", "f": "rt"}
WORDS = st.lists(st.text("abcdef", min_size=1, max_size=8), max_size=20)


def read(codes: np.ndarray) -> np.ndarray:
    rows = [[*map(ord, LETTERS[chr(code)]), 0, 0][:2] for code in codes]
    return np.array(rows, np.int64).reshape(-1, 2)


def told(some: Spelled) -> list[tuple[int, str]]:
    return list(zip(some.word.tolist(), split_codes(some.codes, some.size), strict=True))


@given(WORDS)
def test_words_are_spelled_in_each_way_four_at_most(words: list[str]) -> None:
    expected = [
        (place, "".join(letters))
        for place, word in enumerate(words)
        for letters in islice(product(*(dict.fromkeys(LETTERS[char]) for char in word)), 4)
    ]
    codes, size = joined_codes(words)
    assert told(spellings(read(codes), size)) == expected


@given(WORDS)
def test_neighbours_change_places(words: list[str]) -> None:
    expected = {
        (number, word[:place] + word[place + 1] + word[place] + word[place + 2 :])
        for number, word in enumerate(words)
        if len(word) <= 6
        for place in range(len(word) - 1)
        if word[place] != word[place + 1]
    }
    expected |= {
        (number, word[::-1])
        for number, word in enumerate(words)
        if 2 < len(word) <= 4 and word != word[::-1]
    }
    assert set(told(swaps(*joined_codes(words)))) == expected


@given(st.sets(st.text("abcdef", min_size=1, max_size=8), max_size=20))
def test_a_trie_knows_its_words_and_no_others(some: set[str]) -> None:
    words = sorted(some)
    codes, size = joined_codes(words)
    trie = grow(codes.astype(np.int64) - ord("a") + 1, size, width=7)
    for word in [*words, *(word + "a" for word in words), *(word[:-1] for word in words)]:
        node = 0
        for char in word:
            (node,), (known,) = trie.step(np.array([node]), np.array([ord(char) - ord("a") + 1]))
            if not known:
                node = -1
                break
        found = int(trie.word[node]) if word and node >= 0 else -1
        assert (words[found] if found >= 0 else None) == (word if word in some else None)
