"""Audit 审计 on the record: what was audited by which policy, and what came of it."""

import datetime as dt
from typing import Literal, get_args

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.record.entry import Entry
from lianzhi.stats.verdict import Verdict

Kind = Literal["fairness", "pricing", "probes", "diversity"]
#: Before the name of a baseline with which feeds are compared.
BASE = "base:"
KINDS: tuple[Kind, ...] = get_args(Kind)
STEPS: Steps = {
    "audit.filed": (frozenset({START}), "filed"),
    "audit.linked": (frozenset({"filed"}), None),
}


class Figure(msgspec.Struct, frozen=True, omit_defaults=True):
    """A gap with its interval, and the verdict on it."""

    name: str
    """What is compared, such as `region: 乡村 · selection_rate`."""
    value: float | None
    lo: float | None
    hi: float | None
    verdict: Verdict


class Audit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An audit as its entries tell it."""

    id: str
    algorithm: str
    kind: Kind
    file: str
    """SHA-256 of the file."""
    map: str
    """SHA-256 of the column map."""
    name: str
    """Name of the file."""
    first: dt.date | None = None
    """First and last day of the data, read from the file; None: no column of days was named."""
    last: dt.date | None = None
    policy: str
    margin: float
    people: int
    verdict: Verdict
    figures: tuple[Figure, ...] = ()
    report: dict[str, str] = {}
    """SHA-256 of the report by language."""
    rectification: str = ""
    """The rectification that it re-audits; empty: none."""
    case: str = ""
    by: str = ""
    at: int = 0
    status: str = "filed"
    index: int = 0

    def gaps(self) -> tuple[str, ...]:
        """Names of the figures that show a gap, or might."""
        return self.with_verdict(Verdict.CONFIRMED, Verdict.SUSPECTED)

    def with_verdict(self, *verdicts: Verdict) -> tuple[str, ...]:
        """Names of the figures with one of some verdicts."""
        return tuple(figure.name for figure in self.figures if figure.verdict in verdicts)


def _fold(before: Audit | None, entry: Entry, payload: Payload) -> Audit:
    status = next_status(STEPS, entry.kind, before.status if before else START)
    if before is None:
        more = {"id": payload["audit"], "status": status, "index": entry.index, "at": entry.at}
        return msgspec.convert({**payload, **more}, Audit)
    return msgspec.structs.replace(before, case=payload["case"])


AUDIT = Noun(
    "audit",
    Audit,
    STEPS,
    _fold,
    columns=("algorithm", "kind", "verdict", "case", "rectification", "index"),
    indexes=(("verdict", "index"), ("algorithm", "index"), ("case",), ("rectification",)),
)
