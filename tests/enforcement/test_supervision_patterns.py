"""Monitors of patterns: what is planted is told, and chance alone is not."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from supervised import DAY, FILE, PLACE, REQUEST, VISIT, asked, changed, look, officer

from lianzhi.domains.enforcement.supervision import draws, fines, patterns
from lianzhi.law.clock import midnight

HOUR = 3_600_000
SQUADS = ("A", "B", "C", "D", "E", "F")


def files(rng, count, squads=2):
    """Cases whose steps come as they come."""
    found = []
    for k in range(count):
        filed = dt.date(2026, 1, 5) + dt.timedelta(int(rng.integers(0, 90)))
        days = np.cumsum([0, *rng.integers(1, 9, 4)])
        steps = [filed + dt.timedelta(int(day)) for day in days]
        names = ("filed", "noticed", "reviewed", "decided", "served")
        team = (f"o{k % squads}", "x")
        found.append(
            changed(FILE, id=f"P{k}", officers=team, **dict(zip(names, steps, strict=True)))
        )
    return found


def team(squads=2):
    return tuple(changed(officer(f"o{k}"), squad=SQUADS[k]) for k in range(squads))


@pytest.mark.parametrize("size", [5, 8, 14])
def test_a_batch_of_files_with_the_same_days_is_told(size):
    some = files(np.random.default_rng(1), 200)
    same = {name: getattr(some[-1], name) for name in ("filed", "noticed", "reviewed", "decided")}
    batch = [changed(one, served=some[-1].served, **same) for one in some[0 : 2 * size : 2]]
    rest = some[2 * size :]
    found = asked(look(penalties=(*batch, *rest), officers=team()), patterns.batch)
    assert found == {"batch": [tuple(sorted(one.id for one in batch))]}


@given(st.integers(0, 2**32))
@settings(max_examples=25)
def test_files_that_fall_together_by_chance_are_no_batch(seed):
    some = files(np.random.default_rng(seed), 120)
    assert asked(look(penalties=tuple(some), officers=team()), patterns.batch) == {}


def test_where_everybody_decides_at_once_a_busy_day_is_no_batch():
    """All steps on the third day after filing, and most files on Mondays: that is their habit."""
    some = []
    for k in range(120):
        filed = dt.date(2026, 1, 5) + dt.timedelta(7 * (k % 10))
        same = dict.fromkeys(("noticed", "reviewed", "decided", "served"), filed + dt.timedelta(3))
        some.append(changed(FILE, id=f"P{k}", officers=("o0",), filed=filed, **same))
    assert asked(look(penalties=tuple(some), officers=team()), patterns.batch) == {}


def requests(rng, squad, count, heaped=0, near=0.01):
    found = []
    for k in range(count):
        due = midnight(dt.date(2026, 3, 2)) + k * HOUR
        early = 0 if k < heaped else int(rng.integers(20 * 60_000, 30 * HOUR))
        early = early if rng.random() >= near else 5 * 60_000
        found.append(
            changed(
                REQUEST, id=f"{squad}{k}", received_at=due - 40 * HOUR, dispatched_to=squad,
                dispatched_at=due - 39 * HOUR, accepted_at=due - 39 * HOUR, due_at=due,
                disposed_at=due - early,
            )
        )  # fmt: skip
    return found


@pytest.mark.parametrize("heaped", [0, 30])
def test_times_heaped_at_the_due_time_are_told(heaped):
    rng = np.random.default_rng(2)
    some = [one for name in SQUADS for one in requests(rng, name, 200, heaped * (name == "C"))]
    found = asked(look(requests=tuple(some)), patterns.on_time)
    assert found == ({"on_time": [("C",)]} if heaped else {})


def test_a_town_that_always_works_to_the_minute_is_not_told():
    rng = np.random.default_rng(3)
    some = [one for name in SQUADS for one in requests(rng, name, 200, near=0.2)]
    assert asked(look(requests=tuple(some)), patterns.on_time) == {}


def test_a_grid_from_which_nobody_is_sent_is_told():
    rng = np.random.default_rng(4)
    some = [changed(one, grid=f"G{k % 8}") for k, one in enumerate(requests(rng, "A", 160))]
    silent = [
        changed(one, dispatched_at=None, dispatched_to=None) if one.grid == "G3" else one
        for one in some
    ]
    assert asked(look(requests=tuple(some)), patterns.undispatched) == {}
    assert asked(look(requests=tuple(silent)), patterns.undispatched) == {"undispatched": [("G3",)]}
    young = min(DAY, dt.date(2026, 3, 6))  # all were accepted within the last days
    assert asked(look(young, requests=tuple(silent)), patterns.undispatched) == {}


# -- random draws ------------------------------------------------------------------------------


def drawn(rng, places, count, again, avoided=frozenset()):
    """Random visits: with `again` everybody is put back; else the lot goes through all first."""
    lot, found = [], []
    for k in range(count):
        if again:
            name = places[int(rng.integers(len(places)))]
            while name in avoided:
                name = places[int(rng.integers(len(places)))]
        else:
            lot = lot or [one for one in rng.permutation(places) if one not in avoided]
            name = str(lot.pop())
        day = dt.date(2026, 1, 5) + dt.timedelta(k // 4)
        found.append(changed(VISIT, id=f"I{k:05}", enterprise=name, day=day, reason="random"))
    return tuple(found)


def town(count):
    return tuple(changed(PLACE, id=f"E{k:03}") for k in range(count))


@pytest.mark.parametrize("avoided", [frozenset(), frozenset({"E007"}), frozenset({"E007", "E050"})])
def test_who_is_passed_over_by_a_lot_without_replacement_is_told(avoided):
    places = town(80)
    names = [one.id for one in places]
    some = drawn(np.random.default_rng(5), names, 200, again=False, avoided=avoided)
    found = asked(look(enterprises=places, inspections=some), draws.draw_avoids)
    assert {name for ids in found.get("draw_avoids", []) for name in ids} == avoided


def test_a_fair_draw_with_replacement_leaves_many_out_and_few_are_told():
    """Towns in which anybody is told by chance are as rare as the policy's rate says."""
    rng, alarms = np.random.default_rng(9), 0
    for _ in range(60):
        places = town(int(rng.integers(20, 81)))
        count = int(rng.integers(30, 161))
        some = drawn(rng, [one.id for one in places], count, again=True)
        alarms += asked(look(enterprises=places, inspections=some), draws.draw_avoids) != {}
    assert alarms <= 7  # 5 % of 60 is 3; more than 7 would come up once in a hundred times


def test_with_replacement_it_takes_many_draws_to_tell():
    places = town(40)
    names = [one.id for one in places]
    for count, told in ((100, False), (600, True)):
        some = drawn(np.random.default_rng(6), names, count, again=True, avoided={"E007"})
        found = asked(look(enterprises=places, inspections=some), draws.draw_avoids)
        assert (("E007",) in found.get("draw_avoids", [])) is told


def test_who_has_just_opened_is_not_told():
    places = town(80)
    names = [one.id for one in places]
    new = changed(places[7], opened=dt.date(2026, 2, 20))
    some = drawn(np.random.default_rng(5), names, 200, again=False, avoided={"E007"})
    found = asked(
        look(enterprises=(*places[:7], new, *places[8:]), inspections=some), draws.draw_avoids
    )
    assert found == {}


# -- fines -------------------------------------------------------------------------------------


def fined(rng, factor):
    """Cases of ten officers; the fine is that of the facts, times a little, times the officer's."""
    found = []
    for k in range(400):
        name, beside = f"o{k % 10}", f"o{(k + 1 + k // 10 % 9) % 10}"
        harm = ("none", "minor")[int(rng.integers(2))]
        usual = {"none": 8_000, "minor": 16_000}[harm] * float(np.exp(rng.normal(0, 0.2)))
        fine = Decimal(int(usual * factor(name, k, rng)))
        facts = {"harm": harm, "first_time": bool(rng.integers(2)), "subject": "unit"}
        found.append(changed(FILE, id=f"P{k}", officers=(name, beside), facts=facts, fine=fine))
    return tuple(found)


STAFF = tuple(officer(f"o{k}") for k in range(10))


@pytest.mark.parametrize("seed", range(3))
def test_fines_alike_are_not_told(seed):
    some = fined(np.random.default_rng(seed), lambda name, k, rng: 1)
    found = asked(look(penalties=some, officers=STAFF), fines.unlike_fines, fines.far_below)
    assert found == {}


def test_who_fines_twice_as_high_is_told():
    some = fined(np.random.default_rng(7), lambda name, k, rng: 2 if name == "o4" else 1)
    found = asked(look(penalties=some, officers=STAFF), fines.unlike_fines)
    assert found == {"unlike_fines": [("o4",)]}


def test_a_few_friends_are_told_though_the_mean_hides_them():
    def friends(name, k, rng):
        return 0.2 if name == "o4" and k % 50 == 4 else 1

    some = fined(np.random.default_rng(8), friends)
    looked = look(penalties=some, officers=STAFF)
    assert asked(looked, fines.unlike_fines) == {}
    assert asked(looked, fines.far_below) == {"far_below": [("o4",)]}


def test_too_little_to_compare_is_told_as_such():
    told = patterns.strictness(look(inspections=(VISIT,)))
    assert next(iter(told)).reason.code == "few"
