"""Checks of one figure by itself: can there be such a number, and is it printed once?"""

from collections.abc import Iterator
from fractions import Fraction

from lianzhi.chain.published.book import Book, cited, printed
from lianzhi.chain.published.figures import Figure, Result
from lianzhi.chain.published.numbers import Number
from lianzhi.chain.published.showing import amount, number, percent

_ROUND = 1000
"""A whole number that ends in as many noughts looks rounded."""
_MOST = 10_000


def possible(book: Book) -> Iterator[Result]:
    """No count, sum of money or share is negative, and things are counted whole."""
    for one in _printed_once(book):
        value = printed(one)
        concerned = (cited(book, one.key, one),)
        if negative(book, one):
            yield Result(
                key="plain.negative",
                severity="contradiction",
                figures=concerned,
                arithmetic=(f"{number(value)} < 0",),
                explains=("correction", "change_of_it"),
            )
        counted = one.kind == "count" and one.unit.dimension in ("count", "any")
        if counted and not value.hedge and not _whole(value):
            yield Result(
                key="plain.fraction",
                severity="contradiction" if one.unit.known or one.noun else "unclear",
                figures=concerned,
                arithmetic=(number(value),),
                explains=("multiplier", "mean_of_it"),
            )


def _printed_once(book: Book) -> Iterator[Figure]:
    """Every figure with a number, also where another value of it is printed elsewhere."""
    seen: set[object] = set()
    for one in book.figures:
        if one.number is not None and (mark := (one.id, one.number.lo, one.number.hi)) not in seen:
            seen.add(mark)
            yield one


def negative(book: Book, one: Figure) -> bool:
    """Whether it is below nought and can't be: no change, no share."""
    counted = one.kind in ("count", "money", "mean", "length")
    return counted and printed(one).hi < 0 and not _change(book, one)


def _whole(value: Number) -> bool:
    """Whether a whole number may be meant: 1.5 stands for no other, 1.5万 for 15,000 or so."""
    return value.step >= 1 or value.value.denominator == 1


def _change(book: Book, one: Figure) -> bool:
    return book.vocabulary.is_share(one.label or one.key) is False


def shares(book: Book) -> Iterator[Result]:
    """A share is not above 100 % nor below 0; of a percentage of unknown kind that is unclear."""
    checked = {
        (ratio.source.id, ratio.rate.text)
        for ratio in book.ratios
        if ratio.rate is not None and ratio.part is not None and ratio.whole is not None
    }
    stated = [(one, one.rate) for one in book.figures if one.rate is not None]
    whole = [(one, printed(one)) for one in book.at.values() if one.kind == "share"]
    seen: set[object] = set()
    for one, value in (*stated, *whole):
        if (one.id, value.text) in checked | seen or (value.hi >= 0 and value.lo <= 1):
            continue
        seen.add((one.id, value.text))
        share = (
            True
            if one.of or one.noun or one.rate
            else book.vocabulary.is_share(one.label or one.key)
        )
        if share is False:
            continue
        yield Result(
            key="plain.above" if value.value > 1 else "plain.below",
            severity="contradiction" if share else "unclear",
            figures=(cited(book, one.key, one),),
            arithmetic=(f"{number(value)} {'> 100 %' if value.value > 1 else '< 0'}",),
            named={"rate": number(value)},
            explains=("change_of_it", "carried_over"),
        )


def once(book: Book) -> Iterator[Result]:
    """The same figure of the same period has one value."""
    for group in book.clashes:
        units = {one.unit.group for one in group if one.unit.known}
        values = sorted({printed(one).text for one in group})
        numbers = sorted({printed(one).value for one in group})
        gap = () if len(units) > 1 else (_gap(numbers[-1], numbers[0], group[0]),)
        yield Result(
            key="same.units" if len(units) > 1 else "same.values",
            severity="needs" if len(units) > 1 else "contradiction",
            figures=tuple(cited(book, one.key, one) for one in group),
            arithmetic=gap,
            named={"values": " / ".join(values)},
            explains=("another_cut", "another_period", "corrected_later"),
        )


def _gap(high: Fraction, low: Fraction, one: Figure) -> str:
    show = percent if one.kind == "share" else amount
    return f"{show(high)} − {show(low)} = {show(high - low)}"


def digits(book: Book) -> Iterator[Result]:
    """A count that ends in noughts may be rounded; then what it is compared with is not exact."""
    for one in book.at.values():
        value = printed(one)
        if (
            one.kind in ("count", "money")
            and not value.hedge
            and value.step == 1
            and value.value >= _MOST
            and value.value % _ROUND == 0
        ):
            yield Result(
                key="digits.round",
                severity="note",
                figures=(cited(book, one.key, one),),
                arithmetic=(number(value),),
            )
