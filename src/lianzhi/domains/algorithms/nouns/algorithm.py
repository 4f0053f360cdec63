"""Algorithm 算法: what a provider files about it, and how the filing stands.

Fields are those of 互联网信息服务算法推荐管理规定, article 24; types are those of article 2.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal, get_args

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.domains.algorithms.filing.clocks import FilingClock, Law, Step, filing_clocks
from lianzhi.record.entry import Entry

Type = Literal["generation", "personalisation", "ranking", "filtering", "scheduling"]
TYPES: tuple[Type, ...] = get_args(Type)
_LIVE = frozenset({"unfiled", "submitted", "filed", "revoked"})
STEPS: Steps = {
    "algorithm.registered": (frozenset({START}), "unfiled"),
    "algorithm.submitted": (frozenset({"unfiled", "revoked"}), "submitted"),
    "algorithm.numbered": (frozenset({"submitted"}), "filed"),
    "algorithm.refused": (frozenset({"submitted"}), "unfiled"),
    "algorithm.checked": (frozenset({"filed"}), None),
    "algorithm.self_assessed": (_LIVE, None),
    "algorithm.changed": (frozenset({"filed"}), None),
    "algorithm.change_filed": (frozenset({"filed"}), None),
    "algorithm.ended": (_LIVE, "ended"),
    "algorithm.cancelled": (frozenset({"ended"}), "cancelled"),
    "algorithm.revoked": (frozenset({"filed"}), "revoked"),
    "algorithm.struck_off": (frozenset({"filed", "ended"}), "cancelled"),
}
#: Step of the noun -> the day that it sets.
_DAY_OF = {
    "algorithm.submitted": "submitted",
    "algorithm.numbered": "answered",
    "algorithm.refused": "answered",
    "algorithm.changed": "changed",
    "algorithm.change_filed": "change_filed",
    "algorithm.ended": "ended",
    "algorithm.cancelled": "cancelled",
    "algorithm.struck_off": "cancelled",
    "algorithm.checked": "checked",
}


class Pack(msgspec.Struct, frozen=True, omit_defaults=True):
    """An evidence pack for the self-assessment 自评估, as it was issued."""

    number: str
    day: dt.date
    files: dict[str, str]
    """Ids of the kept files, by form."""
    digests: dict[str, str]
    """SHA-256 of each form."""
    audits: tuple[str, ...] = ()
    """Audits whose figures it holds."""
    missing: tuple[str, ...] = ()
    """Keys of what was missing."""
    index: int = 0


class Algorithm(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An algorithm as its entries tell it. Reasons are texts of the entries."""

    id: str
    provider: str
    product: str
    name: str
    service: str
    """Form of the service 服务形式."""
    field: str
    """Field of application 应用领域."""
    type: Type
    opinion: bool = False
    """Whether it can shape public opinion or mobilise society, which is who has to file."""
    launched: dt.date
    version: str = ""
    number: str = ""
    submitted: dt.date | None = None
    answered: dt.date | None = None
    changed: dt.date | None = None
    change_filed: dt.date | None = None
    ended: dt.date | None = None
    cancelled: dt.date | None = None
    checked: dt.date | None = None
    """When it was last looked whether the number is shown (article 26)."""
    shown: bool = False
    packs: tuple[Pack, ...] = ()
    status: str = "unfiled"
    index: int = 0

    @property
    def title(self) -> str:
        """Provider and name: what a finding is about, and whom a decision is addressed to."""
        return f"{self.provider} · {self.name}"

    def clocks(self, law: Law) -> tuple[FilingClock, ...]:
        """The periods of articles 24 and 25 that have begun; none of those that bind only providers
        who have to file, where this one has not."""
        filed = self.submitted or (self.answered if self.number else None)
        periods: Mapping[Step, tuple[dt.date | None, dt.date | None]] = {
            "file": (self.launched if self.opinion else None, filed),
            "change": (self.changed, self.change_filed),
            "cancel": (self.ended if self.number else None, self.cancelled),
            "examine": (self.submitted, self.answered),
        }
        since = {step: day for step, (day, _) in periods.items() if day is not None}
        done = {
            step: end
            for step, (day, end) in periods.items()
            if day is not None and end is not None and end >= day
        }
        return filing_clocks(since, done, law)


def _fold(before: Algorithm | None, entry: Entry, payload: Payload) -> Algorithm:
    status = next_status(STEPS, entry.kind, before.status if before else START)
    if before is None:
        fields = {**payload, "id": payload["algorithm"], "index": entry.index}
        if payload.get("number"):
            status = "filed"
        elif payload.get("submitted"):
            status = "submitted"
        return msgspec.convert({**fields, "status": status}, Algorithm)
    more: dict[str, Any] = {"status": status}
    if name := _DAY_OF.get(entry.kind):
        more[name] = dt.date.fromisoformat(payload["day"])
    match entry.kind:
        case "algorithm.submitted":
            more["answered"] = None
        case "algorithm.numbered":
            more["number"] = payload["number"]
        case "algorithm.refused":
            more["submitted"] = None
        case "algorithm.checked":
            more["shown"] = payload["shown"]
        case "algorithm.self_assessed":
            pack = msgspec.convert({**payload, "index": entry.index}, Pack)
            more["packs"] = (*before.packs, pack)
        case "algorithm.changed":
            more |= {"version": payload["version"], "change_filed": None}
        case "algorithm.revoked":
            more |= {"number": "", "submitted": None, "answered": None, "shown": False}
    return msgspec.structs.replace(before, **more)


ALGORITHM = Noun(
    "algorithm",
    Algorithm,
    STEPS,
    _fold,
    columns=("provider", "type", "status", "launched", "number"),
    indexes=(("status", "launched"), ("provider",)),
)
