"""What people read of inspection: words by group and key."""

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from lianzhi.law.words import Words


@cache
def words() -> dict[str, dict[str, Words]]:
    """Group -> key -> words."""
    text = (files(__package__) / "words.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, dict[str, Words]])


def say(group: str, key: str) -> str:
    """Both languages in one line, for a table; a key without words stands for itself."""
    found = words().get(group, {}).get(key)
    return f"{found.zh} {found.en}" if found else key
