"""Rectification 整改: the file of a case that an audit or an assessment opened, until a re-audit
or a recheck closes it."""

import datetime as dt
from typing import Any, Literal

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.record.entry import Entry

Kind = Literal["fairness", "pricing", "probes", "diversity", "assessment"]
_RUNNING = frozenset({"ordered", "replied"})
STEPS: Steps = {
    "rectification.opened": (frozenset({START}), "open"),
    "rectification.joined": (frozenset({"open"}) | _RUNNING, None),
    "rectification.ordered": (frozenset({"open"}), "ordered"),
    "rectification.overdue": (frozenset({"ordered"}), None),
    "rectification.replied": (_RUNNING, "replied"),
    "rectification.reaudited": (frozenset({"replied"}), None),
    "rectification.contested": (_RUNNING, None),
    "rectification.upheld": (_RUNNING, None),
    "rectification.overturned": (_RUNNING, "withdrawn"),
    "rectification.closed": (frozenset({"replied"}), "closed"),
    "rectification.dismissed": (frozenset({"open"}), "dismissed"),
}


class Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """The provider's answer; what it says is a text of its entry."""

    day: dt.date
    file: str = ""
    """Id of the kept file."""
    index: int = 0


class Rectification(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A rectification as its entries tell it. Its id is that of the case."""

    id: str
    algorithm: str
    """The algorithm; of an assessment, the product."""
    kind: Kind
    audits: tuple[str, ...]
    """Audits or assessments on which it rests."""
    scope: tuple[str, ...] = ()
    """Names of the gaps that are to be closed, or keys of the questions to be met."""
    margin: float = 0.0
    """Within which they have to be shown to lie."""
    due: dt.date | None = None
    decision: str = ""
    ordered: dt.date | None = None
    overdue: dt.date | None = None
    """The day on which it was noted that the time had run out."""
    replies: tuple[Reply, ...] = ()
    reaudits: tuple[str, ...] = ()
    """Re-audits, or assessments by which it was rechecked."""
    appeal: str = ""
    """A reconsideration that waits for its answer."""
    closed: dt.date | None = None
    status: str = "open"
    index: int = 0

    @property
    def replied(self) -> dt.date | None:
        """Day of the last reply; a re-audit has to be of later data."""
        return self.replies[-1].day if self.replies else None


def _fold(before: Rectification | None, entry: Entry, payload: Payload) -> Rectification:
    status = next_status(STEPS, entry.kind, before.status if before else START)
    if before is None:
        started = {"id": payload["rectification"], "audits": [payload["audit"]]}
        return msgspec.convert({**payload, **started, "index": entry.index}, Rectification)
    more: dict[str, Any] = {"status": status}
    match entry.kind.partition(".")[2]:
        case "joined":
            more["audits"] = (*before.audits, payload["audit"])
        case "ordered":
            more |= {"scope": tuple(payload["scope"]), "margin": payload["margin"]}
            more |= {name: _day(payload, name) for name in ("due", "ordered")}
            more["decision"] = payload["decision"]
        case "overdue":
            more["overdue"] = _day(payload, "day")
        case "replied":
            reply = Reply(_day(payload, "day"), payload["kept"], entry.index)
            more["replies"] = (*before.replies, reply)
        case "reaudited":
            more["reaudits"] = (*before.reaudits, payload["audit"])
        case "contested":
            more["appeal"] = payload["appeal"]
        case "upheld" | "overturned":
            more["appeal"] = ""
        case "closed" | "dismissed":
            more["closed"] = _day(payload, "day")
    return msgspec.structs.replace(before, **more)


def _day(payload: Payload, name: str) -> dt.date:
    return dt.date.fromisoformat(payload[name])


RECTIFICATION = Noun(
    "rectification",
    Rectification,
    STEPS,
    _fold,
    columns=("algorithm", "kind", "status", "due", "index"),
    indexes=(("status", "due"), ("algorithm",)),
)
