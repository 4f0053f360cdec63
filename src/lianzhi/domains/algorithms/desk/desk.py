"""The services of the domain, built on one office."""

from lianzhi.domains.algorithms.desk.assessments import Assessments
from lianzhi.domains.algorithms.desk.audits import Audits
from lianzhi.domains.algorithms.desk.intake import Intake
from lianzhi.domains.algorithms.desk.office import Office
from lianzhi.domains.algorithms.desk.products import Products
from lianzhi.domains.algorithms.desk.rectification_redress import RectificationRedress
from lianzhi.domains.algorithms.desk.rectifications import Rectifications
from lianzhi.domains.algorithms.desk.registry import Registry
from lianzhi.domains.algorithms.desk.self_assessments import SelfAssessments
from lianzhi.domains.algorithms.importing.files import stored_name
from lianzhi.domains.algorithms.policy import load
from lianzhi.domains.domain import Means
from lianzhi.office.uploads import Uploads


class Desk:
    """All acts and readings of a deployment. Thread-safe: the record serialises writes."""

    def __init__(self, means: Means) -> None:
        policies = load(means.policy)
        self.office = Office(means.ledger, means.home, means.now, means.office, policies)
        self.uploads = Uploads(means.home / "algorithms" / "uploads", stored_name)
        self.registry = Registry(self.office)
        self.intake = Intake(self.office, self.registry)
        self.audits = Audits(self.office)
        self.products = Products(self.office)
        self.assessments = Assessments(self.office)
        self.self_assessments = SelfAssessments(self.office)
        self.rectifications = Rectifications(self.office, self.audits)
        self.rectification_redress = RectificationRedress(self.office)

    def tick(self) -> None:
        """Delete unconfirmed uploads; note orders whose time has run out."""
        self.uploads.sweep(self.office.now())
        self.rectifications.tick()
