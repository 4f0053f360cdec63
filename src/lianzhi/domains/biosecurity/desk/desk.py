"""The services of the domain, built on one office."""

import datetime as dt

from lianzhi.domains.biosecurity.desk.alarms import monday
from lianzhi.domains.biosecurity.desk.exports import Exports
from lianzhi.domains.biosecurity.desk.intake import Intake
from lianzhi.domains.biosecurity.desk.interceptions import Interceptions
from lianzhi.domains.biosecurity.desk.office import Office
from lianzhi.domains.biosecurity.desk.profiles import Profiles
from lianzhi.domains.biosecurity.desk.signs import Signs
from lianzhi.domains.biosecurity.importing.files import stored_name
from lianzhi.domains.biosecurity.policy import load
from lianzhi.domains.domain import Means
from lianzhi.office.uploads import Uploads


class Desk:
    """All acts and readings of a deployment. Thread-safe: the record serialises writes."""

    def __init__(self, means: Means) -> None:
        policies = load(means.policy)
        self.office = Office(means.ledger, means.home, means.now, means.office, policies)
        self.uploads = Uploads(means.home / "biosecurity" / "uploads", stored_name)
        self.uploads.sweep(means.now())
        self.signs = Signs(self.office)
        self.intake = Intake(self.office, self.signs)
        self.interceptions = Interceptions(self.office, self.signs)
        self.profiles = Profiles(self.office)
        self.exports = Exports(self.office)
        self._week: dt.date | None = None

    def tick(self) -> None:
        """Delete unconfirmed uploads; in a new week, judge the one that has ended."""
        self.uploads.sweep(self.office.now())
        week = monday(self.office.today())
        if week != self._week:
            with self.office.ledger.batch() as batch:
                self.signs.refresh(batch, "earlier")
            self._week = week
