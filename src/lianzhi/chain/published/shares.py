"""Checks of a part and its whole: do they count the same, and is the one within the other?"""

from collections.abc import Iterator
from fractions import Fraction

from lianzhi.chain.published import showing
from lianzhi.chain.published.book import (
    Book,
    Ratio,
    apart,
    both,
    cited,
    comparable,
    printed,
    unlike,
)
from lianzhi.chain.published.figures import Bar, Cited, Figure, Result, Severity
from lianzhi.chain.published.needed import need
from lianzhi.chain.published.numbers import Number
from lianzhi.chain.published.units import units
from lianzhi.law.words import LANGUAGES


def alike(book: Book) -> Iterator[Result]:
    """A part and its whole count the same thing, over the same period.

    Each is judged by its own period: where the whole is printed for another one only, the two are
    told and not compared.
    """
    seen = set()
    for ratio in book.ratios:
        if ratio.part is None or ratio.whole is None or (ratio.part.id, ratio.whole.id) in seen:
            continue
        seen.add((ratio.part.id, ratio.whole.id))
        figures = both(book, ratio)
        severity: Severity = "contradiction" if ratio.declared else "needs"
        if not ratio.mean and unlike(ratio.part, ratio.whole):
            yield Result(
                key="unit.differs",
                severity=severity,
                figures=figures,
                named={
                    f"units_{language}": f"{_unit(ratio.part, language)} / "
                    f"{_unit(ratio.whole, language)}"
                    for language in LANGUAGES
                },
                explains=("several_each", "misprinted_unit"),
            )
        if apart(ratio.part, ratio.whole):
            yield Result(
                key="period.differs",
                severity="unclear",
                figures=figures,
                explains=("misprinted_period",),
            )


def _unit(row: Figure, language: str) -> str:
    title = row.unit.title or (units().unit("元").title if row.kind == "money" else None)
    return title.say(language) if title else "-"


def within(book: Book) -> Iterator[Result]:
    """A part is not more than its whole, and the stock from before where that may count in it."""
    pairs: dict[object, Ratio] = {}
    for ratio in book.ratios:
        if ratio.mean or not comparable(ratio):
            continue
        below = [row for row in (ratio.part, ratio.whole) if row and printed(row).hi < 0]
        if ratio.part and ratio.whole and ratio.part.id != ratio.whole.id and not below:
            pair = (ratio.part.id, ratio.whole.id)
            if pair not in pairs or (ratio.is_share and not pairs[pair].is_share):
                pairs[pair] = ratio
    for ratio in pairs.values():
        if ratio.part and ratio.whole:
            yield _placed(book, ratio, ratio.part, ratio.whole)


def _placed(book: Book, ratio: Ratio, part: Figure, whole: Figure) -> Result:
    a, b, stock = printed(part), printed(whole), _stock(book, ratio, part)
    limits = [b] if stock is None else [b, printed(stock)]
    value = sum((n.value for n in limits), Fraction(0))
    least, most = sum(n.lo for n in limits), sum(n.hi for n in limits)
    concerned: tuple[Cited, ...] = both(book, ratio)
    lines = (showing.share_line(a.value, b.value),) if b.value else ()
    if stock is not None:
        concerned += (cited(book, stock.key, stock),)
        lines = (showing.sum_line([n.value for n in reversed(limits)]), *lines)
    bar = Bar(float(a.value), float(value))
    share = {"share": showing.percent(a.value / b.value) if b.value > 0 else "-"}
    if a.lo > most:
        return _more(book, ratio, [a, *limits], concerned, lines, share, bar)
    if a.hi > least and a.value > b.value:
        return Result(
            key="within.close",
            severity="unclear",
            figures=concerned,
            arithmetic=lines,
            named=share,
            explains=("rounded_first",),
            bar=bar,
        )
    stocked = stock is not None and a.lo > b.hi
    return Result(
        key="within.stocked" if stocked else "within.sound",
        severity="sound",
        figures=concerned,
        arithmetic=lines,
        named=share,
        bar=bar,
    )


def _more(
    book: Book,
    ratio: Ratio,
    numbers: list[Number],
    concerned: tuple[Cited, ...],
    lines: tuple[str, ...],
    share: dict[str, str],
    bar: Bar,
) -> Result:
    """Of a part that exceeds its whole; `numbers` are the part's, the whole's, the stock's."""
    part, *limits = numbers
    open_ = ratio.carries and len(limits) == 1
    needs = open_ and not ratio.is_share
    over = part.value - sum(n.value for n in limits)
    difference = showing.sum_line([n.value for n in numbers], "+" + "-" * len(limits))
    stock = need("opening", cited(book, "opening"), part.lo - limits[0].hi, None, money=False)
    return Result(
        key="within.carried" if needs else "within.more",
        severity="needs" if needs else "contradiction",
        figures=concerned,
        arithmetic=(difference, *lines),
        named={"over": showing.amount(over), **share},
        needs=(stock,) if open_ else (),
        explains=ratio.explains,
        bar=bar,
    )


def _stock(book: Book, ratio: Ratio, part: Figure) -> Figure | None:
    """The stock from before, where it is printed and may count in the part."""
    for rule in book.vocabulary.flow:
        if ratio.keys == (rule.disposed, rule.received):
            return book.at.get((rule.opening, part.period.id))
    return None
