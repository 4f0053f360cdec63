"""Firsts 首次截获: a taxon confirmed in a nation, region, port, host, origin or channel for the
first time, as far as the records reach. Pure: the order in which records arrive changes nothing."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple, get_args

Scope = Literal["nation", "region", "port", "host", "origin", "channel"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
NATION = "CN"


class Sighting(NamedTuple):
    """An interception whose taxon is confirmed."""

    interception: str
    taxon: str
    """Code of the accepted taxon."""
    day: dt.date
    """When the identification was confirmed."""
    port: str
    host: str
    origin: str
    channel: str


class Coverage(NamedTuple):
    """What the records of a port cover."""

    region: str
    since: dt.date
    """From when on every interception of the port is among the records."""


class Terms(NamedTuple):
    """When an earliest record may be called a first."""

    earliest: dt.date
    """A confirmation before this day is an error of typing."""
    look_back_days: int
    """How long the records of a port must reach back before the day."""
    covered_share: float
    """Share of the ports concerned whose records must reach so far."""


class Key(NamedTuple):
    """What a first is about."""

    scope: Scope
    place: str
    taxon: str


class First(NamedTuple):
    """The earliest confirmed record of a taxon somewhere, and how far that can be relied on."""

    key: Key
    interception: str
    day: dt.date
    since: dt.date
    """First day from which a port concerned has complete records."""
    covered: int
    """Ports concerned whose records reach far enough back."""
    ports: int
    """How many ports are concerned: those of the region, the port itself, else all."""


def possible(day: dt.date, today: dt.date, terms: Terms) -> bool:
    """Whether an identification can have been confirmed on a day."""
    return terms.earliest <= day <= today


def firsts(
    sightings: Iterable[Sighting],
    coverage: Mapping[str, Coverage],
    terms: Terms,
    today: dt.date,
) -> dict[Key, First]:
    """The firsts among some sightings, all of those taxa that there are.

    The earliest confirmation counts, of two on one day that of the lower id. It is a first only
    where the records of enough ports reach back `look_back_days` before it; else nothing is
    claimed. Impossible days neither make a first nor hide one.
    """
    earliest: dict[Key, tuple[dt.date, str]] = {}
    for sighting in sightings:
        if possible(sighting.day, today, terms):
            record = (sighting.day, sighting.interception)
            for key in _keys(sighting, coverage):
                if key not in earliest or record < earliest[key]:
                    earliest[key] = record
    begins = {name: sorted(days) for name, days in _begins(coverage).items()}
    firsts = {}
    for key, (day, interception) in earliest.items():
        days = begins.get((key.scope, key.place)) or begins.get(("nation", NATION), [])
        line = day - dt.timedelta(terms.look_back_days)
        covered = sum(begin <= line for begin in days)
        if covered and covered >= terms.covered_share * len(days):
            firsts[key] = First(key, interception, day, days[0], covered, len(days))
    return firsts


def _keys(sighting: Sighting, coverage: Mapping[str, Coverage]) -> Iterator[Key]:
    taxon, port = sighting.taxon, coverage.get(sighting.port)
    yield Key("nation", NATION, taxon)
    yield Key("port", sighting.port, taxon)
    yield Key("channel", sighting.channel, taxon)
    if port is not None:
        yield Key("region", port.region, taxon)
    if sighting.host:
        yield Key("host", sighting.host, taxon)
    if sighting.origin:
        yield Key("origin", sighting.origin, taxon)


def _begins(coverage: Mapping[str, Coverage]) -> dict[tuple[str, str], list[dt.date]]:
    begins: dict[tuple[str, str], list[dt.date]] = {}
    for port, (region, since) in coverage.items():
        for place in (("nation", NATION), ("region", region), ("port", port)):
            begins.setdefault(place, []).append(since)
    return begins
