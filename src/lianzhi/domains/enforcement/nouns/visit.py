"""Visit: one inspection 检查 as it was held, line by line.

An inspection is one entry: what an officer noted offline on the way is sent when it is finished, so
that a half-made visit never stands on the record. Officers find violations; what an observer notes
is a report, which somebody has to look into.
"""

import datetime as dt
from typing import Literal

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.record.entry import Entry

Result = Literal["good", "violation", "reported", "not_applicable"]
Reason = Literal["random", "risk", "request", "revisit", "joint"]


class Line(msgspec.Struct, frozen=True):
    """What was seen of one line of the checklist."""

    line: str
    item: str
    """Legal item to which it is keyed."""
    result: Result
    by: str = ""


class Shot(msgspec.Struct, frozen=True):
    """A photo that was taken of a line; its hash stands in a text of the visit's entry."""

    id: str
    line: str


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One inspection. The enterprise appears as a vault token, staff by their user names."""

    id: str
    enterprise: str
    day: dt.date
    department: str = ""
    checklist: str = ""
    reason: Reason = "random"
    officers: tuple[str, ...] = ()
    observers: tuple[str, ...] = ()
    scanned_in: bool = False
    minutes: int = 0
    lines: tuple[Line, ...] = ()
    violations: tuple[str, ...] = ()
    """Items of which a violation was found."""
    requests: tuple[str, ...] = ()
    """What observers' reports became."""
    photos: tuple[Shot, ...] = ()
    """What was announced when the visit was sent; each comes with an entry of its own."""
    imported: bool = False

    @property
    def violation_count(self) -> int:
        """Number of items of which a violation was found."""
        return len(self.violations)


class Permit(msgspec.Struct, frozen=True, kw_only=True):
    """One permit 许可 file, from application to decision."""

    id: str
    enterprise: str
    item: str
    department: str = ""
    officer: str = ""
    applied: dt.date | None = None
    accepted: dt.date | None = None
    decided: dt.date | None = None
    outcome: str = ""
    published: dt.date | None = None
    marks: int | None = None
    """Marks of the last review of the file, of a hundred."""


_RECORDED = "recorded"
_FIRST, _LATER = (frozenset({START}), _RECORDED), (frozenset({_RECORDED}), None)
VISIT_STEPS: Steps = {
    "inspection.held": _FIRST,
    "inspection.imported": _FIRST,
    "inspection.photographed": _LATER,
}
PERMIT_STEPS: Steps = {"permit.imported": _FIRST, "permit.file_reviewed": _LATER}


def _visit(before: Visit | None, entry: Entry, payload: Payload) -> Visit:
    next_status(VISIT_STEPS, entry.kind, _RECORDED if before else START)
    if before is not None:
        return before
    imported = entry.kind == "inspection.imported"
    return msgspec.convert({**payload, "id": payload["inspection"], "imported": imported}, Visit)


def _permit(before: Permit | None, entry: Entry, payload: Payload) -> Permit:
    next_status(PERMIT_STEPS, entry.kind, _RECORDED if before else START)
    if before is not None:
        return msgspec.structs.replace(before, marks=payload["marks"])
    return msgspec.convert({**payload, "id": payload["permit"]}, Permit)


VISIT = Noun(
    "inspection",
    Visit,
    VISIT_STEPS,
    _visit,
    columns=("enterprise", "day", "department", "reason", "violation_count", "imported"),
    indexes=(("day", "id"), ("enterprise", "day")),
)
PERMIT = Noun(
    "permit",
    Permit,
    PERMIT_STEPS,
    _permit,
    columns=("item", "department", "applied"),
    indexes=(("applied",),),
)
