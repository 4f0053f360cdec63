"""Demo: an outlet's day, with distorted titles and a push without a source, before `now`."""

import tomllib
from importlib.resources import files

import msgspec

from lianzhi.chain.event import Event

_MINUTE = 60_000


class Reprint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reprint of an invented article."""

    minutes: int
    article: str
    source: str
    body: str
    title: str


class Pushed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A push of an invented app."""

    minutes: int
    article: str
    title: str
    ext: dict[str, str | bool]


class World(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an outlet did in a day."""

    outlet: str
    reprints: tuple[Reprint, ...]
    pushes: tuple[Pushed, ...]


def before(now: int) -> list[Event]:
    """The day's events, oldest first."""
    text = files(__package__).joinpath("demo.toml").read_text("utf-8")
    world = msgspec.convert(tomllib.loads(text), World)
    events = [
        Event(
            id=f"reprint-{each.article}",
            source="demo",
            kind="reprint",
            time=now - each.minutes * _MINUTE,
            actor=world.outlet,
            object=each.article,
            text=f"{each.source}\n{each.title}",
            ext={"source_body": each.body},
        )
        for each in world.reprints
    ]
    events += [
        Event(
            id=f"push-{each.article}",
            source="demo",
            kind="push",
            time=now - each.minutes * _MINUTE,
            actor=world.outlet,
            object=each.article,
            text=each.title,
            ext=dict(each.ext),
        )
        for each in world.pushes
    ]
    return sorted(events, key=lambda event: event.time)
