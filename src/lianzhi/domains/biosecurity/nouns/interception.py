"""Interception 截获: a pest found on a batch of goods, with its sample and identification."""

import datetime as dt
from typing import Literal, get_args

import msgspec

from lianzhi.chain.life import START, Steps, next_status
from lianzhi.chain.noun import Noun, Payload
from lianzhi.record.entry import Entry

Channel = Literal["freight", "mail_express", "passengers", "cross_border_ecommerce", "border_trade"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
Method = Literal["x_ray", "dog", "manual", "new_technology", "online", "public_report"]
METHODS: tuple[Method, ...] = get_args(Method)
Identifying = Literal["morphological", "molecular", "serological", "expert", "image"]
IDENTIFYING: tuple[Identifying, ...] = get_args(Identifying)
Treatment = Literal["treat", "return", "destroy"]
TREATMENTS: tuple[Treatment, ...] = get_args(Treatment)

_ANY = frozenset({"noted", "sampled", "identified"})
STEPS: Steps = {
    "interception.noted": (frozenset({START}), "noted"),
    "interception.imported": (frozenset({START}), "noted"),
    "interception.sampled": (frozenset({"noted"}), "sampled"),
    "interception.identified": (frozenset({"noted", "sampled"}), "identified"),
    "interception.reidentified": (frozenset({"identified"}), None),
    "interception.treated": (_ANY, None),
}


class Identification(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an identifier concluded."""

    name: str
    """Scientific name as the identifier wrote it."""
    taxon: str = ""
    """Code in the register; empty: no taxon is known by this name."""
    qualifier: str = ""
    """`sp`, `cf` or `aff`: the species is not determined."""
    confirmed: dt.date | None = None
    by: str = ""
    method: str = ""
    index: int = 0
    """Entry that holds it."""


class Interception(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One occurrence 种次: one taxon on one batch."""

    id: str
    day: dt.date
    port: str
    channel: Channel
    method: Method
    batch: str = ""
    host: str = ""
    origin: str = ""
    """ISO 3166 alpha-2."""
    sample: str = ""
    sampled: dt.date | None = None
    identification: Identification | None = None
    replaced: tuple[Identification, ...] = ()
    """Earlier identifications, the latest last."""
    treatment: str = ""
    treated: dt.date | None = None
    certificate: str = ""
    index: int = 0
    """Entry that began it."""

    @property
    def status(self) -> str:
        """How far it has come."""
        if self.confirmed is not None:
            return "identified"
        return "sampled" if self.sample or self.sampled else "noted"

    @property
    def taxon(self) -> str:
        """Code as identified; empty: none, or not determined to the species."""
        known = self.identification
        return known.taxon if known is not None and not known.qualifier else ""

    @property
    def name(self) -> str:
        """Name as identified."""
        return "" if self.identification is None else self.identification.name

    @property
    def confirmed(self) -> dt.date | None:
        """When the identification was confirmed."""
        return None if self.identification is None else self.identification.confirmed


def _fold(before: Interception | None, entry: Entry, payload: Payload) -> Interception:
    kind = entry.kind
    next_status(STEPS, kind, before.status if before else START)
    if before is None:
        return msgspec.convert({**payload, "index": entry.index}, Interception)
    if kind == "interception.sampled":
        day = dt.date.fromisoformat(payload["day"])
        return msgspec.structs.replace(before, sample=payload["sample"], sampled=day)
    if kind == "interception.treated":
        return msgspec.structs.replace(
            before,
            treatment=payload["treatment"],
            treated=dt.date.fromisoformat(payload["day"]),
            certificate=payload["certificate"] or before.certificate,
        )
    named = {**payload["identification"], "index": entry.index}
    replaced = before.replaced
    if before.identification is not None:
        replaced = (*replaced, before.identification)
    return msgspec.structs.replace(
        before, identification=msgspec.convert(named, Identification), replaced=replaced
    )


def _identity(payload: Payload) -> str:
    identity: str = payload["id"]
    return identity


INTERCEPTION = Noun(
    "interception",
    Interception,
    STEPS,
    _fold,
    columns=(
        *("day", "port", "channel", "method", "host", "origin", "status"),
        *("taxon", "confirmed", "batch"),
    ),
    # The first holds all that the overview counts, so that it never reads the rows.
    indexes=(
        ("day", "channel", "method", "origin", "port", "taxon"),
        ("taxon", "day"),
        ("status", "day"),
        ("channel", "day"),
    ),
    identity=_identity,
    bulk={"imported": "rows"},
)
