"""An alert: a question to a supervisor about some rows, with the legal basis for asking."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import msgspec

Noun = Literal[
    "inspection", "penalty", "permit", "request", "enterprise", "officer", "grid", "body"
]  # fmt: skip
"""What the ids of an alert refer to; a `body` is a squad or department."""
Severity = Literal["act", "warn", "watch"]
"""`act`: the files show a breach of law; `warn`: a breach of a rule, or a contradiction; `watch`: a
pattern that is unlikely by chance."""
Figure = str | int | float
Figures = Mapping[str, Any]
"""Values by placeholder of the alert's text."""


class Seen(NamedTuple):
    """Rows that a monitor reports, with the relevant day and figures for the alert's text."""

    ids: tuple[str, ...]
    day: dt.date | None
    figures: Figures
    weight: float = 0.0
    """Deviation, for sorting: largest first."""


class Alert(msgspec.Struct, frozen=True):
    """One question. Its text is in the policy, under `says`."""

    monitor: str
    noun: Noun
    ids: tuple[str, ...]
    day: dt.date | None
    severity: Severity
    says: str
    """Key of the text, into which `figures` are filled."""
    figures: dict[str, Figure]
    basis: str
    """Key of the legal basis; empty where the question rests only on a rule of the bureau."""
    article: str
    """Citation in Chinese."""
    weight: float = 0.0
