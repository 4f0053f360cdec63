"""Wordings: a short notation for phrases, compiled to linear regular expressions.

A wording is text in which

- `{slot}` is any wording of a named list, `(a|b)` is a or b, `x?` is x or nothing;
- `~` skips a few characters of the same clause, `~~` some more of the same sentence;
- `^` and `$` are the beginning and end of a clause; `#` is a number;
- `!{slot}` and `-{slot}` require that no wording of the list follows, or stands just before;
- `{mark}` is an identifier where marks are given: see `grammar/frame_search.py`.

Nothing repeats without bound, so a search takes time linear in the text. The words that a wording
requires are computed as well, so that most texts need not be searched at all.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from lianzhi.text.arrays.batch import SEPARATOR
from lianzhi.text.fold.folding import fold_char
from lianzhi.text.grammar.literals import Literals, rarest_first, rarity, shortened

#: Ends of clauses and of sentences, as the inside of a character class. Texts are searched with
#: their separators, so that they begin and end with one.
PAUSES = f",.。;:!?\n{chr(SEPARATOR)}"
STOPS = f"。\n{chr(SEPARATOR)}"
#: The most characters of skips and numbers; identifiers have no bound.
_WIDTHS = {"~": 6, "~~": 16, "#": 10}
_ANY = 1 << 20
_SKIPS = {
    "~": f"[^{PAUSES}]{{0,{_WIDTHS['~']}}}?",
    "~~": f"[^{STOPS}]{{0,{_WIDTHS['~~']}}}?",
}
_NUMBER = f"[0-9零一二两三四五六七八九十百千万亿几半k.]{{1,{_WIDTHS['#']}}}"
#: Signs of assertions: with them a wording is more than its words.
_LOOKS = frozenset("^$!-")
#: Stands for each character of an identifier after its mark.
REST = chr(0xE0FF)
#: The most skips in one wording: each may be retried for every one before it.
_MOST_SKIPS = 4
#: The most words that are enumerated for one wording when its literals are computed.
_MOST_WORDS = 300
#: Signs of the notation, as the inside of a character class.
_SIGNS = "{}!~^$#()|?-"
_SAYS_MORE = re.compile(f"[{_SIGNS}]")
_TOKEN = re.compile(rf"\{{(\w+)\}}|([!-])\{{(\w+)\}}|~~|[~^$#()|?]|[^{_SIGNS}]+(?!\?)|.", re.DOTALL)


@dataclass(frozen=True)
class Wording:
    """One compiled wording."""

    pattern: str
    needs: tuple[frozenset[str], ...]
    """One or more lists of words, the rarest first; a text with the wording has one of each."""
    plain: bool
    """Whether the wording is one of the words of its only list, and nothing more."""
    lead: int
    """The most characters of the wording before the first word of the rarest list."""
    apart: tuple[int, int]
    """The least and most characters from the beginning of a word of the first list to the beginning
    of one of the last; 0 is in the range where they are one list."""

    @cached_property
    def search(self) -> re.Pattern[str]:
        """The expression, compiled on first use: few texts hold a given wording."""
        return re.compile(self.pattern)


class WordingError(ValueError):
    """A wording is not valid notation; the message names it."""


class _Part(NamedTuple):
    pattern: str
    least: int
    most: int
    """The least and most characters that it matches."""
    words: frozenset[str] | None
    """All that it may match, where that is a short list."""
    literals: tuple[Literals, ...] = ()
    plain: bool = False
    """Whether it matches exactly the `words`."""


def words(texts: Sequence[str]) -> Wording:
    """Return the wording that is one of these words."""
    folded = frozenset(_folded(word) for word in texts)
    longest_first = sorted(folded, key=lambda word: (-len(word), word))
    return _one_of_words("|".join(map(re.escape, longest_first)), folded)


def _one_of_words(pattern: str, words: frozenset[str]) -> Wording:
    return Wording(pattern, (words,), plain=True, lead=0, apart=(0, 0))


class Lists:
    """Named lists of wordings, and marks, that wordings may refer to.

    Wordings in `known` are not compiled again.
    """

    def __init__(
        self,
        slots: Mapping[str, Sequence[str]],
        marks: Mapping[str, str] | None = None,
        known: Mapping[str, Wording] | None = None,
    ) -> None:
        self._slots, self._known = slots, known or {}
        self._parts = {
            name: _Part(f"{mark}{REST}*", 1, _ANY, None, (Literals(frozenset([mark]), 0, 0),))
            for name, mark in (marks or {}).items()
        }

    def compiled(self, wording: str) -> Wording:
        """Compile a wording. Raises WordingError that names it."""
        if wording in self._known:
            return self._known[wording]
        part = _Parser(wording, self).whole()
        if part.pattern.count("}?") > _MOST_SKIPS:
            most = f"skip {_MOST_SKIPS} times at most"
            raise WordingError(f"wording {wording!r} skips too often; {most}")
        own = _word_literals(part)
        if not (literals := {*part.literals, *own}):
            raise WordingError(f"wording {wording!r} may be anything; give it a word it must hold")
        needs = rarest_first(literals)
        if own and needs == [*own] and not _LOOKS.intersection(wording):
            return _one_of_words(part.pattern, own[0].words)
        needs = [*map(shortened, needs[:2])]  # more of them are not worth a look each
        first, last = needs[0], needs[-1]
        return Wording(
            part.pattern,
            tuple(need.words for need in needs),
            plain=False,
            lead=first.most,
            apart=(last.least - first.most, last.most - first.least),
        )

    def part(self, name: str, wording: str) -> _Part:
        """Return the part that matches any wording of a list."""
        if name not in self._parts:
            if name not in self._slots:
                raise WordingError(f"wording {wording!r} has no list {name!r}; choose one that is")
            alternatives = tuple(self._slots[name])
            if not alternatives:
                raise WordingError(f"wording {wording!r} has a list {name!r} of nothing; fill it")
            self._parts[name] = _Part("", 0, 0, None)  # a list that holds itself ends here
            self._parts[name] = (
                _either([_Parser(each, self).whole() for each in alternatives])
                if any(map(_SAYS_MORE.search, alternatives))
                else _one_of(alternatives)
            )
        return self._parts[name]


class _Parser:
    def __init__(self, wording: str, lists: Lists) -> None:
        self._wording, self._lists = wording, lists
        self._tokens = list(_TOKEN.finditer(wording))
        self._at = 0

    def whole(self) -> _Part:
        part = self._either()
        if self._at < len(self._tokens):
            raise WordingError(f"wording {self._wording!r} closes a bracket that it never opened")
        return part

    def _either(self) -> _Part:
        parts = [self._row()]
        while self._at < len(self._tokens) and self._tokens[self._at][0] == "|":
            self._at += 1
            parts.append(self._row())
        return parts[0] if len(parts) == 1 else _either(parts)

    def _row(self) -> _Part:
        parts: list[_Part] = []
        while self._at < len(self._tokens) and self._tokens[self._at][0] not in "|)":
            token = self._tokens[self._at]
            self._at += 1
            if token[0] == "?":
                if not parts:
                    raise WordingError(f"wording {self._wording!r} has a ? that follows nothing")
                parts[-1] = _optional(parts[-1])
            else:
                parts.append(self._part(token))
        return _row(parts)

    def _part(self, token: re.Match[str]) -> _Part:
        text = token[0]
        if text in _SKIPS:
            return _Part(_SKIPS[text], 0, _WIDTHS[text], None)
        if text in "^$":
            look = "<=" if text == "^" else "="
            return _Part(f"(?{look}[{PAUSES}])", 0, 0, frozenset([""]))
        if text == "#":
            return _Part(_NUMBER, 1, _WIDTHS[text], None)
        if text == "(":
            part = self._either()
            if self._at == len(self._tokens):
                raise WordingError(f"wording {self._wording!r} opens a bracket and never closes it")
            self._at += 1
            return part
        if token[1]:
            return self._lists.part(token[1], self._wording)
        if token[3]:
            return _not_beside(token[2], self._lists.part(token[3], self._wording), self._wording)
        return _word(text)


@cache
def _one_of(alternatives: tuple[str, ...]) -> _Part:
    """Return the part for one of some words; cached, since files share most of their lists."""
    return _either([_word(each) for each in alternatives])


@cache
def _word(text: str) -> _Part:
    folded = _folded(text)
    size = len(folded)
    return _Part(re.escape(folded), size, size, frozenset([folded]), plain=True)


def _any_of(words: Iterable[str]) -> str:
    """Return an expression for the longest of some words that matches.

    Branched character by character, so that few alternatives are tried at each place.
    """
    beginnings: dict[str, list[str]] = {}
    for word in sorted(words):
        beginnings.setdefault(word[:1], []).append(word[1:])
    ends = beginnings.pop("", None)
    if not beginnings:
        return ""
    branches = [re.escape(first) + _any_of(rest) for first, rest in beginnings.items()]
    single = len(branches) == 1 and (not ends or len(branches[0]) == 1)
    either = branches[0] if single else f"(?:{'|'.join(branches)})"
    return f"{either}?" if ends else either


def _either(parts: Sequence[_Part]) -> _Part:
    """Return the part for one of several: longest wordings first, then longest words."""
    words = [part.words for part in parts if part.words is not None]
    needs = [rarest for part in parts if (rarest := _rarest(part))]
    one_of = Literals(
        frozenset().union(*(need.words for need in needs)),
        min((need.least for need in needs), default=0),
        max((need.most for need in needs), default=0),
    )
    patterns = sorted((part.pattern for part in parts if not part.plain), key=len, reverse=True)
    if plain := frozenset().union(*(part.words for part in parts if part.plain and part.words)):
        patterns.append(_any_of(plain))
    patterns.sort(key=lambda pattern: not pattern)  # nothing at all comes last, or it always wins
    return _Part(
        patterns[0] if len(patterns) == 1 else f"(?:{'|'.join(patterns)})",
        min(part.least for part in parts),
        max(part.most for part in parts),
        frozenset().union(*words) if len(words) == len(parts) else None,
        (one_of,) if len(needs) == len(parts) else (),
        all(part.plain for part in parts),
    )


def _word_literals(part: _Part) -> tuple[Literals, ...]:
    """Return the words of a part as literals, unless it may be empty."""
    return (Literals(part.words, 0, 0),) if part.words and "" not in part.words else ()


def _rarest(part: _Part) -> Literals | None:
    return min((*part.literals, *_word_literals(part)), key=rarity, default=None)


def _optional(part: _Part) -> _Part:
    words = None if part.words is None else part.words | {""}
    return _Part(f"(?:{part.pattern})?", 0, part.most, words)


def _not_beside(sign: str, part: _Part, wording: str) -> _Part:
    """Return the part that requires that a list does not follow, or does not stand before."""
    if sign == "!":
        return _Part(f"(?!{part.pattern})", 0, 0, frozenset([""]))
    if part.words is None:
        raise WordingError(
            f"wording {wording!r} looks back at more than words; name a list of words"
        )
    sizes = sorted({len(word) for word in part.words})
    by_size = ("|".join(re.escape(w) for w in sorted(part.words) if len(w) == n) for n in sizes)
    return _Part("".join(f"(?<!{words})" for words in by_size), 0, 0, frozenset([""]))


def _row(parts: Sequence[_Part]) -> _Part:
    """Return the part for parts in sequence; adjacent short lists of words are combined."""
    if len(parts) == 1:
        return parts[0]
    needs: list[Literals] = []
    runs: list[Literals] = []
    run, whole = Literals(frozenset([""]), 0, 0), True
    least = most = 0  # how many characters come before a part
    for part in parts:
        needs += (need.after(least, most) for need in part.literals)
        if part.words is not None and len(run.words) * len(part.words) <= _MOST_WORDS:
            both = frozenset([word_ + word for word_ in run.words for word in part.words])
            run = run._replace(words=both)
        else:
            whole = False
            runs.append(run)
            if part.words and "" not in run.words | part.words:
                # Where the two meet. Two characters of what follows: one alone is in many texts.
                last, first = {word[-1] for word in run.words}, {word[:2] for word in part.words}
                meet = frozenset(a + b for a in last for b in first)
                needs.append(Literals(meet, least - 1, most - 1))
            run = (
                Literals(part.words, least, most)
                if part.words
                else Literals(frozenset([""]), least + part.least, most + part.most)
            )
        least, most = least + part.least, most + part.most
    if not whole:
        needs += (literals for literals in (*runs, run) if "" not in literals.words)
    pattern = "".join(part.pattern for part in parts)
    return _Part(pattern, least, most, run.words if whole else None, tuple(needs))


#: Characters fold one by one: a sign between two of them may be notation.
_letter = cache(fold_char)


def _folded(word: str) -> str:
    return "".join(map(_letter, word))
