"""Conditions of a cell: the unary tests of S-FEEL (DMN 1.3, chapter 9), read into sets of values.

`-` any value · `"a","b"` one of these · `not("a")` · `>= 3` · `[1..5)`, `]1..5]` a range, an end
with the bracket turned away or round is left out · `>= 3, 1` one of several · `true` ·
`date("2026-01-01")`, `@"2026-01-01"`, `date and time("…")` (see `moments`) · `["a","b"]` a list.

With `plain`, as in a clerk's spreadsheet, words and dates need no quotes, and full-width signs and
Chinese punctuation will do (see `plain`): `none, minor`, `≥２０２６－０１－０１`, `“无”，“轻微”`.
In DMN a bare word names a variable: refused.
"""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

import msgspec

from lianzhi.law.discretion import feel, moments
from lianzhi.law.discretion import plain as clerk
from lianzhi.law.halfwidth import half

Type = Literal["string", "number", "integer", "boolean", "date"]
#: A point on an ordered scale; a date is its proleptic ordinal.
Point = int | Decimal
#: Digits up to which a decimal number and its nearest double stand for one another without loss
#: (IEEE 754 binary64): so NumPy columns and exact numbers are judged alike.
DIGITS = 15
_LIMIT = 10**DIGITS

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<string>"(?:[^"\\]|\\.)*"|“[^”]*”)
    | (?P<date>MOMENT)
    | (?P<day>\d{4}-\d{2}-\d{2}(?!\d))
    | (?P<number>-?(?:\d+(?:\.\d+)?|\.\d+))
    | (?P<sign><=|>=|<|>|≤|≥|＜|＞|\.\.|[\[\](),，、])
    | (?P<word>[^\W\d][\w.\-/]*)
    )""".replace("MOMENT", moments.PATTERN),
    re.VERBOSE,
)
_CHINESE = {"，": ",", "、": ",", "≤": "<=", "≥": ">=", "＜": "<", "＞": ">"}
_OPEN, _CLOSE = {"[": True, "(": False, "]": False}, {"]": True, ")": False, "[": False}


class UnaryError(ValueError):
    """A text is no unary test for its type; the message says why and how to mend it."""


class Interval(msgspec.Struct, frozen=True):
    """A range of an ordered scale; None is no bound on that side."""

    low: Point | None = None
    low_closed: bool = False
    high: Point | None = None
    high_closed: bool = False


class Condition(msgspec.Struct, frozen=True):
    """A set of values: those in `intervals` or among `names`; all others where `negated`."""

    text: str
    negated: bool = False
    intervals: tuple[Interval, ...] = ()
    names: tuple[str | bool, ...] = ()

    @property
    def any(self) -> bool:
        """Whether the condition is `-`."""
        return self.negated and not self.intervals and not self.names


ANY = Condition("-", negated=True)


class _Token(NamedTuple):
    kind: str
    text: str


def number(text: str | int | float | Decimal) -> Point:
    """An exact number; for a float, the shortest decimal that represents it. Raises UnaryError."""
    try:
        value = Decimal(repr(text) if isinstance(text, float) else text)
    except ArithmeticError:
        raise UnaryError(f"{text!r} is no number; write like 12 or 0.5") from None
    if not value.is_finite():
        raise UnaryError(f"{text!r} is no number; write like 12 or 0.5")
    return int(value) if value == value.to_integral_value() and abs(value) < _LIMIT else value


def day(text: str) -> int:
    """The ordinal of a day written like 2026-01-31. Raises UnaryError."""
    try:
        return dt.date.fromisoformat(text).toordinal()
    except ValueError:
        raise UnaryError(f"{text!r} is no day; write like 2026-01-31") from None


def parse(text: str, kind: Type, *, plain: bool = False) -> Condition:
    """The set of values that a cell denotes. Raises UnaryError."""
    text = text.strip()
    if text == "-" or (plain and half(text) in clerk.ANY):
        return ANY
    try:
        expression = clerk.test(text, kind) if plain else text
    except ValueError as error:
        raise UnaryError(str(error)) from None
    try:
        return _Parser(list(_tokens(expression, plain)), text, kind, plain).parse()
    except UnaryError:
        construct = None if plain else feel.construct(text)
        if construct is None:
            raise
        raise UnaryError(f"{construct[0]} is FEEL beyond unary tests; {construct[1]}") from None


def _tokens(text: str, plain: bool) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            if not text[at:].strip():
                return
            raise UnaryError(f"{text[at:].strip()!r} is not understood; write a unary test or -")
        kind, token = match.lastgroup, match[match.lastgroup]
        chinese = token in _CHINESE or token[0] == "“"
        if not plain and (chinese or kind == "day"):
            raise UnaryError(f'{token!r} is no S-FEEL; write "…", a comma or date("…")')
        yield _Token(kind, _CHINESE.get(token, token))
        at = match.end()


class _Parser:
    def __init__(self, tokens: list[_Token], text: str, kind: Type, plain: bool) -> None:
        self.tokens, self.text, self.kind, self.plain = tokens, text, kind, plain
        self.at = 0
        self.intervals: list[Interval] = []
        self.names: list[str | bool] = []

    def parse(self) -> Condition:
        negated = self._peek() == "not" and self._peek(1) == "("
        if negated:
            self.at += 2
        self._test()
        while self._peek() == ",":
            self.at += 1
            self._test()
        if negated:
            self._take(")")
        if self.at < len(self.tokens):
            raise UnaryError(f"{self._peek()!r} comes after the end; separate tests by a comma")
        names = tuple(dict.fromkeys(self.names))
        return Condition(self.text, negated, tuple(self.intervals), names)

    def _peek(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self.tokens[at].text if at < len(self.tokens) else ""

    def _take(self, *allowed: str) -> str:
        token = self._peek()
        if token not in allowed:
            wanted = " or ".join(allowed)
            raise UnaryError(f"{token or 'the end'!r} stands where {wanted} should; mend the test")
        self.at += 1
        return token

    def _test(self) -> None:
        sign = self._peek()
        if sign in ("<", "<=", ">", ">="):
            self.at += 1
            below, closed = sign[0] == "<", sign.endswith("=")
            point = self._point(closes=below == closed)
            self.intervals.append(
                Interval(high=point, high_closed=closed)
                if below
                else Interval(low=point, low_closed=closed)
            )
        elif sign == "[" and self.kind == "string":
            self._list()
        elif sign in _OPEN and self.tokens[self.at].kind == "sign":
            self.at += 1
            low = self._point()
            self._take("..")
            closing = self._peek(1)
            high = self._point(closes=closing == "]")
            self._take(*_CLOSE)
            if low > high:
                raise UnaryError(f"{self.text!r} goes from the larger end down; swap the ends")
            self.intervals.append(Interval(low, _OPEN[sign], high, _CLOSE[closing]))
        elif self.kind in ("string", "boolean"):
            self.names.append(self._name())
        else:
            point = self._point()
            self.intervals.append(Interval(point, True, point, True))

    def _list(self) -> None:
        self.at += 1
        self.names.append(self._name())
        while self._take(",", "]") == ",":
            self.names.append(self._name())

    def _next(self, wanted: str) -> _Token:
        if self.at >= len(self.tokens):
            raise UnaryError(f"it ends where {wanted} should stand; write one, or - for any value")
        self.at += 1
        return self.tokens[self.at - 1]

    def _name(self) -> str | bool:
        token = self._next(f"a {self.kind}")
        if self.kind == "boolean":
            if token.text.casefold() in ("true", "false"):
                return token.text.casefold() == "true"
            raise UnaryError(f"{token.text!r} is no boolean; write true or false")
        if token.kind == "string":
            return re.sub(r"\\(.)", r"\1", token.text[1:-1])
        if self.plain and token.kind in ("word", "number", "day"):
            return token.text
        raise UnaryError(f'{token.text!r} is no string; write it in quotes: "…"')

    def _point(self, *, closes: bool = False) -> Point:
        """A point on the scale; `closes`: a day counts whole, as the closed end of a range."""
        if self.kind in ("string", "boolean"):
            raise UnaryError(f"a {self.kind} has no order; name the values one by one")
        token = self._next(f"a {self.kind}")
        if self.kind == "date":
            if token.kind not in ("date", "day"):
                raise UnaryError(f'{token.text!r} is no date; write date("2026-01-31")')
            if token.kind == "day":
                return day(token.text)
            try:
                return moments.read(token.text, closes=closes)
            except ValueError as error:
                raise UnaryError(str(error)) from None
        if token.kind != "number":
            raise UnaryError(f"{token.text!r} is no number; write like 12 or 0.5")
        value = number(token.text)
        if abs(value) >= _LIMIT or len(Decimal(value).normalize().as_tuple().digits) > DIGITS:
            raise UnaryError(f"{token.text} has over {DIGITS} digits; round it")
        return value
