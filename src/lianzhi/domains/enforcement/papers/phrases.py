"""Phrases: sentences that papers are filled in with, as data in Chinese and English."""

from functools import cache
from importlib.resources import files

import msgspec

from lianzhi.law.words import Words


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    phrase: dict[str, Words]


@cache
def _phrases() -> dict[str, Words]:
    text = files(__package__).joinpath("phrases.toml").read_bytes()
    return msgspec.toml.decode(text, type=_File).phrase


def phrase(key: str, language: str, **said: object) -> str:
    """A sentence with its places filled in."""
    return _phrases()[key].say(language).format(**said)
