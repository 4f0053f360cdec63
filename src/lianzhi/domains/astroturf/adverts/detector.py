"""The detector `astroturf.advert`: offers of the trade, in the stream.

It reads comments, danmaku, reposts and texts of ratings, never private messages. A finding is about
the object under which the offer stands, once it is a warning; an author is reported once per object
and period of the policy. It is evidence for a person to weigh, and proposes nothing. The state
holds who posted an offer under what and when, but no text.
"""

from collections.abc import Iterator, Sequence
from math import log

import msgspec

from lianzhi.chain.event import Event
from lianzhi.chain.finding import STAGES, Evidence, Finding, Reason, Role, Span, Stage, finding_id
from lianzhi.chain.policy import Dated
from lianzhi.chain.struct_state import StructState
from lianzhi.domains.astroturf.adverts import Offer, offers
from lianzhi.domains.astroturf.adverts import policy as roles
from lianzhi.domains.astroturf.detection.events import TEXT_KINDS, objects
from lianzhi.domains.astroturf.policy import Policy
from lianzhi.domains.astroturf.policy.texts import AdvertPolicy
from lianzhi.record.mention import mentions

DAY_MS = 86_400_000
#: Upper bound of the probability of one text.
_SURE = 1 - 1e-9


class Posted(msgspec.Struct, array_like=True):
    """One offer in the state."""

    at: int
    stage: Stage
    """`warn`: it was reported; otherwise it is only kept."""


class Seen(msgspec.Struct, array_like=True):
    """Offers of one platform by author and object."""

    posts: dict[str, dict[str, Posted]] = {}
    """Author -> object -> offer."""
    pairs: int = 0


class State(msgspec.Struct):
    """State of one partition, by platform."""

    version: int = 1
    sources: dict[str, Seen] = {}


class AdvertDetector(StructState[State]):
    """Judges each text by itself."""

    name = "astroturf.advert"
    form = State

    def __init__(self, policy: Dated[Policy]) -> None:
        self._policy = policy

    def key(self, event: Event) -> str | None:
        """The platform of an event with a public text, else None."""
        return event.source if event.kind in TEXT_KINDS and event.text else None

    def step(self, state: State, events: Sequence[Event]) -> tuple[State, list[Finding]]:
        """Findings of the events' texts, which are read in one batch for speed."""
        texts_of = [event for event in events if self.key(event) is not None]
        texts = list(dict.fromkeys(event.text or "" for event in texts_of))
        clear = roles().clear
        offers_ = {
            text: offer
            for text, offer in zip(texts, offers(texts), strict=True)
            if offer.strength >= clear
        }
        findings: list[Finding] = []
        for event in texts_of if offers_ else ():
            offer = offers_.get(event.text or "")
            if offer is not None:
                findings += self._findings(state, event, offer)
        return state, findings

    def forget(self, state: State, subject: str) -> State:
        """Drop an account, and everything that names it."""
        named = mentions(subject)
        for seen in state.sources.values():
            seen.posts.pop(subject, None)
            for posts in seen.posts.values():
                for object_ in [object_ for object_ in posts if named(object_.encode())]:
                    del posts[object_]
            seen.pairs = sum(map(len, seen.posts.values()))
        return state

    def _findings(self, state: State, event: Event, offer: Offer) -> Iterator[Finding]:
        """A finding for the offer, unless its author was reported there already."""
        version, whole = self._policy.at(event.time)
        policy = whole.adverts
        if event.object is None and event.group is None:
            return  # offers are grouped by object or group, and it has neither
        about = f"group:{event.group}" if event.object is None else next(objects(event))
        seen = state.sources.setdefault(event.source, Seen())
        posts = seen.posts.setdefault(event.actor, {})
        since = event.time - policy.again_days * DAY_MS
        under = {about, *(object_ for object_, posted in posts.items() if posted.at > since)}
        stage: Stage = "warn" if warns(offer, policy) or len(under) >= policy.things else "watch"
        last = posts.get(about)
        if last is not None and last.at > since and _rank(last.stage) >= _rank(stage):
            return
        seen.pairs += last is None
        posts[about] = Posted(event.time, stage)
        if seen.pairs > 2 * policy.told:
            _forget_old(seen, event.time, policy)
        # About 1 % of honest reviews read as an offer, so a single weak one is counted but not
        # reported.
        if stage == "warn":
            yield self._finding(event, offer, about, stage, len(under), f"{self.name}@{version}")

    def _finding(
        self, event: Event, offer: Offer, about: str, stage: Stage, count: int, rule: str
    ) -> Finding:
        sure = min(offer.strength, _SURE)
        points = log(sure / (1 - sure))
        # A text that only seeks somebody, and neither hires nor sells, organises nothing.
        parts = {span.role for span in offer.spans}
        seeks = "seek" in parts and parts.isdisjoint(
            self._policy.at(event.time)[1].adverts.organises
        )
        role: Role | None = None if seeks else "organiser"
        spans = tuple(Span(span.start, span.end, offer.kind) for span in offer.spans)
        at = event.time
        piece = Evidence(
            event.source, event.id, at, event.actor, event.seq, role, (offer.kind,), spans
        )
        key = f"{event.source}\x1f{about}\x1f{event.actor}"
        return Finding(
            id=finding_id(self.name, key, at, stage, at),
            kind=self.name,
            stage=stage,
            about=about,
            subjects=(event.actor,),
            at=at,
            since=at,
            score=points,
            confidence=offer.strength,
            reasons=(Reason("reads_as_offer", points, len(spans), 0.0, "passages"),),
            evidence=(piece,),
            roles={} if role is None else {event.actor: role},
            counts={"accounts": 1, "things": count, offer.kind: 1},
            rule=rule,
        )


def warns(offer: Offer, policy: AdvertPolicy) -> bool:
    """Whether an offer is a warning by itself."""
    deals = any(span.role in policy.deals for span in offer.spans)
    return deals and offer.strength >= policy.sure


def _rank(stage: Stage) -> int:
    return STAGES.index(stage)


def _forget_old(seen: Seen, at: int, policy: AdvertPolicy) -> None:
    """Drop offers out of the period, and the oldest where there are too many."""
    since = at - policy.again_days * DAY_MS
    pairs = [
        (posted.at, author, object_, posted)
        for author, posts in seen.posts.items()
        for object_, posted in posts.items()
        if posted.at > since
    ]
    kept = sorted(pairs, key=lambda pair: pair[:3])[-policy.told :]
    seen.posts, seen.pairs = {}, len(kept)
    for _, author, object_, posted in kept:
        seen.posts.setdefault(author, {})[object_] = posted
