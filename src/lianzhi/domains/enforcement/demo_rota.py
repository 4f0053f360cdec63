"""The demo's rota: days and nights of each squad, with a leave that nobody covers yet."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from lianzhi.dispatch.rota.rota import (
    Cover,
    Extra,
    Leave,
    Officer,
    Pattern,
    Rota,
)
from lianzhi.dispatch.rota.week import monday

_WORKDAYS, _ALWAYS = (1, 2, 3, 4, 5), (1, 2, 3, 4, 5, 6, 7)
_DAY, _NIGHT = ("08:30", "17:30"), ("17:30", "08:30")


def rota(members: Iterable[tuple[str, str]], today: dt.date) -> Rota:
    """A rota of `members`, officer and squad (four of one, at least), from the week of `today` on.

    In each squad of four or more two take the nights in turn, the others the days of the week; two
    of these also take Saturday or Sunday. One is away tomorrow, and one night has nobody for it.
    """
    since = monday(today)
    squads: dict[str, list[str]] = defaultdict(list)
    for officer, squad in members:
        squads[squad].append(officer)
    big = {name: sorted(people) for name, people in squads.items() if name and len(people) >= 4}
    patterns, covers = [], []
    for name, people in sorted(big.items()):
        *days, even, odd = people
        patterns += [_pattern(officer, _WORKDAYS, _DAY, since) for officer in days]
        patterns += [_pattern(days[0], (6,), _DAY, since), _pattern(days[1], (7,), _DAY, since)]
        patterns += [_pattern(even, (1, 3, 5, 7), _NIGHT, since),
                     _pattern(odd, (2, 4, 6), _NIGHT, since)]  # fmt: skip
        covers += [_cover(name, _WORKDAYS, _DAY, 2), _cover(name, _ALWAYS, _NIGHT, 1)]
    people = big[min(big)]
    tomorrow = today + dt.timedelta(days=1)
    night = people[-2] if tomorrow.isoweekday() % 2 else people[-1]
    return Rota(
        officers=tuple(
            Officer(officer, name) for name, people in sorted(big.items()) for officer in people
        ),
        patterns=tuple(patterns),
        covers=tuple(covers),
        leaves=(Leave(night, tomorrow, tomorrow),),
        extras=(Extra(officer=people[0], day=tomorrow, begins="18:00", ends="20:00"),),
    )


def _pattern(
    officer: str, weekdays: tuple[int, ...], hours: tuple[str, str], since: dt.date
) -> Pattern:
    return Pattern(officer=officer, weekdays=weekdays, since=since, begins=hours[0], ends=hours[1])


def _cover(squad: str, weekdays: tuple[int, ...], hours: tuple[str, str], least: int) -> Cover:
    return Cover(squad=squad, weekdays=weekdays, least=least, begins=hours[0], ends=hours[1])
