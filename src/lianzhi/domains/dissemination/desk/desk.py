"""The services of the domain, built on one office."""

from lianzhi.domains.dissemination.desk.days import Days
from lianzhi.domains.dissemination.desk.exports import Exports
from lianzhi.domains.dissemination.desk.intake import Intake
from lianzhi.domains.dissemination.desk.lists import Lists
from lianzhi.domains.dissemination.desk.office import Office
from lianzhi.domains.dissemination.desk.reports import Reports
from lianzhi.domains.dissemination.importing.files import stored_name
from lianzhi.domains.dissemination.policy import load
from lianzhi.domains.domain import Means
from lianzhi.office.uploads import Uploads


class Desk:
    """All acts and readings of a deployment. Thread-safe: the record serialises writes."""

    def __init__(self, means: Means) -> None:
        own = means.policy if means.policy and [*means.policy.glob("*.toml")] else None
        lexicons = None if means.policy is None else means.policy / "titles"
        self.office = Office(means.ledger, means.home, means.now, means.office, load(own), lexicons)
        self.uploads = Uploads(means.home / "dissemination" / "uploads", stored_name)
        self.uploads.sweep(means.now())
        self.outlets = Lists(self.office, "outlets")
        self.sources = Lists(self.office, "sources")
        self.intake = Intake(self.office, Days(self.office))
        self.office.refresh_files()
        self.reports = Reports(self.office)
        self.exports = Exports(self.office)

    def tick(self) -> None:
        """Delete unconfirmed uploads."""
        self.uploads.sweep(self.office.now())
