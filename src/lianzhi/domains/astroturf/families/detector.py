"""The detector `astroturf.reviews`: text families about one target, in the stream.

It keeps the newest texts of each platform (comments, danmaku, reposts and texts of ratings about an
object; truncated, with author and time), and periodically judges them as `lianzhi astroturf
reviews` does a file, with stricter limits. The texts are needed for the template and for
explanations; erasing an account drops those that it wrote and those that name it. A finding is
evidence for a person to weigh, and proposes nothing.
"""

from collections.abc import Iterator, Sequence
from math import log

import numpy as np

from lianzhi.chain.event import Event
from lianzhi.chain.finding import Finding, Reason, Role, Stage, finding_id
from lianzhi.domains.astroturf.detection.events import TEXT_KINDS, objects
from lianzhi.domains.astroturf.detection.lookback import (
    LookbackDetector,
    evidence_of,
    likeliest_owner,
    matching_alert,
    raise_alert,
)
from lianzhi.domains.astroturf.detection.state import Alert, State, TextAct, Watched
from lianzhi.domains.astroturf.families.judging import Judged, Posts, judge
from lianzhi.domains.astroturf.policy import Policy
from lianzhi.domains.astroturf.policy.texts import ReviewPolicy

#: Lower bound of the probability by chance.
_NEVER = 1e-300


class ReviewDetector(LookbackDetector[TextAct]):
    """Compares the texts about one object with those about others."""

    name = "astroturf.reviews"
    form = State[TextAct]

    def acts(self, event: Event) -> list[TextAct]:
        """The text of an event that is about an object."""
        if event.kind not in TEXT_KINDS or not event.text or event.object is None:
            return []
        longest = self.policy.at(event.time)[1].reviews.longest
        # The target of a reply is the account replied to, not the owner of the object.
        owner = event.target if event.in_reply_to is None else None
        on = next(objects(event))
        text = event.text[:longest]
        return [TextAct(event.time, event.actor, on, event.id, event.seq, owner, text)]

    def bounds(self, policy: Policy) -> ReviewPolicy:
        """Horizon, interval and limits of looks."""
        return policy.reviews

    def look(
        self, source: str, seen: Watched[TextAct], version: str, policy: Policy
    ) -> Iterator[Finding]:
        """Findings of families of texts that are new or have grown."""
        bounds = policy.reviews
        posts, objects = _posts(seen.acts)
        for judged in judge(posts, bounds.families):
            here = [seen.acts[row] for row in judged.rows.tolist()]
            if here[-1].time < seen.looked or judged.by_chance > bounds.by_chance:
                continue
            about = objects[judged.target]
            members = list(dict.fromkeys(act.actor for act in here))
            stage: Stage = "watch" if judged.explanations else "warn"
            fresh = Alert(about, members[: bounds.subjects], len(members), stage, seen.next)
            before = matching_alert(seen.alerts, fresh.members, about)
            if raise_alert(seen, fresh, before, bounds.tell_again):
                owner = likeliest_owner(act.owner for act in seen.acts if act.object == about)
                yield self._finding(source, fresh, judged, here, owner, version, bounds)

    def _finding(
        self,
        source: str,
        alert: Alert,
        judged: Judged,
        here: Sequence[TextAct],
        owner: str | None,
        version: str,
        policy: ReviewPolicy,
    ) -> Finding:
        # With all posts on one target nothing estimates chance; one expected family is assumed.
        chance = 1.0 if np.isnan(judged.by_chance) else max(judged.by_chance, _NEVER)
        since, until = here[0].time, here[-1].time
        together = judged.burst.until - judged.burst.since
        evidence = here[: policy.evidence]
        roles: dict[str, Role] = {act.actor: "participant" for act in evidence}
        if owner is not None:
            roles[owner] = "owner"
        counts = {
            "accounts": alert.joint,
            "texts": len(here),
            "different": len({act.text.strip() for act in here}),
            "elsewhere": judged.elsewhere,
            "targets": judged.targets,
        }
        key = f"{source}\x1f{alert.about}\x1f{alert.members[0]}"
        return Finding(
            id=finding_id(self.name, key, since, alert.stage, alert.at, alert.joint),
            kind=self.name,
            stage=alert.stage,
            about=alert.about,
            subjects=tuple(member for member in alert.members if member != owner),
            at=alert.at,
            since=since,
            score=-log(chance) + 0.0,
            confidence=1 / (1 + chance),
            reasons=(
                Reason("made_alike", -log(chance), alert.joint, 0.0, "accounts", until - since),
                Reason("at_once", 0.0, judged.burst.accounts, 0.0, "accounts", together),
            ),
            evidence=tuple(evidence_of(source, act, roles[act.actor]) for act in evidence),
            roles=roles,
            counts=counts | {f"explained_{name}": 1 for name in judged.explanations},
            rule=f"{self.name}@{version}",
        )


def _posts(acts: Sequence[TextAct]) -> tuple[Posts, list[str]]:
    """Texts as columns, and the names of targets; numbered by name, so that order of arrival does
    not matter.
    """
    accounts = {name: n for n, name in enumerate(sorted({act.actor for act in acts}))}
    objects = {name: n for n, name in enumerate(sorted({act.object for act in acts}))}
    posts = Posts(
        [act.text for act in acts],
        np.array([accounts[act.actor] for act in acts], np.int64),
        np.array([objects[act.object] for act in acts], np.int64),
        np.array([act.time for act in acts], np.int64),
    )
    return posts, list(objects)
