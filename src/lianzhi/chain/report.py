"""Report 举报: a user's complaint, online or by phone, and the answer that its author gets.

A report is weighed by people; how many there are is never a ground against anyone.
"""

from typing import Literal, get_args

import msgspec

from lianzhi.chain.life import START, Steps

Channel = Literal["api", "web", "phone"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)

Outcome = Literal["upheld", "not_upheld", "handled", "routed"]
"""Upheld: a measure followed. Not upheld: what it says was not found. Handled: the matter was dealt
with in another way (protection, mediation, it subsided). Routed: sent on to who is competent."""
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

Status = Literal["waiting", "joined", "answered"]

STEPS: Steps = {
    "report.received": (frozenset({START}), "waiting"),
    "report.joined": (frozenset({"waiting"}), "joined"),
    "report.answered": (frozenset({"waiting", "joined"}), "answered"),
    "report.reopened": (frozenset({"answered"}), "joined"),
    "report.contested": (frozenset({"answered"}), "waiting"),
}


class Reliability(msgspec.Struct, frozen=True, kw_only=True):
    """How often reports of one reporter held, and how many of them did not."""

    upheld: int = 0
    not_upheld: int = 0

    def share(self, prior: float, weight: float) -> float:
        """Posterior mean of the share that holds, from a prior worth `weight` reports; 0 to 1."""
        return (prior * weight + self.upheld) / (weight + self.upheld + self.not_upheld)
