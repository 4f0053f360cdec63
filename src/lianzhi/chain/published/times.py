"""Checks over time: a stated change against the figures of both periods."""

from collections.abc import Iterator

from lianzhi.chain.published import showing
from lianzhi.chain.published.book import Book, cited, printed, unlike
from lianzhi.chain.published.figures import Change, Cited, Figure, Result
from lianzhi.chain.published.needed import need


def changes(book: Book) -> Iterator[Result]:
    """A stated change is that from the figure of the year, or of the period, before."""
    seen = set()
    for row in book.figures:
        if row.change is None or row.id not in book.at:
            continue
        mark = (row.id, row.change)
        if mark not in seen:
            seen.add(mark)
            yield _changed(book, book.at[row.id], row.change, _before(book, row, row.change))


def _before(book: Book, row: Figure, change: Change) -> Figure | None:
    if change.against == "year":
        return book.at.get((row.key, row.period.year_before().id)) if row.period.days else None
    same = [b for b in book.of(row.key) if b.period.months == row.period.months]
    return next((b for b in same if row.period.follows(b.period)), None)


def _changed(book: Book, row: Figure, change: Change, before: Figure | None) -> Result:
    stated, now = change.number, printed(row)
    lo, hi = stated.rounded()
    figures: tuple[Cited, ...] = (cited(book, row.key, row),)
    named = {"stated": showing.number(stated)}
    if before is None or before.id == row.id:
        positive = now.lo > 0 and lo > -1 and not change.points and row.kind != "share"
        needs = (
            (need("before", figures[0], now.lo / (1 + hi), now.hi / (1 + lo), row.kind == "money"),)
            if positive
            else ()
        )
        return Result(
            key="change.alone", severity="unclear", figures=figures, named=named, needs=needs
        )
    then = printed(before)
    figures += (cited(book, before.key, before),)
    if unlike(row, before):
        return Result(key="change.unlike", severity="contradiction", figures=figures, named=named)
    if change.points:
        difference, least, most = now.value - then.value, now.lo - then.hi, now.hi - then.lo
        line = f"{showing.number(now)} − {showing.number(then)} = {showing.percent(difference)}"
    elif then.lo <= 0:
        return Result(
            key="change.nothing",
            severity="contradiction" if then.hi <= 0 else "unclear",
            figures=figures,
            named=named,
            arithmetic=(f"{showing.times(now.value, then.value)} = ?",),
        )
    else:
        difference = now.value / then.value - 1
        least, most = sorted((now.lo / then.hi - 1, now.hi / then.lo - 1))
        show = showing.percent_beside(difference, stated.value, stated.places)
        gap = f"({showing.amount(now.value)} − {showing.amount(then.value)})"
        line = f"{gap} ÷ {showing.amount(then.value)} = {show}"
    named["found"] = showing.percent_beside(difference, stated.value, stated.places)
    if least <= hi and lo <= most:
        return Result(
            key="change.sound", severity="sound", figures=figures, arithmetic=(line,), named=named
        )
    low, high = stated.cut()
    if not stated.hedge and least <= high and low <= most:
        return Result(
            key="change.cut",
            severity="unclear",
            figures=figures,
            arithmetic=(line,),
            named=named,
            explains=("cut_off",),
        )
    return Result(
        key="change.differs",
        severity="contradiction",
        figures=figures,
        arithmetic=(f"{line} ≠ {showing.number(stated)}",),
        named=named,
        needs=(
            need("before", figures[1], now.lo / (1 + hi), now.hi / (1 + lo), row.kind == "money"),
        )
        if not change.points and lo > -1 and now.lo > 0 and row.kind != "share"
        else (),
        explains=("corrected_later", "another_cut", *(("points",) if row.kind == "share" else ())),
    )
