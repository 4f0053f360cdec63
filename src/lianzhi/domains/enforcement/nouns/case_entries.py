"""On the chain: the finding and the case of a penalty file, which bear its id.

Everything else that a file means for the nouns that all domains share, its decision, the service of
it, redress and the revisit, is taken by the office; see `desk/proceeding.py`.
"""

import msgspec

from lianzhi.chain.docket import opening
from lianzhi.chain.finding import Finding
from lianzhi.chain.policy import CasePolicy
from lianzhi.record.entry import Draft

DOMAIN = "enforcement"
#: How the entries of its own nouns begin: `enforcement.<noun>.<step>`.
PREFIX = f"{DOMAIN}."
KIND = f"{DOMAIN}.penalty"
#: A file in which somebody is harmed is acted on; others are warned of.
_SCORE = 1.0


def opening_entries(
    case: str, item: str, party: str, since: int, at: int, by: str, policy: CasePolicy
) -> list[Draft]:
    """The finding and the case of a new file against a party (a vault token)."""
    finding = Finding(
        id=f"f_{case}",
        kind=KIND,
        stage="act",
        about=party,
        subjects=(party,),
        roles={party: "party"},
        at=at,
        since=since,
        score=_SCORE,
        rule=f"{item}@{by}",
    )
    return [
        Draft("finding.made", finding.id, at, msgspec.to_builtins(finding)),
        Draft("case.opened", case, at, opening(case, finding, policy)),
    ]
