"""The demo's border: two seeded years, a first of last week, and a week beyond its bound."""

import datetime as dt
import random
import tomllib
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any

from lianzhi.domains.biosecurity.desk import Desk
from lianzhi.domains.biosecurity.importing.rows import Effort, Interception, Port, Taxon
from lianzhi.domains.biosecurity.nouns.interception import CHANNELS, METHODS
from lianzhi.tabular.folder import Folder
from lianzhi.tabular.reading import ReadTable

SEED = 41
_DAYS = 730
_ORIGINS = (("TH", "mango"), ("VN", "durian"), ("MN", "wheat"), ("RU", "log"))
#: Taxa that are common there; the others are left for what is planted.
_COMMON = ("BCTRDO", "TROGGA")


def fill(desk: Desk, by: str, echo: Callable[[str], None]) -> None:
    """Take the seeded files in."""
    today = desk.office.today()
    text = files("lianzhi.domains.biosecurity").joinpath("demo.toml").read_text("utf-8")
    world: dict[str, Any] = tomllib.loads(text)
    begin = today - dt.timedelta(_DAYS)
    taxa = [Taxon(**each | {"synonyms": tuple(each.get("synonyms", ()))}) for each in world["taxa"]]
    ports = [Port(**each, since=begin) for each in world["ports"]]
    tables: dict[str, list[Any]] = {
        "taxa": taxa,
        "ports": ports,
        "effort": list(_effort(ports, begin, today)),
        "interceptions": [*_usual(ports, begin), *_planted(today)],
    }
    reads = {kind: ReadTable(tuple(rows)) for kind, rows in tables.items()}
    counts = desk.intake.take(Folder(reads, ()), by)
    echo(", ".join(f"{count:,} {kind}" for kind, count in counts.items()))


def _effort(ports: list[Port], begin: dt.date, today: dt.date) -> Iterator[Effort]:
    for port in ports:
        for channel in CHANNELS:
            for n in range(0, _DAYS, 7):
                since = begin + dt.timedelta(n)
                if (until := since + dt.timedelta(6)) < today:
                    yield Effort(port.id, channel, since, until, 200)


def _usual(ports: list[Port], begin: dt.date) -> Iterator[Interception]:
    draw = random.Random(SEED)  # noqa: S311 - a seeded world, no secret
    for n in range(_DAYS - 14):
        day = begin + dt.timedelta(n)
        for k in range(draw.choice((0, 0, 1, 1, 2))):
            origin, host = draw.choice(_ORIGINS)
            yield _row(
                f"D{n:04}-{k}", day, draw.choice(ports).id, draw.choice(CHANNELS[:4]),
                draw.choice(_COMMON), origin, host, draw.choice(METHODS),
            )  # fmt: skip


def _planted(today: dt.date) -> Iterator[Interception]:
    """A first in the nation, and a burst in border trade in the week that has just ended."""
    week = today - dt.timedelta(today.weekday() + 7)
    yield _row("P-first", week, "HHHT", "mail_express", "CERTCA", "TH", "mango", "x_ray")
    for n in range(9):
        yield _row(f"P-burst-{n}", week, "ELHT", "border_trade", "TROGGA", "MN", "wheat", "manual")


def _row(
    identity: str,
    day: dt.date,
    port: str,
    channel: Any,
    taxon: str,
    origin: str,
    host: str,
    method: Any,
) -> Interception:
    return Interception(
        identity, day, port, channel, method, batch=f"B-{identity}", host=host, origin=origin,
        name=taxon, confirmed=day + dt.timedelta(2), identified_by="lab",
        identified_method="morphological",
    )  # fmt: skip
