"""Product 产品: an app or service of a provider by its reach, and what coordinated accounts made of
its traffic."""

import datetime as dt
import hashlib
from typing import Any

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.record.entry import Entry

STEPS: Steps = {
    "product.registered": (frozenset({START}), "live"),
    "product.measured": (frozenset({"live"}), None),
    "product.traffic_filed": (frozenset({"live"}), None),
    "product.ended": (frozenset({"live"}), "ended"),
}


class Reach(msgspec.Struct, frozen=True):
    """How many people used it in a month, as somebody stated it; the source is a text."""

    day: dt.date
    users: int
    index: int = 0


class Traffic(msgspec.Struct, frozen=True, kw_only=True):
    """Share of all actions that coordinated accounts made, before and after an adjustment."""

    before: float
    after: float
    change: float
    """After less before."""
    lo: float
    hi: float
    """Limits of the change."""
    level: float
    accounts: int
    """Coordinated ones that acted."""
    file: str
    """SHA-256 of the file of actions."""
    day: dt.date
    index: int = 0


class Product(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A product as its entries tell it."""

    id: str
    provider: str
    name: str
    launched: dt.date
    reach: tuple[Reach, ...] = ()
    """By day, oldest first."""
    traffic: tuple[Traffic, ...] = ()
    users: int = 0
    """As measured last."""
    status: str = "live"
    index: int = 0

    @property
    def title(self) -> str:
        """Provider and name: what a finding is about, and whom a decision is addressed to."""
        return f"{self.provider} · {self.name}"

    def reached(self, users: int) -> dt.date | None:
        """The first day since when it was measured at so many users or more without a break; None:
        it is below now."""
        since: dt.date | None = None
        for each in self.reach:
            since = (since or each.day) if each.users >= users else None
        return since


def product_id(provider: str, name: str) -> str:
    """Provider and name tell it; algorithms of the same provider and product belong to it."""
    return hashlib.blake2b(f"product\x1f{provider}\x1f{name}".encode(), digest_size=8).hexdigest()


def _fold(before: Product | None, entry: Entry, payload: Payload) -> Product:
    status = next_status(STEPS, entry.kind, before.status if before else START)
    if before is None:
        more = {"id": payload["product"], "status": status, "index": entry.index}
        return msgspec.convert({**payload, **more}, Product)
    changed: dict[str, Any] = {"status": status}
    match entry.kind:
        case "product.measured":
            measured = Reach(dt.date.fromisoformat(payload["day"]), payload["users"], entry.index)
            reach = sorted((*before.reach, measured), key=lambda each: (each.day, each.index))
            changed |= {"reach": tuple(reach), "users": reach[-1].users}
        case "product.traffic_filed":
            traffic = msgspec.convert({**payload, "index": entry.index}, Traffic)
            changed["traffic"] = (*before.traffic, traffic)
    return msgspec.structs.replace(before, **changed)


PRODUCT = Noun(
    *("product", Product, STEPS, _fold),
    columns=("provider", "status", "users"),
    indexes=(("status", "users"), ("provider",)),
)
