"""Says a line in the reader's language; what is recorded stays its legal items.

Words come from the line itself, then from the catalogue of the language (`words/<language>.toml`,
by the key of the line), then from the languages that stand in for it, at last from the Chinese.
A new language is a new entry in `languages.toml` and a new catalogue.
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


class Said(msgspec.Struct, frozen=True):
    """A line in words: which language they are in, for `lang`, and their direction, for `dir`."""

    text: str
    language: str
    rtl: bool


class Catalogue:
    """All languages and what they call the lines."""

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

    def say(self, line: Line, language: str) -> Said:
        """The line in a language, or in the nearest that it is written in.

        Raises ValueError for a language that is not listed.
        """
        self.check(language)
        for code in (language, *self.languages[language].fallback):
            if said := getattr(line, code, "") or self._words.get(code, {}).get(line.key, ""):
                return Said(said, code, self.languages[code].rtl)
        return Said(line.zh, "zh", False)

    def phrases(self, language: str) -> dict[str, str]:
        """What stands beside the lines, in a language or in the nearest that has it.

        Raises ValueError for a language that is not listed.
        """
        self.check(language)
        found: dict[str, str] = {}
        for code in (*reversed(self.languages[language].fallback), language):
            found |= self._phrases.get(code, {})
        return {**self._phrases["zh"], **found}


def load(folder: Path = _HERE) -> Catalogue:
    """The shipped languages and catalogues, or those of a folder with the same files.

    Raises PolicyError naming file, field, value and mend.
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
            found = msgspec.convert(tomllib.loads(source.read_text("utf-8")), dict[str, str])
            if empty := [key for key, said in found.items() if not said.strip()]:
                raise ValueError(f"{empty[0]} is empty; say it, or take it out")
            words[source.stem] = found
        own = folder / "phrases.toml"
        source = own if own.exists() else _HERE / own.name
        said = tomllib.loads(source.read_text("utf-8"))
        phrases = msgspec.convert(said, dict[str, dict[str, str]])
        if "zh" not in phrases:
            raise ValueError("there is no [zh]; add it, every other language falls back to it")
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise PolicyError(f"{source}: {error}; mend it and start again") from None
    return Catalogue(languages, words, phrases)
