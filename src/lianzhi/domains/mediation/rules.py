"""Rules: the law and the policies of mediation that are in force, shipped or a deployment's own."""

import datetime as dt
from importlib.resources import files
from pathlib import Path

from lianzhi.chain import dated
from lianzhi.chain.policy import Dated, PolicyError
from lianzhi.domains.mediation import routes
from lianzhi.domains.mediation.causes import PreventionPolicy
from lianzhi.domains.mediation.dispute_policy import DisputePolicy
from lianzhi.domains.mediation.guidance.policy import GuidancePolicy
from lianzhi.domains.mediation.matching import MatchingPolicy
from lianzhi.domains.mediation.routes import Law, RouteError
from lianzhi.domains.mediation.warning import WarningPolicy
from lianzhi.law import basis, holidays, periods
from lianzhi.law.basis import BasisError
from lianzhi.law.clock import midnight
from lianzhi.law.holidays import HolidaysError
from lianzhi.law.periods import PeriodError
from lianzhi.nearest import did_you_mean

POLICY = Path(str(files("lianzhi.domains.mediation"))) / "policy"
_PARTS = (
    "bases",
    "periods",
    "routes",
    "warning",
    "matching",
    "prevention",
    "dispute",
    "holidays.toml",
    "uploads",
    "guidance",
)


class Rules:
    """Routes with their law, and weights of warnings, read at the start so that a fault ends it.

    A deployment's `folder` may hold `bases/`, `periods/` and `routes/`, which add keys or replace
    them, `holidays.toml`, which adds years, and `warning/`, `matching/`, `prevention/`, `dispute/`
    and `guidance/`, which take the place of the shipped ones.
    `gates/` adds rules of the office's files, or replaces them.
    Raises PolicyError naming file, field and mend.
    """

    def __init__(self, folder: Path | None = None) -> None:
        def layers(*shipped: Path, name: str) -> list[Path]:
            own = None if folder is None else folder / name
            return [*shipped, POLICY / name, *([own] if own is not None and own.is_dir() else ())]

        self.layers = layers
        """Folders of a part, shipped and of the deployment: read in this order."""
        if folder is not None and folder.is_dir():
            _check_names(folder)
        try:
            bases = basis.load(layers(basis.SHIPPED, name="bases"))
            known_periods = periods.load(layers(periods.SHIPPED, name="periods"))
            known_routes = routes.load(layers(name="routes"), bases, known_periods)
            calendar = holidays.shipped()
            if folder is not None and (marked := folder / "holidays.toml").exists():
                calendar = holidays.load(marked, calendar)
        except (BasisError, PeriodError, RouteError, HolidaysError) as error:
            raise PolicyError(f"policy {error}") from None

        def place(name: str) -> Path:
            own = None if folder is None else folder / name
            return own if own is not None and own.is_dir() else POLICY / name

        self._weights: Dated[WarningPolicy] = dated.read(WarningPolicy, place("warning"))
        self._guidance: Dated[GuidancePolicy] = dated.read(GuidancePolicy, place("guidance"))
        self._prevention: Dated[PreventionPolicy] = dated.read(
            PreventionPolicy, place("prevention")
        )
        self._matching: Dated[MatchingPolicy] = dated.read(MatchingPolicy, place("matching"))
        self._dispute: Dated[DisputePolicy] = dated.read(DisputePolicy, place("dispute"))
        self.law = Law(known_routes, bases, known_periods, calendar)

    def weights(self, day: dt.date) -> tuple[str, WarningPolicy]:
        """Name of the version and weights of warnings on a day; before the first, the first."""
        return self._weights.at(midnight(day))

    def matching(self, day: dt.date) -> tuple[str, MatchingPolicy]:
        """Name of the version and weights of matching on a day; before the first, the first."""
        return self._matching.at(midnight(day))

    def guidance(self, day: dt.date) -> GuidancePolicy:
        """Fields, posts, causes and search of guidance on a day; before the first, the first."""
        return self._guidance.at(midnight(day))[1]

    def dispute(self, day: dt.date) -> tuple[str, DisputePolicy]:
        """Name of the version and policy of disputes on a day; before the first, the first."""
        return self._dispute.at(midnight(day))

    def prevention(self, day: dt.date) -> tuple[str, PreventionPolicy]:
        """Name of the version and thresholds of notes on a day; before the first, the first."""
        return self._prevention.at(midnight(day))

    def first_known(self, field: str) -> dt.date:
        """The first day for which routes of a field are known."""
        known = (self.law.routes.versions(key) for key in self.law.routes.keys)
        return min(r.effective_from for versions in known for r in versions if r.field == field)

    def forums(self) -> frozenset[str]:
        """Every forum that a route leads to, on any day."""
        versions = (self.law.routes.versions(key) for key in self.law.routes.keys)
        return frozenset(route.forum for known in versions for route in known)


def _check_names(folder: Path) -> None:
    """Raise PolicyError for a misspelled part, which nothing would read."""
    for name in sorted({each.name for each in folder.iterdir()} - {*_PARTS}):
        if near := did_you_mean(name, _PARTS, cutoff=0.8):
            raise PolicyError(f"policy {folder}: nothing reads {name!r}{near}; rename it")
