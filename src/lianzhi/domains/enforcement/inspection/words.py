"""Catalogue texts of inspection, by group and key."""

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from lianzhi.law.words import Words


@cache
def words() -> dict[str, dict[str, Words]]:
    """Group -> key -> text in both languages."""
    text = (files(__package__) / "words.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, dict[str, Words]])


def term(group: str, key: str) -> str:
    """Both languages in one line, for a table; a key without a text is returned as it is."""
    text = words().get(group, {}).get(key)
    return f"{text.zh} {text.en}" if text else key
