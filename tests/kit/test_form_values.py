"""Forms are read strictly: what cannot be read is refused by the name of its field."""

import datetime as dt
from typing import Literal

import pytest
from fastapi import HTTPException
from starlette.datastructures import FormData, UploadFile

from lianzhi.kit import form_values
from lianzhi.office.refusal import Refusal

FORM = FormData(
    [
        ("words", " one\r\ntwo "),
        ("file", UploadFile(file=None, filename="a.csv")),  # type: ignore[arg-type]
        ("mark.3", "fine"),
        ("mark.7", "found"),
        ("officers", "li，wang"),
        ("officers", "wang; zhao"),
    ]
)


def test_a_text_is_what_was_typed():
    assert form_values.text(FORM, "words") == "one\ntwo"
    assert form_values.text(FORM, "missing") == ""


@pytest.mark.parametrize(("name", "longest"), [("file", 100), ("words", 3)])
def test_a_file_or_a_longer_text_is_no_value(name, longest):
    with pytest.raises(HTTPException) as error:
        form_values.text(FORM, name, longest)
    assert error.value.status_code == 422


def test_fields_are_found_by_their_prefix_and_names_once():
    assert form_values.prefixed(FORM, "mark.") == {"3": "fine", "7": "found"}
    assert form_values.user_names(FORM, "officers") == ("li", "wang", "zhao")


def test_several_values_are_all_taken_or_refused_by_the_field():
    officers = tuple(FORM.getlist("officers"))
    assert form_values.texts(FORM, "officers", len(officers)) == officers
    with pytest.raises(Refusal, match=f"officers has {len(officers)} values; give at most 1"):
        form_values.texts(FORM, "officers", 1)


def test_a_day_and_a_number_are_read_or_refused_by_their_field():
    assert form_values.day("2026-01-31", "due") == dt.date(2026, 1, 31)
    assert form_values.day("", "due") is None
    assert form_values.whole_number("1200", "fine") == 1200
    for read, value, rule in (
        (form_values.day, "31.1.2026", "day"),
        (form_values.whole_number, "-1", "number"),
        (form_values.whole_number, "1" * 13, "number"),
    ):
        with pytest.raises(Refusal, match="field is ") as error:
            read(value, "field")
        assert (error.value.rule, error.value.field) == (rule, "field")


def test_a_choice_is_one_of_its_values():
    assert form_values.choice(Literal["a", "b"], "b", "letter") == "b"
    with pytest.raises(Refusal) as error:
        form_values.choice(Literal["a", "b"], "c", "letter")
    assert error.value.rule == "letter"
