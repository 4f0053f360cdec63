"""Scoring sheets 案卷评查标准: criteria for marking a file, published as data.

A sheet has criteria with marks, a hundred in all, each with its article. A criterion that names
monitors (`auto`) is marked by them: an alert about the file, or about the inspection that it comes
from, costs the criterion's marks. A person marks the rest, and files that a monitor could not
judge.
"""

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import msgspec
from scipy.special import stdtrit

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.enforcement.supervision.monitors import MONITORS, Report
from lianzhi.law.words import Words
from lianzhi.stats.intervals import Interval
from lianzhi.typed_toml import convert

Kind = Literal["penalty", "permit"]
WHOLE = 100
_SHIPPED = Path(str(files("lianzhi.domains.enforcement"))) / "policy" / "sheets"
_MONITORS = frozenset(monitor.__name__ for monitor in MONITORS)
_MOST_BYTES = 1 << 20


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a sheet."""

    key: str
    marks: Annotated[int, msgspec.Meta(ge=1)]
    title: Words
    article: Words
    auto: tuple[str, ...] = ()
    """Monitors that mark it; empty: a person does."""


class Sampling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many files of a department are reviewed."""

    share: Annotated[float, msgspec.Meta(gt=0, le=1)]
    least: Annotated[int, msgspec.Meta(ge=1)]


class Grade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A grade and the fewest marks that give it."""

    key: str
    least: Annotated[int, msgspec.Meta(ge=0, le=WHOLE)]
    title: Words


class Sheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One published sheet. Raises ValueError where its marks do not add up."""

    id: str
    kind: Kind
    effective_from: dt.date
    title: Words
    sample: Sampling
    grade: tuple[Grade, ...]
    """Best first; the last begins at 0."""
    criterion: tuple[Criterion, ...]

    def __post_init__(self) -> None:
        total = sum(criterion.marks for criterion in self.criterion)
        if total != WHOLE:
            raise ValueError(f"marks of {self.id} add up to {total}; make them {WHOLE}")
        keys = [criterion.key for criterion in self.criterion]
        if again := {key for key in keys if keys.count(key) > 1}:
            raise ValueError(f"criterion {sorted(again)[0]!r} of {self.id} stands twice; keep one")
        named = {name for criterion in self.criterion for name in criterion.auto}
        if unknown := sorted(named - _MONITORS):
            raise ValueError(f"auto of {self.id} names {unknown[0]!r}: there is no such monitor")
        levels = [grade.least for grade in self.grade]
        if not levels or levels != sorted(levels, reverse=True) or levels[-1] != 0:
            raise ValueError(
                f"grades of {self.id} begin at {levels}; write them from the best to 0"
            )

    def graded(self, marks: int) -> Grade:
        """The grade of a number of marks."""
        return next(grade for grade in self.grade if marks >= grade.least)


def load(folder: Path | None = None) -> tuple[Sheet, ...]:
    """The sheets of a folder, by default the shipped ones. Raises PolicyError."""
    loaded = []
    for path in sorted((folder or _SHIPPED).glob("*.toml")):
        try:
            if path.stat().st_size > _MOST_BYTES:
                raise ValueError(f"it has more than {_MOST_BYTES} bytes")
            loaded.append(convert(tomllib.loads(path.read_text("utf-8")), Sheet))
        except (OSError, ValueError) as error:  # msgspec's ValidationError is a ValueError
            raise PolicyError(f"policy {path}: {error}; mend it and start again") from None
    return tuple(loaded)


def sheet_of(sheets: Sequence[Sheet], kind: Kind, day: dt.date) -> Sheet:
    """The newest sheet of a kind in effect on a day, else its first. Raises PolicyError."""
    editions = sorted(
        (sheet for sheet in sheets if sheet.kind == kind), key=lambda sheet: sheet.effective_from
    )
    if not editions:
        raise PolicyError(f"sheets: there is none for a {kind}; add one")
    return [sheet for sheet in editions if sheet.effective_from <= day or sheet is editions[0]][-1]


class Marked(NamedTuple):
    """State of a criterion before a person's review."""

    criterion: Criterion
    lost: int | None
    """Marks lost by what the file shows; None: a person has to decide."""
    monitors: tuple[str, ...] = ()
    """Monitors with an alert for it."""


def marked(sheet: Sheet, ids: Sequence[str], report: Report) -> list[Marked]:
    """Criteria as marked by the monitors. `ids`: of the file, and of the inspection it comes
    from.
    """
    results = {monitor.monitor: monitor for monitor in report.monitors}
    marks = []
    for criterion in sheet.criterion:
        runs = [results[name] for name in criterion.auto if name in results]
        questions = tuple(
            run.monitor for run in runs if any({*alert.ids} & {*ids} for alert in run.alerts)
        )
        judged = len(runs) == len(criterion.auto) and not any(
            {*run.unjudged} & {*ids} for run in runs
        )
        if questions:
            marks.append(Marked(criterion, criterion.marks, questions))
        else:
            marks.append(Marked(criterion, 0 if criterion.auto and judged else None))
    return marks


class LostError(ValueError):
    """Marks lost that the sheet does not allow; the message names criterion and remedy."""


def total(
    sheet: Sheet, shown: Sequence[Marked], marks: Mapping[str, int]
) -> tuple[int, dict[str, int]]:
    """Marks of a file, and marks lost by criterion: by the monitors, else by the person.

    Raises LostError for a criterion without a mark, or with more marks lost than it has.
    """
    lost: dict[str, int] = {}
    for marked in shown:
        key, most = marked.criterion.key, marked.criterion.marks
        value = marked.lost if marked.lost is not None else marks.get(key)
        if value is None or not 0 <= value <= most:
            raise LostError(f"lost of {key} is {value}; give 0 to {most}")
        if value:
            lost[key] = value
    return WHOLE - sum(lost.values()), lost


class Average(NamedTuple):
    """Mean marks of some files with confidence limits."""

    files: int
    mean: float
    limits: Interval | None
    """Student's limits (1908, Biometrika 6, 1-25), within 0 and 100; None for a single file."""


def average(marks: Sequence[int], level: float = 0.95) -> Average | None:
    """The mean with its limits; None for no files."""
    size = len(marks)
    if not size:
        return None
    mean = sum(marks) / size
    if size == 1:
        return Average(1, mean, None)
    sd = (sum((mark - mean) ** 2 for mark in marks) / (size - 1)) ** 0.5
    half = float(stdtrit(size - 1, 0.5 + level / 2)) * sd / size**0.5
    return Average(size, mean, Interval(max(0.0, mean - half), min(float(WHOLE), mean + half)))
