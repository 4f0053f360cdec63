"""Scoring sheets 案卷评查标准: what a file is marked by, published as data.

A sheet has criteria with marks, a hundred in all, each with its article. What the file itself shows
is marked by the monitors that a criterion names (`auto`): one that asks about the file, or about
the inspection that it comes from, costs the criterion's marks. The rest is for a person. A file
that a monitor could not judge is left to the person too.
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
    """Monitors that mark it; none: a person does."""


class Sampling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many files of a department are looked at."""

    share: Annotated[float, msgspec.Meta(gt=0, le=1)]
    least: Annotated[int, msgspec.Meta(ge=1)]


class Grade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What marks amount to."""

    key: str
    least: Annotated[int, msgspec.Meta(ge=0, le=WHOLE)]
    title: Words


class Sheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One published sheet. Raises ValueError where it does not add up."""

    id: str
    kind: Kind
    effective_from: dt.date
    title: Words
    sample: Sampling
    grade: tuple[Grade, ...]
    """From the best down; the last begins at 0."""
    criterion: tuple[Criterion, ...]

    def __post_init__(self) -> None:
        total = sum(one.marks for one in self.criterion)
        if total != WHOLE:
            raise ValueError(f"marks of {self.id} add up to {total}; make them {WHOLE}")
        keys = [one.key for one in self.criterion]
        if again := {key for key in keys if keys.count(key) > 1}:
            raise ValueError(f"criterion {sorted(again)[0]!r} of {self.id} stands twice; keep one")
        named = {name for one in self.criterion for name in one.auto}
        if unknown := sorted(named - _MONITORS):
            raise ValueError(f"auto of {self.id} names {unknown[0]!r}: there is no such monitor")
        levels = [one.least for one in self.grade]
        if not levels or levels != sorted(levels, reverse=True) or levels[-1] != 0:
            raise ValueError(
                f"grades of {self.id} begin at {levels}; write them from the best to 0"
            )

    def graded(self, marks: int) -> Grade:
        """The grade of so many marks."""
        return next(one for one in self.grade if marks >= one.least)


def load(folder: Path | None = None) -> tuple[Sheet, ...]:
    """The sheets of a folder, by default the shipped ones. Raises PolicyError."""
    found = []
    for path in sorted((folder or _SHIPPED).glob("*.toml")):
        try:
            if path.stat().st_size > _MOST_BYTES:
                raise ValueError(f"it has more than {_MOST_BYTES} bytes")
            found.append(msgspec.convert(tomllib.loads(path.read_text("utf-8")), Sheet))
        except (OSError, ValueError) as error:  # msgspec's ValidationError is a ValueError
            raise PolicyError(f"{path.name}: {error}; mend it and start again") from None
    return tuple(found)


def sheet_of(sheets: Sequence[Sheet], kind: Kind, day: dt.date) -> Sheet:
    """The newest sheet of a kind that has effect on a day, else its first. Raises PolicyError."""
    some = sorted((one for one in sheets if one.kind == kind), key=lambda one: one.effective_from)
    if not some:
        raise PolicyError(f"sheets: there is none for a {kind}; add one")
    return [one for one in some if one.effective_from <= day or one is some[0]][-1]


class Marked(NamedTuple):
    """How a criterion stands before a person looks."""

    criterion: Criterion
    lost: int | None
    """Marks that the file loses by what it shows; None: a person has to say."""
    monitors: tuple[str, ...] = ()
    """Those that ask."""


def marked(sheet: Sheet, ids: Sequence[str], report: Report) -> list[Marked]:
    """What the file shows. `ids`: of the file, and of the inspection that it comes from."""
    told = {one.monitor: one for one in report.monitors}
    found = []
    for one in sheet.criterion:
        runs = [told[name] for name in one.auto if name in told]
        asks = tuple(
            run.monitor for run in runs if any({*alert.ids} & {*ids} for alert in run.alerts)
        )
        judged = len(runs) == len(one.auto) and not any({*run.unjudged} & {*ids} for run in runs)
        if asks:
            found.append(Marked(one, one.marks, asks))
        else:
            found.append(Marked(one, 0 if one.auto and judged else None))
    return found


class LostError(ValueError):
    """Marks lost that the sheet does not allow; the message names criterion and mend."""


def total(
    sheet: Sheet, shown: Sequence[Marked], said: Mapping[str, int]
) -> tuple[int, dict[str, int]]:
    """Marks of a file, and marks lost by criterion: as the file shows, else as the person says.

    Raises LostError for a criterion without a mark, or with more than it has.
    """
    lost: dict[str, int] = {}
    for one in shown:
        key, most = one.criterion.key, one.criterion.marks
        value = one.lost if one.lost is not None else said.get(key)
        if value is None or not 0 <= value <= most:
            raise LostError(f"lost of {key} is {value}; give 0 to {most}")
        if value:
            lost[key] = value
    return WHOLE - sum(lost.values()), lost


class Average(NamedTuple):
    """Mean marks of some files."""

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
    sd = (sum((one - mean) ** 2 for one in marks) / (size - 1)) ** 0.5
    half = float(stdtrit(size - 1, 0.5 + level / 2)) * sd / size**0.5
    return Average(size, mean, Interval(max(0.0, mean - half), min(float(WHOLE), mean + half)))
