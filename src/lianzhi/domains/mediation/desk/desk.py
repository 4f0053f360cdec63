"""The services of the domain, built on one office."""

from lianzhi.domains.domain import Means
from lianzhi.domains.mediation.desk.agreements import Agreements
from lianzhi.domains.mediation.desk.disputes import Disputes
from lianzhi.domains.mediation.desk.filings import Filings
from lianzhi.domains.mediation.desk.imports import Imports
from lianzhi.domains.mediation.desk.learning import Learning
from lianzhi.domains.mediation.desk.mediator_import import MediatorImport, stored_mediators
from lianzhi.domains.mediation.desk.mediators import Mediators
from lianzhi.domains.mediation.desk.office import Office
from lianzhi.domains.mediation.desk.revisits import Revisits
from lianzhi.domains.mediation.desk.sessions import Sessions
from lianzhi.domains.mediation.desk.warnings import Warnings
from lianzhi.domains.mediation.importing.files import stored_name
from lianzhi.domains.mediation.rules import Rules
from lianzhi.office.uploads import Uploads


class Desk:
    """All acts and readings of a deployment. Thread-safe: the record serialises writes."""

    def __init__(self, means: Means) -> None:
        self.rules = Rules(means.home / "mediation")
        self.office = Office(means.ledger, means.now, self.rules, means.office)
        self.uploads = Uploads(means.home / "mediation" / "uploads", stored_name)
        self.uploads.sweep(means.now())
        self.warnings = Warnings(self.office)
        self.disputes = Disputes(self.office)
        self.filings = Filings(self.office, self.disputes)
        self.sessions = Sessions(self.office)
        self.agreements = Agreements(self.office)
        self.revisits = Revisits(self.office)
        self.imports = Imports(self.office)
        self.learning = Learning(self.office)
        self.mediators = Mediators(self.office)
        self.mediator_import = MediatorImport(self.mediators)
        self.mediator_uploads = Uploads(means.home / "mediation" / "uploads", stored_mediators)

    def tick(self) -> None:
        """Delete uploads that nobody confirmed."""
        self.uploads.sweep(self.office.now())

    def erased(self, account: str) -> list[str]:
        """What names an account beside its name: sealed texts that speak of it."""
        return self.sessions.naming(account)
