"""The desk of the domain: dissolved groups are remembered and recognised when they return."""

from lianzhi.domains.astroturf.memory.desk import Desk
from lianzhi.domains.astroturf.memory.linking import Linking
from lianzhi.domains.astroturf.memory.remembering import Remembering
from lianzhi.domains.domain import Means


class GroupMemory(Desk):
    """The desk of the domain. Where the domain is disabled it only forgets expired groups."""

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._remembering = Remembering(self, means.opened)
        self._linking = Linking(self) if means.opened else None

    def poll(self) -> None:
        """Remember and forget what is due, and compare the next finding; called by one thread."""
        try:
            self._remembering.tick(self.now())
        finally:  # a failure to remember groups must not stop the comparison
            if self._linking is not None:
                self._linking.tick(self.now())
