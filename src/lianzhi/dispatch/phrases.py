"""Labels, reasons and refusals of dispatch in Chinese and English, from `phrases.toml`."""

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from lianzhi.law.words import LANGUAGES, Words


@cache
def catalogue() -> dict[str, dict[str, Words]]:
    """All phrases: group -> key -> words."""
    text = files("lianzhi.dispatch").joinpath("phrases.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, dict[str, Words]])


def phrase(key: str, **values: Words | str | int) -> Words:
    """The phrase of `group.key` with its names filled in. Raises KeyError for an unknown key."""
    group, _, name = key.partition(".")
    template = catalogue()[group][name]
    return Words(*(_fill(template.say(language), language, values) for language in LANGUAGES))


def _fill(text: str, language: str, values: dict[str, Words | str | int]) -> str:
    names = {
        name: value.say(language) if isinstance(value, Words) else str(value)
        for name, value in values.items()
    }
    return text.format(**names)
