"""Registers: taxa, ports with what their records cover, and effort, as last told."""

import datetime as dt
from typing import TypeVar

import msgspec

from lianzhi.chain.life import Steps
from lianzhi.chain.noun import Noun, Payload
from lianzhi.record.entry import Entry

T = TypeVar("T")


class Taxon(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A taxon under one code, such as an EPPO code or that of a national list."""

    id: str
    name: str
    """Accepted name, with or without author."""
    synonyms: tuple[str, ...] = ()
    """Other names, and codes that were merged into this one."""
    rank: str = "species"
    chinese: str = ""
    quarantine: bool = False
    """Whether it is on the list of quarantine pests."""
    index: int = 0
    """Entry that last told it."""


class Port(msgspec.Struct, frozen=True, kw_only=True):
    """A port, and from when on all its interceptions are among the records."""

    id: str
    region: str
    since: dt.date
    name: str = ""
    name_en: str = ""


class Effort(msgspec.Struct, frozen=True, kw_only=True):
    """Batches inspected at a port in a channel within some days, both included."""

    id: str
    port: str
    channel: str
    since: dt.date
    until: dt.date
    inspected: int


_STEPS: Steps = {}  # each entry says anew how they stand


def _register(name: str, form: type[T], columns: tuple[str, ...] = ()) -> Noun[T]:
    def fold(before: T | None, entry: Entry, payload: Payload) -> T:
        return msgspec.convert({**payload, "index": entry.index}, form)

    return Noun(
        name,
        form,
        _STEPS,
        fold,
        columns=columns,
        identity=lambda payload: payload["id"],
        bulk={"registered": "rows"},
        has_story=False,
    )


TAXON = _register("taxon", Taxon, ("name", "rank", "index"))
PORT = _register("port", Port, ("region",))
EFFORT = _register("effort", Effort, ("port", "channel", "since", "until", "inspected"))
