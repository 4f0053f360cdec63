"""Checks of stated rates and means against the two figures that they are of.

The whole numbers that a printed percentage allows are those of the GRIM test: Brown and Heathers
(2017), Soc. Psychol. Personal. Sci. 8, 363-369.
"""

from collections.abc import Iterator

import msgspec

from lianzhi.chain.published import showing
from lianzhi.chain.published.book import (
    Book,
    Ratio,
    apart,
    cited,
    comparable,
    concerned,
    printed,
    unlike,
)
from lianzhi.chain.published.figures import Bar, Cited, Figure, Fit, Need, Result
from lianzhi.chain.published.needed import need
from lianzhi.chain.published.numbers import Number

_MOST_FITS = 3
_MOST_NEAR = 60
"""Among more figures than this, some would fit by chance."""


def rates(book: Book) -> Iterator[Result]:
    """A stated rate or mean is that of the two figures, within what rounds to it."""
    for ratio in book.ratios:
        if ratio.rate is None:
            continue
        if ratio.part is not None and ratio.whole is not None:
            if comparable(ratio):
                yield _reckoned(book, ratio, ratio.rate, ratio.part, ratio.whole)
            elif apart(ratio.part, ratio.whole) and ratio.source is ratio.part:
                # The whole of its own period is not printed: what it must have been.
                yield _half(book, msgspec.structs.replace(ratio, whole=None), ratio.rate)
        elif not {*ratio.keys} & book.waiting:
            yield _half(book, ratio, ratio.rate)


def _reckoned(book: Book, ratio: Ratio, rate: Number, part: Figure, whole: Figure) -> Result:
    a, b, kind = printed(part), printed(whole), "mean" if ratio.mean else "rate"
    figures = concerned(book, ratio)
    stated = showing.amount(rate.value) if ratio.mean else showing.number(rate)
    if b.value <= 0 or b.lo <= 0:
        return Result(
            key="rate.nothing",
            severity="contradiction" if b.hi <= 0 else "unclear",
            figures=figures,
            arithmetic=(f"{showing.times(a.value, b.value)} = ?",),
            named={"stated": stated},
            explains=("none_due",),
        )
    value = a.value / b.value
    lo, hi = min(a.lo / b.lo, a.lo / b.hi), max(a.hi / b.lo, a.hi / b.hi)
    shown = (
        showing.amount(value)
        if ratio.mean
        else showing.percent_beside(value, rate.value, rate.places)
    )
    known = f" ({showing.span(lo, hi)})" if ratio.mean and lo != hi else ""
    line = f"{showing.times(a.value, b.value)} = {shown}{known}"
    named = {"stated": stated, "found": shown}
    bar = None if ratio.mean else Bar(float(a.value), float(b.value))
    least, most = rate.rounded()
    if lo <= most and least <= hi:
        return Result(
            key=f"{kind}.sound",
            severity="sound",
            figures=figures,
            arithmetic=(line,),
            named=named,
            bar=bar,
        )
    least, most = rate.cut()
    if not rate.hedge and lo < most and least <= hi:
        return Result(
            key=f"{kind}.cut",
            severity="unclear",
            figures=figures,
            arithmetic=(line,),
            named=named,
            explains=("cut_off",),
            bar=bar,
        )
    return Result(
        key=f"{kind}.differs",
        severity="contradiction",
        figures=figures,
        arithmetic=(f"{line} ≠ {stated}",),
        named=named,
        needs=(
            *_part_needed(figures[0], part.kind == "money", b, rate),
            *_whole_needed(figures[1], whole.kind == "money", a, rate),
        ),
        fits=() if ratio.mean else _fits(book, ratio, rate, part, whole),
        explains=tuple(dict.fromkeys(("another_base", "another_cut", *ratio.explains))),
        bar=bar,
    )


def _half(book: Book, ratio: Ratio, rate: Number) -> Result:
    """One of the two is not printed: what it must have been."""
    figures = concerned(book, ratio)
    named = {"stated": showing.number(rate)}
    needs: tuple[Need, ...] = ()
    if ratio.whole is not None:
        needs = _part_needed(figures[0], _money(book, ratio), printed(ratio.whole), rate)
    elif ratio.part is not None and ratio.keys[1]:
        needs = _whole_needed(
            figures[1], not ratio.mean and ratio.part.kind == "money", printed(ratio.part), rate
        )
    impossible = not ratio.mean and any(needed.none for needed in needs)
    if impossible:
        key = "rate.impossible"
    elif not ratio.keys[1]:
        key = "rate.of_what"
    else:
        key = "rate.half" if needs else "rate.alone"
    return Result(
        key=key,
        severity="contradiction" if impossible else "unclear",
        figures=figures,
        named=named,
        needs=needs,
        explains=("another_base",) if impossible else (),
    )


def _money(book: Book, ratio: Ratio) -> bool:
    """Whether a part that is not printed is a sum of money."""
    noun = book.vocabulary.find(ratio.keys[0])
    if noun is not None:
        return noun.kind == "money"
    return ratio.mean or (ratio.whole is not None and ratio.whole.kind == "money")


def _part_needed(figure: Cited, money: bool, whole: Number, rate: Number) -> tuple[Need, ...]:
    lo, hi = rate.rounded()
    return (need("numerator", figure, lo * whole.lo, hi * whole.hi, money),)


def _whole_needed(figure: Cited, money: bool, part: Number, rate: Number) -> tuple[Need, ...]:
    lo, hi = rate.rounded()
    if hi <= 0 or part.hi <= 0:
        return ()
    return (need("denominator", figure, part.lo / hi, part.hi / lo if lo > 0 else None, money),)


def _fits(book: Book, ratio: Ratio, rate: Number, part: Figure, whole: Figure) -> tuple[Fit, ...]:
    """Printed figures of the same period that would give the stated rate with one of the two."""
    lo, hi = rate.rounded()
    same = [figure for figure in book.at.values() if figure.period.id == part.period.id]
    near = [figure for figure in same if figure.kind == part.kind]
    if len(near) > _MOST_NEAR:
        return ()
    pairs = [(part, figure) for figure in near] + [(figure, whole) for figure in near]
    fits = [
        Fit(cited(book, a.key, a), cited(book, b.key, b))
        for a, b in sorted(pairs, key=lambda pair: (pair[0].id, pair[1].id))
        if a.id != b.id and not unlike(a, b) and printed(b).value > 0
        if lo <= printed(a).value / printed(b).value <= hi
    ]
    return tuple(fits[:_MOST_FITS])


def means(book: Book) -> Iterator[Result]:
    """A mean that can be reckoned and is not stated: for information."""
    stated = {ratio.keys for ratio in book.ratios if ratio.mean}
    for rule in book.vocabulary.mean:
        if (rule.total, rule.number) in stated:
            continue
        for total in book.of(rule.total):
            number = book.at.get((rule.number, total.period.id))
            if number is None or printed(number).lo <= 0:
                continue
            a, b = printed(total), printed(number)
            mean = showing.amount(a.value / b.value)
            around = showing.span(a.lo / b.hi, a.hi / b.lo)
            exact = a.exact and b.exact
            yield Result(
                key="mean.given",
                severity="note",
                figures=(cited(book, total.key, total), cited(book, number.key, number)),
                arithmetic=(
                    f"{showing.times(a.value, b.value)} = {mean}{'' if exact else f' ({around})'}",
                ),
                named={"mean": mean},
            )
