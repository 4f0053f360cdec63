"""Base class of detectors that keep the newest acts of each platform and search them periodically.

A look is due at fixed event times, and its findings depend only on the acts before it: splitting
the stream anywhere changes nothing. A finding is made for what is new or has grown much since.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Generic

from lianzhi.chain.event import Event
from lianzhi.chain.finding import STAGES, Evidence, Finding, Role
from lianzhi.chain.policy import Dated
from lianzhi.chain.struct_state import StructState
from lianzhi.domains.astroturf.detection.state import A, Act, Alert, State, Watched
from lianzhi.domains.astroturf.policy import Policy
from lianzhi.domains.astroturf.policy.lookback import LookbackPolicy
from lianzhi.record.mention import mentions

DAY_MS, MINUTE_MS = 86_400_000, 60_000
#: Two groups are the same if they share this fraction of the smaller one's accounts.
_SAME = 0.5


class LookbackDetector(StructState[State[A]], ABC, Generic[A]):
    """A detector keyed by platform; subclasses say which acts to keep and how to search them."""

    def __init__(self, policy: Dated[Policy]) -> None:
        self.policy = policy

    @abstractmethod
    def acts(self, event: Event) -> Sequence[A]:
        """The acts to keep of an event; empty where it is of no interest."""

    @abstractmethod
    def bounds(self, policy: Policy) -> LookbackPolicy:
        """Horizon, interval and limits of looks."""

    @abstractmethod
    def look(
        self, source: str, seen: Watched[A], version: str, policy: Policy
    ) -> Iterator[Finding]:
        """Findings of a look at event time `seen.next`; see `raise_alert`."""

    def key(self, event: Event) -> str | None:
        """The platform of an event that has acts to keep, else None."""
        return event.source if self.acts(event) else None

    def step(self, state: State[A], events: Sequence[Event]) -> tuple[State[A], list[Finding]]:
        """Fold ordered events in; a look is due when an event comes at its time or after it."""
        findings: list[Finding] = []
        for event in events:
            acts = self.acts(event)
            if not acts:
                continue
            version, policy = self.policy.at(event.time)
            bounds = self.bounds(policy)
            every = bounds.every_minutes * MINUTE_MS
            due = event.time // every * every + every
            seen = state.sources.get(event.source)
            if seen is None:
                seen = state.sources[event.source] = Watched(due)
            if event.time >= seen.next:
                if seen.fresh:
                    _forget_old(seen, seen.next, bounds)
                    findings += self.look(event.source, seen, version, policy)
                    seen.looked = seen.next
                    seen.alerts = sorted(seen.alerts, key=lambda alert: alert.at)[-bounds.told :]
                seen.next, seen.fresh = due, False
            seen.acts += acts
            seen.fresh = True
            if len(seen.acts) > 2 * bounds.most_actions:
                _forget_old(seen, seen.acts[-1].time, bounds)
        return state, findings

    def forget(self, state: State[A], subject: str) -> State[A]:
        """Drop an account with its acts, and everything that names it."""
        named = mentions(subject)
        for seen in state.sources.values():
            left = (act.without(subject, named) for act in seen.acts)
            seen.acts = [act for act in left if act is not None]
            seen.alerts = [alert for alert in seen.alerts if not named(alert.about.encode())]
            for alert in seen.alerts:
                alert.members = [member for member in alert.members if member != subject]
        return state


def matching_alert(
    alerts: Iterable[Alert], members: Collection[str], about: str | None = None
) -> Alert | None:
    """The earlier alert that shares accounts with these members; where `about` is given, of it."""
    current = set(members)
    for alert in alerts:
        if about not in (None, alert.about):
            continue
        before = set(alert.members)
        if len(before & current) >= max(2, _SAME * min(len(before), len(current))):
            return alert
    return None


def raise_alert(seen: Watched[A], fresh: Alert, before: Alert | None, times: float) -> bool:
    """Whether to make a finding: the alert is new, at least `times` as large as before, or of a
    higher stage. If so, `fresh` replaces `before`.
    """
    if before is None:
        seen.alerts.append(fresh)
        return True
    grown = (
        STAGES.index(fresh.stage) > STAGES.index(before.stage)
        or fresh.joint >= times * before.joint
        or len(fresh.members) >= times * len(before.members)
    )
    if grown:
        seen.alerts[seen.alerts.index(before)] = fresh
    return grown


def evidence_of(source: str, act: Act, role: Role) -> Evidence:
    """The evidence record of an act."""
    return Evidence(source, act.event, act.time, act.actor, act.seq, role=role)


def likeliest_owner(named: Iterable[str | None]) -> str | None:
    """The owner that most acts name, ties by name; None where no act names one."""
    counted = Counter(name for name in named if name is not None)
    return min(counted, key=lambda name: (-counted[name], name), default=None)


def _forget_old(seen: Watched[A], at: int, bounds: LookbackPolicy) -> None:
    """Keep acts within the horizon, and of these the newest `most_actions`."""
    since = at - bounds.horizon_days * DAY_MS
    seen.acts = [act for act in seen.acts if act.time >= since][-bounds.most_actions :]
