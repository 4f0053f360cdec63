"""Rules: the law and the policies of mediation that are in force, shipped or a deployment's own."""

import datetime as dt
from importlib.resources import files
from pathlib import Path

from lianzhi.chain.policy import Dated, PolicyError
from lianzhi.chain.policy_folders import PolicyFolders
from lianzhi.domains.mediation.dispute_policy import DisputePolicy
from lianzhi.domains.mediation.fitting_policy import FittingPolicy
from lianzhi.domains.mediation.matching import MatchingPolicy
from lianzhi.domains.mediation.prevention_policy import PreventionPolicy
from lianzhi.domains.mediation.routes import FIELDS, REMEDIES
from lianzhi.domains.mediation.warning import WarningPolicy
from lianzhi.law import remedies
from lianzhi.law.clock import midnight
from lianzhi.law.remedies import Law, RouteError

POLICY = Path(str(files("lianzhi.domains.mediation"))) / "policy"
_PARTS = (
    "bases",
    "periods",
    "routes",
    "warning",
    "fitting",
    "matching",
    "prevention",
    "dispute",
    "holidays.toml",
    "uploads",
)


class Rules:
    """Routes with their law, and weights of warnings, read at the start so that a fault ends it.

    A deployment's `folder` may hold `bases/`, `periods/` and `routes/`, which add keys or replace
    them, `holidays.toml`, which adds years, and `warning/`, `fitting/`, `matching/`,
    `prevention/` and `dispute/`, which take the place of the shipped ones.
    Raises PolicyError naming file, field and mend.
    """

    def __init__(self, folder: Path | None = None) -> None:
        folders = PolicyFolders(POLICY, folder)
        folders.check_names(_PARTS)
        law = folders.law()
        try:
            known = remedies.load(
                folders.layers("routes"), law.bases, law.periods, FIELDS, REMEDIES
            )
        except RouteError as error:
            raise PolicyError(f"policy {error}") from None
        self._weights: Dated[WarningPolicy] = folders.dated(WarningPolicy, "warning")
        self._prevention: Dated[PreventionPolicy] = folders.dated(PreventionPolicy, "prevention")
        self._fitting: Dated[FittingPolicy] = folders.dated(FittingPolicy, "fitting")
        self._matching: Dated[MatchingPolicy] = folders.dated(MatchingPolicy, "matching")
        self._dispute: Dated[DisputePolicy] = folders.dated(DisputePolicy, "dispute")
        self.law = Law(known, *law)

    def weights(self, day: dt.date) -> tuple[str, WarningPolicy]:
        """Name of the version and weights of warnings on a day; before the first, the first."""
        return self._weights.at(midnight(day))

    def fitting(self, day: dt.date) -> FittingPolicy:
        """How weights of warnings are fitted on a day; before the first, the first."""
        return self._fitting.at(midnight(day))[1]

    def matching(self, day: dt.date) -> tuple[str, MatchingPolicy]:
        """Name of the version and weights of matching on a day; before the first, the first."""
        return self._matching.at(midnight(day))

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
