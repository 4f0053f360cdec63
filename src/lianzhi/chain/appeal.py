"""Appeal 申诉: a decision contested, by the party affected or by who reported; and the answer.

Another person than those who decided answers, with reasons, within the time that policy gives; or
another body does, in reconsideration 行政复议 or in court 行政诉讼, and its answer is recorded. The
answer upholds the decision, overturns it, or changes a part of its measures.
"""

import hashlib
from typing import Literal, get_args

from lianzhi.chain.life import START, Steps

Party = Literal["affected", "reporter", "harmed"]
"""Who appeals: whom a measure affects, who reported, or who was harmed."""
PARTIES: tuple[Party, ...] = get_args(Party)

Route = Literal["appeal", "mediation", "reconsideration", "litigation"]
"""Before whom it is contested: the house that decided, a mediator, the authority above, a court."""
ROUTES: tuple[Route, ...] = get_args(Route)
#: Routes on which another body answers: it also judges whether it was asked in time.
ELSEWHERE: frozenset[str] = frozenset({"reconsideration", "litigation"})

Outcome = Literal["upheld", "overturned", "partly_overturned"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

Status = Literal["waiting", "upheld", "overturned", "partly_overturned"]

STEPS: Steps = {
    "appeal.filed": (frozenset({START}), "waiting"),
    "appeal.answered": (frozenset({"waiting"}), None),
}


def appeal_id(decision: str, by: str, route: Route = "appeal", place: int = 0) -> str:
    """Id of an appeal, 96 bits of BLAKE2b, hex: one person appeals once against a decision.

    To another body a decision may go more than once, so on those routes the `place` in the record
    tells apart.
    """
    parts = (decision, by) if route == "appeal" else (decision, by, route, str(place))
    return "a_" + hashlib.blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()
