"""Checks of single figures: possible values, and one value for each figure and period."""

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
    for row in _printed_once(book):
        value = printed(row)
        concerned = (cited(book, row.key, row),)
        if negative(book, row):
            yield Result(
                key="plain.negative",
                severity="contradiction",
                figures=concerned,
                arithmetic=(f"{number(value)} < 0",),
                explains=("correction", "change_of_it"),
            )
        counted = row.kind == "count" and row.unit.dimension in ("count", "any")
        if counted and not value.hedge and not _whole(value):
            yield Result(
                key="plain.fraction",
                severity="contradiction" if row.unit.known or row.noun else "unclear",
                figures=concerned,
                arithmetic=(number(value),),
                explains=("multiplier", "mean_of_it"),
            )


def _printed_once(book: Book) -> Iterator[Figure]:
    """Every figure with a number, also where another value of it is printed elsewhere."""
    seen: set[object] = set()
    for row in book.figures:
        if row.number is not None and (mark := (row.id, row.number.lo, row.number.hi)) not in seen:
            seen.add(mark)
            yield row


def negative(book: Book, row: Figure) -> bool:
    """Whether it is below nought and can't be: no change, no share."""
    counted = row.kind in ("count", "money", "mean", "length")
    return counted and printed(row).hi < 0 and not _change(book, row)


def _whole(value: Number) -> bool:
    """Whether a whole number may be meant: 1.5 stands for no other, 1.5万 for 15,000 or so."""
    return value.step >= 1 or value.value.denominator == 1


def _change(book: Book, row: Figure) -> bool:
    return book.vocabulary.is_share(row.label or row.key) is False


def shares(book: Book) -> Iterator[Result]:
    """A share is not above 100 % nor below 0; of a percentage of unknown kind that is unclear."""
    checked = {
        (ratio.source.id, ratio.rate.text)
        for ratio in book.ratios
        if ratio.rate is not None and ratio.part is not None and ratio.whole is not None
    }
    stated = [(row, row.rate) for row in book.figures if row.rate is not None]
    whole = [(row, printed(row)) for row in book.at.values() if row.kind == "share"]
    seen: set[object] = set()
    for row, value in (*stated, *whole):
        if (row.id, value.text) in checked | seen or (value.hi >= 0 and value.lo <= 1):
            continue
        seen.add((row.id, value.text))
        share = (
            True
            if row.of or row.noun or row.rate
            else book.vocabulary.is_share(row.label or row.key)
        )
        if share is False:
            continue
        yield Result(
            key="plain.above" if value.value > 1 else "plain.below",
            severity="contradiction" if share else "unclear",
            figures=(cited(book, row.key, row),),
            arithmetic=(f"{number(value)} {'> 100 %' if value.value > 1 else '< 0'}",),
            named={"rate": number(value)},
            explains=("change_of_it", "carried_over"),
        )


def once(book: Book) -> Iterator[Result]:
    """Check that a figure is printed with one value for each period."""
    for group in book.clashes:
        units = {row.unit.group for row in group if row.unit.known}
        values = sorted({printed(row).text for row in group})
        numbers = sorted({printed(row).value for row in group})
        gap = () if len(units) > 1 else (_gap(numbers[-1], numbers[0], group[0]),)
        yield Result(
            key="same.units" if len(units) > 1 else "same.values",
            severity="needs" if len(units) > 1 else "contradiction",
            figures=tuple(cited(book, row.key, row) for row in group),
            arithmetic=gap,
            named={"values": " / ".join(values)},
            explains=("another_cut", "another_period", "corrected_later"),
        )


def _gap(high: Fraction, low: Fraction, row: Figure) -> str:
    show = percent if row.kind == "share" else amount
    return f"{show(high)} − {show(low)} = {show(high - low)}"


def digits(book: Book) -> Iterator[Result]:
    """A count that ends in noughts may be rounded; then what it is compared with is not exact."""
    for row in book.at.values():
        value = printed(row)
        if (
            row.kind in ("count", "money")
            and not value.hedge
            and value.step == 1
            and value.value >= _MOST
            and value.value % _ROUND == 0
        ):
            yield Result(
                key="digits.round",
                severity="note",
                figures=(cited(book, row.key, row),),
                arithmetic=(number(value),),
            )
