"""Scientific names as people write them: authorship, hybrids, open nomenclature, misspellings."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import NamedTuple

#: Marks of open nomenclature, with what they amount to.
_OPEN = {
    **dict.fromkeys(("sp", "spp", "species"), "sp"),
    **dict.fromkeys(("cf", "cfr", "conf"), "cf"),
    **dict.fromkeys(("aff", "nr", "near"), "aff"),
}
_RANKS = ("subsp", "ssp", "var", "f", "fo", "pv", "bv", "forma", "fsp")
#: Genus, species, and one epithet below it.
_MOST_PARTS = 3
#: The sign before a name, or a lone x in its place.
_HYBRID = re.compile(r"[×✕]\s*(?=[A-Za-z])|(?<!\S)[xX](?=\s+[A-Za-z])")
_SUBGENUS = re.compile(r"(?<=[a-z])\s+\([A-Z][a-z]+\)\s+(?=[a-z]+)")
_FORMA_SPECIALIS = re.compile(r"\bf\.\s*sp\.\s*(?=[a-z])")
_EPITHET = re.compile(r"[a-z][a-z-]{1,}")
_GENUS = re.compile(r"[A-Z][a-z-]{1,}")
#: Least similarity of two names, by difflib, for one to be suggested for the other.
_ALIKE = 0.85
_SUGGESTED = 3


class ParsedName(NamedTuple):
    """Parts of a scientific name; `canonical` is the name without author, in lower case."""

    canonical: str
    qualifier: str = ""
    """`sp`, `cf` or `aff`: the species is not determined."""
    hybrid: bool = False
    authorship: str = ""

    @property
    def genus(self) -> str:
        """First word of the name."""
        return self.canonical.partition(" ")[0]


def parse(text: str) -> ParsedName:
    """The parts of a name. What is no Latin name, such as a Chinese one, is kept whole."""
    plain = " ".join(unicodedata.normalize("NFKC", text).replace("_", " ").split())
    plain = _FORMA_SPECIALIS.sub("fsp ", _SUBGENUS.sub(" ", _HYBRID.sub("× ", plain)))
    words = plain.split()
    hybrid = "×" in words
    words = [word for word in words if word != "×"]
    if not words or not words[0].isascii() or not _GENUS.fullmatch(words[0].capitalize()):
        return ParsedName(plain.casefold())
    parts, authors, qualifier, ranked = [words[0].casefold()], list[str](), "", False
    for word in words[1:]:
        plain_word = word.rstrip(".").casefold()
        if plain_word in _OPEN and not qualifier and not authors:
            qualifier = _OPEN[plain_word]
        elif plain_word in _RANKS and word.islower() and len(parts) > 1:
            ranked = True
        elif (
            _EPITHET.fullmatch(word)
            and qualifier != "sp"
            and (ranked or (not authors and len(parts) < _MOST_PARTS))
        ):
            parts.append(word)
            ranked = False
        else:
            authors.append(word)
    return ParsedName(" ".join(parts), qualifier, hybrid, " ".join(authors))


class Resolution(NamedTuple):
    """What a register makes of a name."""

    code: str = ""
    """Accepted taxon; empty: none is known by this name."""
    qualifier: str = ""
    suggestions: tuple[str, ...] = ()
    """Codes of taxa whose names are near: for a person to choose from."""


class Index:
    """Finds taxa by code or name."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """`names`: pairs of a name, or a code, and the code of the accepted taxon."""
        self._codes: dict[tuple[str, bool], str] = {}
        self._by_initial: dict[str, list[str]] = {}
        for name, code in names:
            parsed = parse(name)
            key = (parsed.canonical, parsed.hybrid)
            if self._codes.setdefault(key, code) == code and not parsed.hybrid:
                self._by_initial.setdefault(parsed.canonical[:1], []).append(parsed.canonical)
        self._resolved: dict[str, Resolution] = {}

    def resolve(self, text: str) -> Resolution:
        """The taxon of a code or name. A near name is suggested and never taken for the same."""
        if text not in self._resolved:
            self._resolved[text] = self._resolve(text)
        return self._resolved[text]

    def _resolve(self, text: str) -> Resolution:
        whole = self._codes.get((text.strip().casefold(), False), "")
        if whole:
            return Resolution(whole)
        parsed = parse(text)
        name = parsed.genus if parsed.qualifier == "sp" else parsed.canonical
        code = self._codes.get((name, parsed.hybrid), "")
        if code or not name:
            return Resolution(code, parsed.qualifier)
        return Resolution("", parsed.qualifier, self._near(name))

    def _near(self, name: str) -> tuple[str, ...]:
        scored: Mapping[str, float] = {
            other: SequenceMatcher(None, name, other).ratio()
            for other in set(self._by_initial.get(name[:1], ()))
            if abs(len(other) - len(name)) <= 3
        }
        near = sorted((name for name in scored if scored[name] >= _ALIKE), key=lambda n: -scored[n])
        return tuple(dict.fromkeys(self._codes[each, False] for each in near))[:_SUGGESTED]
