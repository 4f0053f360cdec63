"""The services of the domain, built on one office."""

from lianzhi.domains.domain import Means
from lianzhi.domains.oversight.desk.instruction_redress import InstructionRedress
from lianzhi.domains.oversight.desk.instructions import Instructions
from lianzhi.domains.oversight.desk.office import Office
from lianzhi.domains.oversight.desk.platforms import Platforms
from lianzhi.domains.oversight.desk.rechecks import Rechecks
from lianzhi.domains.oversight.policy import load


class Desk:
    """All acts and readings of a deployment. Thread-safe: the record serialises writes."""

    def __init__(self, means: Means) -> None:
        self.office = Office(means.ledger, means.home, means.now, means.office, load(means.policy))
        self.platforms = Platforms(self.office)
        self.instructions = Instructions(self.office)
        self.instruction_redress = InstructionRedress(self.office)
        self.rechecks = Rechecks(self.office)

    def tick(self) -> None:
        """Note instructions whose time has run out."""
        self.instructions.tick()
