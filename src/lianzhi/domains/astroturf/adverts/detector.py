"""The detector `astroturf.advert`: offers of the trade, each as it is posted.

Comments, danmaku, reposts and what ratings say are read, never private messages. A finding is about
the thing under which the offer stands, once it is a warning; whoever posts it is told of once
there, for as long as policy says. It is evidence for a person to weigh, and proposes nothing. What
is remembered is who posted an offer under what, and when; no text is.
"""

from collections.abc import Iterator, Sequence
from math import log

import msgspec

from lianzhi.chain.event import Event
from lianzhi.chain.finding import STAGES, Evidence, Finding, Reason, Role, Span, Stage, finding_id
from lianzhi.chain.policy import Dated
from lianzhi.domains.astroturf.adverts import Offer, offers
from lianzhi.domains.astroturf.adverts import policy as roles
from lianzhi.domains.astroturf.detection.events import TEXT_KINDS, objects
from lianzhi.domains.astroturf.policy import Policy
from lianzhi.domains.astroturf.policy.texts import AdvertPolicy
from lianzhi.domains.struct_state import StructState
from lianzhi.record.mention import mentions

DAY_MS = 86_400_000
#: Surer than this no text is.
_SURE = 1 - 1e-9


class Posted(msgspec.Struct, array_like=True):
    """An offer."""

    at: int
    stage: Stage
    """`warn`: it was told of; else it is kept in mind."""


class Seen(msgspec.Struct, array_like=True):
    """Who posted offers under what, on one platform."""

    told: dict[str, dict[str, Posted]] = {}
    """Author -> thing -> what was told."""
    pairs: int = 0


class State(msgspec.Struct):
    """One partition."""

    version: int = 1
    sources: dict[str, Seen] = {}


class AdvertDetector(StructState[State]):
    """One text is judged by itself."""

    name = "astroturf.advert"
    form = State

    def __init__(self, policy: Dated[Policy]) -> None:
        self._policy = policy

    def key(self, event: Event) -> str | None:
        """The platform, where something is said."""
        return event.source if event.kind in TEXT_KINDS and event.text else None

    def step(self, state: State, events: Sequence[Event]) -> tuple[State, list[Finding]]:
        """Read what is said, side by side, for that costs a tenth of reading it one by one."""
        said = [one for one in events if self.key(one) is not None]
        texts = list(dict.fromkeys(one.text or "" for one in said))
        clear = roles().clear
        found = {
            text: offer
            for text, offer in zip(texts, offers(texts), strict=True)
            if offer.strength >= clear
        }
        findings: list[Finding] = []
        for event in said if found else ():
            offer = found.get(event.text or "")
            if offer is not None:
                findings += self._told(state, event, offer)
        return state, findings

    def forget(self, state: State, subject: str) -> State:
        """Drop an account, and whatever names it."""
        named = mentions(subject)
        for seen in state.sources.values():
            seen.told.pop(subject, None)
            for things in seen.told.values():
                for thing in [one for one in things if named(one.encode())]:
                    del things[thing]
            seen.pairs = sum(map(len, seen.told.values()))
        return state

    def _told(self, state: State, event: Event, offer: Offer) -> Iterator[Finding]:
        """Tell of it, unless its author was told of there."""
        version, whole = self._policy.at(event.time)
        policy = whole.adverts
        if event.object is None and event.group is None:
            return  # nothing under which it stands, and so nothing to gather offers by
        about = f"group:{event.group}" if event.object is None else next(objects(event))
        seen = state.sources.setdefault(event.source, Seen())
        things = seen.told.setdefault(event.actor, {})
        since = event.time - policy.again_days * DAY_MS
        under = {about, *(thing for thing, one in things.items() if one.at > since)}
        stage: Stage = "warn" if warns(offer, policy) or len(under) >= policy.things else "watch"
        last = things.get(about)
        if last is not None and last.at > since and _rank(last.stage) >= _rank(stage):
            return
        seen.pairs += last is None
        things[about] = Posted(event.time, stage)
        if seen.pairs > 2 * policy.told:
            _forget_old(seen, event.time, policy)
        # Of honest reviews one in a hundred reads as an offer: what is none by itself is kept in
        # mind, and not told.
        if stage == "warn":
            yield self._finding(event, offer, about, stage, len(under), f"{self.name}@{version}")

    def _finding(
        self, event: Event, offer: Offer, about: str, stage: Stage, things: int, rule: str
    ) -> Finding:
        sure = min(offer.strength, _SURE)
        points = log(sure / (1 - sure))
        # Who seeks somebody to do it, and neither hires nor sells, organises nothing.
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
            counts={"accounts": 1, "things": things, offer.kind: 1},
            rule=rule,
        )


def warns(offer: Offer, policy: AdvertPolicy) -> bool:
    """Whether an offer is a warning by itself."""
    deals = any(span.role in policy.deals for span in offer.spans)
    return deals and offer.strength >= policy.sure


def _rank(stage: Stage) -> int:
    return STAGES.index(stage)


def _forget_old(seen: Seen, at: int, policy: AdvertPolicy) -> None:
    """Keep what still counts, and the newest where that is too much."""
    since = at - policy.again_days * DAY_MS
    pairs = [
        (one.at, author, thing, one)
        for author, things in seen.told.items()
        for thing, one in things.items()
        if one.at > since
    ]
    kept = sorted(pairs, key=lambda pair: pair[:3])[-policy.told :]
    seen.told, seen.pairs = {}, len(kept)
    for _, author, thing, one in kept:
        seen.told.setdefault(author, {})[thing] = one
