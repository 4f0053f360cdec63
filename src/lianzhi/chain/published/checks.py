"""All checks of published figures, in one tuple. Each is a pure function over the book.

A check yields results, sound or not; it flags, never corrects, and names innocent explanations of
what it flags. To add one: write the function, put it here, and give its outcomes words.
"""

from collections.abc import Callable, Iterator

import msgspec

from lianzhi.chain.published import rates, shares, single, sums, times
from lianzhi.chain.published.book import Book
from lianzhi.chain.published.figures import SEVERITIES, Audit, Publication, Result
from lianzhi.chain.published.vocabulary import Vocabularies, Vocabulary

Check = Callable[[Book], Iterator[Result]]

CHECKS: tuple[Check, ...] = (
    *(single.possible, single.shares, single.once, single.digits),
    *(shares.alike, shares.within, rates.rates, rates.means),
    *(sums.parts, sums.flows, sums.carried, sums.periods),
    times.changes,
)


def check(publication: Publication, vocabularies: Vocabularies) -> Audit:
    """All that can be said of a publication's figures, gravest first.

    By the vocabulary for the last period that it names. The order of its rows makes no difference.
    """
    days = [figure.period.last for figure in publication.figures if figure.period.last is not None]
    vocabulary = vocabularies.on(max(days, default=None))
    book = Book(publication, vocabulary)
    placed = [(place, result) for place, each in enumerate(CHECKS) for result in each(book)]
    return Audit(
        results=tuple(_explained(result, vocabulary) for _, result in sorted(placed, key=_order)),
        errors=publication.errors,
        ignored=publication.ignored,
        figures=len(publication.figures),
    )


def _explained(result: Result, vocabulary: Vocabulary) -> Result:
    known = (vocabulary.explanation(key) for key in result.explains)
    explanations = tuple(each for each in known if each is not None)
    return msgspec.structs.replace(result, explanations=explanations)


def _order(placed: tuple[int, Result]) -> tuple[object, ...]:
    """By severity, then by figure, then in the order of the checks."""
    place, result = placed
    figures = tuple((figure.key, figure.period, figure.printed) for figure in result.figures)
    content = (result.key, result.arithmetic, sorted(result.named.items()))
    return SEVERITIES.index(result.severity), figures[:2], place, figures, content
