"""What is compiled of entries and hits gives what is not, and turns away what is none."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.text.arrays import compiled
from lianzhi.text.arrays.batch import as_codes
from lianzhi.text.fold.folding import fold, fold_batch
from lianzhi.text.grammar import hit_weights
from lianzhi.text.grammar.context import classes
from lianzhi.text.lexicon import hits, lexicons
from lianzhi.text.lexicon.entries import ROLES, Lexicon
from lianzhi.text.lexicon.latin import is_latin
from twins import pure, texts

pytestmark = pytest.mark.skipif(
    not compiled.twin("unveil._lattice_walk"), reason="needs `make compiled`"
)


@pytest.mark.parametrize(
    ("place", "starts"),
    [
        (0, [0, 3, 5]),  # the text or the batch has no separator before it ...
        (3, [0, 3, 5]),
        (5, [0, 3, 5]),  # ... or behind it
        (None, [1, 3, 5]),
        (None, [0, 3, 4]),
        (None, [0, 2, 5]),
        (None, []),
    ],
)
def test_texts_lie_between_separators(place: int | None, starts: list[int]) -> None:
    codes = fold_batch(["你好", "a"]).codes.copy()
    entries = compiled.twin("lexicon._hits").Entries(
        ["a"], *(np.zeros(1, np.int64),) * 2, np.ones(1)
    )
    if place is None:
        assert entries.find(codes, np.array([0, 3, 5]))[-1].tolist() == [1]
    else:
        codes[place] = ord("b")
    with pytest.raises(ValueError, match="fold the texts"):
        entries.find(codes, np.array(starts, np.int64))


def test_hits_that_are_none_are_turned_away() -> None:
    batch, entries, weights_of, weights = (
        fold_batch(["你好"]),
        compiled.twin("lexicon._hits"),
        compiled.twin("grammar._hit_weights"),
        (np.ones(1),) * 2,
    )
    one, two = np.array([1]), np.array([1, 1])
    none = one - 1
    entries.uncovered((one, one, none, none, none))
    for columns in ((one, one, none, none, two), (one, two, none, none, none)):
        with pytest.raises(ValueError, match="not of one length"):
            entries.uncovered(columns)
    with pytest.raises(TypeError, match="None"):
        entries.uncovered((one, one, None, none, none))
    with pytest.raises(ValueError, match="asked for is an array of"):
        entries.uncovered((one, one.astype(np.int32), none, none, none))
    for columns in (
        (one + 9, one, none, none, none),
        (one, one, one, none, none),
        (one, one, none, none, one),
        (-one, one, none, none, none),
    ):
        with pytest.raises(IndexError, match="hit 0 lies outside"):
            weights_of.aimed(batch, columns, *weights, classes(), 9)
    with pytest.raises(ValueError, match="9 code points, too few"):
        weights_of.aimed(batch, (one, one, none, none, none), *weights, classes()[:9], 9)


@given(st.lists(st.text("ab傻逼", min_size=1, max_size=6), min_size=1, max_size=9), texts)
def test_entries(terms: list[str], some: list[str]) -> None:
    whole = "".join(terms)
    terms += ["a" * size for size in range(1, 80)]  # of one beginning as many as may be
    same_entries(terms, [*some, whole, "a" * 99, "傻逼ab傻逼", "a-1 b/ab a逼-b"])


@pytest.mark.parametrize("terms", [["你", "我"], ["死妈", "傻逼"], ["ab", "cd", "a"], ["傻逼"]])
def test_short_entries(terms: list[str]) -> None:
    same_entries(terms, ["xab你cdaby死妈傻逼你我", *terms])


MANY = [chr(0x4E00 + number) for number in range(400)]


@given(st.lists(st.text(MANY[:9], min_size=1, max_size=5), max_size=9), st.text(MANY[:12]))
def test_entries_of_many_characters(terms: list[str], text: str) -> None:
    terms += ["".join(MANY[place : place + 2]) for place in range(9, 400, 2)]
    same_entries(terms, [text, "".join(MANY), "".join(terms)])


def same_entries(terms: list[str], some: list[str]) -> None:
    """Entries, of whatever role each, stand in texts and cover each other as without it."""
    batch, lexicon = fold_batch(some), lexicon_of(terms)
    fast = hits.uncovered_hits(batch, ALL, lexicon), hits.all_hits(batch, ALL, lexicon)
    weight = hit_weights._aimed(batch, fast[0], lexicon)
    with pure():
        lexicon = lexicon_of(terms)
        slow = hits.uncovered_hits(batch, ALL, lexicon), hits.all_hits(batch, ALL, lexicon)
        assert np.array_equal(hit_weights._aimed(batch, slow[0], lexicon), weight)
    assert all(map(np.array_equal, fast[0], slow[0]))
    assert sorted(zip(*fast[1], strict=True)) == sorted(zip(*slow[1], strict=True))


ALL = tuple(range(len(ROLES)))


def lexicon_of(terms: list[str]) -> Lexicon:
    """A lexicon of terms, of one role after the other."""
    codes = [as_codes(term)[[0, -1]] for term in terms]
    place = np.arange(len(terms))
    return replace(
        lexicons.shipped(),
        terms=tuple(terms),
        role=place % len(ROLES),
        weight=place / len(terms),
        aimed=1 - place / len(terms),
        shadow=np.zeros(len(terms), bool),
        latin=np.array([is_latin(ends).any() for ends in codes], bool),
    )


@pytest.mark.slow
def test_what_holds_too_much_is_done_without() -> None:
    rng = Random(1)
    chars = np.unique(as_codes(fold("".join(map(chr, range(0x4E00, 0x9FA0)))).text))
    words = ["".join(map(chr, rng.choices(chars.tolist(), k=9))) for _ in range(30_000)]
    batch = fold_batch([f"a{words[7]}a"])
    with pytest.raises(OverflowError, match="look for fewer"):
        compiled.twin("lexicon._hits").Entries(words, *(np.zeros(30_000, np.int64),) * 3)
    found = hits.all_hits(batch, ALL, lexicon_of(words))
    assert [column.tolist() for column in found] == [[2], [11], [7], [7], [0]]
