"""Detection: three dear offers of one seller within a day are a finding about the organiser."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from lianzhi.chain.event import Event
from lianzhi.chain.finding import Evidence, Finding, finding_id
from lianzhi.chain.policy import CaseType, Dated, Proposal, load_policy
from lianzhi.chain.windowed import WindowedDetector
from lianzhi.domains.monitor import Monitor, Site

KIND, DAY_MS = "scalping.offers", 86_400_000


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a policy file holds; `types` and `proposals` are what the chain asks of each domain."""

    least_offers: int
    types: tuple[CaseType, ...]
    proposals: tuple[Proposal, ...] = ()


def load(own: Path | None = None) -> Dated[Policy]:
    """The shipped policy, or the one in an operator's folder. Raises PolicyError."""
    return load_policy("scalping", Policy, own)


class Offers(WindowedDetector):
    """Implements `chain.detector.Detector`. What it misses: sellers who change accounts."""

    name, window_ms, role = KIND, DAY_MS, "originator"

    def __init__(self, policy: Dated[Policy]) -> None:
        self._policy = policy

    def key(self, event: Event) -> str | None:
        """The seller, where the price is above the face value of the organiser's ticket."""
        ext = event.ext or {}
        prices = [ext.get("price"), ext.get("face")]
        dear = all(type(price) is int for price in prices) and prices[0] > prices[1]
        return event.actor if event.kind == "ticket_offer" and event.target and dear else None

    def judge(self, key: str, recent: Sequence[Evidence], event: Event) -> Finding | None:
        """A finding about the organiser, once the seller's offers are as many as policy says."""
        version, policy = self._policy.at(event.time)
        if len(recent) < policy.least_offers or event.target is None:
            return None
        since = recent[0].at
        return Finding(
            id=finding_id(f"{KIND}/{key}", event.target, since, "act", event.time),
            kind=KIND, stage="act", about=event.target, subjects=(key,), at=event.time,
            since=since, score=2.3, evidence=tuple(recent), roles={key: "originator"},
            counts={"actors": 1, "offers": len(recent)}, rule=f"{KIND}@{version}",
        )  # fmt: skip


def monitor(site: Site) -> Monitor:
    """What a node watches for this domain: one detector, no live picture."""
    return Monitor([Offers(load(site.policy))])


def demo(now: int) -> list[Event]:
    """An invented seller, in the hour before `now`."""
    fields = {"source": "demo", "kind": "ticket_offer", "actor": "黄牛01", "target": "剧院"}
    ext = {"price": 900, "face": 300}
    return [Event(id=f"t{n}", time=now - n * 600_000, ext=ext, **fields) for n in (3, 2, 1)]  # type: ignore[arg-type]
