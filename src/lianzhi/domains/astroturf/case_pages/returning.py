"""Returning: what a case's page tells of memory: its own group's, and of groups that it is like."""

import msgspec

from lianzhi.chain.views import CaseView
from lianzhi.domains.astroturf.memory import queries
from lianzhi.domains.astroturf.memory.desk import Desk
from lianzhi.domains.astroturf.memory.queries import RETURNED, Group

#: From which posterior, in thousandths, a link is said to be how likely; below the first: likely.
WORDS = ((950, "almost_certain"), (800, "very_likely"), (0, "likely"))


class Alike(msgspec.Struct, frozen=True):
    """A link to a remembered group."""

    of: str
    """The case in which that group was settled."""
    coordination: str | None
    """The case of what the new accounts did together."""
    per_mille: int
    """Posterior, in thousandths."""
    compared: int
    """With how many remembered groups it was compared."""

    @property
    def likely(self) -> str:
        """The posterior as a word of the catalogue."""
        return next(word for least, word in WORDS if self.per_mille >= least)


class Memory(msgspec.Struct, frozen=True):
    """What there is to tell; `group` is None where nothing was remembered."""

    group: Group | None
    readable: bool
    """Whether the key of its hashes is still there."""
    links: tuple[Alike, ...]


def memory_of(desk: Desk, view: CaseView) -> Memory | None:
    """What the page of a case tells; None: nothing."""
    with desk.office.ledger.engine.connect() as connection:
        group = queries.of_case(connection, view.row.id)
    links = tuple(
        msgspec.convert(step.payload, Alike) for step in view.steps if step.kind == RETURNED
    )
    readable = group is None or desk.readable(group)
    return Memory(group, readable, links) if group or links else None
