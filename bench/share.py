"""How a share is written in all tables."""

from collections.abc import Sequence

from lianzhi.stats.intervals import wilson

#: How strong a kind of harm must be to be clear, as the lexicon's policy has it.
CLEAR = 0.5


def share(some: int, every: int, places: int = 2) -> str:
    """So many of so many, the share, and its 95 % Wilson interval.

    >>> share(1, 4)
    '1 of 4: 0.25 (0.05-0.70)'
    """
    if not every:
        return "none"
    low, high = wilson(some, every)
    return f"{some} of {every}: {some / every:.{places}f} ({low:.{places}f}-{high:.{places}f})"


def figure(marks: Sequence[bool]) -> str:
    """The share of what is marked."""
    return share(sum(marks), len(marks))
