"""All checks of published figures, in one tuple. Each is a pure function over the book.

A check yields what it found, sound or not; it flags, never corrects, and names what may innocently
explain what it flags. To add one: write the function, put it here, and give its outcomes words.
"""

from collections.abc import Callable, Iterator

import msgspec

from lianzhi.chain.published import plain, rates, shares, sums, times
from lianzhi.chain.published.book import Book
from lianzhi.chain.published.figures import SEVERITIES, Audit, Publication, Result
from lianzhi.chain.published.vocabulary import Vocabularies, Vocabulary

Check = Callable[[Book], Iterator[Result]]

CHECKS: tuple[Check, ...] = (
    *(plain.possible, plain.shares, plain.once, plain.digits),
    *(shares.alike, shares.within, rates.rates, rates.means),
    *(sums.parts, sums.flows, sums.carried, sums.periods),
    times.changes,
)


def check(publication: Publication, vocabularies: Vocabularies) -> Audit:
    """All that can be said of a publication's figures, gravest first.

    By the vocabulary for the last period that it names. The order of its rows makes no difference.
    """
    days = [one.period.last for one in publication.figures if one.period.last is not None]
    vocabulary = vocabularies.on(max(days, default=None))
    book = Book(publication, vocabulary)
    found = [(place, result) for place, each in enumerate(CHECKS) for result in each(book)]
    return Audit(
        results=tuple(_explained(result, vocabulary) for _, result in sorted(found, key=_order)),
        errors=publication.errors,
        ignored=publication.ignored,
        figures=len(publication.figures),
    )


def _explained(result: Result, vocabulary: Vocabulary) -> Result:
    found = (vocabulary.explanation(key) for key in result.explains)
    explanations = tuple(each for each in found if each is not None)
    return msgspec.structs.replace(result, explanations=explanations)


def _order(found: tuple[int, Result]) -> tuple[object, ...]:
    """By severity, then by figure, then in the order of the checks."""
    place, one = found
    figures = tuple((figure.key, figure.period, figure.printed) for figure in one.figures)
    content = (one.key, one.arithmetic, sorted(one.named.items()))
    return SEVERITIES.index(one.severity), figures[:2], place, figures, content
