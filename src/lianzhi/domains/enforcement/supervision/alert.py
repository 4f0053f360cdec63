"""Alert: a question to a supervisor about some rows, with the article that makes one ask."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import msgspec

Noun = Literal[
    "inspection", "penalty", "permit", "request", "enterprise", "officer", "grid", "body"
]  # fmt: skip
"""What the ids of an alert are; a `body` is a squad or department."""
Severity = Literal["act", "warn", "watch"]
"""`act`: the files show a breach of law; `warn`: of a rule, or a contradiction; `watch`: a pattern
that chance would hardly make."""
Figure = str | int | float
Figures = Mapping[str, Any]
"""Each a `Figure`."""


class Seen(NamedTuple):
    """What a monitor saw: rows, the day that matters, figures for its words."""

    ids: tuple[str, ...]
    day: dt.date | None
    figures: Figures
    weight: float = 0.0
    """How far out, to sort by: larger first."""


class Alert(msgspec.Struct, frozen=True):
    """One question. Words stand in the policy, under `says`."""

    monitor: str
    noun: Noun
    ids: tuple[str, ...]
    day: dt.date | None
    severity: Severity
    says: str
    """Key of the words, into which `figures` are filled."""
    figures: dict[str, Figure]
    basis: str
    """Key of the legal basis; empty: only a rule of the bureau."""
    article: str
    """As people cite it, in Chinese."""
    weight: float = 0.0
