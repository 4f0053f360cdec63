"""All checks of published figures, in one tuple. Each is a pure function over the book.

A check yields what it found, sound or not; it flags, never corrects, and names what may innocently
explain what it flags. To add one: write the function, put it here, and give its outcomes words.
"""

from collections.abc import Callable, Iterator

from lianzhi.chain.published import plain, rates, shares, sums, times
from lianzhi.chain.published.book import Book
from lianzhi.chain.published.figures import SEVERITIES, Audit, Publication, Result
from lianzhi.chain.published.vocabulary import Vocabulary, vocabulary

Check = Callable[[Book], Iterator[Result]]

CHECKS: tuple[Check, ...] = (
    *(plain.possible, plain.shares, plain.once, plain.digits),
    *(shares.alike, shares.within, rates.rates, rates.means),
    *(sums.parts, sums.flows, sums.carried, sums.periods),
    times.changes,
)


def check(publication: Publication, words: Vocabulary | None = None) -> Audit:
    """All that can be said of a publication's figures, gravest first.

    By the vocabulary for the last period that it names. The order of its rows makes no difference.
    """
    days = [one.period.last for one in publication.figures if one.period.last is not None]
    book = Book(publication, words or vocabulary(max(days, default=None)))
    found = [(place, result) for place, each in enumerate(CHECKS) for result in each(book)]
    return Audit(
        results=tuple(result for _, result in sorted(found, key=_order)),
        errors=publication.errors,
        ignored=publication.ignored,
        figures=len(publication.figures),
    )


def _order(found: tuple[int, Result]) -> tuple[object, ...]:
    """By severity, then by figure, then in the order of the checks."""
    place, one = found
    figures = tuple((figure.key, figure.period, figure.printed) for figure in one.figures)
    said = (one.key, one.arithmetic, sorted(one.named.items()))
    return SEVERITIES.index(one.severity), figures[:2], place, figures, said
