"""On the chain: what a penalty file means for the nouns that all domains share.

An officer's finding opens a case of kind `enforcement.penalty`; closing the file closes the case
and plans a revisit. So cases, revisits and the record of every domain are read in one place.
"""

from typing import Any

import msgspec

from lianzhi.chain.finding import Finding
from lianzhi.record.entry import Draft

KIND = "enforcement.penalty"
#: A file in which somebody is harmed is acted on; others are warned of.
_SCORE = 1.0


def opened(case: str, item: str, party: str, since: int, at: int, by: str) -> list[Draft]:
    """The finding and the case of a new file, which bear its id."""
    found = Finding(
        id=f"f_{case}",
        kind=KIND,
        stage="act",
        about=party,
        subjects=(party,),
        at=at,
        since=since,
        score=_SCORE,
        rule=f"{item}@{by}",
    )
    opening: dict[str, Any] = {
        "case": case,
        "kind": KIND,
        "about": party,
        "stage": found.stage,
        "score": found.score,
        "minor": False,
        "since": since,
        "finding": found.id,
        "thing": True,
    }
    made = Draft("finding.made", found.id, at, msgspec.to_builtins(found))
    return [made, Draft("case.opened", case, at, opening)]


def assigned(case: str, to: str, by: str, at: int) -> Draft:
    """Somebody has it in hand."""
    return Draft("case.assigned", case, at, {"case": case, "assignee": to, "by": by})


def closed(case: str, outcome: str, by: str, due: int, at: int) -> list[Draft]:
    """The file is closed; `due` is when to look again."""
    ends = {"transferred": "transferred", "dropped": "false_positive"}
    said = {"case": case, "by": by, "outcome": ends.get(outcome, "settled")}
    plan = {"case": case, "due": due}
    return [Draft("case.closed", case, at, said), Draft("revisit.scheduled", case, at, plan)]


def revisited(case: str, again: bool, by: str, at: int) -> list[Draft]:
    """It was looked at again; where the harm is back, the case is open once more."""
    held = {"case": case, "by": by, "rebound": again}
    return [Draft("revisit.held", case, at, held)]
