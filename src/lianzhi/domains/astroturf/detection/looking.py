"""A fold that looks back: it remembers the newest acts of each platform, and by the clock of the
events looks through them for what is new, or has become much more.

What a look finds depends on the acts before it alone, and a look is due at fixed times, so that
splitting the stream anywhere changes nothing.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Generic

from lianzhi.chain.detector import dumped, loaded
from lianzhi.chain.event import Event
from lianzhi.chain.finding import STAGES, Evidence, Finding, Role
from lianzhi.chain.policy import Dated
from lianzhi.domains.astroturf.detection.state import A, Act, State, Told, Watched
from lianzhi.domains.astroturf.policy import Policy
from lianzhi.domains.astroturf.policy.looking import Looking
from lianzhi.record.mention import mentions

DAY_MS, MINUTE_MS = 86_400_000, 60_000
#: What is told is what was told before if it shares this part of the smaller one's accounts.
_SAME = 0.5


class Looker(ABC, Generic[A]):
    """A detector of this sort, keyed by platform; says what an act is, and how it is looked."""

    name: str

    def __init__(self, policy: Dated[Policy]) -> None:
        self.policy = policy

    @property
    @abstractmethod
    def form(self) -> type[State[A]]:
        """Type of its state."""

    @abstractmethod
    def acts(self, event: Event) -> Sequence[A]:
        """What is to be remembered of an event; nothing where it is of no interest."""

    @abstractmethod
    def bounds(self, policy: Policy) -> Looking:
        """How far it looks back, and how often."""

    @abstractmethod
    def look(
        self, source: str, seen: Watched[A], version: str, policy: Policy
    ) -> Iterator[Finding]:
        """Look through what is remembered at event time `seen.next`; `tell` says what is told."""

    def key(self, event: Event) -> str | None:
        """The platform, where something is to be remembered."""
        return event.source if self.acts(event) else None

    def init(self) -> State[A]:
        """Nothing seen."""
        return State()

    def step(self, state: State[A], events: Sequence[Event]) -> tuple[State[A], list[Finding]]:
        """Fold ordered events in; a look is due when an event comes at its time or after it."""
        found: list[Finding] = []
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
                    found += self.look(event.source, seen, version, policy)
                    seen.looked = seen.next
                    seen.told = sorted(seen.told, key=lambda one: one.at)[-bounds.told :]
                seen.next, seen.fresh = due, False
            seen.acts += acts
            seen.fresh = True
            if len(seen.acts) > 2 * bounds.most_actions:
                _forget_old(seen, seen.acts[-1].time, bounds)
        return state, found

    def forget(self, state: State[A], subject: str) -> State[A]:
        """Drop an account and what it did, and whatever names it."""
        named = mentions(subject)
        for seen in state.sources.values():
            left = (act.without(subject, named) for act in seen.acts)
            seen.acts = [act for act in left if act is not None]
            seen.told = [told for told in seen.told if not named(told.about.encode())]
            for told in seen.told:
                told.members = [one for one in told.members if one != subject]
        return state

    def dump(self, state: State[A]) -> bytes:
        """MessagePack of the state."""
        return dumped(state)

    def load(self, data: bytes) -> State[A]:
        """Inverse of `dump`. Raises ValueError."""
        return loaded(data, self.form, self.name)


def known(told: Iterable[Told], members: Collection[str], about: str | None = None) -> Told | None:
    """What shares accounts with these, as it was told of before; where `about` is given, of it."""
    some = set(members)
    for one in told:
        if about not in (None, one.about):
            continue
        before = set(one.members)
        if len(before & some) >= max(2, _SAME * min(len(before), len(some))):
            return one
    return None


def tell(seen: Watched[A], fresh: Told, before: Told | None, times: float) -> bool:
    """Whether to tell: it is new, or there is so many times as much of it; then it is remembered
    as told."""
    if before is None:
        seen.told.append(fresh)
        return True
    more = (
        STAGES.index(fresh.stage) > STAGES.index(before.stage)
        or fresh.joint >= times * before.joint
        or len(fresh.members) >= times * len(before.members)
    )
    if more:
        seen.told[seen.told.index(before)] = fresh
    return more


def piece(source: str, act: Act, role: Role) -> Evidence:
    """An act as evidence."""
    return Evidence(source, act.event, act.time, act.actor, act.seq, role=role)


def owner(named: Iterable[str | None]) -> str | None:
    """Whose a thing is, by most of the acts that name somebody; of equals the first by name."""
    counted = Counter(one for one in named if one is not None)
    return min(counted, key=lambda one: (-counted[one], one), default=None)


def _forget_old(seen: Watched[A], at: int, bounds: Looking) -> None:
    """Keep what is no older than the horizon, and the newest where that is too much."""
    since = at - bounds.horizon_days * DAY_MS
    seen.acts = [act for act in seen.acts if act.time >= since][-bounds.most_actions :]
