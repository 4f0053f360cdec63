"""The detector `astroturf.coordination`: groups that act together, seen while they do.

It remembers the newest actions, and by the clock of the events looks through them as `lianzhi
astroturf groups` does through a file, for groups that have acted since the last look: what it tells
of is what that would find. A finding is about
the object on which most of the group acted; it is evidence for a person to weigh, and proposes
nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from math import exp

import numpy as np

from lianzhi.accounts.explanations import Explained, Explainer
from lianzhi.accounts.groups import Group, Settings, groups
from lianzhi.accounts.kernel import Actions
from lianzhi.chain.event import Event
from lianzhi.chain.finding import Evidence, Finding, Reason, Role, Stage, finding_id
from lianzhi.domains.astroturf.detection.events import account_of, objects
from lianzhi.domains.astroturf.detection.looking import Looker, known, owner, piece, tell
from lianzhi.domains.astroturf.detection.parts import parts
from lianzhi.domains.astroturf.detection.state import OnThing, State, Told, Watched
from lianzhi.domains.astroturf.policy import Coordination, Policy

#: What leaves a group to be only watched: others who share an interest would look the same.
_DOUBTS = frozenset({"interest", "own_objects", "schedule"})


class CoordinationDetector(Looker[OnThing]):
    """Who acts together does so on many objects."""

    name = "astroturf.coordination"
    form = State[OnThing]

    def acts(self, event: Event) -> list[OnThing]:
        """One for each object on which an event acts."""
        # Whom a post answers, or whom it is aimed at beside its link, owns nothing.
        whose = event.target if event.in_reply_to is None else None
        return [
            OnThing(event.time, event.actor, one, event.id, event.seq, _of_owner(one, whose))
            for one in objects(event)
        ]

    def bounds(self, policy: Policy) -> Coordination:
        """As policy has them."""
        return policy.coordination

    def look(
        self, source: str, seen: Watched[OnThing], version: str, policy: Policy
    ) -> Iterator[Finding]:
        """Tell of groups that are new, or have become much more."""
        at, bounds = seen.next, policy.coordination
        numbered = _numbered(seen.acts)
        found = groups(
            numbered.actions,
            Settings(tuple(1000 * one for one in bounds.windows_seconds), bounds.false),
            since=seen.looked,
        )
        if not found:
            return
        explainer = Explainer(numbered.actions)
        for group in found:
            members = [numbered.accounts[one.account] for one in group.members]
            why = explainer.explain(group)
            stage: Stage = "watch" if _DOUBTS.intersection(why.reasons) else "warn"
            before = known(seen.told, members)
            about = before.about if before else account_of(numbered.objects[_main(group)])
            fresh = Told(about, members, len(group.joint), stage, at)
            if tell(seen, fresh, before, bounds.tell_again):
                yield self._finding(source, fresh, group, why, seen.acts, numbered, version, policy)

    def _finding(
        self,
        source: str,
        told: Told,
        group: Group,
        why: Explained,
        acts: Sequence[OnThing],
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
        whose = owner(act.owner for act in acts if account_of(act.object) == told.about)
        owns: dict[str, Role] = {} if whose is None else {whose: "owner"}
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
            roles=owns | {one.actor: played[one.actor] for one in kept},
            counts=counts | {f"explained_{name}": 1 for name in why.reasons},
            rule=f"{self.name}@{version}",
        )


def _of_owner(thing: str, whose: str | None) -> str | None:
    """What the platform has is somebody's; a link, a word or a group is not the target's."""
    return whose if thing.startswith("on:") else None


class _Numbers:
    """Actions numbered by the order of their names, so that who came first changes nothing."""

    def __init__(self, accounts: list[str], objects_: list[str], actions: Actions) -> None:
        self.accounts, self.objects, self.actions = accounts, objects_, actions


def _numbered(acts: Sequence[OnThing]) -> _Numbers:
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


def _main(group: Group) -> int:
    """The object on which most of a group acted, the first of them."""
    return max(group.joint, key=lambda joint: (len(joint.members), -joint.since)).object


def _evidence(
    source: str,
    group: Group,
    acts: Sequence[OnThing],
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
            found.setdefault(act.event, piece(source, act, played[act.actor]))
    return sorted(chain(found.values()), key=lambda one: (one.at, one.event))
