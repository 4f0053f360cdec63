"""Checklist lines in the reader's language; the record keeps only their legal items.

The text comes from the line itself, then from the catalogue of the language
(`words/<language>.toml`, by the key of the line), then from its fallback languages, and finally
from the Chinese. A new language needs a new entry in `languages.toml` and a new catalogue.
"""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import msgspec

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.lists.line import Line

_HERE = Path(str(files("lianzhi.domains.enforcement.lists")))


class Language(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A language that volunteers read."""

    name: str
    fallback: tuple[str, ...]
    rtl: bool = False


class LocalLine(msgspec.Struct, frozen=True):
    """A line's text with its language, for `lang`, and direction, for `dir`."""

    text: str
    language: str
    rtl: bool


class Catalogue:
    """All languages with their texts of lines."""

    def __init__(
        self,
        languages: Mapping[str, Language],
        words: Mapping[str, Mapping[str, str]],
        phrases: Mapping[str, Mapping[str, str]],
    ) -> None:
        self.languages = dict(languages)
        self._words, self._phrases = words, phrases

    def check(self, language: str) -> None:
        """Raises ValueError for a language that is not listed."""
        if language not in self.languages:
            raise ValueError(
                f"language is {language!r}; choose one of {', '.join(self.languages)}, "
                "or add it to languages.toml"
            )

    def localise(self, line: Line, language: str) -> LocalLine:
        """The line in a language, or in its nearest fallback.

        Raises ValueError for a language that is not listed.
        """
        self.check(language)
        for code in (language, *self.languages[language].fallback):
            if text := getattr(line, code, "") or self._words.get(code, {}).get(line.key, ""):
                return LocalLine(text, code, self.languages[code].rtl)
        return LocalLine(line.zh, "zh", False)

    def phrases(self, language: str) -> dict[str, str]:
        """Texts beside the lines, in a language or in its nearest fallback.

        Raises ValueError for a language that is not listed.
        """
        self.check(language)
        phrases: dict[str, str] = {}
        for code in (*reversed(self.languages[language].fallback), language):
            phrases |= self._phrases.get(code, {})
        return {**self._phrases["zh"], **phrases}


def load(folder: Path = _HERE) -> Catalogue:
    """The shipped languages and catalogues, or those of a folder with the same files.

    Raises PolicyError naming file, field, value and remedy.
    """
    source = folder / "languages.toml"
    try:
        languages = msgspec.convert(tomllib.loads(source.read_text("utf-8")), dict[str, Language])
        for code, language in languages.items():
            if strange := [each for each in language.fallback if each not in languages]:
                raise ValueError(f"fallback of {code} is {strange[0]!r}: no such language; add it")
        words = {}
        for source in sorted((folder / "words").glob("*.toml")):
            if source.stem not in languages:
                raise ValueError(f"{source.stem!r} is not in languages.toml; add it")
            translations = msgspec.convert(tomllib.loads(source.read_text("utf-8")), dict[str, str])
            if empty := [key for key, text in translations.items() if not text.strip()]:
                raise ValueError(f"{empty[0]} is empty; say it, or take it out")
            words[source.stem] = translations
        own = folder / "phrases.toml"
        source = own if own.exists() else _HERE / own.name
        content = tomllib.loads(source.read_text("utf-8"))
        phrases = msgspec.convert(content, dict[str, dict[str, str]])
        if "zh" not in phrases:
            raise ValueError("there is no [zh]; add it, every other language falls back to it")
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise PolicyError(f"{source}: {error}; mend it and start again") from None
    return Catalogue(languages, words, phrases)
