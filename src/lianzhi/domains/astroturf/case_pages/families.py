"""Texts made alike, as a page shows them: the template of each family, and who has it when."""

from collections.abc import Sequence

import msgspec
import numpy as np

from lianzhi.chain.views import EvidenceRow
from lianzhi.domains.astroturf.families import families, shingled, template
from lianzhi.domains.astroturf.families.shingles import weights
from lianzhi.domains.astroturf.policy.texts import FamilySettings


class Family(msgspec.Struct, frozen=True):
    """Texts of one template."""

    template: str
    """A text of it, with a sign for what differs from text to text."""
    texts: int
    accounts: int
    since: int
    until: int


def families_of(evidence: Sequence[EvidenceRow], settings: FamilySettings) -> tuple[Family, ...]:
    """The families among texts of which copies are left, the largest first.

    `settings`: what counts as alike, by the policy of the finding.
    """
    rows = [row for row in evidence if row.text]
    if not rows:
        return ()
    shingles = shingled([row.text or "" for row in rows])
    weight = weights(shingles, np.zeros(len(rows), np.int64))
    label = families(shingles, weight, settings.least_alike, settings.shortest)[shingles.of]
    listed = [
        _family([rows[row] for row in np.flatnonzero(label == n).tolist()])
        for n in np.unique(label).tolist()
    ]
    return tuple(sorted(listed, key=lambda f: (-f.accounts, f.since)))


def _family(rows: Sequence[EvidenceRow]) -> Family:
    times = [row.at for row in rows]
    return Family(
        str(template([row.text or "" for row in rows])),
        len(rows),
        len({row.actor for row in rows}),
        min(times),
        max(times),
    )
