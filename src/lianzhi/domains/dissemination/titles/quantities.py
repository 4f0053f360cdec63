"""Quantities: numbers of a text in any notation, with unit and precision, as intervals."""

import re
from typing import Literal, NamedTuple

from lianzhi.domains.dissemination.titles.lexicon import NumberWords

Mode = Literal["exact", "about", "near", "over", "under"]
_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_HAN = "零〇一二两三四五六七八九十百千"
#: Numbers of few digits stand for everything that rounds to them.
_ROUNDED = 0.5


class Quantity(NamedTuple):
    """A number with its unit, in the dimension's base unit."""

    start: int
    end: int
    value: float
    dimension: str
    """Empty: a bare number."""
    mode: Mode
    step: float
    """What the last digit that was given is worth."""
    weak: bool = False
    """Whether it may be no more than an article, as 一 in 一名男子."""

    def interval(self) -> tuple[float, float]:
        """What values the words allow."""
        value = self.value
        match self.mode:
            case "about":
                return value * 0.85, value * 1.15
            case "near":
                return value * 0.8, value * 0.99999
            case "over":
                return value * 1.00001, value * 2
            case "under":
                return value * 0.5, value * 0.99999
            case _:
                return value, value

    def supports(self, other: "Quantity") -> bool:
        """Whether a source that states this quantity bears out what a reprint states."""
        if self.dimension != other.dimension and self.dimension and other.dimension:
            countable = {"count", "people", "score"}
            if not {self.dimension, other.dimension} <= countable:
                return False
        if abs(self.value - other.value) <= 1e-9 * max(1.0, abs(self.value)):
            return not _against(self.mode, other.mode)
        low, high = other.interval()
        if self.mode == "exact" and other.mode != "exact":
            return low <= self.value <= high
        if self.mode == "exact":
            return abs(self.value - other.value) <= other.step * _ROUNDED and other.step > self.step
        return False


def _against(mode: Mode, other: Mode) -> bool:
    lower, higher = {"near", "under"}, {"over"}
    return (mode in lower and other in higher) or (mode in higher and other in lower)


class Quantities:
    """Reads the quantities of texts by the words of a lexicon."""

    def __init__(self, words: NumberWords) -> None:
        self._units = {
            unit: (dimension, factor)
            for dimension, units in words.units.items()
            for unit, factor in units.items()
        }
        self._before: dict[str, Mode] = {}
        self._after: dict[str, Mode] = {}
        by_mode: tuple[tuple[dict[str, Mode], Mode, str], ...] = (
            (self._before, "near", words.near),
            (self._before, "over", words.over),
            (self._before, "under", words.under),
            (self._before, "about", words.about),
            (self._after, "over", words.over_after),
            (self._after, "about", words.about_after),
            (self._after, "under", words.under_after),
        )
        for table, mode, given in by_mode:
            table.update(dict.fromkeys(given.split(), mode))

        def any_of(given: dict[str, Mode]) -> str:
            return "|".join(sorted(map(re.escape, given), key=len, reverse=True))

        units = "|".join(sorted(map(re.escape, self._units), key=len, reverse=True))
        self._pattern = re.compile(
            rf"(?P<before>{any_of(self._before)})?(?P<of>百分之|[0-9一二三四五六七八九十]+分之)?"
            rf"(?P<number>半数|一半|(?:\d[\d,]*(?:\.\d+)?|[{_HAN}]+(?:点[{_HAN}]+)?|半)(?P<few>[余多])?"
            rf"[百千]?(?P<scale>[万亿]+)?|(?<![{_HAN}])[百千万亿](?=[余多]))"
            rf"(?P<after>{any_of(self._after)})?"
            rf"(?P<unit>{units})?(?P<half>半)?(?P<behind>{any_of(self._after)})?"
        )
        self._range = re.compile(r"\s*(?:至|到|-|~|—|～)+\s*$")

    def read(self, text: str) -> list[Quantity]:
        """The quantities of a folded text, in order."""
        out: list[Quantity] = []
        for match in self._pattern.finditer(text):
            if quantity := self._quantity(match, text):
                if out and not out[-1].dimension and quantity.dimension:
                    between = text[out[-1].end : quantity.start]
                    if self._range.match(between):
                        factor = self._units[match["unit"]][1] if match["unit"] else 1.0
                        last = out[-1]
                        out[-1] = last._replace(
                            value=last.value * factor,
                            step=last.step * factor,
                            dimension=quantity.dimension,
                        )
                if out and quantity.dimension == out[-1].dimension == "time":
                    last = out[-1]
                    if last.end == quantity.start and last.step > quantity.step:
                        value = last.value + quantity.value
                        out[-1] = quantity._replace(start=last.start, value=value, weak=False)
                        continue
                out.append(quantity)
        return out

    def _quantity(self, match: "re.Match[str]", text: str) -> Quantity | None:
        number, unit, of = match["number"], match["unit"] or "", match["of"]
        han = not number[0].isdigit()
        start = match.start("number")
        if _is_code(match, text):
            return None
        if number in _HALVES or (number == "半" and match["before"] and not unit):
            return self._half(match)
        if han and not unit and not of and not match["few"]:
            scaled = number[-1] in "百千万亿" and len(number) > 1
            if not scaled:
                return None
        weak = number in ("一", "半") and unit not in _STRICT_ONE
        if han and start and text[start - 1] in "统唯万逐进每同单":
            return None
        value, step = parse(number)
        if value is None:
            return None
        dimension, factor = self._units.get(unit, ("", 1.0))
        if of:
            base = 100.0 if of == "百分之" else parse(of[:-2])[0] or 1.0
            value, step, dimension, factor = value / base, step / base, "share", 1.0
        if unit == "年" and value >= 1000:
            dimension = "calendar"
        if match["half"] and unit and dimension in ("time", "share", "age", "times"):
            value += 0.5
        mode = self._mode(match, dimension)
        if mode == "exact" and dimension in ("line", "stage", "day", "month", "clock", "calendar"):
            step = 0.0
        return Quantity(
            match.start(), match.end(), value * factor, dimension, mode, step * factor, weak
        )

    def _mode(self, match: "re.Match[str]", dimension: str) -> Mode:
        if match["before"] == "近" and dimension == "time":
            return "about"
        if match["before"]:
            return self._before[match["before"]]
        if after := match["behind"] or match["after"]:
            return self._after[after]
        return "over" if match["few"] else "exact"

    def _half(self, match: "re.Match[str]") -> Quantity:
        mode: Mode = self._before[match["before"]] if match["before"] else "exact"
        return Quantity(match.start(), match.end(), 0.5, "share", mode, 0.01)


def _is_code(match: "re.Match[str]", text: str) -> bool:
    """Whether digits are part of a code such as G1387 or 3D."""
    start, end = match.span("number")
    if not match["number"][0].isdigit():
        return False
    before, behind = text[start - 1 : start], text[end : end + 1]
    return (before.isascii() and before.isalpha()) or (
        behind.isascii() and behind.isalpha() and not match["unit"]
    )


_HALVES = frozenset({"半数", "一半"})
_STRICT_ONE = frozenset({"成", "天", "周", "个月", "年", "小时", "分钟", "倍", "期", "级", "审"})


def parse(number: str) -> tuple[float | None, float]:
    """Value of a numeral, and what its last digit is worth; None where it is none."""
    number = number.replace(",", "").rstrip("余多")
    inner = re.sub("[余多]", "", number)
    if inner == "半":
        return 0.5, 0.05
    scale = 1.0
    while inner and inner[-1] in "万亿":
        scale *= _MYRIADS[inner[-1]]
        inner = inner[:-1]
    if not inner:
        return scale, scale
    if inner[0].isdigit():
        tail = 1.0
        while inner[-1] in _TENS:
            tail *= _TENS[inner[-1]]
            inner = inner[:-1]
        try:
            value = float(inner)
        except ValueError:
            return None, 0.0
        places = len(inner.partition(".")[2])
        zeros = 0 if places else len(inner) - len(inner.rstrip("0"))
        step = 10.0 ** (-places if places else min(zeros, max(len(inner) - 2, 0)))
        return value * scale * tail, step * scale * tail
    whole, _, fraction = inner.partition("点")
    if len(whole) > 1 and all(char in _DIGITS for char in whole):
        value = float("".join(str(_DIGITS[char]) for char in whole))
        return value * scale, scale
    total, digit, last = 0.0, 0.0, 1.0
    for char in whole:
        if char in _TENS:
            total += (digit or 1.0) * _TENS[char]
            digit, last = 0.0, float(_TENS[char])
        elif char in _DIGITS:
            digit, last = float(_DIGITS[char]), 1.0
        else:
            return None, 0.0
    total += digit
    for place, char in enumerate(fraction, 1):
        total += _DIGITS.get(char, 0) / 10**place
        last = 10.0**-place
    return total * scale, last * scale
