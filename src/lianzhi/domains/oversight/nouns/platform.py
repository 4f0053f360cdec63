"""Platform 平台: whom a supervisor instructs."""

import datetime as dt
import hashlib
from typing import Any, Literal, get_args

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.record.entry import Entry

Service = Literal["social", "video", "live", "news", "shop", "reviews", "forum", "other"]
SERVICES: tuple[Service, ...] = get_args(Service)

STEPS: Steps = {
    "platform.registered": (frozenset({START}), "live"),
    "platform.amended": (frozenset({"live"}), None),
    "platform.ended": (frozenset({"live"}), "ended"),
}


class Platform(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A platform as its entries tell it."""

    id: str
    operator: str
    """The company that runs it."""
    name: str
    service: Service
    users: int
    """People who use it in a month, as somebody stated it last; the source is a text."""
    day: dt.date
    """Of that statement."""
    status: str = "live"
    index: int = 0

    @property
    def title(self) -> str:
        """Operator and name: whom findings are about and decisions are addressed to."""
        return f"{self.operator} · {self.name}"


def platform_id(operator: str, name: str) -> str:
    """64 bits of BLAKE2b, hex: operator and name tell it."""
    return hashlib.blake2b(f"platform\x1f{operator}\x1f{name}".encode(), digest_size=8).hexdigest()


def _fold(before: Platform | None, entry: Entry, payload: Payload) -> Platform:
    status = next_status(STEPS, entry.kind, before.status if before else START)
    if before is None:
        more = {"id": payload["platform"], "status": status, "index": entry.index}
        return msgspec.convert({**payload, **more}, Platform)
    changed: dict[str, Any] = {"status": status}
    if entry.kind == "platform.amended":
        changed |= {"users": payload["users"], "day": dt.date.fromisoformat(payload["day"])}
    return msgspec.structs.replace(before, **changed)


PLATFORM = Noun(
    *("platform", Platform, STEPS, _fold),
    columns=("operator", "status", "users"),
    indexes=(("status", "users"),),
)
