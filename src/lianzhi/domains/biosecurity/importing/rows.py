"""Rows of the files, as typed structs; what may be empty has a default."""

import datetime as dt
from typing import Annotated

import msgspec

from lianzhi.domains.biosecurity.nouns.interception import Channel, Identifying, Method, Treatment
from lianzhi.tabular.field_types import Count, Id, Reference

_Port = Annotated[Id, Reference("ports")]


class Taxon(msgspec.Struct, frozen=True):
    """A taxon of a list: EPPO, GBIF or a national one."""

    id: Id
    name: str
    synonyms: tuple[str, ...] = ()
    rank: str = "species"
    chinese: str = ""
    quarantine: bool = False


class Port(msgspec.Struct, frozen=True):
    """A port, and the first day of its complete records."""

    id: Id
    region: Id
    since: dt.date
    name: str = ""
    name_en: str = ""


class Effort(msgspec.Struct, frozen=True):
    """Batches inspected at a port in a channel within some days."""

    port: _Port
    channel: Channel
    since: dt.date
    until: dt.date
    inspected: Count

    @property
    def id(self) -> str:
        """Port, channel and first day: a later row about the same replaces it."""
        return f"{self.port}|{self.channel}|{self.since.isoformat()}"


class Interception(msgspec.Struct, frozen=True):
    """One taxon on one batch."""

    id: Id
    day: dt.date
    port: _Port
    channel: Channel
    method: Method
    batch: str = ""
    host: str = ""
    origin: str = ""
    sample: str = ""
    sampled: dt.date | None = None
    name: str = ""
    confirmed: dt.date | None = None
    identified_by: str = ""
    identified_method: Identifying | None = None
    treatment: Treatment | None = None
    treated: dt.date | None = None
    certificate: str = ""


FORMS: dict[str, type[msgspec.Struct]] = {
    "taxa": Taxon,
    "ports": Port,
    "effort": Effort,
    "interceptions": Interception,
}
