"""Detection: three dear offers of one seller within a day are a finding about the organiser."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from lianzhi.chain.event import Event
from lianzhi.chain.finding import Evidence, Finding, finding_id
from lianzhi.chain.policy import CaseType, Dated, Proposal, load_policy
from lianzhi.domains.monitor import Monitor, Site
from lianzhi.domains.struct_state import StructState

KIND, DAY_MS = "scalping.offers", 86_400_000


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a policy file holds; `types` and `proposals` are what the chain asks of each domain."""

    least_offers: int
    types: tuple[CaseType, ...]
    proposals: tuple[Proposal, ...] = ()


def load(own: Path | None = None) -> Dated[Policy]:
    """The shipped policy, or the one in an operator's folder. Raises PolicyError."""
    return load_policy("scalping", Policy, own)


class State(msgspec.Struct):
    """Dear offers of the last day, by seller."""

    offers: dict[str, list[Evidence]] = {}


class Offers(StructState[State]):
    """Implements `chain.detector.Detector`. What it misses: sellers who change accounts."""

    name = KIND
    form = State

    def __init__(self, policy: Dated[Policy]) -> None:
        self._policy = policy

    def key(self, event: Event) -> str | None:
        """The seller, where the price is above the face value of the organiser's ticket."""
        ext = event.ext or {}
        prices = [ext.get("price"), ext.get("face")]
        dear = all(type(price) is int for price in prices) and prices[0] > prices[1]
        return event.actor if event.kind == "ticket_offer" and event.target and dear else None

    def step(self, state: State, events: Sequence[Event]) -> tuple[State, list[Finding]]:
        """Fold ordered events in; a finding closes the seller's day."""
        findings = []
        for event in events:
            if (seller := self.key(event)) is None or event.target is None:
                continue
            version, policy = self._policy.at(event.time)
            before = state.offers.pop(seller, [])
            offer = Evidence(event.source, event.id, event.time, seller, event.seq, "originator")
            recent = (*(each for each in before if each.at > event.time - DAY_MS), offer)
            if len(recent) < policy.least_offers:
                state.offers[seller] = [*recent]
                continue
            since = recent[0].at
            finding = Finding(
                id=finding_id(f"{KIND}/{seller}", event.target, since, "act", event.time),
                kind=KIND, stage="act", about=event.target, subjects=(seller,), at=event.time,
                since=since, score=2.3, evidence=recent, roles={seller: "originator"},
                counts={"actors": 1, "offers": len(recent)}, rule=f"{KIND}@{version}",
            )  # fmt: skip
            findings.append(finding)
        return state, findings

    def forget(self, state: State, subject: str) -> State:
        state.offers.pop(subject, None)
        return state


def monitor(site: Site) -> Monitor:
    """What a node watches for this domain: one detector, no live picture."""
    return Monitor([Offers(load(site.policy))])


def demo(now: int) -> list[Event]:
    """An invented seller, in the hour before `now`."""
    fields = {"source": "demo", "kind": "ticket_offer", "actor": "黄牛01", "target": "剧院"}
    ext = {"price": 900, "face": 300}
    return [Event(id=f"t{n}", time=now - n * 600_000, ext=ext, **fields) for n in (3, 2, 1)]  # type: ignore[arg-type]
