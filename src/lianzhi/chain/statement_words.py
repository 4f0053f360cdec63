"""A statement of reasons in plain words, Chinese or English, for whoever is affected by it."""

import datetime as dt

import msgspec
from babel import Locale

from lianzhi.chain.statement import EVERYWHERE, Statement, applies
from lianzhi.chain.statement_schema import schema


class Line(msgspec.Struct, frozen=True):
    """One field of a statement as a person reads it."""

    field: str
    label: str
    text: str


def words(value: str, language: str) -> str:
    """What an allowed value means. Raises ValueError for a value or language that is unknown.

    Codes of languages and countries share letters; `describe` reads them by their field.
    """
    for known in schema().values.values():
        if value in known:
            return known[value].say(language)
    raise ValueError(f"value is {value!r}; choose one of the values of chain/statement.toml")


def label(field: str, language: str) -> str:
    """What a field is called. Raises ValueError for one that is unknown."""
    if field not in schema().fields:
        raise ValueError(f"field is {field!r}; choose one of {', '.join(schema().fields)}")
    return schema().fields[field].say(language)


def describe(statement: Statement, language: str) -> tuple[Line, ...]:
    """What a statement says, field by field in its order; what does not apply is left out."""
    return tuple(
        Line(field, label(field, language), _text(field, value, language))
        for field in Statement.__struct_fields__
        if (value := getattr(statement, field)) and applies(statement, field)
    )


def _text(field: str, value: object, language: str) -> str:
    if isinstance(value, tuple):
        if field == "territorial_scope" and set(value) == set(EVERYWHERE):
            return schema().words["everywhere"].say(language)
        between = schema().words["between"].say(language)
        return between.join(_text(field, each, language) for each in value)
    if isinstance(value, dict):
        return " ".join(part for pair in value.items() for part in pair)
    if isinstance(value, dt.date):
        return value.isoformat()
    text = str(value)
    if field in schema().codes:
        return _named(field, text, language)
    return words(text, language) if schema().allowed(field) else text


def _named(field: str, code: str, language: str) -> str:
    """Name of a language or country by CLDR; the code itself where it has none."""
    locale = Locale.parse(language)
    if field == "territorial_scope":
        return str(locale.territories.get(code, code))
    if code == "BH":
        return schema().words["bihari"].say(language)
    return str(locale.languages.get(code.lower(), code))
