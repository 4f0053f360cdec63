"""Change: one difference of meaning between a reprint's title and its source."""

from typing import Literal, NamedTuple, get_args

Rule = Literal[
    "number",
    "negation",
    "entity",
    "role",
    "modality",
    "quantifier",
    "intensity",
    "truncation",
]
RULES: tuple[Rule, ...] = get_args(Rule)
Span = tuple[int, int]


class Change(NamedTuple):
    """What differs, where, and by which rule; spans are offsets of the titles as given."""

    rule: Rule
    detail: str
    """What about it: `added`, `dropped`, `replaced`, `unsupported`, `reversed`."""
    source: Span
    """In the source's title; empty where the reprint adds something."""
    reprint: Span
    """In the reprint's title; empty where the reprint drops something."""
