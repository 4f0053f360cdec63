"""What dispatch says to people: the catalogue beside this module, in Chinese and English."""

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from lianzhi.law.words import LANGUAGES, Words


@cache
def catalogue() -> dict[str, dict[str, Words]]:
    """Group -> key -> words."""
    text = files("lianzhi.dispatch").joinpath("phrases.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, dict[str, Words]])


def words(key: str, **values: Words | str | int) -> Words:
    """The words of `group.key` with names filled in. Raises KeyError for what is not there."""
    group, _, name = key.partition(".")
    said = catalogue()[group][name]
    return Words(*(_fill(said.say(language), language, values) for language in LANGUAGES))


def _fill(text: str, language: str, values: dict[str, Words | str | int]) -> str:
    said = {name: value.say(language) if isinstance(value, Words) else str(value)
            for name, value in values.items()}  # fmt: skip
    return text.format(**said)
