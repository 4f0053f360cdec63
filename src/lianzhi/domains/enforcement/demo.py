"""The demo's bureau: a seeded town with two years behind it, and a few matters of today.

All people, enterprises and words are invented. What is open today goes through the same acts as in
any bureau; where the calendar does not know the year, those are left out.
"""

import datetime as dt
import json
import tempfile
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from lianzhi.dispatch.rota.week import monday
from lianzhi.domains.enforcement import town
from lianzhi.domains.enforcement.demo_rota import rota
from lianzhi.domains.enforcement.desk import Desk
from lianzhi.domains.enforcement.desk.spot import SpotRecord
from lianzhi.domains.enforcement.importing.town_files import read_folder
from lianzhi.domains.enforcement.nouns.letter import Kind
from lianzhi.domains.enforcement.town.baseline.workdays import month_after
from lianzhi.domains.enforcement.town.writing import write
from lianzhi.law.calendar import UnknownYearError
from lianzhi.record.lots import Public
from lianzhi.tabular.known_ids import KnownIds

SEED = 2021
#: Beginning of the latest two years whose holidays the town knows.
LAST_YEAR = 2025
#: Who does what in the demo: users of the same names sign in.
OFFICERS = ("inspector", "wang")
_HERE = files("lianzhi.domains.enforcement")
_POLICY = _HERE.joinpath("policy")


class Matter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request of today."""

    channel: str
    category: str
    words: str
    at: float
    """Share of the way from west to east, and of that from south to north."""
    north: float


class Asking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A letter about a case, of the squad to a department."""

    kind: Kind
    to: str
    words: str


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A case of today, and how far it has come."""

    item: str
    facts: dict[str, Any]
    words: str
    fine: int = 0
    until: str = "filed"
    letter: Asking | None = None


class OnTheSpot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A penalty that is decided on the spot today, and served."""

    item: str
    facts: dict[str, Any]
    words: str
    fine: int
    place: str
    defence: str
    receipt: str


class Planned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A draw of today whose public value becomes known in some days."""

    total: int
    source: str
    days: int


class Today(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `demo.toml` holds."""

    request: tuple[Matter, ...]
    case: tuple[Case, ...]
    spot: OnTheSpot
    draw: Planned


def prepare(home: Path) -> None:
    """Lay the town's own power list under the home, beside the shipped items, and who it is."""
    settings = town.load()
    own = home / "enforcement"
    (own / "power_list").mkdir(parents=True, exist_ok=True)
    (own / "agency.toml").write_bytes(_HERE.joinpath("demo_agency.toml").read_bytes())
    shipped = sorted(_POLICY.joinpath("power_list").iterdir(), key=lambda entry: entry.name)[-1]
    text = [shipped.read_text("utf-8")]
    for number, (key, item) in enumerate(sorted(settings.items.items()), 1):
        if f'key = "{key}"' not in text[0]:
            text.append(_item(key, f"T-{number:03}", item.department, item.zh, item.en, "penalty"))
    for number, (key, permit) in enumerate(sorted(settings.permits.items.items()), 1):
        if f'key = "{key}"' not in text[0]:
            text.append(
                _item(key, f"P-{number:03}", permit.department, permit.zh, permit.en, "permit")
            )
    (own / "power_list" / f"{settings.first}.toml").write_text("".join(text), "utf-8")
    parts = [_POLICY.joinpath("departments.toml").read_text("utf-8")]
    for key, words in settings.departments.items():
        if f'key = "{key}"' not in parts[0]:
            parts.append(f'\n[[department]]\nkey = "{key}"\nname = {_words(**words)}\n')
    (own / "departments.toml").write_text("".join(parts), "utf-8")


def fill(desk: Desk, by: str, report: Callable[[str], None]) -> None:
    """Take the town in, and open what is going on today."""
    seeded = town.make(SEED, settings=_settings(desk.office.today()))
    with tempfile.TemporaryDirectory() as folder:
        write(seeded, Path(folder))
        read = read_folder(Path(folder), KnownIds())
        geojson = (Path(folder) / "grids.geojson").read_text("utf-8")
    counts = desk.history.take(read, by, geojson)
    report(", ".join(f"{count:,} {kind}" for kind, count in counts.items() if count))
    good = desk.office.today() + dt.timedelta(days=500)
    desk.registers.officers(
        [
            {"id": name, "name": name, "squad": seeded.grids[0].squad, "department": "fire",
             "certificate": f"D-{number}", "certificate_until": good}
            for number, name in enumerate(OFFICERS, 1)
        ],
        by,
    )  # fmt: skip
    _rota(desk, by, seeded)
    today = msgspec.toml.decode(_HERE.joinpath("demo.toml").read_bytes(), type=Today)
    try:
        _requests(desk, today, seeded)
        _cases(desk, today, seeded)
        _spot(desk, today.spot, seeded.enterprises[len(today.case)].id)
        _draw(desk, today.draw)
    except UnknownYearError as error:
        report(str(error))


def _settings(today: dt.date) -> town.Settings:
    """The town's numbers for two years that end with last month, as far as its calendar goes."""
    settings = town.load()
    months = (today.year - 2 - LAST_YEAR) * 12 + today.month - 1
    first = month_after(dt.date(LAST_YEAR, 1, 1), min(months, 0))
    return msgspec.structs.replace(settings, first=max(first, settings.first))


def _rota(desk: Desk, by: str, seeded: town.Town) -> None:
    """Put a rota in force for the squads in the field, the demo's own users among them."""
    squads = {grid.squad for grid in seeded.grids}
    members = [
        (officer.id, officer.squad) for officer in seeded.officers if officer.squad in squads
    ]
    members += [(name, seeded.grids[0].squad) for name in OFFICERS]
    digest, _ = desk.requests.rotas.wait(rota(members, desk.office.today()))
    desk.requests.rotas.keep(digest, monday(desk.office.today()), by)


def _requests(desk: Desk, today: Today, seeded: town.Town) -> None:
    points = [point for grid in seeded.grids for point in grid.ring]
    west, east = (pick(lon for lon, _ in points) for pick in (min, max))
    south, north = (pick(lat for _, lat in points) for pick in (min, max))
    for number, matter in enumerate(today.request):
        place = (west + (east - west) * matter.at, south + (north - south) * matter.north)
        identity = desk.requests.receive(
            matter.channel, matter.category, matter.words, "dispatcher", lon=place[0], lat=place[1],
            reporter=f"resident-{number}",
        )  # fmt: skip
        if number % 3:
            desk.requests.accept(identity, "dispatcher")
        if number % 3 == 2:
            with desk.office.reading() as connection:
                grid = desk.requests.load(connection, identity).grid
            squad = next((g.squad for g in seeded.grids if g.id == grid), seeded.grids[0].squad)
            desk.requests.dispatch(identity, squad, "dispatcher")
            duty = desk.requests.on_duty(squad)
            if duty:
                desk.requests.hand_over(identity, duty[0].officer, matter.words, "dispatcher")
                desk.requests.take_over(identity, duty[0].officer)


def _cases(desk: Desk, today: Today, seeded: town.Town) -> None:
    for planned, party in zip(today.case, seeded.enterprises, strict=False):
        day = desk.office.today()
        case = desk.penalties.file(
            planned.item, party.id, planned.facts, day, OFFICERS, OFFICERS[0], planned.words
        )
        with desk.files.keeping("scene.txt", planned.words.encode()) as kept:
            desk.penalties.add_evidence(case, kept, "inspection_record", OFFICERS[0], planned.words)
        if planned.letter is not None:
            letter, squad = planned.letter, seeded.grids[0].squad
            desk.letters.send(letter.kind, squad, letter.to, case, letter.words, OFFICERS[0])
        if planned.until == "filed":
            continue
        desk.penalties.notice(case, planned.facts, planned.fine, OFFICERS[0], planned.words)
        if planned.until == "review":
            desk.penalties.record("submitted", case, OFFICERS[0])


def _spot(desk: Desk, planned: OnTheSpot, party: str) -> None:
    """Decide one penalty, so that there is a decision to look at: all others wait for a defence."""
    with desk.files.keeping("scene.txt", planned.words.encode()) as kept:
        desk.spot.decide(
            planned.item, party, planned.facts, OFFICERS, kept, "inspection_record", OFFICERS[0],
            planned.words, SpotRecord(planned.place, planned.defence, planned.receipt),
            fine=planned.fine, unit=False,
        )  # fmt: skip


def _draw(desk: Desk, planned: Planned) -> None:
    """Commit to a draw by risk."""
    today, day = desk.office.today(), dt.timedelta(days=1)
    known = today + planned.days * day
    public = Public(source=planned.source, on=known)
    desk.draws.plan(
        f"{today}",
        planned.total,
        known + 60 * day,
        public,
        known + 14 * day,
        "leader",
        by_risk=True,
    )


def _item(key: str, number: str, department: str, zh: str, en: str, kind: str) -> str:
    field = key.partition(".")[0]
    cited = f'{{ basis = "{field}_town.unread", cite = "（演示用，未核对）" }}'
    violated = f"violated = {cited}\n" if kind == "penalty" else ""
    return (
        f'\n[[item]]\nkey = "{key}"\nnumber = "{number}"\ndepartment = "{department}"\n'
        f'kind = "{kind}"\ntitle = {_words(zh, en)}\n{violated}penal = {cited}\n'
    )


def _words(zh: str, en: str) -> str:
    return f"{{ zh = {json.dumps(zh, ensure_ascii=False)}, en = {json.dumps(en)} }}"
