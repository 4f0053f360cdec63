"""Policies: those of all domains, and what holds for cases of each of their kinds."""

from pathlib import Path

import msgspec

from lianzhi.chain.guards import validate
from lianzhi.chain.policy import CasePolicy, Dated
from lianzhi.domains.astroturf import policy as astroturf
from lianzhi.domains.bullying import policy as bullying


class Policies:
    """By domain. Cases of every kind are worked on by the rules of the first."""

    def __init__(self, own: Path | None = None) -> None:
        """`own` is a folder of the operator's, for early warning. Raises PolicyError."""
        self.bullying: Dated[bullying.Policy] = bullying.load(own)
        self.astroturf: Dated[astroturf.Policy] = astroturf.load()
        self._whole: dict[tuple[str, str], CasePolicy] = {}

    def case(self, at: int) -> CasePolicy:
        """What holds for cases at a time (ms): each domain describes its own kinds."""
        (one, base), (other, more) = self.bullying.at(at), self.astroturf.at(at)
        found = self._whole.get((one, other))
        if found is None:
            found = msgspec.structs.replace(base.case, types=base.case.types + more.types)
            validate(found)
            self._whole[one, other] = found
        return found
