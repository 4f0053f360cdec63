"""Row types of the town's files. Days are of China, times Unix ms, money in yuan."""

import datetime as dt
from typing import Literal

import msgspec

Channel = Literal["hotline", "grid", "app", "volunteer"]
Outcome = Literal["resolved", "unfounded", "declined", "transferred"]
Reason = Literal["random", "risk", "request", "revisit", "joint"]
List = Literal["no_penalty", "mitigated", "lighter", "ordinary", "heavier"]
Point = tuple[float, float]


class Enterprise(msgspec.Struct, frozen=True):
    """企业: an enterprise that is inspected and may be the party of a case."""

    id: str
    name: str
    name_en: str
    industry: str
    grid: str
    lon: float
    lat: float
    staff: int
    opened: dt.date


class Officer(msgspec.Struct, frozen=True):
    """执法人员, with the department whose certificate they carry and its last day."""

    id: str
    name: str
    squad: str
    department: str
    certificate: str
    certificate_until: dt.date


class Observer(msgspec.Struct, frozen=True):
    """观察员: a grid worker or volunteer, who may report but not find a violation."""

    id: str
    name: str
    kind: Literal["grid_worker", "volunteer"]
    languages: tuple[str, ...]


class Grid(msgspec.Struct, frozen=True):
    """网格: a closed ring, anticlockwise, in WGS 84 degrees."""

    id: str
    name: str
    name_en: str
    squad: str
    ring: tuple[Point, ...]


class Request(msgspec.Struct, frozen=True):
    """诉求: a report by a person, with its handling and outcome."""

    id: str
    received_at: int
    channel: Channel
    category: str
    grid: str
    lon: float
    lat: float
    enterprise: str | None
    accepted_at: int | None
    dispatched_to: str | None
    """A squad, or the department to which it was transferred."""
    dispatched_at: int | None
    due_at: int
    disposed_at: int | None
    outcome: Outcome | None


class Inspection(msgspec.Struct, frozen=True):
    """检查: one visit with one checklist."""

    id: str
    enterprise: str
    day: dt.date
    department: str
    list: str
    reason: Reason
    officers: tuple[str, ...]
    observers: tuple[str, ...]
    scanned_in: bool
    minutes: int
    violations: tuple[str, ...]


class Facts(msgspec.Struct, frozen=True, omit_defaults=True):
    """Facts on which the discretion of a case rests."""

    harm: Literal["none", "minor", "grave"]
    first_time: bool
    corrected: bool
    """Whether corrected within the time given."""
    subject: Literal["person", "unit"]
    days: int
    """Duration of the act in days."""
    fault: bool
    amount: int | None = None
    """Yuan, where money is at stake."""


class Penalty(msgspec.Struct, frozen=True):
    """处罚案件: the days of its steps; None while not taken or not needed."""

    id: str
    enterprise: str
    item: str
    department: str
    inspection: str | None
    officers: tuple[str, ...]
    """The lead of the case comes first."""
    facts: Facts
    act_day: dt.date
    """The last day of the act."""
    filed: dt.date
    noticed: dt.date | None = None
    hearing_requested: dt.date | None = None
    heard: dt.date | None = None
    reviewed: dt.date | None = None
    reviewed_by: str | None = None
    decided: dt.date | None = None
    decided_by: str | None = None
    list: List | None = None
    fine: int | None = None
    served: dt.date | None = None
    paid: dt.date | None = None
    amount_paid: int | None = None
    published: dt.date | None = None
    closed: dt.date | None = None
    reconsideration: dt.date | None = None
    overturned: bool | None = None


class Permit(msgspec.Struct, frozen=True):
    """许可: an application and its decision."""

    id: str
    enterprise: str
    item: str
    department: str
    officer: str
    applied: dt.date
    accepted: dt.date | None
    decided: dt.date | None
    outcome: Literal["granted", "refused"] | None
    published: dt.date | None


class Answer(msgspec.Struct, frozen=True):
    """One planted anomaly: the ids that a monitor should name, and all touched rows."""

    key: str
    title: dict[str, str]
    about: str
    """Noun of `ids`: officers, enterprises, inspections, penalties, requests, grids, squads."""
    ids: tuple[str, ...]
    rows: dict[str, tuple[str, ...]]
    """File -> ids of rows changed, added or taken out."""
    strength: dict[str, float]


class Town(msgspec.Struct, frozen=True):
    """All rows, sorted by id, and the answer key."""

    seed: int
    first: dt.date
    last: dt.date
    enterprises: tuple[Enterprise, ...]
    officers: tuple[Officer, ...]
    observers: tuple[Observer, ...]
    grids: tuple[Grid, ...]
    requests: tuple[Request, ...]
    inspections: tuple[Inspection, ...]
    penalties: tuple[Penalty, ...]
    permits: tuple[Permit, ...]
    duplicates: dict[str, str]
    """Request -> the earlier one that it repeats."""
    chances: dict[str, float]
    """Inspection -> probability that an ordinary pair finds a violation; never written to files."""
    answers: tuple[Answer, ...]
