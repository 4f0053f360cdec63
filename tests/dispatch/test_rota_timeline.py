"""Rotas one after another: what was stands, nights run on, and what comes takes over."""

import datetime as dt

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lianzhi.dispatch.moments import day_of, moment
from lianzhi.dispatch.rota.faults import faults
from lianzhi.dispatch.rota.rota import (
    Cover,
    Extra,
    Officer,
    Pattern,
    Rota,
    duties,
    on_duty,
)
from lianzhi.dispatch.rota.timeline import duties_between, duties_of, in_sequence, start_of
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
    return [(one.officer, one.begins, one.ends) for one in duties_between(pieces, since, until)]


OLD = moment(MONDAY - 30 * DAY), made(("an", "08:00", "20:00"), ("bo", "20:00", "08:00"))


def test_a_night_that_began_under_the_old_one_runs_on():
    new = moment(MONDAY + DAY), made(("cy", "08:00", "20:00"))
    assert told(in_sequence([OLD, new])) == [
        ("an", at(0, 8), at(0, 20)),
        ("bo", at(0, 20), at(1, 8)),
        ("cy", at(1, 8), at(1, 20)),
    ]


def test_what_was_until_a_rota_was_kept_stands():
    """Kept on Monday at ten: an falls ill, cy comes, and the night begins earlier."""
    new = at(0, 10), made(("cy", "09:00", "18:00"), ("bo", "18:00", "08:00"))
    assert told(in_sequence([OLD, new]), until=MONDAY) == [
        ("an", at(0, 8), at(0, 10)),
        ("cy", at(0, 10), at(0, 18)),
        ("bo", at(0, 18), at(1, 8)),
    ]


def test_who_began_on_the_day_before_is_not_sent_home():
    """Kept on Tuesday at three in the morning, after another at midnight, as a table of the day."""
    middle = moment(MONDAY + DAY), made(("cy", "08:00", "20:00"))
    last = at(1, 3), made(("di", "09:00", "20:00"))
    assert told(in_sequence([OLD, middle, last])) == [
        ("an", at(0, 8), at(0, 20)),
        ("bo", at(0, 20), at(1, 8)),
        ("di", at(1, 9), at(1, 20)),
    ]


def test_when_a_rota_begins():
    ten = at(0, 10)
    assert start_of(MONDAY, ten, []) == moment(MONDAY), "nothing was before it"
    assert start_of(MONDAY, ten, [moment(MONDAY - DAY)]) == ten
    assert start_of(MONDAY, ten, [at(0, 12)]) == moment(MONDAY), "the other begins later"
    assert start_of(MONDAY + DAY, ten, [moment(MONDAY)]) == moment(MONDAY + DAY)


def test_of_those_that_begin_together_the_last_counts():
    one, other = ((at(0, 0), made((name, "08:00", "20:00"))) for name in ("an", "bo"))
    assert [(piece.start, piece.rota) for piece in in_sequence([other, OLD, one])] == [OLD, one]


def needs(*covers):
    """What is needed of `east`: begins, ends, how many."""
    return tuple(Cover(squad="east", weekdays=ALL, begins=a, ends=b, least=n) for a, b, n in covers)


def gaps(*rotas, since=MONDAY, until=MONDAY):
    return [
        (one.begins, one.ends, one.there, one.least)
        for one in faults(in_sequence(rotas), since, until)
        if one.kind == "gap"
    ]


def test_what_a_new_rota_needs_holds_from_its_beginning():
    old = OLD[0], msgspec.structs.replace(OLD[1], covers=needs(("08:00", "20:00", 1)))
    new = (
        at(0, 10),
        msgspec.structs.replace(
            made(("cy", "10:00", "18:00"), ("bo", "10:00", "20:00")),
            covers=needs(("08:00", "20:00", 2)),
        ),
    )
    assert gaps(old, new) == [(at(0, 18), at(0, 20), 1, 2)]


def test_a_table_kept_at_night_leaves_the_watch_there():
    watch = needs(("20:00", "08:00", 1))
    old = OLD[0], msgspec.structs.replace(OLD[1], covers=watch)
    new = at(1, 2), msgspec.structs.replace(made(("an", "08:00", "20:00")), covers=watch)
    tuesday = MONDAY + DAY
    assert gaps(old, new, since=tuesday, until=tuesday) == [(at(1, 20), at(2, 8), 0, 1)]


def test_before_the_first_rota_there_was_no_watch():
    watch = needs(("20:00", "08:00", 1))
    first = moment(MONDAY), msgspec.structs.replace(made(("bo", "20:00", "08:00")), covers=watch)
    assert gaps(first) == []
    old = OLD[0], made(("an", "08:00", "20:00"))
    assert gaps(old, first) == [(at(0, 0), at(0, 8), 0, 1)]


def test_each_rota_answers_for_its_own_people():
    listed = Rota(officers=(Officer("an", "east"),), patterns=OLD[1].patterns)
    found = faults(in_sequence([OLD, (moment(MONDAY), listed)]), MONDAY, MONDAY)
    assert {one.officers for one in found if one.kind == "unknown"} == {("bo",)}


HOURS = st.tuples(
    st.sampled_from(["an", "bo"]), st.integers(-1, 3), st.integers(0, 23), st.integers(0, 23)
)


@settings(max_examples=150)
@given(
    st.lists(st.lists(HOURS, max_size=5), min_size=1, max_size=3),
    st.lists(st.integers(1, 71), min_size=2, max_size=2, unique=True),
)
@example([[("an", 0, 20, 8)], [], []], [24, 27])
def test_at_every_moment_somebody_is_on_duty_by_the_rota_under_which_they_began(rotas, hours):
    starts = [moment(MONDAY - 9 * DAY), *(at(0, hour) for hour in sorted(hours))]
    pieces = in_sequence(
        (start, Rota(
            officers=(Officer("an", "east"), Officer("bo", "east")), patterns=(),
            extras=tuple(
                Extra(officer=name, day=MONDAY + day * DAY, begins=f"{a:02}:00", ends=f"{b:02}:00")
                for name, day, a, b in lines
            ),
        ))
        for start, lines in zip(starts, rotas, strict=False)
    )  # fmt: skip
    since, until = MONDAY - 2 * DAY, MONDAY + 4 * DAY
    found = duties_between(pieces, since, until)
    for one in pieces:
        for duty in duties_of(one, since, until):
            assert one.start <= duty.begins < one.end
            assert duty in found
    for half in range(2 * 24 * 4):
        now = at(0, 0, 30 * half + 15)
        there = {one.officer for one in on_duty(found, now)}
        meant = set()
        for one in pieces:
            for duty in duties(one.rota, since, until):
                begins = max(duty.begins, one.start)
                same_day = begins < one.end and day_of(begins) == day_of(min(now, one.end))
                if day_of(duty.begins) < day_of(one.start) or not begins < one.end:
                    continue
                if begins <= now < duty.ends and (now < one.end or not same_day):
                    meant.add(duty.officer)
        assert there == meant
