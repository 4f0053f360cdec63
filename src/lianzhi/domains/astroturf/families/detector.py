"""The detector `astroturf.reviews`: texts made alike for one target, seen while they are written.

It remembers the newest texts of each platform (comments, danmaku, reposts and what ratings say,
about a thing; so many characters of each, by whom and when), and by the clock of the events judges
them as `lianzhi astroturf reviews` does a file, if more strictly. The texts themselves are needed,
for the template and for what else a family may be; erasing an account drops those that it wrote and
those that name it. What is told is evidence for a person to weigh, and proposes nothing.
"""

from collections.abc import Iterator, Sequence
from math import log

import numpy as np

from lianzhi.chain.event import Event
from lianzhi.chain.finding import Finding, Reason, Role, Stage, finding_id
from lianzhi.domains.astroturf.detection.events import SAID, objects
from lianzhi.domains.astroturf.detection.looking import Looker, known, owner, piece, tell
from lianzhi.domains.astroturf.detection.state import Said, State, Told, Watched
from lianzhi.domains.astroturf.families.judging import Judged, Posts, judge
from lianzhi.domains.astroturf.policy import Policy
from lianzhi.domains.astroturf.policy.texts import ReviewPolicy

#: Less likely by chance than this is as good as never.
_NEVER = 1e-300


class ReviewDetector(Looker[Said]):
    """What is said of one thing is compared with what is said of others."""

    name = "astroturf.reviews"
    form = State[Said]

    def acts(self, event: Event) -> list[Said]:
        """The text, where one is about a thing."""
        if event.kind not in SAID or not event.text or event.object is None:
            return []
        longest = self.policy.at(event.time)[1].reviews.longest
        # Who answers somebody names whom, and not whose the thing is.
        whose = event.target if event.in_reply_to is None else None
        on = next(objects(event))
        said = event.text[:longest]
        return [Said(event.time, event.actor, on, event.id, event.seq, whose, said)]

    def bounds(self, policy: Policy) -> ReviewPolicy:
        """As policy has them."""
        return policy.reviews

    def look(
        self, source: str, seen: Watched[Said], version: str, policy: Policy
    ) -> Iterator[Finding]:
        """Tell of families that are new, or have become much more."""
        bounds = policy.reviews
        posts, things = _posts(seen.acts)
        for one in judge(posts, bounds.families):
            here = [seen.acts[row] for row in one.rows.tolist()]
            if here[-1].time < seen.looked or one.by_chance > bounds.by_chance:
                continue
            about = things[one.target]
            members = list(dict.fromkeys(said.actor for said in here))
            stage: Stage = "watch" if one.explanations else "warn"
            fresh = Told(about, members[: bounds.subjects], len(members), stage, seen.next)
            before = known(seen.told, fresh.members, about)
            if tell(seen, fresh, before, bounds.tell_again):
                whose = owner(said.owner for said in seen.acts if said.object == about)
                yield self._finding(source, fresh, one, here, whose, version, bounds)

    def _finding(
        self,
        source: str,
        told: Told,
        one: Judged,
        here: Sequence[Said],
        whose: str | None,
        version: str,
        policy: ReviewPolicy,
    ) -> Finding:
        # Where there is nothing to compare with, it is as if chance had brought one.
        chance = 1.0 if np.isnan(one.by_chance) else max(one.by_chance, _NEVER)
        since, until = here[0].time, here[-1].time
        together = one.burst.until - one.burst.since
        evidence = here[: policy.evidence]
        roles: dict[str, Role] = {said.actor: "participant" for said in evidence}
        if whose is not None:
            roles[whose] = "owner"
        counts = {
            "accounts": told.joint,
            "texts": len(here),
            "different": len({said.text.strip() for said in here}),
            "elsewhere": one.elsewhere,
            "targets": one.targets,
        }
        key = f"{source}\x1f{told.about}\x1f{told.members[0]}"
        return Finding(
            id=finding_id(self.name, key, since, told.stage, told.at, told.joint),
            kind=self.name,
            stage=told.stage,
            about=told.about,
            subjects=tuple(who for who in told.members if who != whose),
            at=told.at,
            since=since,
            score=-log(chance) + 0.0,
            confidence=1 / (1 + chance),
            reasons=(
                Reason("made_alike", -log(chance), told.joint, 0.0, "accounts", until - since),
                Reason("at_once", 0.0, one.burst.accounts, 0.0, "accounts", together),
            ),
            evidence=tuple(piece(source, said, roles[said.actor]) for said in evidence),
            roles=roles,
            counts=counts | {f"explained_{name}": 1 for name in one.explanations},
            rule=f"{self.name}@{version}",
        )


def _posts(acts: Sequence[Said]) -> tuple[Posts, list[str]]:
    """Texts as columns, and the names of targets; by names, so that who came first changes
    nothing."""
    accounts = {name: n for n, name in enumerate(sorted({said.actor for said in acts}))}
    things = {name: n for n, name in enumerate(sorted({said.object for said in acts}))}
    posts = Posts(
        [said.text for said in acts],
        np.array([accounts[said.actor] for said in acts], np.int64),
        np.array([things[said.object] for said in acts], np.int64),
        np.array([said.time for said in acts], np.int64),
    )
    return posts, list(things)
