"""Checks of several figures: parts and their whole, stocks and flows, months and their year."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from lianzhi.chain.published import showing
from lianzhi.chain.published.book import Balance, Book, Sum, apart, cited, printed, unlike
from lianzhi.chain.published.figures import Bar, Cited, Figure, Need, Result, Severity
from lianzhi.chain.published.needed import need
from lianzhi.chain.published.numbers import Number

_UNITY = Fraction(1)


def parts(book: Book) -> Iterator[Result]:
    """Parts make up their whole; percentages of one whole make up 100 %."""
    for total in book.sums:
        if all(part.kind == "share" for part in total.parts):
            yield from _hundred(book, total)
        elif total.whole is not None:
            like = [
                p for p in total.parts if not unlike(p, total.whole) and not apart(p, total.whole)
            ]
            if len(like) == len(total.parts) and total.whole.id not in {p.id for p in like}:
                yield _summed(book, total, total.whole)
        elif total.key not in book.waiting:
            yield Result(
                key="sum.alone",
                severity="unclear",
                figures=(cited(book, total.key), *_cited(book, total.parts)),
                arithmetic=(showing.sum_line([printed(p).value for p in total.parts]),),
            )


def _cited(book: Book, figures: Sequence[Figure]) -> tuple[Cited, ...]:
    return tuple(cited(book, row.key, row) for row in figures)


def _hundred(book: Book, total: Sum) -> Iterator[Result]:
    lo, hi = (sum(number.rounded()[end] for number in map(printed, total.parts)) for end in (0, 1))
    whole = (
        _UNITY if total.whole is None or total.whole.kind != "share" else printed(total.whole).value
    )
    value = sum((printed(row).value for row in total.parts), Fraction(0))
    right = lo <= whole <= hi
    terms = " + ".join(showing.number(printed(row)) for row in total.parts)
    severity: Severity = "needs" if value < whole else "contradiction"
    yield Result(
        key="shares.sound" if right else "shares.less" if value < whole else "shares.more",
        severity="sound" if right else severity,
        figures=(cited(book, total.key, total.whole), *_cited(book, total.parts)),
        arithmetic=(f"{terms} = {showing.percent(value)}",),
        named={"sum": showing.percent(value), "whole": showing.percent(whole)},
        explains=() if right else ("several_kinds", "others"),
    )


def _summed(book: Book, total: Sum, whole: Figure) -> Result:
    numbers, b = [printed(part) for part in total.parts], printed(whole)
    lo, hi = sum(n.lo for n in numbers), sum(n.hi for n in numbers)
    value = sum((n.value for n in numbers), Fraction(0))
    line = showing.sum_line([n.value for n in numbers])
    gap = abs(b.value - value)
    figures = (cited(book, total.key, whole), *_cited(book, total.parts))
    if lo <= b.hi and b.lo <= hi:
        return Result(key="sum.sound", severity="sound", figures=figures, arithmetic=(line,))
    more = value > b.value
    overlap = more and not all(part.unit.additive for part in total.parts)
    return Result(
        key="sum.overlap" if overlap else "sum.more" if more else "sum.less",
        severity="contradiction" if more and not overlap else "needs",
        figures=figures,
        arithmetic=(f"{line} ≠ {showing.number(b)}", _gap(value, b.value)),
        named={"gap": showing.amount(gap), "sum": showing.amount(value)},
        explains=("several_kinds", "several_each") if more else ("others",),
        bar=Bar(float(value), float(b.value)),
    )


def _gap(x: Fraction, y: Fraction) -> str:
    return showing.sum_line([max(x, y), min(x, y)], "+-")


def flows(book: Book) -> Iterator[Result]:
    """Opening stock + received - disposed = closing stock."""
    for balance in book.balances:
        yield from _balanced(book, balance)


def _balanced(book: Book, balance: Balance) -> Iterator[Result]:
    ends = [row for row in (balance.opening, balance.closing) if row is not None]
    steps = [*balance.received, *balance.disposed]
    figures_ = [*ends, *steps]
    if any(unlike(row, figures_[0]) for row in figures_[1:]):
        yield Result(
            key="flow.unlike",
            severity="contradiction" if balance.declared else "needs",
            figures=_cited(book, figures_),
            explains=("several_each", "misprinted_unit"),
        )
        return
    signed = [(printed(row), "+") for row in (balance.opening, *balance.received) if row]
    signed += [(printed(row), "-") for row in balance.disposed]
    lo = sum((n.lo if s == "+" else -n.hi for n, s in signed), Fraction(0))
    hi = sum((n.hi if s == "+" else -n.lo for n, s in signed), Fraction(0))
    line = _line(signed)
    figures = _cited(book, figures_)
    if not balance.received or not balance.disposed or not ends:
        if balance.declared:
            yield Result(key="flow.open", severity="unclear", figures=figures)
    elif balance.opening is not None and balance.closing is not None:
        yield _closed(book, balance, lo, hi, line, figures)
    elif balance.opening is not None:
        yield _implied("closing", figures, lo, hi, line, cited(book, "closing"))
    elif balance.closing is not None:
        end = printed(balance.closing)
        back = _line([(end, "+"), *((n, "-" if s == "+" else "+") for n, s in signed)])
        yield _implied("opening", figures, end.lo - hi, end.hi - lo, back, cited(book, "opening"))


def _line(signed: Sequence[tuple[Number, str]]) -> str:
    if not signed:
        return ""
    return showing.sum_line([n.value for n, _ in signed], "".join(sign for _, sign in signed))


def _closed(
    book: Book, balance: Balance, lo: Fraction, hi: Fraction, line: str, figures: tuple[Cited, ...]
) -> Result:
    opening, last = balance.opening, balance.closing
    if opening is None or last is None:
        raise ValueError("a balance without both ends is not closed")
    start, end = printed(opening), printed(last)
    if lo <= end.hi and end.lo <= hi:
        return Result(key="flow.sound", severity="sound", figures=figures, arithmetic=(line,))
    value = (lo + hi) / 2
    needs: tuple[Need, ...] = (need("closing", cited(book, last.key, last), lo, hi, money=False),)
    first = (start.lo + end.lo - hi, start.hi + end.hi - lo)
    if first[1] >= 0:
        needs += (need("opening", cited(book, opening.key, opening), *first, money=False),)
    return Result(
        key="flow.differs",
        severity="contradiction",
        figures=figures,
        arithmetic=(f"{line} ≠ {showing.number(end)}", _gap(value, end.value)),
        named={"gap": showing.amount(abs(value - end.value)), "found": showing.amount(value)},
        needs=needs,
        explains=("withdrawn", "another_cut"),
    )


def _implied(
    which: str, figures: tuple[Cited, ...], lo: Fraction, hi: Fraction, line: str, row: Cited
) -> Result:
    if hi < 0:
        return Result(
            key="flow.negative",
            severity="contradiction",
            figures=figures,
            arithmetic=(f"{line} < 0",),
            named={"which": which},
            explains=("withdrawn", "another_cut", "several_each"),
        )
    return Result(
        key="flow.implied",
        severity="note",
        figures=figures,
        arithmetic=(line,),
        needs=(need(which, row, max(lo, Fraction(0)), hi, money=False),),
    )


def carried(book: Book) -> Iterator[Result]:
    """What is open at the end of a period is open at the start of the next."""
    ended = [(b, b.closing) for b in book.balances if b.closing is not None]
    opened = [(b, b.opening) for b in book.balances if b.opening is not None]
    pairs = {
        (last.id, two.id): (last, two)
        for a, last in ended
        for b, two in opened
        if a.stock == b.stock
    }
    for rule in book.vocabulary.flow:
        for last in book.of(rule.closing):
            pairs.update({(last.id, next_.id): (last, next_) for next_ in book.of(rule.opening)})
    for last, next_ in pairs.values():
        if not next_.period.follows(last.period) or unlike(last, next_):
            continue
        end, start = printed(last), printed(next_)
        right = end.lo <= start.hi and start.lo <= end.hi
        yield Result(
            key="carried.sound" if right else "carried.differs",
            severity="sound" if right else "contradiction",
            figures=_cited(book, (last, next_)),
            arithmetic=(
                f"{showing.number(end)} {'=' if right else '≠'} {showing.number(start)}",
                *(() if right else (_gap(end.value, start.value),)),
            ),
            explains=() if right else ("corrected_later", "another_cut"),
        )


def periods(book: Book) -> Iterator[Result]:
    """Months or quarters add up to their year, and none of them exceeds it."""
    for key in book.keys:
        figures = [
            row for row in book.of(key) if row.period.days and row.kind in ("count", "money")
        ]
        for whole in figures:
            if whole.stock:
                continue
            lengths: dict[int, list[Figure]] = defaultdict(list)
            for part in figures:
                if whole.period.holds(part.period) and not unlike(part, whole):
                    lengths[part.period.months].append(part)
            for tiles_ in lengths.values():
                yield from _tiled(book, whole, sorted(tiles_, key=lambda row: row.period.id))


def _tiled(book: Book, whole: Figure, pieces: list[Figure]) -> Iterator[Result]:
    first, last = pieces[0].period, pieces[-1].period
    joined = all(b.period.follows(a.period) for a, b in pairwise(pieces))
    tiles = joined and (first.first, last.last) == (whole.period.first, whole.period.last)
    numbers, b = [printed(piece) for piece in pieces], printed(whole)
    lo, hi = sum(n.lo for n in numbers), sum(n.hi for n in numbers)
    most = max(n.lo for n in numbers)
    value = sum((n.value for n in numbers), Fraction(0))
    figures = _cited(book, (whole, *pieces))
    line = showing.sum_line([n.value for n in numbers])
    additive = all(row.unit.additive for row in (whole, *pieces))
    apart_ = all(
        a.period.last < b.period.first
        for a, b in pairwise(pieces)
        if a.period.last and b.period.first
    )
    # Of a name of its own it isn't known whether it is counted over a period or on a day.
    severity: Severity = "contradiction" if whole.noun else "needs" if additive else "unclear"
    stock = () if whole.noun else ("stock",)
    over = most > b.hi or (additive and apart_ and lo > b.hi)
    if over or (tiles and hi < b.lo):
        yield Result(
            key="periods.more" if over else "periods.less",
            severity=severity,
            figures=figures,
            arithmetic=(f"{line} ≠ {showing.number(b)}", _gap(value, b.value)),
            named={"gap": showing.amount(abs(value - b.value)), "sum": showing.amount(value)},
            explains=(*stock, "corrected_later", "another_cut", "several_each"),
            bar=Bar(float(value), float(b.value)),
        )
    elif tiles:
        yield Result(key="periods.sound", severity="sound", figures=figures, arithmetic=(line,))
