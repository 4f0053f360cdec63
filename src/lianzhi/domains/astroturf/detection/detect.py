"""The detector `astroturf.coordination`: groups that act together, found in the stream.

It keeps the newest actions and searches them periodically, as `lianzhi astroturf groups` searches a
file, for groups that have acted since the last look. A finding is about the object on which most of
the group acted; it is evidence for a person to weigh, and proposes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import exp

import numpy as np

from lianzhi.accounts.explanations import Explained, Explainer
from lianzhi.accounts.groups import Group, Settings, groups
from lianzhi.accounts.kernel import Actions
from lianzhi.chain.event import Event
from lianzhi.chain.finding import Evidence, Finding, Reason, Role, Stage, finding_id
from lianzhi.domains.astroturf.detection.events import account_of, objects
from lianzhi.domains.astroturf.detection.lookback import (
    LookbackDetector,
    evidence_of,
    likeliest_owner,
    matching_alert,
    raise_alert,
)
from lianzhi.domains.astroturf.detection.parts import parts
from lianzhi.domains.astroturf.detection.state import Alert, OwnedAct, State, Watched
from lianzhi.domains.astroturf.policy import Coordination, Policy

#: Reasons to watch a group without warning: accounts with a shared interest would look the same.
_DOUBTS = frozenset({"interest", "own_objects", "schedule"})


class CoordinationDetector(LookbackDetector[OwnedAct]):
    """Finds accounts that act together on many objects, beyond chance."""

    name = "astroturf.coordination"
    form = State[OwnedAct]

    def acts(self, event: Event) -> list[OwnedAct]:
        """One act for each object on which an event acts."""
        # The account to which a post replies does not own the object of the post.
        target = event.target if event.in_reply_to is None else None
        return [
            OwnedAct(event.time, event.actor, name, event.id, event.seq, _owner_of(name, target))
            for name in objects(event)
        ]

    def bounds(self, policy: Policy) -> Coordination:
        """Horizon, interval and limits of looks."""
        return policy.coordination

    def look(
        self, source: str, seen: Watched[OwnedAct], version: str, policy: Policy
    ) -> Iterator[Finding]:
        """Findings of groups that are new or have grown."""
        at, bounds = seen.next, policy.coordination
        numbered = _numbered(seen.acts)
        detected = groups(
            numbered.actions,
            Settings(tuple(1000 * seconds for seconds in bounds.windows_seconds), bounds.false),
            since=seen.looked,
        )
        if not detected:
            return
        explainer = Explainer(numbered.actions)
        for group in detected:
            members = [numbered.accounts[member.account] for member in group.members]
            why = explainer.explain(group)
            stage: Stage = "watch" if _DOUBTS.intersection(why.reasons) else "warn"
            before = matching_alert(seen.alerts, members)
            about = before.about if before else account_of(numbered.objects[_main(group)])
            fresh = Alert(about, members, len(group.joint), stage, at)
            if raise_alert(seen, fresh, before, bounds.tell_again):
                yield self._finding(source, fresh, group, why, seen.acts, numbered, version, policy)

    def _finding(
        self,
        source: str,
        alert: Alert,
        group: Group,
        why: Explained,
        acts: Sequence[OwnedAct],
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
        owner = likeliest_owner(act.owner for act in acts if account_of(act.object) == alert.about)
        owns: dict[str, Role] = {} if owner is None else {owner: "owner"}
        window = max(group.windows)
        size = len(alert.members)
        counts = {"accounts": size, "objects": alert.joint, "actions": len(evidence)}
        return Finding(
            id=finding_id(
                self.name, f"{source}\x1f{alert.about}", since, alert.stage, alert.at, size
            ),
            kind=self.name,
            stage=alert.stage,
            about=alert.about,
            subjects=tuple(alert.members[: policy.subjects]),
            at=alert.at,
            since=since,
            score=-group.log_e,
            confidence=1 / (1 + exp(group.log_e)),
            reasons=(
                Reason("beyond_chance", -group.log_e, len(group.joint), 0.0, "objects", window),
                Reason("met_again", 0.0, why.returns, why.by_interest, "meetings", window),
            ),
            evidence=tuple(kept),
            roles=owns | {item.actor: played[item.actor] for item in kept},
            counts=counts | {f"explained_{name}": 1 for name in why.reasons},
            rule=f"{self.name}@{version}",
        )


def _owner_of(name: str, target: str | None) -> str | None:
    """The target owns an object of the platform; a link, a word or a group has no owner."""
    return target if name.startswith("on:") else None


class _Numbers:
    """Actions as columns, numbered by name, so that the order of arrival changes nothing."""

    def __init__(self, accounts: list[str], objects_: list[str], actions: Actions) -> None:
        self.accounts, self.objects, self.actions = accounts, objects_, actions


def _numbered(acts: Sequence[OwnedAct]) -> _Numbers:
    accounts = sorted({act.actor for act in acts})
    names = sorted({act.object for act in acts})
    account = {name: number for number, name in enumerate(accounts)}
    object_ = {name: number for number, name in enumerate(names)}
    contents = sorted({act.event for act in acts})
    content = {name: number for number, name in enumerate(contents)}
    columns = (
        np.array([account[act.actor] for act in acts], np.int64),
        np.array([object_[act.object] for act in acts], np.int64),
        np.array([content[act.event] for act in acts], np.int64),
        np.array([act.time for act in acts], np.int64),
    )
    return _Numbers(accounts, names, Actions(*columns))


def _main(group: Group) -> int:
    """The object on which most of a group acted, the first of them."""
    return max(group.joint, key=lambda joint: (len(joint.members), -joint.since)).object


def _evidence(
    source: str,
    group: Group,
    acts: Sequence[OwnedAct],
    numbered: _Numbers,
    played: Mapping[str, Role],
) -> list[Evidence]:
    """Joint actions of the group in order of time, each event once."""
    places = {(joint.object, member): joint for joint in group.joint for member in joint.members}
    actions = numbered.actions
    rows = np.flatnonzero(np.isin(actions.object, [joint.object for joint in group.joint]))
    evidence: dict[str, Evidence] = {}
    for row in rows.tolist():
        joint = places.get((int(actions.object[row]), int(actions.account[row])))
        act = acts[row]
        if joint is not None and 0 <= act.time - joint.since < 2 * joint.window:
            evidence.setdefault(act.event, evidence_of(source, act, played[act.actor]))
    return sorted(evidence.values(), key=lambda item: (item.at, item.event))
