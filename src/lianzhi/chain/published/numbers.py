"""Numbers as newspapers print them, read exactly: `89,240`, `1568万元`, `15.68 million yuan`.

A printed number stands for a range: 98.08 % for whatever rounds to it, "over 20,000" for what lies
between 20,000 and 30,000. Whole numbers without multiplier are exact. Arithmetic is in fractions.
"""

import re
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from lianzhi.chain.published.units import NONE, Hedge, Unit, folded, units

#: Longest text of a number, and most digits in it.
MOST_TEXT = 80
MOST_DIGITS = 30

_DIGITS = r"\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+(?!\d)|\d+"
_SCALE = {"percent": Fraction(1, 100), "point": Fraction(1, 100), "permille": Fraction(1, 1000)}


class NumberError(ValueError):
    """A text is no number; the message says what to write."""


class Number(NamedTuple):
    """A number as printed. Shares are fractions of one: 98.08 % is 0.9808."""

    value: Fraction
    step: Fraction
    """Worth of one in its last printed place."""
    lo: Fraction
    hi: Fraction
    """What it may stand for."""
    unit: Unit = NONE
    hedge: Hedge = ""
    text: str = ""

    @property
    def exact(self) -> bool:
        """Whether it stands for itself alone."""
        return self.lo == self.hi

    @property
    def places(self) -> int:
        """Digits printed after the point, of a share those of the percentage."""
        scaled, places = self.step * (100 if self.unit.dimension in ("share", "point") else 1), 0
        while scaled < 1 and places < MOST_DIGITS:
            scaled, places = scaled * 10, places + 1
        return places

    def rounded(self) -> tuple[Fraction, Fraction]:
        """What rounds to it, even where it is a whole number."""
        half = self.step / 2
        return min(self.lo, self.value - half), max(self.hi, self.value + half)

    def cut(self) -> tuple[Fraction, Fraction]:
        """What gives it when further digits are cut off instead of rounded."""
        if self.value < 0:
            return self.value - self.step, self.value
        return self.value, self.value + self.step


@cache
def _pattern() -> re.Pattern[str]:
    names = sorted(units().multipliers, key=len, reverse=True)
    words = "|".join(rf"{name}(?![a-z])" if name.isascii() else name for name in names)
    segment = rf"(?:{_DIGITS})(?:\.\d+)?\s*(?:{words})?"
    return re.compile(rf"(?P<sign>[-+−–]?)\s*(?P<body>{segment}(?:\s*{segment})?)(?P<unit>\D*)")


@cache
def _segment() -> re.Pattern[str]:
    names = sorted(units().multipliers, key=len, reverse=True)
    return re.compile(rf"(?P<whole>{_DIGITS})(?P<part>\.\d+)?\s*(?P<times>{'|'.join(names)})?")


@cache
def _hedges() -> tuple[tuple[re.Pattern[str], Hedge], ...]:
    pairs = [(name, hedge) for hedge, names in units().hedges.items() for name in names]
    return tuple(
        (re.compile(rf"(?<![a-z]){re.escape(n)}(?![a-z])" if n.isascii() else re.escape(n)), hedge)
        for n, hedge in sorted(pairs, key=lambda pair: -len(pair[0]))
    )


def number(text: str, unit: str = "") -> Number:
    """Read a printed number, with the unit printed in it or in a column `unit` beside it.

    Raises NumberError.
    """
    if len(text) > MOST_TEXT:
        raise NumberError(f"{text[:40]!r}... is longer than {MOST_TEXT} characters; give a number")
    if any(map(str.isdigit, unit)):
        raise NumberError(
            f'{unit[:40]!r} is no unit; put a number with commas in quotation marks, like "89,240"'
        )
    plain, hedge = _unhedged(folded(text).replace("百分之", "").strip())
    for sign in ("¥", "rmb", "cny", "人民币"):
        if plain.startswith(sign):
            plain = plain.removeprefix(sign).strip() + sign
    match = _pattern().fullmatch(plain)
    if match is None:
        raise NumberError(f"{text!r} is no number; write like 89,240 or 1568万元 or 98.08 %")
    if sum(map(str.isdigit, plain)) > MOST_DIGITS:
        raise NumberError(f"{text[:40]!r} has more than {MOST_DIGITS} digits; give fewer")
    printed = "%" if "百分之" in text else match["unit"]
    times, beside = _scaled(unit)
    kind = _agreed_unit(units().unit(printed), beside, text, unit)
    value, step, bare = _sum(match["body"], text)
    scale = times * _SCALE.get(kind.group, Fraction(1))
    value, step = value * scale, step * scale
    exact = bare and times == 1 and kind.dimension in ("count", "any")
    lo, hi = (value, value) if exact else (value - step / 2, value + step / 2)
    if hedge:
        lo, hi = _around(value, match["body"], step, hedge)
    if match["sign"] in {"-", "−", "–"}:
        value, lo, hi = -value, -hi, -lo
    return Number(value, step, lo, hi, kind, hedge, text.strip())


def _unhedged(text: str) -> tuple[str, Hedge]:
    for pattern, hedge in _hedges():
        if pattern.search(text):
            return " ".join(pattern.sub(" ", text, count=1).split()), hedge
    return text, ""


def _scaled(unit: str) -> tuple[int, Unit]:
    """The multiplier and the unit of a column: 万元 is 10,000 and yuan."""
    name = folded(unit)
    for word in sorted(units().multipliers, key=len, reverse=True):
        if name.startswith(word) and name not in units().named:
            return units().multipliers[word], units().unit(name.removeprefix(word))
    return 1, units().unit(unit)


def _agreed_unit(printed: Unit, beside: Unit, text: str, unit: str) -> Unit:
    if printed is NONE or beside is NONE or printed.group == beside.group:
        return beside if printed is NONE else printed
    raise NumberError(f"{text!r} has another unit than {unit!r} beside it; give one of them")


def _sum(body: str, text: str) -> tuple[Fraction, Fraction, bool]:
    """The value, what one in its last place is worth, and whether it is a whole number as it is.

    8万9240 is 89,240: the second part stands below the first one's multiplier.
    """
    value, below, step, bare = Fraction(0), Fraction(0), Fraction(1), True
    for segment in _segment().finditer(body):
        times = units().multipliers.get(segment["times"] or "", 1)
        part = segment["part"] or ""
        amount = Fraction(re.sub(r"[ ,]", "", segment["whole"]) + part) * times
        if below and amount >= below:
            raise NumberError(f"{text!r} reads as two numbers; write one")
        value, below, step = (
            value + amount,
            Fraction(times),
            Fraction(times, 10 ** max(len(part) - 1, 0)),
        )
        bare = times == 1 and not part
    return value, step, bare


def _around(value: Fraction, body: str, step: Fraction, hedge: Hedge) -> tuple[Fraction, Fraction]:
    """The range of "about", "over" and "nearly": one in the last place that is not a nought."""
    last = _segment().search(body)
    written = re.sub(r"[ ,]", "", last["whole"]) if last and not last["part"] else ""
    noughts = len(written) - len(written.rstrip("0"))
    wide = step * 10 ** min(noughts, max(len(written) - 1, 0))
    if hedge == "over":
        return value, value + wide
    if hedge == "under":
        return value - wide, value
    return value - wide / 2, value + wide / 2
