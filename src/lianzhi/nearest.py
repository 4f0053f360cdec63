"""The nearest known name to one that is not known: for messages about misspelt names."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """The known name that was probably meant; empty: none is near. `cutoff`: 0, any, to 1."""
    return next(iter(get_close_matches(name, list(known), 1, cutoff)), "")


def did_you_mean(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """That name as a question in brackets, after a space; empty: none is near."""
    near = nearest(name, known, cutoff)
    return f" (did you mean {near!r}?)" if near else ""
