"""Amounts as the arithmetic shows them; a notation that Chinese and English share."""

import math
from decimal import Decimal
from fractions import Fraction

from lianzhi.chain.published.numbers import Number

_EXACT_PLACES = 4


def rounded(x: Fraction, places: int) -> Decimal:
    """Half away from nought."""
    scaled = abs(x) * 10**places + Fraction(1, 2)
    whole = Decimal(math.floor(scaled)).scaleb(-places)
    return -whole if x < 0 and whole else whole


def amount(x: Fraction, places: int = 2) -> str:
    """`89,240`, `0.5`, `1,903.37`; digits are left out beyond `places` where it has no end."""
    if x.denominator == 1:
        return f"{int(x):,}".replace("-", "−")
    exact = (x * 10**_EXACT_PLACES).denominator == 1
    shown = f"{rounded(x, _EXACT_PLACES if exact else places):,f}"
    return (shown.rstrip("0").rstrip(".") if exact else shown).replace("-", "−")


def percent(x: Fraction, places: int = 2) -> str:
    """A fraction as a percentage, such as `210.65 %`."""
    return f"{rounded(x * 100, places):,f} %".replace("-", "−")


def percent_beside(x: Fraction, other: Fraction, places: int = 2) -> str:
    """A percentage with as many digits as distinguish it from another value."""
    places = max(2, places)
    while percent(x, places) == percent(other, places) and places < 8 and x != other:
        places += 1
    return percent(x, places)


def span(lo: Fraction, hi: Fraction) -> str:
    """`1,902.77–1,903.98`, or one amount where both are the same."""
    return amount(lo) if lo == hi else f"{amount(lo)}–{amount(hi)}"


def number(printed: Number) -> str:
    """A printed number, with what it may stand for."""
    if printed.unit.dimension in ("share", "point"):
        return percent(printed.value, printed.places)
    value = amount(printed.value)
    return value if printed.exact else f"{value} ({span(printed.lo, printed.hi)})"


def times(x: Fraction, y: Fraction) -> str:
    """`188,095 ÷ 187,985`."""
    return f"{amount(x)} ÷ {amount(y)}"


def share_line(part: Fraction, whole: Fraction, beside: Fraction | None = None) -> str:
    """`188,095 ÷ 187,985 = 100.06 %`."""
    share = part / whole
    shown = percent(share) if beside is None else percent_beside(share, beside)
    return f"{times(part, whole)} = {shown}"


def sum_line(parts: list[Fraction], signs: str = "") -> str:
    """`5 + 7 − 2 = 10`; of many parts the first and the last."""
    signs = signs or "+" * len(parts)
    total = sum((p if s == "+" else -p for p, s in zip(parts, signs, strict=True)), Fraction(0))
    terms = [f"{'−' if s == '-' else '+'} {amount(p)}" for p, s in zip(parts, signs, strict=True)]
    if len(terms) > 12:
        terms = [*terms[:10], "+ …", terms[-1]]
    return f"{' '.join(terms).removeprefix('+ ')} = {amount(total)}"
