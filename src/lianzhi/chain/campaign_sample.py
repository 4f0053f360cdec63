"""Sample 抽样 of a campaign: items drawn by lot from everything that was posted, judged blind.

What is detected depends on who looks and how; how much harm there is, only a random sample of all
items can tell. Its plan goes on the record before the seed can be known, see `record.lots`. Whoever
judges an item sees its name alone: neither whether it is from before the campaign or from its days,
nor what was judged of others, until the last one is judged.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Literal, get_args

import msgspec

from lianzhi.chain import campaign_draw
from lianzhi.chain.campaign_draw import Candidate, DrawPlan
from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.record.entry import Entry
from lianzhi.record.lots import Reveal
from lianzhi.stats.campaign.audit import AuditSample

#: Strata of a roster: items from before the campaign, and from its days.
BEFORE, DURING = "before", "during"
Judged = Literal["yes", "no", "unclear"]
#: Whether an item is harmful, as somebody judged it.
JUDGED: tuple[Judged, ...] = get_args(Judged)

SAMPLE_STEPS: Steps = {
    "sample.planned": (frozenset({START}), "planned"),
    "sample.revealed": (frozenset({"planned"}), "drawn"),
    "sample.judged": (frozenset({"drawn"}), None),
}


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A sample as its entries tell it. What counts as harmful is a text of the first."""

    id: str
    plan: str
    """The campaign."""
    terms: DrawPlan
    digest: str
    roster: tuple[Candidate, ...]
    day: dt.date
    by: str
    index: int
    status: str = "planned"
    """`planned`, `drawn`, or `finished` once each item is judged."""
    reveal: Reveal | None = None
    drawn: tuple[str, ...] = ()
    """Items in the order in which they are to be judged."""
    judged: Mapping[str, Judged] = {}
    judges: Mapping[str, int] = {}
    """By person, how many items they judged."""

    def next_item(self) -> str | None:
        """The first item that nobody has judged; None: none is left."""
        return next((name for name in self.drawn if name not in self.judged), None)

    def tally(self) -> dict[str, Counter[Judged]]:
        """What was judged, by stratum. To be shown of a finished sample alone."""
        strata = {candidate.name: candidate.stratum for candidate in self.roster}
        counts: dict[str, Counter[Judged]] = {BEFORE: Counter(), DURING: Counter()}
        for name, judgement in self.judged.items():
            counts[strata[name]][judgement] += 1
        return counts


def planned(draw: DrawPlan, each: int) -> DrawPlan:
    """The plan of a draw of as many items from either stratum."""
    return msgspec.structs.replace(draw, strata={BEFORE: each, DURING: each})


def drawn(plan: DrawPlan, opened: Reveal, roster: Sequence[Candidate]) -> tuple[str, ...]:
    """Who is drawn, mixed: by a hash of the seed's secret and the name, which tells no stratum.

    Raises DrawError where plan, reveal and roster do not match.
    """
    names = campaign_draw.drawn(plan, opened, roster)
    return tuple(
        sorted(names, key=lambda name: sha256(f"{opened.secret}\n{name}".encode()).digest())
    )


def pooled(samples: Iterable[Sample]) -> AuditSample | None:
    """All finished samples of a campaign as one, so that none can be picked; unclear items are left
    out. None without an item that could be judged before and during the campaign."""
    counts: dict[str, Counter[Judged]] = {BEFORE: Counter(), DURING: Counter()}
    for sample in samples:
        if sample.status == "finished":
            for stratum, tally in sample.tally().items():
                counts[stratum] += tally
    before, during = ((tally["yes"], tally["yes"] + tally["no"]) for tally in counts.values())
    return AuditSample(*before, *during) if before[1] and during[1] else None


def _fold(before: Sample | None, entry: Entry, payload: Payload) -> Sample:
    status = next_status(SAMPLE_STEPS, entry.kind, before.status if before else START)
    if before is None:
        fields = {"id": payload["sample"], "index": entry.index, "status": status}
        return msgspec.convert({**payload, **fields}, Sample)
    if entry.kind == "sample.revealed":
        reveal = msgspec.convert(payload["reveal"], Reveal)
        names = tuple(payload["drawn"])
        return msgspec.structs.replace(before, status=status, drawn=names, reveal=reveal)
    judged = {**before.judged, payload["item"]: payload["harmful"]}
    judges = {**before.judges, payload["by"]: before.judges.get(payload["by"], 0) + 1}
    if len(judged) == len(before.drawn):
        status = "finished"
    return msgspec.structs.replace(before, status=status, judged=judged, judges=judges)


SAMPLE = Noun(
    *("sample", Sample, SAMPLE_STEPS, _fold),
    columns=("plan", "status", "index"),
    indexes=(("plan", "index"),),
)
