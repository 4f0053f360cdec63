"""Numbers and names of the town from its TOML files, and the context of all parts."""

import datetime as dt
import tomllib
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import msgspec

from lianzhi.domains.enforcement.town.baseline.chance import Chance
from lianzhi.domains.enforcement.town.baseline.workdays import Workdays

Span = tuple[int, int]
Range = tuple[float, float]
Pair = tuple[str, str]


_LARGEST = 65_536
"""Most bytes of a file of strengths."""


class StrengthError(ValueError):
    """A file of strengths that cannot be used; the message names file, table and remedy."""


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Location of the town; degrees and kilometres."""

    west: float
    south: float
    grid_km: float
    km_per_lon: float
    km_per_lat: float
    centre_pull: float


class People(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Numbers of officers and observers."""

    squads: int
    headquarters_share: float
    certificate_years: int
    volunteers_per_grid: float
    languages: tuple[str, ...]
    strictness: float


class Work(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Numbers of inspections; rates, spans in days or minutes."""

    random: float
    risk: float
    joint: float
    yearly_cap: int
    asked: float
    revisited: float
    revisit_days: Span
    risk_spread: float
    risk_reason_odds: float
    request_odds: float
    after_rectification: float
    recovery_days: float
    minutes: Span
    minutes_per_line: int
    grid_worker_share: float
    volunteer_share: float
    volunteer_departments: tuple[str, ...]


class Cases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Penalties; spans in working days unless settings.toml says otherwise."""

    filed: float
    without_inspection: float
    earlier_act: float
    earlier_days: Span
    prior: float
    harm: dict[str, float]
    corrected: float
    faultless: float
    person_staff: int
    lasted_days: int
    amount: Span
    hearing_fine: dict[str, int]
    hearing_asked: float
    file_days: Span
    notice_days: Span
    hearing_ask_days: Span
    hearing_days: Span
    review_days: Span
    review_after_hearing: Span
    decide_days: Span
    serve_days: Span
    publish_days: Span
    close_days: Span
    pay_days: int
    late: float
    late_days: Span
    never: float
    reconsidered: float
    reconsider_days: Span
    reconsider_takes: Span
    overturned: float
    strange: float


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One category of requests, with its time limit in working days or hours."""

    share: float
    about: float
    department: str
    season: str
    days: int = 0
    hours: int = 0


class Asking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Requests of all categories."""

    per_enterprise: float
    hours: tuple[float, ...]
    weekdays: tuple[float, ...]
    festival: float
    channels: dict[str, float]
    on_time: float
    on_time_spread: float
    accept_minutes: Span
    dispatch_minutes: Span
    desk: Span
    due_minute: int
    declined: float
    transferred: float
    unfounded: float
    duplicate: float
    duplicate_hours: int
    late_days: Span


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """事项 of the town's power list; fines in yuan."""

    department: str
    fine: Span
    zh: str
    en: str
    money: bool = False


class Industry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Features of the enterprises of one industry."""

    share: float
    staff: Span
    trades: tuple[Pair, ...]
    items: dict[str, float]


class PermitItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of permit, and the industries that apply for it."""

    department: str
    industries: tuple[str, ...]
    weight: float
    zh: str
    en: str


class Permits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Applications; spans in working days."""

    per_enterprise: float
    refused: float
    accept_days: Span
    decide_days: Span
    publish_days: Span
    items: dict[str, PermitItem]


class Plant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One anomaly: its switch, name and strength; fields at their defaults are unused."""

    on: bool
    zh: str
    en: str
    count: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0
    odds: Annotated[float, msgspec.Meta(ge=0, le=1000)] = 1.0
    """Factor on the odds of finding a violation."""
    least: Annotated[float, msgspec.Meta(ge=0, le=1000)] = 0.0
    most: Annotated[float, msgspec.Meta(ge=0, le=1000)] = 0.0
    """Days, visits or a factor, between `least` and `most`."""
    share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    window: Annotated[int, msgspec.Meta(ge=0, le=800)] = 0
    """Window in days."""

    def strength(self) -> dict[str, float]:
        """The numbers that differ from their defaults."""
        names = ("count", "odds", "least", "most", "share", "window")
        plain = {"odds": 1.0}
        given = ((name, float(getattr(self, name))) for name in names)
        return {name: value for name, value in given if value != plain.get(name, 0.0)}


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parts from which names are composed."""

    grid_first: tuple[Pair, ...]
    grid_second: tuple[Pair, ...]
    brand_first: tuple[Pair, ...]
    brand_second: tuple[Pair, ...]
    surnames: tuple[str, ...]
    given: tuple[str, ...]
    foreign: tuple[str, ...]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Contents of settings.toml."""

    first: dt.date
    surcharge: float
    limitation_years: int
    place: Place
    people: People
    work: Work
    cases: Cases
    lists: dict[str, Range]
    requests: Asking
    seasons: dict[str, tuple[float, ...]]
    categories: dict[str, Category]
    departments: dict[str, dict[str, str]]
    items: dict[str, Item]
    industries: dict[str, Industry]
    permits: Permits
    anomalies: dict[str, Plant]


class Size(msgspec.Struct, frozen=True):
    """Numbers of a town and its months."""

    enterprises: int = 1000
    officers: int = 40
    grids: int = 60
    months: int = 24


class Frame(msgspec.Struct, frozen=True, dict=True):
    """The context that every part of the simulator receives."""

    seed: int
    size: Size
    settings: Settings
    last: dt.date
    """The town's last day; later events are not in its files."""

    @property
    def first(self) -> dt.date:
        """The town's first day."""
        return self.settings.first

    @cached_property
    def calendar(self) -> Workdays:
        """The town's working days."""
        return Workdays()

    @cached_property
    def names(self) -> Names:
        """Parts from which names are composed."""
        return msgspec.convert(_toml("names.toml"), Names)

    def chance(self, name: str) -> Chance:
        """The random stream of one part, independent of all others."""
        return Chance(self.seed, name)

    def known(self, day: dt.date | None) -> dt.date | None:
        """The day, or None where it lies after the end of the files."""
        return day if day is not None and day <= self.last else None


def load() -> Settings:
    """The shipped settings of the town."""
    return msgspec.convert(_toml("settings.toml"), Settings)


def strengths(path: Path) -> Settings:
    """The shipped settings with strengths from a TOML file: a table for each changed anomaly, with
    fields of Plant. Raises StrengthError.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST + 1)
        if len(text) > _LARGEST:
            raise StrengthError(f"{path}: larger than {_LARGEST:,} bytes; give fewer tables")
        given = tomllib.loads(text.decode("utf-8"))
    except OSError as error:
        raise StrengthError(f"{path}: {error.strerror}; give a file that can be read") from None
    except ValueError as error:
        if isinstance(error, StrengthError):
            raise
        raise StrengthError(f"{path}: {error}; give TOML in UTF-8") from None
    shipped = load()
    anomalies = dict(shipped.anomalies)
    for key, table in given.items():
        if key not in anomalies or not isinstance(table, dict):
            known = ", ".join(anomalies)
            raise StrengthError(f"{path}: {key}: give tables named as anomalies are: {known}")
        try:
            merged = msgspec.structs.asdict(anomalies[key]) | table
            anomalies[key] = msgspec.convert(merged, Plant)
        except msgspec.ValidationError as error:
            raise StrengthError(f"{path}: [{key}]: {error}") from None
        if anomalies[key].least > anomalies[key].most:
            raise StrengthError(
                f"{path}: [{key}]: least is {anomalies[key].least:g}, above most, "
                f"{anomalies[key].most:g}; give it the lower number"
            )
    return msgspec.structs.replace(shipped, anomalies=anomalies)


def _toml(name: str) -> dict[str, object]:
    return tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))
