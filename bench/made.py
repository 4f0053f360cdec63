"""What the benchmarks of due process share: findings of invented people, and percentiles."""

from collections.abc import Iterable, Sequence
from statistics import quantiles

from lianzhi.chain.finding import Evidence, Finding, Reason
from lianzhi.domains.policies import Policies
from lianzhi.record.ports import Evidence as Kept

START = 1_795_000_000_000
SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
POLICY = Policies().case(1 << 50)
KIND = "bullying.pile_on"
ROLES = ("inciter", "originator", "repeater", "follower", "follower", "follower", "defender")


def token(n: int) -> str:
    """The vault token of an invented person."""
    return f"p_{n:032x}"


def found(n: int, about: str, actors: Sequence[str], at: int, events: int, stage: str) -> Finding:
    """Finding number n: so many events by these actors at one person."""
    evidence = tuple(
        Evidence(
            source="bench",
            event=f"e{n}-{k}",
            at=at - (events - k) * SECOND,
            actor=actors[k % len(actors)],
            seq=n * 100 + k,
            role=ROLES[k % len(actors) % len(ROLES)],  # type: ignore[arg-type]
            kinds=("insult",),
        )
        for k in range(events)
    )
    return Finding(
        id=f"{n:032x}",
        kind=KIND,
        stage=stage,  # type: ignore[arg-type]
        about=about,
        subjects=tuple(actors),
        at=at,
        since=at - HOUR,
        score=8.0 + n % 8,
        confidence=0.9,
        reasons=(Reason("strangers", 8.0, 30.0, 2.0, "accounts", HOUR),),
        evidence=evidence,
        roles={one.actor: one.role for one in evidence if one.role},
        counts={"actors": len(actors), "strangers": len(actors), "harmful": events},
        rule=f"{KIND}@2026-11-01",
    )


def copies(finding: Finding) -> Iterable[Kept]:
    """The events of a finding as the vault keeps them."""
    for one in finding.evidence:
        raw = (
            f'{{"id":"{one.event}","source":"bench","kind":"comment","time":{one.at},'
            f'"actor":"a{one.seq}","target":"v","text":"\u4f60\u5c31\u662f\u4e2a\u5e9f\u7269"}}'
        )
        yield Kept(
            ref=finding.id,
            seq=one.seq,
            leaf="00" * 32,
            salt=b"s" * 32,
            raw=raw.encode(),
            actor=one.actor,
            target=finding.about,
        )


def spread(times: Sequence[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    cuts = quantiles(times, n=20, method="inclusive")
    return cuts[9], cuts[18]
