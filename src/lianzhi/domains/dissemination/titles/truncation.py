"""Truncation: clauses that were dropped although they take back, limit or explain the rest."""

from collections.abc import Iterator

from lianzhi.domains.dissemination.titles.comparison import NEGATION, Comparison, Reading
from lianzhi.domains.dissemination.titles.finding import Change, Span
from lianzhi.domains.dissemination.titles.lexicon import Mark

#: Share of a clause's pairs of characters below which the reprint has dropped it.
_DROPPED = 0.34
#: Share of the reprint that has to come from the source's title.
_SHARED = 0.6
#: Share of the length up to which a title is a shortened one.
_SHORTER = 0.85
_SHORTEST_CLAUSE = 3


def truncated(comparison: Comparison) -> Iterator[Change]:
    """Dropped clauses with a refutation, contrast, condition, cause, outcome or answer."""
    title, reprint = comparison.title.text, comparison.reprint.text
    if len(reprint) > _SHORTER * len(title):
        return
    known = comparison.source.text
    shared = sum(reprint[n : n + 2] in known for n in range(len(reprint) - 1))
    if shared < _SHARED * (len(reprint) - 1):
        return
    whole = (0, len(reprint))
    for span in _lost(comparison):
        yield Change("truncation", "dropped", span, whole)
        return


def _lost(comparison: Comparison) -> Iterator[Span]:
    title, reprint = comparison.title, comparison.reprint
    lists = comparison.tools.decisive
    pairs = {reprint.text[n : n + 2] for n in range(len(reprint.text) - 1)}
    if title.has(NEGATION) and not reprint.has(NEGATION):
        mark = title.within(0, len(title.text), NEGATION)
        if (
            mark is not None
            and not _kept(lists[0], reprint.text)
            and not _apart(title, mark, pairs)
        ):
            yield mark[:2]
    for words in lists:
        if _kept(words, reprint.text):
            continue
        for word in words:
            if (at := title.text.find(word)) >= 0:
                yield at, at + len(word)
    dropped = [_is_dropped(title.text[start:end], pairs) for start, end in title.clauses]
    for n, (start, end) in enumerate(title.clauses):
        answers = n > 1 and title.text[start - 1] in ":："
        if answers and dropped[n] and dropped[n - 1] and not all(dropped[: n - 1]):
            yield start, end


def _apart(title: Reading, mark: Mark, pairs: set[str]) -> bool:
    """Whether a cue stands in a clause, not the last, of which the reprint has nothing."""
    start, end = title.clause_at(mark.start)
    return end < len(title.text) and start > 0 and _is_dropped(title.text[start:end], pairs)


def _kept(words: tuple[str, ...], text: str) -> bool:
    return any(word in text for word in words)


def _is_dropped(clause: str, pairs: set[str]) -> bool:
    own = [clause[n : n + 2] for n in range(len(clause) - 1)]
    return bool(own) and sum(pair in pairs for pair in own) / len(own) < _DROPPED
