"""Re-check 复查 of an instruction: by draw, items drawn by lot and judged; by probe, tried out.

The plan of a draw goes on the record before its seed can be known, so that nobody can choose the
items; see `record.lots`. What is probed is named with its result, at once.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal, get_args

import msgspec

from lianzhi.chain.campaign_draw import Candidate, DrawPlan
from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.record.entry import Entry
from lianzhi.record.lots import Reveal

Method = Literal["draw", "probe"]
METHODS: tuple[Method, ...] = get_args(Method)
Verdict = Literal["passed", "failed", "unclear"]
Judged = Literal["met", "breach", "unclear"]
JUDGED: tuple[Judged, ...] = get_args(Judged)

STEPS: Steps = {
    "recheck.planned": (frozenset({START}), "planned"),
    "recheck.probed": (frozenset({START}), "finished"),
    "recheck.revealed": (frozenset({"planned"}), "drawn"),
    "recheck.judged": (frozenset({"drawn"}), None),
    "recheck.finished": (frozenset({"drawn"}), "finished"),
}


class RecheckFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A re-check as its entries tell it."""

    id: str
    instruction: str
    method: Method
    day: dt.date
    by: str
    terms: DrawPlan | None = None
    digest: str = ""
    roster: tuple[Candidate, ...] = ()
    reveal: Reveal | None = None
    drawn: tuple[str, ...] = ()
    judged: Mapping[str, Judged] = {}
    """Item, or what was tried -> what it showed."""
    file: str = ""
    """Id of a kept file with evidence."""
    verdict: Verdict | None = None
    hi: float = 0.0
    """Upper limit of the share in breach, of a draw."""
    status: str = "planned"
    index: int = 0

    def next_item(self) -> str | None:
        """The first item that nobody has judged; None: none is left."""
        return next((name for name in self.drawn if name not in self.judged), None)

    def tally(self) -> Counter[Judged]:
        """How many were judged how."""
        return Counter(self.judged.values())


def _fold(before: RecheckFile | None, entry: Entry, payload: Payload) -> RecheckFile:
    status = next_status(STEPS, entry.kind, before.status if before else START)
    if before is None:
        fields = {"id": payload["recheck"], "status": status, "index": entry.index}
        return msgspec.convert({**payload, **fields}, RecheckFile)
    changed: dict[str, Any] = {"status": status}
    match entry.kind.partition(".")[2]:
        case "revealed":
            changed["reveal"] = msgspec.convert(payload["reveal"], Reveal)
            changed["drawn"] = tuple(payload["drawn"])
        case "judged":
            changed["judged"] = {**before.judged, payload["item"]: payload["result"]}
        case "finished":
            changed |= {"verdict": payload["verdict"], "hi": payload["hi"]}
    return msgspec.structs.replace(before, **changed)


RECHECK = Noun(
    *("recheck", RecheckFile, STEPS, _fold),
    columns=("instruction", "status", "index"),
    indexes=(("instruction", "index"), ("status", "index")),
)
