"""Row types of a town's files.

Moments are Unix ms, days are of China, money is in yuan; None means not applicable or not yet.
"""

import datetime as dt
from typing import Annotated, Any, Literal

import msgspec

from lianzhi.tabular.field_types import (
    ID,
    Count,
    Id,
    Latitude,
    LocalMoment,
    Longitude,
    Moment,
    Money,
    Reference,
)

EnterpriseId = Annotated[str, ID, Reference("enterprises")]
OfficerId = Annotated[str, ID, Reference("officers")]
GridId = Annotated[str, ID, Reference("grids")]
ItemId = Annotated[str, ID, Reference("items")]
DepartmentId = Annotated[str, ID, Reference("departments")]
InspectionId = Annotated[str, ID, Reference("inspections")]


class TownDepartment(msgspec.Struct, frozen=True):
    """部门, where a town does not use the shipped departments."""

    id: Id
    name: str
    name_en: str = ""


class TownItem(msgspec.Struct, frozen=True):
    """事项, where a town brings its own power list along; fines in yuan."""

    id: Id
    department: DepartmentId
    title: str
    title_en: str = ""
    fine_least: Money | None = None
    fine_most: Money | None = None


class Observer(msgspec.Struct, frozen=True):
    """观察员: a grid worker or volunteer, with the languages that they read."""

    id: Id
    name: str
    kind: Literal["grid_worker", "volunteer"]
    languages: tuple[Id, ...] = ()


class Enterprise(msgspec.Struct, frozen=True):
    """企业: an enterprise that is inspected and may be the party of a case."""

    id: Id
    name: str
    industry: Id
    grid: GridId
    lon: Longitude
    lat: Latitude
    name_en: str = ""
    staff: Count | None = None
    opened: dt.date | None = None


class Officer(msgspec.Struct, frozen=True):
    """执法人员, with the certificate and its last day."""

    id: Id
    name: str
    squad: Id
    department: DepartmentId
    certificate: Id
    certificate_until: dt.date


class Grid(msgspec.Struct, frozen=True):
    """网格: an area with its squad; `ring` is closed, in WGS 84 degrees, longitude first."""

    id: Id
    name: str
    squad: Id
    ring: tuple[tuple[float, float], ...]
    name_en: str = ""


class Request(msgspec.Struct, frozen=True):
    """诉求: a report by a person, with its handling and outcome."""

    id: Id
    received_at: Moment
    channel: Literal["hotline", "grid", "app", "volunteer"]
    category: Id
    grid: GridId
    lon: Longitude | None = None
    lat: Latitude | None = None
    enterprise: EnterpriseId | None = None
    accepted_at: Moment | None = None
    dispatched_to: Id | None = None
    dispatched_at: Moment | None = None
    due_at: Moment | None = None
    disposed_at: Moment | None = None
    outcome: Literal["resolved", "unfounded", "declined", "transferred"] | None = None


class Inspection(msgspec.Struct, frozen=True):
    """检查: one visit with one checklist; `violations` are keys of items."""

    id: Id
    enterprise: EnterpriseId
    day: dt.date
    department: DepartmentId
    list: Id
    reason: Literal["random", "risk", "request", "revisit", "joint"]
    officers: tuple[OfficerId, ...]
    scanned_in: bool
    observers: tuple[Id, ...] = ()
    minutes: Count | None = None
    violations: tuple[ItemId, ...] = ()


class Penalty(msgspec.Struct, frozen=True):
    """处罚案件: the days of its steps."""

    id: Id
    enterprise: EnterpriseId
    item: ItemId
    department: DepartmentId
    officers: tuple[OfficerId, ...]
    facts: dict[str, Any]
    act_day: dt.date
    filed: dt.date
    inspection: InspectionId | None = None
    noticed: dt.date | None = None
    hearing_requested: dt.date | None = None
    heard: dt.date | None = None
    reviewed: dt.date | None = None
    reviewed_by: Id | None = None
    decided: dt.date | None = None
    decided_by: Id | None = None
    list: Literal["no_penalty", "mitigated", "lighter", "ordinary", "heavier"] | None = None
    fine: Money | None = None
    fine_least: Money | None = None
    """With the next: the range that the item allows this party; None: as in the list of items."""
    fine_most: Money | None = None
    served: dt.date | None = None
    paid: dt.date | None = None
    amount_paid: Money | None = None
    published: dt.date | None = None
    closed: dt.date | None = None
    reconsideration: dt.date | None = None
    overturned: bool | None = None


class Permit(msgspec.Struct, frozen=True):
    """许可: an application and its decision."""

    id: Id
    enterprise: EnterpriseId
    item: ItemId
    department: DepartmentId
    officer: OfficerId
    applied: dt.date
    accepted: dt.date | None = None
    decided: dt.date | None = None
    outcome: Literal["granted", "refused"] | None = None
    published: dt.date | None = None


class Duty(msgspec.Struct, frozen=True):
    """值班: one duty of a rota in table form."""

    officer: OfficerId
    begins: LocalMoment
    ends: LocalMoment


FORMS: dict[str, type[msgspec.Struct]] = {
    "departments": TownDepartment,
    "items": TownItem,
    "observers": Observer,
    "officers": Officer,
    "enterprises": Enterprise,
    "requests": Request,
    "inspections": Inspection,
    "penalties": Penalty,
    "permits": Permit,
    "duties": Duty,
}
"""Kinds of tables, each after those that it refers to; grids are GeoJSON."""
