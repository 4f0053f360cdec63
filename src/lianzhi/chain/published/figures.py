"""Values: a figure as published, a publication, and the result of one check."""

from decimal import Decimal
from typing import Literal, NamedTuple, get_args

import msgspec

from lianzhi.chain.published.numbers import Number
from lianzhi.chain.published.periods import Period
from lianzhi.chain.published.units import NONE, Unit
from lianzhi.chain.published.vocabulary import Noun
from lianzhi.law.words import Words

Severity = Literal["contradiction", "needs", "unclear", "note", "sound"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""Gravest first. contradiction: cannot all be true. needs: only with something that is not printed.
unclear: can't be told from what is printed. note: worth knowing, nothing wrong. sound: agrees."""

Role = Literal["opening", "in", "out", "closing"]
ROLES: tuple[Role, ...] = get_args(Role)


class Flow(NamedTuple):
    """What a figure does to a stock; `stock` tells several of a file apart."""

    role: Role
    stock: str = ""


class Change(NamedTuple):
    """A change as printed: +0.123 of the figure of a year (or a period) before."""

    number: Number
    points: bool = False
    """In percentage points of a percentage."""
    against: Literal["year", "period"] = "year"


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One row: a figure as published, and what is said of it."""

    key: str
    """Noun of the vocabulary, or a name of the publication's own."""
    label: str = ""
    """As printed."""
    number: Number | None = None
    """None: only its rate is printed."""
    period: Period = Period()
    of: tuple[str, ...] = ()
    """The whole that a rate is of; of a rate itself (part, whole)."""
    rate: Number | None = None
    part_of: str = ""
    """Key of the whole that parts make up."""
    split: str = ""
    """By what the whole is divided, where it is in several ways: `accepted:channel`."""
    flow: Flow | None = None
    change: Change | None = None
    note: str = ""
    line: int = 0
    noun: Noun | None = None

    @property
    def id(self) -> tuple[str, str]:
        """What it is, of when."""
        return self.key, self.period.id

    @property
    def unit(self) -> Unit:
        """What is counted; NONE where it is not said."""
        return NONE if self.number is None else self.number.unit

    @property
    def stock(self) -> bool:
        """Whether it is known to be counted on a day: those of two periods don't add up."""
        if self.flow is not None and self.flow.role in ("opening", "closing"):
            return True
        return self.noun is not None and self.noun.stock

    @property
    def kind(self) -> str:
        """count, money, share, mean, length; by its noun, else by its unit."""
        if self.noun is not None:
            return self.noun.kind
        if self.unit.dimension == "share":
            return "share"
        if len(self.of) == 2:
            return "mean"
        return {"any": "count", "point": "share"}.get(self.unit.dimension, self.unit.dimension)


class RowError(msgspec.Struct, frozen=True):
    """A row that was set aside, with the mend; `line` from 1 on, the header included."""

    line: int
    column: str
    reason: str


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of a file."""

    figures: tuple[Figure, ...]
    errors: tuple[RowError, ...] = ()
    ignored: tuple[str, ...] = ()
    """Columns that say nothing to us."""


class Cited(msgspec.Struct, frozen=True):
    """A figure that a result concerns; `name` in both languages where it is one of ours."""

    key: str
    zh: str
    en: str
    label: str = ""
    """As the publication has it."""
    printed: str = ""
    """Its number as printed; empty where none is."""
    period: str = ""
    line: int = 0
    """Line of the file; 0: it is not in it."""


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """What a figure would have to be for a statement to hold; lo > hi never: `none` then."""

    key: str
    """Catalogue key: `numerator`, `denominator`, `opening`, ..."""
    figure: Cited
    lo: int | Decimal | None = None
    hi: int | Decimal | None = None
    """Whole numbers for counts, hundredths for money; None without limit."""
    none: bool = False
    """No number would do."""


class Fit(msgspec.Struct, frozen=True):
    """Two printed figures whose ratio would give a stated rate: for information."""

    part: Cited
    whole: Cited


class Bar(msgspec.Struct, frozen=True):
    """Two amounts to draw beside each other."""

    part: float
    whole: float


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found; `words.say` tells it in Chinese or English."""

    key: str
    """Catalogue key: check and outcome, `within.more`."""
    severity: Severity
    figures: tuple[Cited, ...]
    arithmetic: tuple[str, ...] = ()
    """The reckoning, exactly; a `…` or `≈` where digits were left out."""
    named: dict[str, str] = {}
    """Amounts that the words name."""
    needs: tuple[Need, ...] = ()
    fits: tuple[Fit, ...] = ()
    explains: tuple[str, ...] = ()
    """Keys of what may innocently explain it."""
    explanations: tuple[Words, ...] = ()
    """The same in words, of the catalogue or of the vocabulary."""
    bar: Bar | None = None


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """All results on a publication, gravest first."""

    results: tuple[Result, ...]
    errors: tuple[RowError, ...] = ()
    ignored: tuple[str, ...] = ()
    figures: int = 0
    """Rows read."""

    def of(self, severity: Severity) -> tuple[Result, ...]:
        """The results of a severity."""
        return tuple(result for result in self.results if result.severity == severity)

    @property
    def holds(self) -> bool:
        """Whether nothing contradicts, nothing is needed, and every row was read."""
        return not (self.of("contradiction") or self.of("needs") or self.errors)
