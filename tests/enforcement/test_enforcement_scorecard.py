"""The scorecard of enforcement: what it counts, and that it can't contradict itself."""

import datetime as dt
import math
from decimal import Decimal

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.domains.enforcement.figures.scorecard import (
    DIMENSIONS,
    SPECS,
    audit,
    card,
    definitions,
    published,
)
from lianzhi.domains.enforcement.figures.scorecard_rows import CHINA, LISTS, Town, facts
from lianzhi.stats.intervals import bootstrap_mean

SINCE, UNTIL = dt.date(2021, 1, 1), dt.date(2022, 1, 1)


def ms(*day):
    return int(dt.datetime(*day, tzinfo=CHINA).timestamp() * 1000)


AT = ms(2022, 1, 1)


def request(name, accepted, disposed="", due="2021-03-10T18:00:00+08:00", **more):
    return {
        "id": name,
        "received_at": "2021-03-01T08:00:00+08:00",
        "accepted_at": accepted,
        "dispatched_to": "s1",
        "dispatched_at": accepted,
        "due_at": due,
        "disposed_at": disposed,
    } | more


def penalty(name, fine="0", decided="2021-04-20", **more):
    return {
        "id": name,
        "department": "fire",
        "officers": "o1;o2",
        "filed": "2021-04-01",
        "decided": decided,
        "reviewed": "2021-04-19",
        "list": "ordinary",
        "fine": fine,
        "reconsideration": "",
        "overturned": "",
    } | more


TOWN = Town(
    requests=[
        request("r1", "2021-03-01T09:00:00+08:00", "2021-03-05T09:00:00+08:00"),
        request("r2", "2021-03-01T09:00:00+08:00", "2021-03-11T09:00:00+08:00"),
        request("r3", "2021-03-01T09:00:00+08:00"),
        request("r4", ""),
        request("r5", "2020-12-31T23:59:59+08:00", "2021-01-02T00:00:00+08:00"),
        request("r6", "2021-12-31T10:00:00+08:00", due="2022-01-10T00:00:00+08:00"),
    ],
    penalties=[
        penalty("p1", "1000"),
        penalty("p2", "2500.50", reconsideration="2021-05-01", overturned="true"),
        penalty("p3", "0", list="no_penalty", reviewed=""),
        penalty("p4", "900", decided="2022-03-01", department="market"),
        penalty("p5", "500", reviewed="2021-04-21", reconsideration="2021-05-01", officers="o3"),
    ],
    inspections=[
        {"id": "i1", "day": "2021-06-01", "department": "fire", "violations": "a;b"},
        {"id": "i2", "day": dt.date(2021, 6, 2), "department": "fire", "violations": ()},
    ],
    permits=[
        {"id": "m1", "applied": "2021-02-01", "accepted": "2021-02-02", "decided": "2021-02-09"},
        {"id": "m2", "applied": "2021-02-01", "accepted": "", "decided": ""},
    ],
    officers=[{"id": "o1", "squad": "s1"}, {"id": "o3", "squad": "s2"}],
)


def test_every_figure_counts_what_its_definition_says():
    found = card(TOWN, SINCE, UNTIL, AT)
    assert found.bad == ()
    assert {line.key: line.ids for line in found.lines} == {
        "accepted": ("r1", "r2", "r3", "r6"),
        "dispatched": ("r1", "r2", "r3", "r6"),
        "disposed": ("r1", "r2"),
        "due": ("r1", "r2", "r3"),
        "on_time": ("r1",),
        "files": ("p1", "p2", "p3", "p4", "p5"),
        "penalised": ("p1", "p2", "p5"),
        "exempted": ("p3",),
        "reviewed": ("p1", "p2"),
        "reconsidered": ("p2", "p5"),
        "overturned": ("p2",),
        "fines": ("p1", "p2", "p5"),
        "mean_fine": ("p1", "p2", "p5"),
        "inspections": ("i1", "i2"),
        "violating": ("i1",),
        "permits": ("m1",),
        "permits_decided": ("m1",),
    }
    assert found.of("fines").figure.value == Decimal("4000.50")
    assert found.of("mean_fine").figure.value == Decimal("1333.50")
    share = found.of("on_time").share
    assert (share.hits, share.n) == (1, 3)
    # Wilson (1927) for 1 of 3: (0.0615, 0.7923)
    assert (round(share.lo, 4), round(share.hi, 4)) == (0.0615, 0.7923)
    assert found.of("accepted").share is None


def test_what_was_done_later_is_not_counted():
    early = card(TOWN, SINCE, UNTIL, ms(2021, 3, 6))
    assert early.of("disposed").ids == early.of("on_time").ids == ("r1",)
    assert early.of("due").ids == ("r1",)
    assert early.of("files").ids == ()
    assert early.of("mean_fine").figure.value is None
    assert audit(early).holds


def test_parts_by_department_squad_and_month():
    found = card(TOWN, SINCE, UNTIL, AT, by=DIMENSIONS)
    assert found.of("files", {"department": "market"}).ids == ("p4",)
    assert found.of("penalised", {"squad": "s2"}).ids == ("p5",)
    assert found.of("accepted", {"month": "2021-12"}).ids == ("r6",)
    assert found.of("fines", {"squad": "s1"}).figure.value == Decimal("3500.50")
    with pytest.raises(KeyError):
        found.of("files", {"department": "none"})
    assert audit(found).holds
    for key in {spec.key for spec in SPECS} | {"fines"}:
        for dimension in DIMENSIONS:
            parts = [
                line.figure.value
                for line in found.lines
                if line.key == key and tuple(line.figure.part) == (dimension,)
            ]
            assert sum(parts) == found.of(key).figure.value


@pytest.mark.parametrize(
    ("table", "row", "field"),
    [
        ("requests", request("", "2021-03-01"), "id"),
        ("requests", request("a", "yesterday"), "accepted_at"),
        ("requests", request("a", "2021-03-02", "2021-03-01"), "disposed_at"),
        ("requests", request("a", "", received_at=""), "received_at"),
        ("penalties", penalty("a", "-5"), "fine"),
        ("penalties", penalty("a", "1.005"), "fine"),
        ("penalties", penalty("a", "NaN"), "fine"),
        ("penalties", penalty("a", filed=""), "filed"),
        ("penalties", penalty("a", list="harsh"), "list"),
        ("penalties", penalty("a", overturned="true"), "overturned"),
        ("penalties", penalty("a", overturned="maybe"), "overturned"),
        ("penalties", penalty("a", decided="2021-03-01"), "decided"),
        ("inspections", {"id": "a", "day": ""}, "day"),
        ("permits", {"id": "a"}, "applied"),
    ],
)
def test_a_row_that_cannot_be_is_set_aside_with_the_mend(table, row, field):
    good = getattr(TOWN, table)
    found = facts(msgspec.structs.replace(TOWN, **{table: [*good, row, good[0]]}))
    assert [(b.table, b.row, b.field) for b in found.bad] == [
        (table, len(good) + 1, field),
        (table, len(good) + 2, "id"),
    ]
    assert all("give" in b.reason or "mend" in b.reason for b in found.bad)
    assert len(getattr(found, table)) == len(good)


def test_a_period_without_days_is_refused():
    with pytest.raises(ValueError, match="give a later day"):
        card(TOWN, SINCE, SINCE, AT)


def test_structs_count_as_mappings_do():
    class Inspection(msgspec.Struct):
        id: str
        day: dt.date
        officers: tuple[str, ...] = ("o1",)
        violations: tuple[str, ...] = ("x",)

    town = Town(inspections=[Inspection("a", dt.date(2021, 5, 5))], officers=TOWN.officers)
    found = card(town, SINCE, UNTIL, AT, by=["squad"])
    assert found.of("violating", {"squad": "s1"}).ids == ("a",)


def test_every_figure_is_defined_in_both_languages():
    assert {spec.key for spec in SPECS} | {"fines", "mean_fine"} == set(definitions())
    for one in definitions().values():
        assert set(one.of.split("/")) - {""} <= set(definitions())


DAY = st.integers(ms(2020, 11, 1), ms(2022, 3, 1))
MAYBE = st.none() | DAY
NAME = st.sampled_from(
    ["", "fire", "s1", "a/b", "受理", "办结率 100%", "x" * 150, "1,000", "\x1b[2J"]
)
REQUEST = st.fixed_dictionaries(
    {
        "id": st.uuids().map(str),
        "received_at": DAY,
        "accepted_at": MAYBE,
        "dispatched_to": NAME,
        "dispatched_at": MAYBE,
        "due_at": MAYBE,
        "disposed_at": MAYBE,
    }
)
PENALTY = st.fixed_dictionaries(
    {
        "id": st.uuids().map(str),
        "department": NAME,
        "officers": st.sampled_from(["o1", "o3;o1", ""]),
        "filed": MAYBE,
        "decided": MAYBE,
        "reviewed": MAYBE,
        "list": st.sampled_from([*LISTS, ""]),
        "fine": st.decimals(0, 10**7, places=2),
        "reconsideration": MAYBE,
        "overturned": st.booleans(),
    }
)
INSPECTION = st.fixed_dictionaries(
    {
        "id": st.uuids().map(str),
        "day": DAY,
        "department": NAME,
        "violations": st.sampled_from(["", "a", "a;b"]),
    }
)
PERMIT = st.fixed_dictionaries(
    {"id": st.uuids().map(str), "department": NAME, "applied": DAY, "accepted": MAYBE}
    | {"decided": MAYBE}
)
TOWNS = st.builds(
    Town,
    requests=st.lists(REQUEST, max_size=12),
    penalties=st.lists(PENALTY, max_size=12),
    inspections=st.lists(INSPECTION, max_size=6),
    permits=st.lists(PERMIT, max_size=6),
    officers=st.just(TOWN.officers),
)


@given(TOWNS, DAY, st.sets(st.sampled_from(DIMENSIONS)))
@settings(max_examples=150)
def test_the_card_never_contradicts_itself(town, at, by):
    found = card(town, SINCE, UNTIL, at, by=sorted(by))
    seen = audit(found)
    assert seen.of("contradiction") == seen.of("needs") == seen.errors == ()
    assert len(published(found)) == seen.figures


def test_a_card_that_was_tampered_with_is_found_out():
    found = card(TOWN, SINCE, UNTIL, AT)
    lines = [
        msgspec.structs.replace(line, figure=msgspec.structs.replace(line.figure, value=7.0))
        if line.key == "on_time"
        else line
        for line in found.lines
    ]
    seen = audit(msgspec.structs.replace(found, lines=tuple(lines)))
    assert {one.key for one in seen.of("contradiction")} == {"within.more", "rate.differs"}


def test_the_bootstrap_of_a_mean_covers_it_for_skewed_fines():
    dice = np.random.default_rng(7)
    mean, hits, trials = math.exp(0.5), 0, 200
    for n in range(trials):
        lo, hi = bootstrap_mean(dice.lognormal(0, 1, 60), seed=n, resamples=400)
        hits += lo <= mean <= hi
    assert hits / trials >= 0.88
    assert bootstrap_mean([3.0, 3.0], seed=1) == (3.0, 3.0)
    assert all(map(math.isnan, bootstrap_mean([3.0], seed=1)))
    values = dice.lognormal(0, 1, 50)
    assert bootstrap_mean(values, seed=1) == bootstrap_mean(values[::-1], seed=1)
