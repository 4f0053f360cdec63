"""Wordings: short notes of how something is said, compiled to linear regular expressions.

A wording is text in which

- `{slot}` stands for any wording of a named list, `(a|b)` for a or b, `x?` for x or nothing;
- `~` skips a few characters of the same clause, `~~` some more of the same sentence;
- `^` and `$` are where a clause begins and ends; `#` is a number;
- `!{slot}` and `-{slot}` stand where no wording of the list follows, or came just before;
- `{mark}` is an identifier where marks are given: see `text.framing`.

Nothing repeats without bound, so a search takes time linear in the text. What a wording cannot do
without is told as well, so that most texts need not be searched at all.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from lianzhi.text.folding import SEPARATOR, fold_char
from lianzhi.text.needs import Need, rarest_first, rarity, shortened

#: What ends a clause, what ends a sentence, as the inside of a character class. Texts are searched
#: with their separators, so that they begin and end with one.
PAUSES = f",.。;:!?\n{chr(SEPARATOR)}"
STOPS = f"。\n{chr(SEPARATOR)}"
#: How many characters skips and numbers are at most; identifiers may be as long as they like.
_WIDTHS = {"~": 6, "~~": 16, "#": 10}
_ANY = 1 << 20
_SKIPS = {
    "~": f"[^{PAUSES}]{{0,{_WIDTHS['~']}}}?",
    "~~": f"[^{STOPS}]{{0,{_WIDTHS['~~']}}}?",
}
_NUMBER = f"[0-9零一二两三四五六七八九十百千万亿几半k.]{{1,{_WIDTHS['#']}}}"
#: What looks around makes a wording more than its words.
_LOOKS = frozenset("^$!-")
#: Follows the mark of an identifier as often as it is longer than one character.
REST = chr(0xE0FF)
#: Skips in one wording, at most: each may be tried anew for every one before it.
_MOST_SKIPS = 4
#: So many words at most stand for one wording in the search for what must occur.
_MOST_WORDS = 300
#: What means more than itself, as the inside of a character class.
_SIGNS = "{}!~^$#()|?-"
_SAYS_MORE = re.compile(f"[{_SIGNS}]")
_TOKEN = re.compile(rf"\{{(\w+)\}}|([!-])\{{(\w+)\}}|~~|[~^$#()|?]|[^{_SIGNS}]+(?!\?)|.", re.DOTALL)


@dataclass(frozen=True)
class Wording:
    """One compiled wording."""

    pattern: str
    needs: tuple[frozenset[str], ...]
    """Lists of words: a text that holds the wording has one of each. The rarest first; at least
    one."""
    plain: bool
    """It is one of the words of its only list, and nothing more."""
    lead: int
    """How many of its characters may come before the first place where a text holds a word of the
    rarest list, at most."""
    apart: tuple[int, int]
    """How many characters after a word of the first list one of the last begins, at least and at
    most; where they are one list, 0 is among them."""

    @cached_property
    def search(self) -> re.Pattern[str]:
        """The expression. Made when first asked for: few texts hold a given wording."""
        return re.compile(self.pattern)


class WordingError(ValueError):
    """A wording that cannot be read."""


class _Part(NamedTuple):
    """A piece of a wording."""

    pattern: str
    least: int
    most: int
    """How many characters it may be, at least and at most."""
    words: frozenset[str] | None
    """All that it may be, if that is little."""
    needs: tuple[Need, ...] = ()
    plain: bool = False
    """Whether it is one of `words`, and nothing more."""


def words(some: Sequence[str]) -> Wording:
    """A wording that is one of some words."""
    folded = frozenset(_folded(word) for word in some)
    longest_first = sorted(folded, key=lambda word: (-len(word), word))
    return _one_of_words("|".join(map(re.escape, longest_first)), folded)


def _one_of_words(pattern: str, words: frozenset[str]) -> Wording:
    return Wording(pattern, (words,), plain=True, lead=0, apart=(0, 0))


class Lists:
    """Named lists of wordings, and marks, that wordings may refer to.

    What is `known` already is not compiled anew.
    """

    def __init__(
        self,
        slots: Mapping[str, Sequence[str]],
        marks: Mapping[str, str] | None = None,
        known: Mapping[str, Wording] | None = None,
    ) -> None:
        self._slots, self._known = slots, known or {}
        self._parts = {
            name: _Part(f"{mark}{REST}*", 1, _ANY, None, (Need(frozenset([mark]), 0, 0),))
            for name, mark in (marks or {}).items()
        }

    def compiled(self, wording: str) -> Wording:
        """Compile a wording. Raises WordingError that names it."""
        if wording in self._known:
            return self._known[wording]
        part = _Reader(wording, self).whole()
        if part.pattern.count("}?") > _MOST_SKIPS:
            most = f"skip {_MOST_SKIPS} times at most"
            raise WordingError(f"wording {wording!r} skips too often; {most}")
        own = _own(part)
        if not (some := {*part.needs, *own}):
            raise WordingError(f"wording {wording!r} may be anything; give it a word it must hold")
        needs = rarest_first(some)
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
        """One of the wordings of a list."""
        if name not in self._parts:
            if name not in self._slots:
                raise WordingError(f"wording {wording!r} has no list {name!r}; choose one that is")
            some = tuple(self._slots[name])
            if not some:
                raise WordingError(f"wording {wording!r} has a list {name!r} of nothing; fill it")
            self._parts[name] = _Part("", 0, 0, None)  # a list that holds itself ends here
            self._parts[name] = (
                _either([_Reader(each, self).whole() for each in some])
                if any(map(_SAYS_MORE.search, some))
                else _one_of(some)
            )
        return self._parts[name]


class _Reader:
    """Reads one wording from left to right."""

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
        said = token[0]
        if said in _SKIPS:
            return _Part(_SKIPS[said], 0, _WIDTHS[said], None)
        if said in "^$":
            look = "<=" if said == "^" else "="
            return _Part(f"(?{look}[{PAUSES}])", 0, 0, frozenset([""]))
        if said == "#":
            return _Part(_NUMBER, 1, _WIDTHS[said], None)
        if said == "(":
            part = self._either()
            if self._at == len(self._tokens):
                raise WordingError(f"wording {self._wording!r} opens a bracket and never closes it")
            self._at += 1
            return part
        if token[1]:
            return self._lists.part(token[1], self._wording)
        if token[3]:
            return _barred(token[2], self._lists.part(token[3], self._wording), self._wording)
        return _word(said)


@cache
def _one_of(some: tuple[str, ...]) -> _Part:
    """One of some words. Files share most of their lists."""
    return _either([_word(each) for each in some])


@cache
def _word(said: str) -> _Part:
    """What is said as it stands."""
    folded = _folded(said)
    size = len(folded)
    return _Part(re.escape(folded), size, size, frozenset([folded]), plain=True)


def _any_of(words: Iterable[str]) -> str:
    """An expression for one of some words, the longest that there is: branched by one character
    after the other, so that few are tried at each place."""
    begun: dict[str, list[str]] = {}
    for word in sorted(words):
        begun.setdefault(word[:1], []).append(word[1:])
    ends = begun.pop("", None)
    if not begun:
        return ""
    branches = [re.escape(first) + _any_of(rest) for first, rest in begun.items()]
    one = len(branches) == 1 and (not ends or len(branches[0]) == 1)
    either = branches[0] if one else f"(?:{'|'.join(branches)})"
    return f"{either}?" if ends else either


def _either(parts: Sequence[_Part]) -> _Part:
    """One of several: the longest wording, then the longest word, is tried first."""
    words = [part.words for part in parts if part.words is not None]
    needs = [rarest for part in parts if (rarest := _rarest(part))]
    one_of = Need(
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


def _own(part: _Part) -> tuple[Need, ...]:
    """What a part is, where it is not nothing, as a need."""
    return (Need(part.words, 0, 0),) if part.words and "" not in part.words else ()


def _rarest(part: _Part) -> Need | None:
    """The list of the rarest words of which a part holds one."""
    return min((*part.needs, *_own(part)), key=rarity, default=None)


def _optional(part: _Part) -> _Part:
    words = None if part.words is None else part.words | {""}
    return _Part(f"(?:{part.pattern})?", 0, part.most, words)


def _barred(sign: str, part: _Part, wording: str) -> _Part:
    """Where a list does not follow, or did not come before."""
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
    """Parts one after the other. Neighbours that are few words each are taken together."""
    if len(parts) == 1:
        return parts[0]
    needs: list[Need] = []
    runs: list[Need] = []
    run, whole = Need(frozenset([""]), 0, 0), True
    least = most = 0  # how many characters come before a part
    for part in parts:
        needs += (need.after(least, most) for need in part.needs)
        if part.words is not None and len(run.words) * len(part.words) <= _MOST_WORDS:
            both = frozenset([one + word for one in run.words for word in part.words])
            run = run._replace(words=both)
        else:
            whole = False
            runs.append(run)
            if part.words and "" not in run.words | part.words:
                # Where the two meet. Two characters of what follows: one alone is in many texts.
                last, first = {word[-1] for word in run.words}, {word[:2] for word in part.words}
                meet = frozenset(a + b for a in last for b in first)
                needs.append(Need(meet, least - 1, most - 1))
            run = (
                Need(part.words, least, most)
                if part.words
                else Need(frozenset([""]), least + part.least, most + part.most)
            )
        least, most = least + part.least, most + part.most
    if not whole:
        needs += (one for one in (*runs, run) if "" not in one.words)
    pattern = "".join(part.pattern for part in parts)
    return _Part(pattern, least, most, run.words if whole else None, tuple(needs))


#: Characters fold one by one: between two of them a sign may mean something here.
_letter = cache(fold_char)


def _folded(word: str) -> str:
    return "".join(map(_letter, word))
