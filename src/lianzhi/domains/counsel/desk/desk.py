"""The services of the domain, built on one office."""

from lianzhi.domains.counsel.desk.guidance import Guidance
from lianzhi.domains.counsel.desk.matters import Matters
from lianzhi.domains.counsel.desk.office import Office
from lianzhi.domains.counsel.desk.papers import Papers
from lianzhi.domains.counsel.desk.receptions import Commitments, Receptions
from lianzhi.domains.counsel.desk.reviews import Reviews
from lianzhi.domains.counsel.rules import Rules
from lianzhi.domains.domain import Means


class Desk:
    """All acts and readings of a deployment. Thread-safe: the record serialises writes."""

    def __init__(self, means: Means) -> None:
        folder = means.home / "counsel"
        self.rules = Rules(folder)
        self.office = Office(means.ledger, means.now, self.rules)
        self.guidance = Guidance(self.office, folder)
        self.receptions = Receptions(self.office)
        self.commitments = Commitments(self.office)
        self.matters = Matters(self.office)
        self.reviews = Reviews(self.office)
        self.papers = Papers(self.office, means.home, folder)
        self.tick()

    def tick(self) -> None:
        """Delete uploads that nobody confirmed."""
        self.guidance.uploads.sweep(self.office.now())

    def erase(self, account: str) -> int:
        """Delete the papers about an account; returns how many."""
        return self.papers.erase(account)
