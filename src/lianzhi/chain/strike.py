"""Strike 记分: points that a measure adds to an account's score, until they expire.

Weight of the measure x weight of the role; it counts within a sliding window and expires; a strike
whose decision is overturned is removed. The sum chooses the rung of a ladder, nothing else.
"""

from collections.abc import Iterable

import msgspec

from lianzhi.chain.policy import Proposal, Rung, StrikePolicy
from lianzhi.chain.protection import DAY_MS


class Strike(msgspec.Struct, frozen=True, kw_only=True):
    """One strike of one account. Times are Unix milliseconds UTC."""

    id: str
    subject: str
    given_at: int
    expires_at: int
    points: float
    removed_at: int | None = None

    def counts(self, at: int, window_ms: int) -> bool:
        """Whether it counts at `at`: not removed, not expired, within the window."""
        kept = self.removed_at is None or at < self.removed_at
        return kept and self.given_at <= at < self.expires_at and at - self.given_at < window_ms


def points_of(policy: StrikePolicy, key: str, role: str) -> float:
    """What a measure of this kind gives an account that played this role."""
    return round(policy.measures.get(key, 0.0) * policy.roles.get(role, 1.0), 3)


def total(strikes: Iterable[Strike], at: int, policy: StrikePolicy) -> float:
    """Points of one account that count at `at`."""
    window = policy.window_days * DAY_MS
    return round(sum(strike.points for strike in strikes if strike.counts(at, window)), 3)


def rung(proposal: Proposal, points: float) -> Rung:
    """What a proposal comes to for an account with so many points: the highest rung it reaches."""
    reached = [rung_ for rung_ in proposal.rungs if points >= rung_.from_points]
    if not reached:
        return Rung(from_points=0.0, key=proposal.key, hours=proposal.hours)
    return max(reached, key=lambda rung_: rung_.from_points)
