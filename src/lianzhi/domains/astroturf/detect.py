"""The detector `astroturf.coordination`: groups that act together, seen while they do.

It remembers the newest actions, and by the clock of the events looks through them as `lianzhi
astroturf groups` does through a file, for groups that have acted since the last look: what it tells
of is what that would find. A finding is about
the object on which most of the group acted; it is evidence for a person to weigh, and proposes
nothing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from math import exp

import numpy as np

from lianzhi.accounts.explanations import Explained, Explainer
from lianzhi.accounts.groups import Group, Settings, groups
from lianzhi.accounts.kernel import Actions
from lianzhi.chain.detector import dumped, loaded
from lianzhi.chain.event import Event
from lianzhi.chain.finding import STAGES, Evidence, Finding, Reason, Role, Stage, finding_id
from lianzhi.chain.policy import Dated
from lianzhi.domains.astroturf.events import account_of, objects
from lianzhi.domains.astroturf.parts import parts
from lianzhi.domains.astroturf.policy import Coordination, Policy
from lianzhi.domains.astroturf.state import Act, State, Told, Watched
from lianzhi.record.mention import mentions

DAY_MS, MINUTE_MS = 86_400_000, 60_000
#: What leaves a group to be only watched: others who share an interest would look the same.
_DOUBTS = frozenset({"interest", "own_objects", "schedule"})
#: A group is one that was told of if it shares this part of the smaller one's accounts.
_SAME = 0.5


class CoordinationDetector:
    """Keyed by platform: who acts together does so on many objects."""

    name = "astroturf.coordination"

    def __init__(self, policy: Dated[Policy]) -> None:
        self._policy = policy

    def key(self, event: Event) -> str | None:
        """The platform, where something is acted on."""
        return event.source if next(objects(event), None) is not None else None

    def init(self) -> State:
        """Nothing seen."""
        return State()

    def step(self, state: State, events: Sequence[Event]) -> tuple[State, list[Finding]]:
        """Fold ordered events in; a look is due when an event comes at its time or after it."""
        found: list[Finding] = []
        for event in events:
            on = list(objects(event))
            if not on:
                continue
            version, policy = self._policy.at(event.time)
            every = policy.coordination.every_minutes * MINUTE_MS
            due = event.time // every * every + every
            seen = state.sources.get(event.source)
            if seen is None:
                seen = state.sources[event.source] = Watched(due)
            if event.time >= seen.next:
                if seen.fresh:
                    found += self._look(event.source, seen, version, policy)
                seen.next, seen.fresh = due, False
            seen.acts += (
                Act(event.time, event.actor, one, event.id, event.seq, event.target or "")
                for one in on
            )
            seen.fresh = True
            if len(seen.acts) > 2 * policy.coordination.most_actions:
                _forget_old(seen, seen.acts[-1].time, policy.coordination)
        return state, found

    def forget(self, state: State, subject: str) -> State:
        """Drop an account and what it did, and whatever names it."""
        named = mentions(subject)
        for seen in state.sources.values():
            seen.acts = [
                act for act in seen.acts if act.actor != subject and not named(act.object.encode())
            ]
            for act in seen.acts:
                if act.owner == subject:
                    act.owner = ""
            seen.told = [told for told in seen.told if not named(told.about.encode())]
            for told in seen.told:
                told.members = [one for one in told.members if one != subject]
        return state

    def dump(self, state: State) -> bytes:
        """MessagePack of the state."""
        return dumped(state)

    def load(self, data: bytes) -> State:
        """Inverse of `dump`. Raises ValueError."""
        return loaded(data, State, self.name)

    def _look(self, source: str, seen: Watched, version: str, whole: Policy) -> Iterator[Finding]:
        """Tell of groups that are new, or have become much more."""
        at, policy = seen.next, whole.coordination
        _forget_old(seen, at, policy)
        numbered = _numbered(seen.acts)
        found = groups(
            numbered.actions,
            Settings(tuple(1000 * one for one in policy.windows_seconds), policy.false),
            since=seen.looked,
        )
        seen.looked = at
        if not found:
            return
        explainer = Explainer(numbered.actions)
        for group in found:
            members = [numbered.accounts[one.account] for one in group.members]
            why = explainer.explain(group)
            stage: Stage = "watch" if _DOUBTS.intersection(why.reasons) else "warn"
            before = _told(seen.told, set(members))
            about = before.about if before else account_of(numbered.objects[_main(group)])
            fresh = Told(about, members, len(group.joint), stage, at)
            if before is None:
                seen.told.append(fresh)
            elif _more(fresh, before, policy.tell_again):
                seen.told[seen.told.index(before)] = fresh
            else:
                continue
            yield self._finding(source, fresh, group, why, seen.acts, numbered, version, whole)
        seen.told = sorted(seen.told, key=lambda one: one.at)[-policy.told :]

    def _finding(
        self,
        source: str,
        told: Told,
        group: Group,
        why: Explained,
        acts: Sequence[Act],
        numbered: "_Numbers",
        version: str,
        whole: Policy,
    ) -> Finding:
        since, policy = min(why.since), whole.coordination
        played = {
            numbered.accounts[account]: role
            for account, role in parts(group, numbered.actions, whole.parts).items()
        }
        evidence = _evidence(source, group, acts, numbered, played)
        kept = evidence[: policy.evidence]
        window = max(group.windows)
        size = len(told.members)
        counts = {"accounts": size, "objects": told.joint, "actions": len(evidence)}
        return Finding(
            id=finding_id(self.name, f"{source}\x1f{told.about}", since, told.stage, told.at, size),
            kind=self.name,
            stage=told.stage,
            about=told.about,
            subjects=tuple(told.members[: policy.subjects]),
            at=told.at,
            since=since,
            score=-group.log_e,
            confidence=1 / (1 + exp(group.log_e)),
            reasons=(
                Reason("beyond_chance", -group.log_e, len(group.joint), 0.0, "objects", window),
                Reason("met_again", 0.0, why.returns, why.by_interest, "meetings", window),
            ),
            evidence=tuple(kept),
            roles=_owner(told.about, acts) | {one.actor: played[one.actor] for one in kept},
            counts=counts | {f"explained_{name}": 1 for name in why.reasons},
            rule=f"{self.name}@{version}",
        )


class _Numbers:
    """Actions numbered by the order of their names, so that who came first changes nothing."""

    def __init__(self, accounts: list[str], objects_: list[str], actions: Actions) -> None:
        self.accounts, self.objects, self.actions = accounts, objects_, actions


def _numbered(acts: Sequence[Act]) -> _Numbers:
    accounts = sorted({act.actor for act in acts})
    things = sorted({act.object for act in acts})
    account = {name: number for number, name in enumerate(accounts)}
    thing = {name: number for number, name in enumerate(things)}
    contents = sorted({act.event for act in acts})
    content = {name: number for number, name in enumerate(contents)}
    columns = (
        np.array([account[act.actor] for act in acts], np.int64),
        np.array([thing[act.object] for act in acts], np.int64),
        np.array([content[act.event] for act in acts], np.int64),
        np.array([act.time for act in acts], np.int64),
    )
    return _Numbers(accounts, things, Actions(*columns))


def _forget_old(seen: Watched, at: int, policy: Coordination) -> None:
    """Keep what is no older than the horizon, and the newest where that is too much."""
    since = at - policy.horizon_days * DAY_MS
    seen.acts = [act for act in seen.acts if act.time >= since][-policy.most_actions :]


def _main(group: Group) -> int:
    """The object on which most of a group acted, the first of them."""
    return max(group.joint, key=lambda joint: (len(joint.members), -joint.since)).object


def _told(told: Sequence[Told], members: set[str]) -> Told | None:
    """The group as it was told of before."""
    for one in told:
        before = set(one.members)
        if len(before & members) >= max(2, _SAME * min(len(before), len(members))):
            return one
    return None


def _more(fresh: Told, before: Told, times: float) -> bool:
    """Whether there is so much more to a group that it is told of again."""
    return (
        STAGES.index(fresh.stage) > STAGES.index(before.stage)
        or fresh.joint >= times * before.joint
        or len(fresh.members) >= times * len(before.members)
    )


def _owner(about: str, acts: Sequence[Act]) -> dict[str, Role]:
    """Whose the thing is that a finding is about: at whom most acts on it were aimed."""
    owners = Counter(act.owner for act in acts if act.owner and account_of(act.object) == about)
    return {max(owners, key=lambda one: (owners[one], one)): "owner"} if owners else {}


def _evidence(
    source: str,
    group: Group,
    acts: Sequence[Act],
    numbered: _Numbers,
    played: Mapping[str, Role],
) -> list[Evidence]:
    """What the group did together, in order of time; an event is there once."""
    places = {(joint.object, member): joint for joint in group.joint for member in joint.members}
    actions = numbered.actions
    rows = np.flatnonzero(np.isin(actions.object, [joint.object for joint in group.joint]))
    found: dict[str, Evidence] = {}
    for row in rows.tolist():
        joint = places.get((int(actions.object[row]), int(actions.account[row])))
        act = acts[row]
        if joint is not None and 0 <= act.time - joint.since < 2 * joint.window:
            piece = Evidence(source, act.event, act.time, act.actor, act.seq, played[act.actor])
            found.setdefault(act.event, piece)
    return sorted(chain(found.values()), key=lambda one: (one.at, one.event))
