"""Officers in their squads, and the observers who may accompany them."""

import datetime as dt

import msgspec

from lianzhi.domains.enforcement.town.baseline.chance import Chance
from lianzhi.domains.enforcement.town.baseline.rows import Grid, Observer, Officer
from lianzhi.domains.enforcement.town.baseline.settings import Frame


class Staff(msgspec.Struct, frozen=True):
    """Officers by their functions."""

    officers: tuple[Officer, ...]
    field: dict[str, tuple[str, ...]]
    """Squad -> its officers; every squad has at least two."""
    reviewers: tuple[str, ...]
    deciders: tuple[str, ...]
    strictness: dict[str, float]
    """Officer -> factor on the odds that they find a violation; ordinary differences."""


def squads(frame: Frame) -> tuple[str, ...]:
    """The field squads: as many as set, or fewer in a small town."""
    most = (frame.size.officers - _headquarters(frame)) // 2
    count = min(frame.settings.people.squads, frame.size.grids, most)
    return tuple(f"S{number + 1}" for number in range(count))


def staff(frame: Frame) -> Staff:
    """Officers in random order, so that an id does not reveal the post."""
    chance, names = frame.chance("officers"), frame.names
    count, inner = frame.size.officers, _headquarters(frame)
    ids = chance.order([f"O{number + 1:02}" for number in range(count)])
    called = chance.order([a + b for a in names.surnames for b in names.given])
    posts = ["S0"] * inner + [squads(frame)[n % len(squads(frame))] for n in range(count - inner)]
    departments = tuple(frame.settings.departments)
    officers = tuple(
        Officer(
            id=id_,
            name=called[n],
            squad=post,
            department=departments[n % len(departments)],
            certificate=f"ZF{chance.whole(1_000_000, 9_999_999)}",
            certificate_until=_until(frame, chance),
        )
        for n, (id_, post) in enumerate(zip(ids, posts, strict=True))
    )
    headquarters = ids[:inner]
    return Staff(
        officers=tuple(sorted(officers, key=lambda officer: officer.id)),
        field={
            squad: tuple(sorted(officer.id for officer in officers if officer.squad == squad))
            for squad in squads(frame)
        },
        reviewers=tuple(headquarters[: inner // 2 + 1]),
        deciders=tuple(headquarters[inner // 2 + 1 :]),
        strictness={id_: chance.odds(frame.settings.people.strictness) for id_ in sorted(ids)},
    )


def observers(frame: Frame, all_grids: tuple[Grid, ...]) -> tuple[Observer, ...]:
    """A grid worker for every grid, in order, and volunteers with their languages."""
    chance, people, names = frame.chance("observers"), frame.settings.people, frame.names
    workers = [
        Observer(f"W{grid.id[1:]}", _called(frame, chance), "grid_worker", ("zh",))
        for grid in all_grids
    ]
    count = int(len(all_grids) * people.volunteers_per_grid) + 1
    volunteers = [
        Observer(
            id=f"V{number + 1:02}",
            name=chance.pick(names.foreign),
            kind="volunteer",
            languages=("zh", *sorted(chance.sample(people.languages, chance.whole(1, 2)))),
        )
        for number in range(count)
    ]
    return tuple(sorted((*workers, *volunteers), key=lambda observer: observer.id))


def _headquarters(frame: Frame) -> int:
    return max(3, int(frame.size.officers * frame.settings.people.headquarters_share))


def _until(frame: Frame, chance: Chance) -> dt.date:
    """Certificate end beyond the town's last day: due renewals have been made."""
    return frame.last + dt.timedelta(
        chance.whole(45, frame.settings.people.certificate_years * 365)
    )


def _called(frame: Frame, chance: Chance) -> str:
    return chance.pick(frame.names.surnames) + chance.pick(frame.names.given)
