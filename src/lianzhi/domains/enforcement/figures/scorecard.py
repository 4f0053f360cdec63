"""Scorecard of enforcement: figures with definition, interval and the rows behind them.

All figures follow a cohort (the outcome of what began in the period), so that a part lies within
its whole; the card passes the same audit as anyone's published figures. Definitions stand in
`scorecard.toml`. Days are those of China, the period is [since, until).
"""

import datetime as dt
import math
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple, get_args

import msgspec

from lianzhi.chain import scorecard as make
from lianzhi.chain.published.checks import check
from lianzhi.chain.published.figures import Audit
from lianzhi.chain.published.reading import publication
from lianzhi.chain.published.showing import percent
from lianzhi.chain.scorecard import Figure
from lianzhi.domains.enforcement.figures.published_figures import vocabularies
from lianzhi.domains.enforcement.figures.scorecard_rows import (
    CHINA,
    BadRow,
    Fact,
    Facts,
    Town,
    facts,
)
from lianzhi.law.words import Words
from lianzhi.stats.intervals import bootstrap_mean

Dimension = Literal["month", "department", "squad"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
_SEED = 2021
_LABEL = 100
"""Most printed characters of a label."""


class Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Definition of a figure."""

    key: str
    unit: str
    """Unit of count as printed: 件, 起, 次, 元."""
    title: Words
    means: Words
    of: str = ""
    """Key of its denominator; for a mean, total/number."""


class Amount(msgspec.Struct, frozen=True, kw_only=True):
    """A sum of money or a mean of it, in yuan to the fen."""

    key: str
    part: dict[str, str] = {}
    value: Decimal | None = None
    """None: the mean of no values."""
    lo: float | None = None
    hi: float | None = None
    """95 % bootstrap limits of a mean; None for a sum, and where there are too few values."""
    n: int = 0
    """Number of penalties it covers."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of the card, with its share of its denominator and the ids behind it."""

    figure: Figure | Amount
    """A count with Garwood's interval, or an amount of money."""
    share: Figure | None = None
    """Share of its denominator, with Wilson's interval; None without a denominator or where it is
    0."""
    ids: tuple[str, ...] = ()
    """Ids of the requests, files, inspections or permits that it counts."""

    @property
    def key(self) -> str:
        """Key of the figure."""
        return self.figure.key


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of a period as of a time."""

    since: dt.date
    until: dt.date
    """Day after the last one."""
    at: int
    """Unix ms; later steps are not counted."""
    lines: tuple[Line, ...]
    bad: tuple[BadRow, ...] = ()
    """Rows that are not counted."""

    def of(self, key: str, part: Mapping[str, str] | None = None) -> Line:
        """The line of a figure, of the whole or of a part. Raises KeyError."""
        for line in self.lines:
            if line.key == key and line.figure.part == dict(part or {}):
                return line
        raise KeyError(key)


class _Spec(NamedTuple):
    key: str
    table: Literal["requests", "penalties", "inspections", "permits"]
    counts: Callable[[Fact, int], bool]


def _done(step: str) -> Callable[[Fact, int], bool]:
    return lambda fact, at: fact.steps.get(step, math.inf) <= at


def _due(fact: Fact, at: int) -> bool:
    due = fact.steps.get("due_at")
    return due is not None and (due < at or fact.steps.get("disposed_at", math.inf) <= at)


def _on_time(fact: Fact, at: int) -> bool:
    return _due(fact, at) and fact.steps.get("disposed_at", math.inf) <= min(
        at, fact.steps["due_at"]
    )


def _penalised(fact: Fact, at: int) -> bool:
    return fact.steps.get("decided", math.inf) <= at and fact.kind != "no_penalty"


def _exempted(fact: Fact, at: int) -> bool:
    return fact.steps.get("decided", math.inf) <= at and fact.kind == "no_penalty"


def _reviewed(fact: Fact, at: int) -> bool:
    return _penalised(fact, at) and fact.steps.get("reviewed", math.inf) <= fact.steps["decided"]


def _reconsidered(fact: Fact, at: int) -> bool:
    return _penalised(fact, at) and fact.steps.get("reconsideration", math.inf) <= at


SPECS: tuple[_Spec, ...] = (
    _Spec("accepted", "requests", _done("accepted_at")),
    _Spec(
        "dispatched",
        "requests",
        lambda r, at: _done("accepted_at")(r, at) and _done("dispatched_at")(r, at),
    ),
    _Spec(
        "disposed",
        "requests",
        lambda r, at: _done("accepted_at")(r, at) and _done("disposed_at")(r, at),
    ),
    _Spec("due", "requests", lambda r, at: _done("accepted_at")(r, at) and _due(r, at)),
    _Spec("on_time", "requests", lambda r, at: _done("accepted_at")(r, at) and _on_time(r, at)),
    _Spec("files", "penalties", _done("filed")),
    _Spec("penalised", "penalties", _penalised),
    _Spec("exempted", "penalties", _exempted),
    _Spec("reviewed", "penalties", _reviewed),
    _Spec("reconsidered", "penalties", _reconsidered),
    _Spec(
        "overturned", "penalties", lambda p, at: _reconsidered(p, at) and "overturned" in p.marks
    ),
    _Spec("inspections", "inspections", lambda i, at: i.began <= at),
    _Spec("violating", "inspections", lambda i, at: i.began <= at and "violating" in i.marks),
    _Spec("permits", "permits", _done("accepted")),
    _Spec(
        "permits_decided",
        "permits",
        lambda p, at: _done("accepted")(p, at) and _done("decided")(p, at),
    ),
)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    figure: tuple[Definition, ...]


@cache
def definitions() -> dict[str, Definition]:
    """Definition of every figure by key, in page order."""
    text = files(__package__).joinpath("scorecard.toml").read_text("utf-8")
    return {figure.key: figure for figure in msgspec.convert(tomllib.loads(text), _File).figure}


def card(town: Town, since: dt.date, until: dt.date, at: int, by: Sequence[Dimension] = ()) -> Card:
    """The scorecard of what began in [since, until), as of `at` (Unix ms).

    `by` breaks every figure down by month, department or squad; the part of rows without one is "".
    Raises ValueError where the period has no day.
    """
    if since >= until:
        raise ValueError(f"until is {until}, not after since, {since}; give a later day")
    facts_ = facts(town)
    begin, end = (
        int(dt.datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp() * 1000)
        for day in (since, until)
    )
    lines = [*_lines(facts_, begin, end, at, None)]
    for dimension in by:
        lines += _lines(facts_, begin, end, at, dimension)
    return Card(since=since, until=until, at=at, lines=tuple(lines), bad=facts_.bad)


def _lines(
    facts: Facts, begin: int, end: int, at: int, dimension: Dimension | None
) -> Iterator[Line]:
    parts: dict[str, dict[str, list[Fact]]] = {}
    for spec in SPECS:
        for row in getattr(facts, spec.table):
            part = "" if dimension is None else getattr(row, dimension)
            counted = parts.setdefault(part, {each.key: [] for each in SPECS})
            if begin <= row.began < end and spec.counts(row, at):
                counted[spec.key].append(row)
    if dimension is None:
        parts.setdefault("", {each.key: [] for each in SPECS})
    for value, counted in sorted(parts.items()):
        part = {} if dimension is None else {dimension: value}
        if dimension is None or any(counted.values()):
            yield from _of(counted, part)


def _of(counted: Mapping[str, list[Fact]], part: dict[str, str]) -> Iterator[Line]:
    for key, definition in definitions().items():
        if key in ("fines", "mean_fine"):
            yield _money(key, counted["penalised"], part)
            continue
        rows = counted[key]
        whole = len(counted[definition.of]) if definition.of else 0
        yield Line(
            figure=make.count(key, len(rows), part),
            share=make.share(key, len(rows), whole, part) if whole else None,
            ids=tuple(row.id for row in rows),
        )


def _money(key: str, rows: list[Fact], part: dict[str, str]) -> Line:
    """Fines and their mean; the mean with its bootstrap interval from two values on."""
    total, n = sum((row.fine for row in rows), Decimal(0)), len(rows)
    ids = tuple(row.id for row in rows)
    if key == "fines":
        return Line(figure=Amount(key=key, part=part, value=_cents(total), n=n), ids=ids)
    lo, hi = bootstrap_mean([float(row.fine) for row in rows], seed=_SEED)
    mean = Amount(
        key=key,
        part=part,
        value=_cents(total / n) if n else None,
        lo=None if math.isnan(lo) else lo,
        hi=None if math.isnan(hi) else hi,
        n=n,
    )
    return Line(figure=mean, ids=ids)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def published(card: Card) -> list[dict[str, str]]:
    """The card as rows of a publication, as printed: the input of `scorecard check`."""
    period = f"{card.since}..{card.until - dt.timedelta(1)}"
    places: dict[tuple[tuple[str, str], ...], int] = {}
    rows = []
    for line in card.lines:
        figure = line.figure
        place = places.setdefault(tuple(figure.part.items()), len(places))
        # Figures without a value are left out; so are means of a part, which do not add up to the
        # mean.
        if figure.value is not None and not (figure.part and figure.key == "mean_fine"):
            rows.append(_row(line, place, period))
    return rows


def _row(line: Line, number: int, period: str) -> dict[str, str]:
    """A line as a row; a part is labelled by the number of its place, since a name may hold
    anything.
    """
    defined, part = definitions()[line.key], line.figure.part
    where = f" part {number}" if part else ""
    label = " · ".join((defined.title.zh, *(value or "-" for value in part.values())))
    share = line.share
    return {
        "figure": f"{line.key}{where}",
        "label": label[:_LABEL],
        "value": _printed(line.figure),
        "unit": defined.unit,
        "period": period,
        "of": f"{defined.of}{where}" if share else "",
        "rate": percent(Fraction(share.hits or 0, share.n)) if share else "",
        "part_of": ":".join((line.key, *part)) if part else "",
    }


def _printed(figure: Figure | Amount) -> str:
    if isinstance(figure, Amount):
        return f"{figure.value:,.2f}"
    return f"{int(figure.value or 0):,}"


def audit(card: Card) -> Audit:
    """The card checked like anyone's published figures."""
    rows = [(line, row) for line, row in enumerate(published(card), 2)]
    return check(publication(rows, vocabularies()), vocabularies())
