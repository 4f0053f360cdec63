"""Range that a figure would need for consistency: integers for counts, hundredths for money."""

import math
from decimal import Decimal
from fractions import Fraction

from lianzhi.chain.published.figures import Cited, Need


def need(key: str, figure: Cited, lo: Fraction, hi: Fraction | None, money: bool) -> Need:
    """The whole numbers, or of money the hundredths, from lo to hi."""
    places = 2 if money else 0
    least = math.ceil(lo * 10**places)
    most = None if hi is None else math.floor(hi * 10**places)
    if most is not None and least > most:
        return Need(key=key, figure=figure, none=True)
    ends = [None if end is None else _written(end, places) for end in (least, most)]
    return Need(key=key, figure=figure, lo=ends[0], hi=ends[1])


def _written(scaled: int, places: int) -> int | Decimal:
    return Decimal(scaled).scaleb(-places) if places else scaled
