"""Who is on duty, what is wrong with a rota, and what is handed over."""

import codecs
import datetime as dt
from collections import Counter

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.dispatch.moments import MINUTE
from lianzhi.dispatch.requests.handover import (
    Person,
    handovers,
    left_behind,
    upcoming,
)
from lianzhi.dispatch.requests.request import replay
from lianzhi.dispatch.rota import rota as rules
from lianzhi.dispatch.rota.faults import MOST, check, merge_repeats
from lianzhi.dispatch.rota.rota import (
    Cover,
    Officer,
    Pattern,
    Rota,
    RotaError,
    duties,
    read,
)
from made_requests import ACCEPTED, MONDAY, at, received

OFFICERS = """
officers = [
  { id = "an", squad = "east", certificate_until = 2027-01-01 },
  { id = "bo", squad = "east", certificate_until = 2027-01-01 },
  { id = "guo", squad = "east", observer = true },
]
"""
WEEK = (
    OFFICERS
    + """
[[patterns]]
officer = "an"
weekdays = [1, 2, 3, 4, 5]
begins = "08:00"
ends = "20:00"
since = 2026-01-01
[[patterns]]
officer = "bo"
weekdays = [1, 2, 3, 4, 5]
begins = "20:00"
ends = "08:00"
since = 2026-01-01
"""
)
COVER = """
[[covers]]
squad = "east"
weekdays = [1, 2, 3, 4, 5]
begins = "08:00"
ends = "08:00"
least = 1
"""
FRIDAY = MONDAY + dt.timedelta(days=4)


def rota(*more):
    return read("\n".join((WEEK, *more)).encode())


def laid(rota_):
    """All duties around the days that are looked at."""
    return duties(rota_, MONDAY - dt.timedelta(days=3), MONDAY + dt.timedelta(days=9))


def on_duty(rota_, at_, squad=None):
    return rules.on_duty(laid(rota_), at_, squad)


PEOPLE = {name: Person("east", able=True) for name in ("an", "bo", "guo")}


def told(rota_, since=MONDAY, until=FRIDAY):
    return [
        (fault.kind, fault.begins, fault.ends, fault.officers)
        for fault in check(rota_, since, until)
    ]


def test_a_night_shift_ends_in_the_morning():
    assert [duty.officer for duty in on_duty(rota(), at(0, 19, 59))] == ["an"]
    assert [duty.officer for duty in on_duty(rota(), at(0, 20))] == ["bo"]
    assert [duty.officer for duty in on_duty(rota(), at(1, 7, 59))] == ["bo"]
    assert on_duty(rota(), at(0, 7)) == ()  # no Sunday night
    assert [duty.officer for duty in on_duty(rota(), at(5, 7))] == ["bo"]
    assert on_duty(rota(), at(0, 9), "west") == ()


def test_a_sound_rota_has_no_faults():
    assert told(rota(COVER)) == []


@pytest.mark.parametrize(
    ("more", "faults"),
    [
        ('[[leaves]]\nofficer = "an"\nsince = 2026-03-03\nuntil = 2026-03-03',
         [("gap", at(1, 8), at(1, 20), ())]),
        ('[[leaves]]\nofficer = "an"\nsince = 2026-03-03\nuntil = 2026-03-03\n'
         '[[extras]]\nofficer = "bo"\nday = 2026-03-03\nbegins = "08:00"\nends = "18:00"',
         [("gap", at(1, 18), at(1, 20), ())]),
        # an observer may stand by, but covers nothing
        ('[[leaves]]\nofficer = "an"\nsince = 2026-03-03\nuntil = 2026-03-03\n'
         '[[extras]]\nofficer = "guo"\nday = 2026-03-03\nbegins = "08:00"\nends = "20:00"',
         [("gap", at(1, 8), at(1, 20), ())]),
        ('[[extras]]\nofficer = "an"\nday = 2026-03-03\nbegins = "19:00"\nends = "22:00"',
         [("double", at(1, 19), at(1, 20), ("an",))]),
        ('[[swaps]]\nday = 2026-03-03\nofficer = "an"\nby = "bo"', []),
        ('[[swaps]]\nday = 2026-03-07\nofficer = "an"\nby = "bo"', []),  # beyond what is asked
        ('[[swaps]]\nday = 2026-03-03\nofficer = "guo"\nby = "bo"',
         [("idle_swap", at(1, 0), at(2, 0), ("guo", "bo"))]),
        ('[[extras]]\nofficer = "cy"\nday = 2026-03-03\nbegins = "08:00"\nends = "09:00"',
         [("unknown", at(1, 8), at(1, 9), ("cy",))]),
    ],
)  # fmt: skip
def test_faults_are_found_with_their_times(more, faults):
    assert told(rota(COVER, more)) == faults


def test_an_officer_without_a_certificate_is_told():
    text = WEEK.replace('id = "bo", squad = "east", certificate_until = 2027-01-01',
                        'id = "bo", squad = "east", certificate_until = 2026-03-04')  # fmt: skip
    ends = list(check(read(text.encode()), MONDAY, FRIDAY))
    # the night that begins on the last day runs past its end; so do those after it
    assert [fault.begins for fault in ends] == [at(2, 20), at(3, 20), at(4, 20)]
    assert "2026-03-04" in ends[0].said
    none = text.replace(", certificate_until = 2026-03-04", "")
    assert {fault.kind for fault in check(read(none.encode()), MONDAY, FRIDAY)} == {"certificate"}
    forever = text.replace("2026-03-04", "9999-12-31")
    assert check(read(forever.encode()), MONDAY, FRIDAY) == ()


def test_every_other_week():
    text = WEEK.replace("since = 2026-01-01", "since = 2026-03-04\nevery_weeks = 2", 1)
    laid = duties(read(text.encode()), MONDAY, MONDAY + dt.timedelta(days=20))
    days = [(duty.begins - at(0, 8)) // (24 * 60 * MINUTE) for duty in laid if duty.officer == "an"]
    assert days == [2, 3, 4, 14, 15, 16, 17, 18]


DUTY = st.tuples(
    st.sampled_from(["an", "bo"]), st.integers(0, 5), st.integers(0, 23), st.integers(0, 23)
)


@settings(max_examples=80)
@given(st.lists(DUTY, max_size=8), st.integers(1, 2))
def test_gaps_and_doubles_agree_with_a_look_at_every_half_hour(made, least):
    extras = "".join(
        f'[[extras]]\nofficer = "{who}"\nday = {MONDAY + dt.timedelta(days=day)}\n'
        f'begins = "{begin:02}:00"\nends = "{end:02}:00"\n'
        for who, day, begin, end in made
    )
    cover = COVER.replace('"08:00"', '"06:00"', 1).replace('"08:00"', '"22:00"', 1)
    text = OFFICERS + "patterns = []\n" + cover.replace("least = 1", f"least = {least}") + extras
    rota_ = read(text.encode())
    faults = check(rota_, MONDAY, MONDAY + dt.timedelta(days=5))
    around = laid(rota_)
    for half in range(48 * 6):
        now = at(0, 0, 30 * half) + 15 * MINUTE
        there = [duty.officer for duty in rules.on_duty(around, now)]
        inside = half // 48 < 5 and 12 <= half % 48 < 44
        kinds = {fault.kind for fault in faults if fault.begins <= now < fault.ends}
        assert ("gap" in kinds) == (inside and len(set(there)) < least)
        assert ("double" in kinds) == (len(there) > len(set(there)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("officers = [", "Unclosed|unclosed|Invalid|line 1"),
        ("officers = []", "patterns"),
        (WEEK.replace('"20:00"', '"8pm"', 1), "ends is '8pm'"),
        (WEEK.replace("[1, 2, 3, 4, 5]", "[0]", 1), "weekdays"),
        (WEEK.replace("begins", "starts", 1), "starts"),
        (WEEK.replace("2026-01-01", '"tomorrow"', 1), "since"),
    ],
)
def test_a_rota_that_cannot_be_read_is_refused(text, said):
    with pytest.raises(RotaError, match=said):
        read(text.encode())


def test_too_many_days_are_refused():
    with pytest.raises(RotaError, match="days"):
        duties(rota(), MONDAY, MONDAY + dt.timedelta(days=4000))
    with pytest.raises(RotaError, match="days"):
        duties(rota(), MONDAY, MONDAY - dt.timedelta(days=1))


def held(key, by, minutes=0):
    _, _, payload = received()
    return replay([
        ("request.received", at(0, 8, minutes), {**payload, "request": key}),
        ACCEPTED,
        ("request.dispatched", at(0, 11), {"by": "desk", "to": by}),
    ])  # fmt: skip


def test_open_work_passes_to_those_who_come_on():
    more = '[[extras]]\nofficer = "guo"\nday = 2026-03-02\nbegins = "20:00"\nends = "23:00"'
    open_now = [held("r2", "an", 5), held("r1", "an"), held("r3", "bo"), held("r4", "east")]
    passed = handovers(laid(rota(more)), PEOPLE, open_now, at(0, 20))
    assert [(one.request, one.holder, one.to) for one in passed] == [
        ("r1", "an", ("guo", "bo")),  # bo has r3
        ("r2", "an", ("bo", "guo")),
    ]
    assert {(one.squad, one.until) for one in passed} == {("east", at(0, 20))}
    assert handovers(laid(rota()), PEOPLE, open_now, at(0, 19)) == ()
    # nobody comes on Saturday morning: it is told, with nobody to take it
    weekend = handovers(laid(rota()), PEOPLE, open_now, at(5, 8))
    assert [(one.request, one.to) for one in weekend] == [("r3", ())]


def test_work_that_was_left_behind_is_told_while_somebody_could_take_it():
    open_now = [held("r1", "an"), held("r2", "bo"), held("r3", "east")]
    left = left_behind(laid(rota()), PEOPLE, open_now, at(0, 21))
    assert [(one.request, one.holder, one.until, one.to) for one in left] == [
        ("r1", "an", at(0, 20), ("bo",))
    ]
    assert (
        left_behind(laid(rota()), PEOPLE, open_now, at(5, 9)) == ()
    )  # nobody is on duty on Saturday


def test_who_lacks_something_is_told_once_for_all_duties():
    text = WEEK.replace('id = "bo", squad = "east", certificate_until = 2027-01-01',
                        'id = "bo", squad = "east"')  # fmt: skip
    text += '[[leaves]]\nofficer = "an"\nsince = 2026-03-03\nuntil = 2026-03-03'
    faults = check(read((text + COVER).encode()), MONDAY, FRIDAY)
    assert [(one.first.kind, one.first.begins, one.until, one.times)
            for one in merge_repeats(faults)] == [
        ("certificate", at(0, 20), at(5, 8), 5),
        ("gap", at(1, 8), at(1, 20), 1),
    ]  # fmt: skip
    assert [(one.there, one.least) for one in faults if one.kind == "gap"] == [(0, 1)]
    assert [one.begins for one in faults] == sorted(one.begins for one in faults)


def test_a_gap_of_the_night_before_is_told_while_it_runs():
    """Nobody on Sunday night: the week that begins on Monday shows it from midnight on."""
    cover = COVER.replace("[1, 2, 3, 4, 5]", "[7]").replace('"08:00"', '"20:00"', 1)
    assert told(rota(cover)) == [("gap", at(0, 0), at(0, 8), ())]


def test_a_night_watch_is_no_gap_because_the_next_day_begins():
    text = (
        OFFICERS
        + """
[[patterns]]
officer = "an"
weekdays = [1, 2, 3, 4, 5, 6, 7]
since = 2026-01-01
begins = "00:00"
ends = "00:00"
[[covers]]
squad = "east"
weekdays = [1, 2, 3, 4, 5, 6, 7]
begins = "20:00"
ends = "08:00"
least = 1
"""
    )
    assert check(read(text.encode()), MONDAY, FRIDAY) == ()


def test_who_stands_in_for_another_squad_hands_on_within_their_own():
    text = """
officers = [
  { id = "an", squad = "east" }, { id = "bo", squad = "east" },
  { id = "xu", squad = "west" }, { id = "qi", squad = "west" },
]
[[patterns]]
officer = "xu"
weekdays = [1]
since = 2026-01-01
begins = "08:00"
ends = "20:00"
[[patterns]]
officer = "qi"
weekdays = [1]
since = 2026-01-01
begins = "20:00"
ends = "08:00"
[[patterns]]
officer = "bo"
weekdays = [1]
since = 2026-01-01
begins = "20:00"
ends = "08:00"
[[swaps]]
day = 2026-03-02
officer = "xu"
by = "an"
"""
    rota_ = read(text.encode())
    people = {one.id: Person(one.squad, able=True) for one in rota_.officers}
    (passed,) = handovers(laid(rota_), people, [held("r1", "an")], at(0, 20))
    assert (passed.squad, passed.to) == ("east", ("bo",))


def test_each_request_is_listed_once_at_its_first_end():
    open_now = [held("r1", "an"), held("r2", "bo")]
    week = duties(rota(), MONDAY, FRIDAY)
    found = upcoming(week, PEOPLE, open_now, at(0, 21), 24 * 60 * MINUTE)
    assert [(one.request, one.until) for one in found] == [("r1", at(0, 20)), ("r2", at(1, 8))]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[[leaves]]\nofficer = "cy"\nsince = 2026-03-03\nuntil = 2026-03-03', "'cy' is on leave"),
        ('[[leaves]]\nofficer = "an"\nsince = 2026-03-03\nuntil = 2026-03-02', "before it begins"),
        ('[[swaps]]\nday = 2026-03-03\nofficer = "an"\nby = "cy"', "'cy' is on leave or swaps"),
        ('[[swaps]]\nday = 2026-03-03\nofficer = "an"\nby = "bo"\n' * 2, "swapped twice"),
        ("[[x]]\ny = 1", "unknown field `x`"),
        ("a" + ".a" * 400 + " = 1", "dots"),
    ],
)
def test_what_does_not_hold_together_is_refused(more, said):
    with pytest.raises(RotaError, match=said):
        rota(more)
    with pytest.raises(RotaError, match="twice"):
        read(WEEK.replace('{ id = "bo"', '{ id = "an"').encode())


def test_faults_are_cut_off_where_they_are_very_many():
    minutes = tuple(
        Pattern(officer="an", weekdays=(1, 2, 3, 4, 5, 6, 7), since=MONDAY,
                begins=f"{n // 60:02}:{n % 60:02}", ends=f"{n // 60:02}:{n % 60 + 1:02}")
        for n in range(0, 1438, 2)
    )  # fmt: skip
    cover = Cover(squad="east", weekdays=(1, 2, 3, 4, 5, 6, 7), least=2,
                  begins="00:00", ends="00:00")  # fmt: skip
    made = Rota(officers=(Officer("an", "east"),), patterns=minutes, covers=(cover,) * 30)
    found = check(made, MONDAY, MONDAY + dt.timedelta(days=27))
    assert Counter(one.kind for one in found) == {"gap": MOST, "certificate": MOST}


def test_json_is_read_as_well():
    assert read(msgspec.json.encode(rota(COVER))) == rota(COVER)
    assert read(codecs.BOM_UTF8 + msgspec.json.encode(rota(COVER))) == rota(COVER)
