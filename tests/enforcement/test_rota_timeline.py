"""Rotas one after another: what was stands, nights run on, and what comes takes over."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.domains.enforcement.dispatch.moments import moment
from lianzhi.domains.enforcement.dispatch.rota import Extra, Officer, Pattern, Rota, on_duty
from lianzhi.domains.enforcement.dispatch.timeline import (
    Piece,
    in_turn,
    laid,
    start_of,
    stretches,
)
from made_requests import MONDAY, at

ALL = (1, 2, 3, 4, 5, 6, 7)
DAY = dt.timedelta(days=1)


def made(*lines):
    """A rota of daily duties: officer, begins, ends."""
    people = tuple(Officer(name, "east") for name in dict.fromkeys(line[0] for line in lines))
    patterns = tuple(
        Pattern(officer=name, weekdays=ALL, since=dt.date(2026, 1, 1), begins=a, ends=b)
        for name, a, b in lines
    )
    return Rota(officers=people, patterns=patterns)


def told(pieces, since=MONDAY, until=MONDAY + DAY):
    return [(one.officer, one.begins, one.ends) for one in laid(pieces, since, until)]


OLD = Piece(moment(MONDAY - 30 * DAY), made(("an", "08:00", "20:00"), ("bo", "20:00", "08:00")))


def test_a_night_that_began_under_the_old_one_runs_on():
    new = Piece(moment(MONDAY + DAY), made(("cy", "08:00", "20:00")))
    assert told([OLD, new]) == [
        ("an", at(0, 8), at(0, 20)),
        ("bo", at(0, 20), at(1, 8)),
        ("cy", at(1, 8), at(1, 20)),
    ]


def test_what_was_until_a_rota_was_kept_stands():
    """Kept on Monday at ten: an falls ill, cy comes, and the night begins earlier."""
    new = Piece(at(0, 10), made(("cy", "09:00", "18:00"), ("bo", "18:00", "08:00")))
    assert told([OLD, new], until=MONDAY) == [
        ("an", at(0, 8), at(0, 10)),
        ("cy", at(0, 10), at(0, 18)),
        ("bo", at(0, 18), at(1, 8)),
    ]
    # bo's night from Sunday was over; were it not, it would go on as the new one has it
    early = Piece(at(0, 7), made(("bo", "20:00", "08:00")))
    assert told([OLD, early], MONDAY - DAY, MONDAY - DAY)[-2:] == [
        ("bo", at(-1, 20), at(0, 7)),
        ("bo", at(0, 7), at(0, 8)),
    ]


def test_when_a_rota_begins():
    ten = at(0, 10)
    assert start_of(MONDAY, ten, []) == moment(MONDAY), "nothing was before it"
    assert start_of(MONDAY, ten, [moment(MONDAY - DAY)]) == ten
    assert start_of(MONDAY, ten, [at(0, 12)]) == moment(MONDAY), "the other begins later"
    assert start_of(MONDAY + DAY, ten, [moment(MONDAY)]) == moment(MONDAY + DAY)


def test_of_those_that_begin_together_the_last_counts():
    one, other = (Piece(at(0, 0), made((name, "08:00", "20:00"))) for name in ("an", "bo"))
    assert in_turn([other, OLD, one]) == [OLD, one]


def test_a_day_belongs_to_the_rota_at_its_end():
    new, later = Piece(at(0, 10), made(("cy", "09:00", "18:00"))), Piece(at(3, 0), made())
    days = [(one.since, one.until) for one in stretches([OLD, new, later], MONDAY - DAY,
                                                        MONDAY + 3 * DAY)]  # fmt: skip
    assert days == [
        (MONDAY - DAY, MONDAY - DAY),
        (MONDAY, MONDAY + 2 * DAY),
        (MONDAY + 3 * DAY, MONDAY + 3 * DAY),
    ]
    assert [*stretches([later], MONDAY - DAY, MONDAY)] == []


HOURS = st.tuples(
    st.sampled_from(["an", "bo"]), st.integers(-1, 3), st.integers(0, 23), st.integers(0, 23)
)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.lists(HOURS, max_size=5), min_size=1, max_size=3),
    st.lists(st.integers(1, 71), min_size=2, max_size=2, unique=True),
)
def test_at_every_moment_those_are_on_duty_whom_the_rota_of_that_moment_says(rotas, hours):
    """Besides them only those whom the one before sent on a night that still runs."""
    starts = [moment(MONDAY - 9 * DAY), *(at(0, hour) for hour in sorted(hours))]
    pieces = [
        Piece(start, Rota(
            officers=(Officer("an", "east"), Officer("bo", "east")), patterns=(),
            extras=tuple(
                Extra(officer=name, day=MONDAY + day * DAY, begins=f"{a:02}:00", ends=f"{b:02}:00")
                for name, day, a, b in lines
            ),
        ))
        for start, lines in zip(starts, rotas, strict=False)
    ]  # fmt: skip
    since, until = MONDAY - 2 * DAY, MONDAY + 4 * DAY
    found = laid(pieces, since, until)
    for half in range(2 * 24 * 4):
        now = at(0, 0, 30 * half + 15)
        index = max(n for n, one in enumerate(pieces) if one.start <= now)
        there = {one.officer for one in on_duty(found, now)}
        own = {one.officer for one in on_duty(laid([Piece(0, pieces[index].rota)], since, until),
                                              now)}  # fmt: skip
        aligned = (pieces[index].start - moment(MONDAY)) % 86_400_000 == 0
        if not aligned or index == 0:
            assert there == own
        else:
            assert there <= own | {"an", "bo"}
