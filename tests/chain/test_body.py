"""Two spellings of a body are one body, and what is written is read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.chain.body import MOST_NAME, BodyRef, read_body
from lianzhi.chain.campaign import BODIES


@pytest.mark.parametrize(
    "text",
    ["department:海关 缉私局", "department： 海关  缉私局 ", "ｄｅｐａｒｔｍｅｎｔ:海关\t缉私局"],
)
def test_width_and_blanks_make_no_other_body(text: str) -> None:
    assert read_body(text) == BodyRef("department", "海关 缉私局")


@given(st.sampled_from(BODIES), st.text(max_size=120))
def test_what_is_written_is_read_again(kind: str, name: str) -> None:
    try:
        body = read_body(f"{kind}:{name}")
    except ValueError:
        return
    assert read_body(str(body)) == body
    assert 1 <= len(body.name) <= MOST_NAME


@pytest.mark.parametrize("length", [1, MOST_NAME])
def test_a_name_within_its_length_is_read(length: int) -> None:
    assert read_body("squad:" + "x" * length).name == "x" * length


@pytest.mark.parametrize(
    "text",
    ["", "squad", "squad:", "army:5", ":x", "squad:\u200b", "squad:" + "x" * (MOST_NAME + 1)],
)
def test_what_names_no_body_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(ValueError, match="write KIND:NAME"):
        read_body(text)
