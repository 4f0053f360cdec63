import ast
import datetime as dt
import hashlib
import itertools
import json
import random
from collections import Counter, defaultdict
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from town_files import STEPS, breaches, read, worked, working_days

import lianzhi.domains.enforcement.town as room
from lianzhi.domains.enforcement.town import LIMITS, PLANTS, Size, load, make
from lianzhi.domains.enforcement.town.baseline.chance import Chance
from lianzhi.domains.enforcement.town.baseline.tiling import area, inside, tile
from lianzhi.domains.enforcement.town.baseline.workdays import Workdays, days
from lianzhi.domains.enforcement.town.writing import documents, key

SEED = 7
SMALL = Size(enterprises=60, officers=12, grids=9, months=6)
VILLAGE = Size(enterprises=250, officers=20, grids=16, months=18)
TABLES = ("enterprises", "officers", "observers", "requests", "inspections", "penalties", "permits")
HEADERS = {
    "enterprises": "id,name,name_en,industry,grid,lon,lat,staff,opened",
    "officers": "id,name,squad,department,certificate,certificate_until",
    "requests": "id,received_at,channel,category,grid,lon,lat,enterprise,accepted_at,"
    "dispatched_to,dispatched_at,due_at,disposed_at,outcome",
    "inspections": "id,enterprise,day,department,list,reason,officers,observers,scanned_in,"
    "minutes,violations",
    "penalties": "id,enterprise,item,department,inspection,officers,facts,act_day,filed,noticed,"
    "hearing_requested,heard,reviewed,reviewed_by,decided,decided_by,list,fine,served,paid,"
    "amount_paid,published,closed,reconsideration,overturned",
    "permits": "id,enterprise,item,department,officer,applied,accepted,decided,outcome,published",
}


@pytest.fixture(scope="module")
def clean():
    return make(SEED, planted=())


@pytest.fixture(scope="module")
def village():
    return make(SEED, VILLAGE, planted=())


@pytest.fixture(scope="module")
def full():
    return make(SEED)


@pytest.fixture(scope="module")
def tidy(clean):
    return read(clean)


@pytest.fixture(scope="module")
def spoilt(full):
    return read(full)


def answer(town, name):
    return next(one for one in town.answers if one.key == name)


def digest(town):
    return hashlib.sha256(b"".join((*documents(town).values(), key(town)))).hexdigest()


def test_a_seed_gives_the_same_bytes_anywhere():
    assert digest(make(3, SMALL)) == digest(make(3, SMALL))
    assert digest(make(3, SMALL)) == (
        "0d60235c971377d1c2f2aab68ce48f195f4b36d1cb582ee07c794ce1160d3984"
    ), "the numbers of the town were changed, or this platform draws otherwise"


def test_another_seed_gives_another_town():
    assert documents(make(3, SMALL)).keys() == documents(make(4, SMALL)).keys()
    assert not set(documents(make(3, SMALL)).values()) & {
        content
        for name, content in documents(make(4, SMALL)).items()
        if name not in ("departments.csv", "items.csv")
    }


def test_headers(full):
    files = documents(full)
    for name, header in HEADERS.items():
        assert files[f"{name}.csv"].decode().splitlines()[0] == header


def test_sizes(tidy):
    assert [len(getattr(tidy, name)) for name in ("enterprises", "officers", "grids")] == [
        *(1000, 40, 60)
    ]
    assert len({one.squad for one in tidy.officers}) == 6
    assert len(tidy.departments) == 11
    assert 6000 <= len(tidy.requests) <= 10_000
    assert 3000 <= len(tidy.inspections) <= 4000
    assert 600 <= len(tidy.penalties) <= 900
    assert 800 <= len(tidy.permits) <= 1500


@pytest.mark.parametrize("which", ["tidy", "spoilt"])
def test_rows_refer_to_rows_that_exist(which, request):
    files = request.getfixturevalue(which)
    ids = {name: [row.id for row in getattr(files, name)] for name in (*TABLES, "departments")}
    for name in TABLES:
        assert ids[name] == sorted(set(ids[name]))
    known = {name: set(some) for name, some in ids.items()}
    items = {row.id: row.department for row in files.items}
    grids = {grid["id"]: grid["properties"]["squad"] for grid in files.grids}
    visits = {row.id: row for row in files.inspections}
    people = known["officers"] | known["observers"]
    for party in files.enterprises:
        assert party.grid in grids
    assert {one.department for one in files.officers} <= known["departments"]
    assert set(grids.values()) <= {one.squad for one in files.officers}
    for one in files.requests:
        assert one.grid in grids
        assert one.enterprise is None or one.enterprise in known["enterprises"]
        assert one.dispatched_to in {None, *grids.values(), *known["departments"]}
    for visit in files.inspections:
        assert visit.enterprise in known["enterprises"]
        assert set(visit.officers) <= people
        assert set(visit.observers) <= known["observers"]
        assert set(visit.violations) <= set(items)
        assert {items[one] for one in visit.violations} <= (
            known["departments"] if visit.list.startswith("joint.") else {visit.department}
        )
    for case in files.penalties:
        assert set(case.officers) <= people
        assert {case.reviewed_by, case.decided_by} - {None} <= known["officers"]
        assert not {case.reviewed_by, case.decided_by} & set(case.officers)
        assert case.department in known["departments"]
        if case.inspection:
            visit = visits[case.inspection]
            assert visit.enterprise == case.enterprise
            assert case.item in visit.violations
            assert set(case.officers) == set(visit.officers)
    for permit in files.permits:
        assert items[permit.item] == permit.department
        assert permit.enterprise in known["enterprises"]
        assert permit.officer in known["officers"]


def test_the_clean_town_breaks_no_rule(tidy):
    assert {name: ids for name, ids in breaches(tidy).items() if ids} == {}


def test_steps_of_the_clean_town_come_in_lawful_order_and_time(tidy):
    last = max(visit.day for visit in tidy.inspections)
    for case in tidy.penalties:
        taken = [getattr(case, step) for step in STEPS if getattr(case, step)]
        assert taken == sorted(taken)
        assert all(map(worked, taken))
        assert case.act_day <= case.filed
        assert max([*taken, *filter(None, [case.paid, case.published, case.closed])]) <= last
        if case.heard:
            assert working_days(case.noticed, case.hearing_requested) <= 5
            assert working_days(case.hearing_requested, case.heard) >= 8
        if case.published:
            assert case.fine
            assert case.published >= case.served
        if case.paid:
            assert case.paid >= case.served
            assert case.fine <= case.amount_paid <= 2 * case.fine
            assert (case.amount_paid > case.fine) == late(case)
        if case.closed:
            assert case.closed >= max(filter(None, [case.served, case.paid, case.published]))
        if case.fine and case.list != "mitigated":
            assert case.fine >= next(i.fine_least for i in tidy.items if i.id == case.item)
    for permit in tidy.permits:
        taken = [permit.applied, permit.accepted, permit.decided, permit.published]
        taken = [day for day in taken if day]
        assert taken == sorted(taken)
        assert not permit.published or working_days(permit.decided, permit.published) <= 7


def late(case):
    """Paid after the fifteenth day, or after the working day that it moves on to."""
    return (case.paid - case.served).days > 15 and any(
        worked(day) for day in days(case.served, case.paid)[15:-1]
    )


def test_requests_of_the_clean_town_go_step_by_step(tidy):
    for one in tidy.requests:
        steps = [one.received_at, one.accepted_at, one.dispatched_at, one.disposed_at]
        taken = [time for time in steps if time]
        assert taken == sorted(taken)
        assert one.due_at > one.received_at
        assert (one.disposed_at is None) == (one.outcome is None)


@pytest.mark.parametrize("name", sorted(breaches(read(make(1, SMALL)))))
def test_a_planted_anomaly_is_where_the_answers_say(name, full, spoilt):
    told = answer(full, name)
    assert told.ids
    assert breaches(spoilt)[name] == set(told.ids)
    count = told.strength.get("count")
    if name == "expired_certificate":
        assert count <= len(told.ids) <= count + 5  # all visits of the day of the first
    else:
        assert len(told.ids) == count * (2 if name == "double_fine" else 1)


def fitted(town, officer):
    """The odds ratio under which the visits of an officer find as much as they did."""
    visits = [one for one in town.inspections if officer in one.officers]
    found = sum(bool(one.violations) for one in visits)
    low, high = 1e-4, 1e4
    while high / low > 1.001:
        ratio = (low * high) ** 0.5
        odds = [ratio * town.chances[one.id] / (1 - town.chances[one.id]) for one in visits]
        low, high = (low, ratio) if sum(one / (1 + one) for one in odds) > found else (ratio, high)
    return low


@pytest.mark.parametrize("seed", [1, 2, SEED])
def test_inspectors_are_as_strict_as_the_answers_say(seed):
    town = make(seed, planted=("strict_inspector", "lenient_inspector"))
    for name in ("strict_inspector", "lenient_inspector"):
        told = answer(town, name)
        ratio = fitted(town, told.ids[0]) / told.strength["odds"]
        assert 0.4 < ratio < 2.5, (name, ratio)
    named = {officer for one in town.answers for officer in one.ids}
    field = {one for visit in town.inspections for one in visit.officers} - named
    assert all(0.4 < fitted(town, one) < 2.5 for one in field)


def test_same_facts_other_fines(clean, full):
    before = {case.id: case for case in clean.penalties}
    after = {case.id: case for case in full.penalties}
    most = {name: item.fine[1] for name, item in load().items.items()}
    for name, low, high in (("harsh_finer", 1.9, 3.0), ("favours", 0.0, 0.31)):
        told = answer(full, name)
        changed = told.rows["penalties"]
        assert len(changed) >= 5
        for one in changed:
            assert after[one].officers[0] == told.ids[0]
            ratio = after[one].fine / before[one].fine
            assert low < ratio <= high or after[one].fine == most[after[one].item]
            assert after[one].facts == before[one].facts


def test_a_batch_has_the_same_day_at_every_step(full):
    told = answer(full, "backdated_batch")
    batch = [case for case in full.penalties if case.id in told.ids]
    assert len(batch) == told.strength["count"]
    assert len({tuple(getattr(case, step) for step in STEPS) for case in batch}) == 1
    days_filed = Counter(case.filed for case in full.penalties if case.id not in told.ids)
    assert len(batch) > 1.5 * max(days_filed.values())


def test_a_squad_writes_the_due_time_down(full):
    told = answer(full, "beautified_on_time")
    exact = Counter(one.dispatched_to for one in full.requests if one.disposed_at == one.due_at)
    assert set(exact) == set(told.ids)
    assert exact[told.ids[0]] == len(told.rows["requests"])


def differing(one, other):
    """File -> ids whose rows are not the same in both."""
    made = {}
    for name in TABLES:
        here, there = ({row.id: row for row in getattr(town, name)} for town in (one, other))
        made[name] = {row for row in here.keys() | there.keys() if here.get(row) != there.get(row)}
    return {name: ids for name, ids in made.items() if ids}


def listed(town):
    rows = defaultdict(set)
    for one in town.answers:
        for name, ids in one.rows.items():
            assert not rows[name] & set(ids), f"{one.key} touches what another has touched"
            rows[name] |= set(ids)
    return rows


def test_the_answers_list_every_row_that_is_not_clean(clean, full):
    assert {one.key for one in full.answers} == set(PLANTS) == set(load().anomalies)
    assert differing(clean, full) == listed(full)
    assert clean.grids == full.grids


@pytest.mark.parametrize("name", sorted(PLANTS))
def test_every_anomaly_can_be_planted_alone(name, village):
    clean, town = village, make(SEED, VILLAGE, planted=(name,))
    assert town.answers[0].ids
    assert [one.key for one in town.answers] == [name]
    assert differing(clean, town) == listed(town)


def test_an_anomaly_that_is_switched_off_is_not_planted(clean):
    plain = load()
    off = {name: msgspec.structs.replace(one, on=False) for name, one in plain.anomalies.items()}
    town = make(SEED, settings=msgspec.structs.replace(plain, anomalies=off))
    assert town == clean


def test_statistics_are_plausible(tidy):
    done = [one for one in tidy.requests if one.disposed_at]
    assert 0.9 < sum(one.disposed_at <= one.due_at for one in done) / len(done) < 0.95
    assert (
        0.25 < sum(bool(one.violations) for one in tidy.inspections) / len(tidy.inspections) < 0.4
    )
    fined = [case for case in tidy.penalties if case.fine]
    assert 0.01 < sum(bool(case.reconsideration) for case in fined) / len(fined) < 0.06
    assert 0.03 < sum(map(late, filter(lambda case: case.paid, fined))) / len(fined) < 0.12
    lists = Counter(case.list for case in tidy.penalties)
    assert min(lists[one] for one in ("no_penalty", "mitigated", "lighter", "heavier")) > 25
    weekdays = Counter(one.received_at.weekday() for one in tidy.requests)
    assert weekdays[0] > 1.15 * weekdays[6]
    noise = Counter(one.received_at.month for one in tidy.requests if one.category == "noise")
    assert noise[7] + noise[8] > 2 * (noise[1] + noise[2])
    assert all(map(worked, (visit.day for visit in tidy.inspections)))
    assert 0.04 < sum(1 for one in tidy.inspections if one.observers) / len(tidy.inspections) < 0.3


def test_who_broke_a_rule_behaves_for_a_while(clean):
    """By the revisit the odds of finding something are far lower than they were."""
    visits = {}
    ratios = []
    for visit in clean.inspections:
        before = visits.get((visit.enterprise, visit.list))
        if visit.reason == "revisit" and before and before.reason == "random":
            old, new = (clean.chances[one.id] for one in (before, visit))
            ratios.append(new * (1 - old) / (old * (1 - new)))
        visits[visit.enterprise, visit.list] = visit
    assert len(ratios) > 50
    assert sum(ratios) / len(ratios) < 0.5


def test_duplicates_repeat_an_earlier_request(clean):
    rows = {one.id: one for one in clean.requests}
    assert len(clean.duplicates) > 300
    for again, first in clean.duplicates.items():
        one, other = rows[again], rows[first]
        assert (one.category, one.grid, one.lon, one.lat, one.enterprise) == (
            *(other.category, other.grid, other.lon, other.lat, other.enterprise),
        )
        assert other.received_at < one.received_at <= other.received_at + 72 * 3_600_000


def loose(rings):
    """Edges that no neighbour runs along the other way: the outline."""
    edges = {pair for ring in rings for pair in itertools.pairwise((*ring, ring[0]))}
    assert len(edges) == sum(map(len, rings))
    return {(a, b) for a, b in edges if (b, a) not in edges}


def outline(rings):
    follow = dict(loose(rings))
    assert len(follow) == len(loose(rings)), "the outline touches itself"
    ring = [next(iter(follow))]
    while (point := follow[ring[-1]]) != ring[0]:
        ring.append(point)
    assert len(ring) == len(follow), "there is a hole"
    return ring


def tiles(rings, seed):
    assert all(area(ring) > 0 for ring in rings)
    whole = outline(rings)
    assert sum(map(area, rings)) == pytest.approx(area(whole), rel=1e-9)
    draw = random.Random(seed)
    xs, ys = zip(*whole, strict=True)
    for _ in range(60):
        point = draw.uniform(min(xs), max(xs)), draw.uniform(min(ys), max(ys))
        assert sum(inside(ring, point) for ring in rings) == inside(whole, point)


@given(st.integers(0, 2**40), st.integers(1, 130))
@settings(max_examples=60)
def test_cells_tile_without_gap_or_overlap(seed, count):
    rings = tile(Chance(seed, "grids"), count)
    assert len(rings) == count
    tiles(rings, seed)


def test_grids_as_written_tile_the_town(tidy):
    rings = [[tuple(p) for p in grid["geometry"]["coordinates"][0]] for grid in tidy.grids]
    assert all(ring[0] == ring[-1] for ring in rings)
    tiles([ring[:-1] for ring in rings], 1)
    where = {grid["id"]: ring[:-1] for grid, ring in zip(tidy.grids, rings, strict=True)}
    for one in tidy.enterprises:
        assert inside(where[one.grid], (one.lon, one.lat))


def test_the_calendar_agrees_with_the_published_one():
    mine = Workdays()
    for day in days(load().first, dt.date(2026, 12, 31)):
        assert mine.worked(day) == worked(day), day


@given(
    st.integers(0, 2**63 - 1),
    st.builds(
        Size,
        enterprises=st.integers(LIMITS["enterprises"][0], 150),
        officers=st.integers(LIMITS["officers"][0], 60),
        grids=st.integers(LIMITS["grids"][0], 40),
        months=st.integers(1, 24),
    ),
)
@settings(max_examples=40)
def test_any_size_makes_a_town_whose_answers_hold(seed, size):
    town, clean = make(seed, size), make(seed, size, planted=())
    assert differing(clean, town) == listed(town)
    found = breaches(read(town))
    for one in town.answers:
        if one.key in found and one.key not in ("draw_avoids", "undispatched_grid"):
            assert set(one.ids) == found[one.key], one.key


@pytest.mark.parametrize(
    ("given_size", "planted", "said"),
    [
        (Size(grids=3), (), "grids is 3: give a number from 4 to 200"),
        (Size(months=25), (), "months is 25"),
        (Size(), ("bribery",), "no anomaly is called 'bribery': give one of strict_inspector"),
    ],
)
def test_what_cannot_be_made_is_refused(given_size, planted, said):
    with pytest.raises(ValueError, match=said):
        make(1, given_size, planted=planted)
    with pytest.raises(ValueError, match="seed is -1"):
        make(-1)


def test_it_shares_no_code_with_what_is_tried_on_it():
    folder = Path(room.__file__).parent
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert not name.startswith("lianzhi") or name.startswith(room.__name__), path
                assert not name.startswith("chinese_calendar")


def test_the_key_can_be_read_back(full):
    told = json.loads(key(full))
    assert told["seed"] == SEED
    assert [one["key"] for one in told["anomalies"]] == list(PLANTS)
