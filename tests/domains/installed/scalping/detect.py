"""Detection: three dear offers of one seller within a day are a finding about the organiser."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from lianzhi.chain.detector import dumped, loaded
from lianzhi.chain.event import Event
from lianzhi.chain.finding import Evidence, Finding, finding_id
from lianzhi.chain.policy import CaseType, Dated, Proposal, load_policy
from lianzhi.domains.monitor import Monitor, Site

KIND, DAY_MS = "scalping.offers", 86_400_000


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The dated policy."""

    least_offers: int
    types: tuple[CaseType, ...]
    proposals: tuple[Proposal, ...] = ()


class State(msgspec.Struct):
    """Dear offers of the last day, by seller."""

    offers: dict[str, list[Evidence]] = {}


class Offers:
    """The detector. What it misses: sellers who change accounts. Pure; time comes from events."""

    name = KIND

    def __init__(self, policy: Dated[Policy]) -> None:
        self._policy = policy

    def key(self, event: Event) -> str | None:
        """The seller, where the price is above the face value of the organiser's ticket."""
        ext = event.ext or {}
        prices = [ext.get("price"), ext.get("face")]
        dear = all(type(each) is int for each in prices) and prices[0] > prices[1]
        return event.actor if event.kind == "ticket_offer" and event.target and dear else None

    def init(self) -> State:
        """No offers."""
        return State()

    def step(self, state: State, events: Sequence[Event]) -> tuple[State, list[Finding]]:
        """Fold ordered events in; a finding closes the seller's day."""
        findings = []
        for event in events:
            if (seller := self.key(event)) is None or event.target is None:
                continue
            version, policy = self._policy.at(event.time)
            last = Evidence(event.source, event.id, event.time, seller, event.seq, "originator")
            recent = [each for each in state.offers.get(seller, ()) if each.at > last.at - DAY_MS]
            state.offers[seller] = recent = [*recent, last]
            if len(recent) < policy.least_offers:
                continue
            del state.offers[seller]
            since = recent[0].at
            finding = Finding(
                id=finding_id(f"{KIND}/{seller}", event.target, since, "act", last.at),
                kind=KIND, stage="act", about=event.target, subjects=(seller,), at=last.at,
                since=since, score=2.3, evidence=tuple(recent), roles={seller: "originator"},
                counts={"actors": 1, "offers": len(recent)}, rule=f"{KIND}@{version}",
            )  # fmt: skip
            findings.append(finding)
        return state, findings

    def forget(self, state: State, subject: str) -> State:
        """Drop a seller."""
        state.offers.pop(subject, None)
        return state

    def dump(self, state: State) -> bytes:
        """The state as MessagePack."""
        return dumped(state)

    def load(self, data: bytes) -> State:
        """Inverse of `dump`. Raises ValueError."""
        return loaded(data, State, self.name)


def load(own: Path | None = None) -> Dated[Policy]:
    """The shipped policy, or an operator's own. Raises PolicyError."""
    return load_policy("scalping", Policy, own)


def monitor(site: Site) -> Monitor:
    """The detector under the policy of a node."""
    return Monitor([Offers(load(site.policy))])


def demo(now: int) -> list[Event]:
    """An invented seller, in the hour before `now`."""
    fields = {"source": "demo", "kind": "ticket_offer", "actor": "黄牛01", "target": "剧院"}
    ext = {"price": 900, "face": 300}
    return [Event(id=f"t{n}", time=now - n * 600_000, ext=ext, **fields) for n in (3, 2, 1)]  # type: ignore[arg-type]
