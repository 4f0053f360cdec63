import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.documents.numbering import (
    Gaps,
    NumberError,
    Pattern,
    gaps,
    next_number,
)

NOTICE = Pattern(agency="澄综执", word="罚告")


def test_as_offices_write_it():
    assert next_number(NOTICE, 2026, 6) == (7, "澄综执罚告字〔2026〕第0007号")
    assert NOTICE.read("澄综执罚告字〔2026〕第0007号") == (2026, 7)


def test_first_of_a_year_and_beyond_the_width():
    assert next_number(NOTICE, 2027, 0) == (1, "澄综执罚告字〔2027〕第0001号")
    assert NOTICE.read(next_number(NOTICE, 2026, 9_999)[1]) == (2026, 10_000)


@given(
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8),
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=4),
    st.integers(1, 6),
    st.integers(1949, 2199),
    st.integers(0, 999_998),
    st.sampled_from(
        ["{agency}{word}字〔{year}〕第{serial}号", "{agency}（{year}）{word}.{serial}"]
    ),
)
def test_reads_back_what_it_gave(agency, word, width, year, last, form):
    pattern = Pattern(agency=agency, word=word, width=width, form=form)
    serial, text = next_number(pattern, year, last)
    assert serial == last + 1
    assert pattern.read(text) == (year, serial)


@pytest.mark.parametrize(
    "text",
    ["", "澄综执罚告字〔2026〕第007号", "澄综执罚告字〔2026〕第00007号",
     "澄综执罚告字〔2026〕第0000号",
     "澄综执罚决字〔2026〕第0007号", "澄综执罚告字〔1900〕第0007号",
     "澄综执罚告字〔2026〕第0007号 ",
     "澄综执罚告字〔２０２６〕第0007号"],
)  # fmt: skip
def test_a_number_of_another_shape_is_refused(text):
    with pytest.raises(NumberError, match=r"0007号|year is 1900"):
        NOTICE.read(text)


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"agency": " "}, "agency"), ({"word": "x" * 21}, "word"), ({"width": 0}, "width"),
     ({"agency": "a\nb"}, "agency"), ({"form": "{agency}{word}{year}"}, "serial")],
)  # fmt: skip
def test_a_pattern_of_no_use_is_refused(fields, said):
    with pytest.raises(NumberError, match=said):
        Pattern(**{"agency": "澄综执", "word": "罚告", **fields})


@pytest.mark.parametrize(("year", "last"), [(1948, 0), (2026, -1), (2026, 999_999)])
def test_out_of_range(year, last):
    with pytest.raises(NumberError, match="give"):
        next_number(NOTICE, year, last)


def test_gaps_and_repetitions_of_a_year():
    assert gaps([]) == Gaps((), ())
    assert gaps([1, 2, 2, 5]) == Gaps((3, 4), (2,))
    with pytest.raises(NumberError, match="serials"):
        gaps([0, 1])
