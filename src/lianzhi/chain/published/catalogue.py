"""Catalogue of the words in which checks report, `words.toml`."""

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from lianzhi.law.words import Words


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The texts by what they are for."""

    severities: dict[str, Words]
    results: dict[str, Words]
    needs: dict[str, Words]
    ranges: dict[str, Words]
    phrases: dict[str, Words]
    explains: dict[str, Words]


@cache
def catalogue() -> Catalogue:
    """The shipped texts."""
    text = files(__package__).joinpath("words.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Catalogue)
