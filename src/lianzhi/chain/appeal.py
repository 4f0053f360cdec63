"""Appeal 申诉: a decision contested, by the account affected or by who reported; and the answer.

Another person than those who decided answers, with reasons, within the time that policy gives.
The answer upholds the decision, overturns it, or lifts a part of its measures.
"""

import hashlib
from typing import Literal, get_args

from lianzhi.chain.life import NOTHING, Steps

Party = Literal["affected", "reporter", "harmed"]
"""Who appeals: whom a measure affects, who reported, or who was harmed."""
PARTIES: tuple[Party, ...] = get_args(Party)

Outcome = Literal["upheld", "overturned", "partly_overturned"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

Status = Literal["waiting", "upheld", "overturned", "partly_overturned"]

STEPS: Steps = {
    "appeal.filed": (frozenset({NOTHING}), "waiting"),
    "appeal.answered": (frozenset({"waiting"}), None),
}


def appeal_id(decision: str, by: str) -> str:
    """Id of an appeal: one person appeals once against a decision. 96 bits of BLAKE2b, hex."""
    text = f"{decision}\x1f{by}"
    return "a_" + hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
