"""Exaggeration and playing down: strong and weak words that the source has nothing of."""

from collections.abc import Iterator

from lianzhi.domains.dissemination.titles.comparison import Comparison
from lianzhi.domains.dissemination.titles.finding import Change


def strengthened(comparison: Comparison) -> Iterator[Change]:
    """Strong or weak words of the reprint that are not in the source's title or body."""
    source, text = comparison.source.text, comparison.reprint.text
    for mark in comparison.tools.strong.find(text):
        word = text[mark.start : mark.end]
        if (
            mark.value
            and word not in source
            and (len(word) > 1 or text[mark.start : mark.end + 1] not in source)
        ):
            yield Change("intensity", "added", (0, 0), (mark.start, mark.end))
