import datetime as dt
import json

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_inspections import DAYS, OFFICERS, START, officers, town
from scipy.stats import kstest

from lianzhi.domains.enforcement.inspection.funnel import funnel
from lianzhi.domains.enforcement.inspection.like_cases import kind, like_cases, pairs
from lianzhi.domains.enforcement.inspection.penalised import NotFittedError
from lianzhi.domains.enforcement.inspection.penalties import compare
from lianzhi.domains.enforcement.inspection.policy import latest
from lianzhi.domains.enforcement.inspection.rows import Penalty
from lianzhi.domains.enforcement.inspection.strictness import drift, inspectors

POLICY = msgspec.structs.replace(
    latest(), model=msgspec.structs.replace(latest().model, resamples=200)
)
MIDDLE = START + dt.timedelta(days=DAYS // 2)


def test_the_strict_and_the_lenient_are_found_and_nobody_else():
    history, _ = town(strict=(("o03", 3.2), ("o09", -2.0)), size=2400)
    found = inspectors(history, POLICY)
    look = {one.officer: one for one in found.compared if one.look}
    assert set(look) == {"o03", "o09"}
    assert look["o03"].shrunken.ratio > 5
    assert look["o09"].shrunken.hi < 1
    assert look["o03"].observed / look["o03"].expected > look["o03"].limits.hi
    assert look["o09"].observed / look["o09"].expected < look["o09"].limits.lo


def test_expected_is_what_a_median_colleague_would_have_found():
    history, _ = town(strict=(("o03", 3.2),))
    for one in inspectors(history, POLICY).compared:
        if one.officer != "o03":
            assert one.observed == pytest.approx(one.expected, rel=0.5)


@pytest.mark.slow
def test_where_nobody_differs_hardly_anybody_is_told():
    told = [
        sum(one.look for one in inspectors(town(seed=s)[0], POLICY).compared) for s in range(20, 30)
    ]
    assert sum(count > 0 for count in told) <= 3


def test_whoever_sees_bad_sectors_is_not_taken_for_strict():
    history, _ = town(sector=True, size=2400)
    raw = {}
    for name in OFFICERS:
        mine = [bool(one.violations) for one in history.inspections if name in one.officers]
        raw[name] = np.mean(mine)
    assert max(raw.values()) > 1.4 * np.median(list(raw.values()))  # raw rates would mislead
    assert not any(one.look for one in inspectors(history, POLICY).compared)


def test_who_has_few_inspections_is_named_and_not_judged():
    history, _ = town(size=600)
    some = [one for one in history.inspections if "o01" not in one.officers]
    mine = [one for one in history.inspections if "o01" in one.officers][:6]
    less = history._replace(inspections=sorted([*some, *mine], key=lambda one: (one.day, one.id)))
    assert inspectors(less, POLICY).too_few == ("o01",)


def test_a_change_since_a_day_is_found_beyond_that_of_the_town():
    history, _ = town(late=(("o05", 2.5),), size=2400)
    found = drift(history, MIDDLE, POLICY)
    assert [one.officer for one in found.officers if one.look] == ["o05"]
    everybody = tuple((name, 0.6) for name in OFFICERS)
    moved, _ = town(late=everybody, size=2400)
    found = drift(moved, MIDDLE, POLICY)
    assert found.town[1] > 1.5  # two in each team: odds up by exp(1.2)
    assert not any(one.look for one in found.officers)


def test_a_day_outside_is_refused():
    with pytest.raises(NotFittedError, match="one side of 2030-01-01"):
        drift(town()[0], dt.date(2030, 1, 1), POLICY)


def test_the_funnel_is_calibrated_where_there_is_only_chance():
    rng = np.random.default_rng(1)
    z = np.concatenate(
        [
            funnel(rng.normal(0, 3, 40), np.full(40, 9.0), np.full(40, 10.0), 0.1).z
            for _ in range(60)
        ]
    )
    assert 0.88 < z.std() <= 1.02


@pytest.mark.parametrize(("units", "far"), [(60, 4), (36, 0), (12, 1)])
@pytest.mark.parametrize("spread", [0.0, 0.4])
def test_of_those_told_few_are_false_whatever_is_ordinary(units, far, spread):
    false, found, taus = [], [], []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        excess = rng.normal(0, 3, units) + 30 * rng.normal(0, spread, units)
        excess[:far] += rng.choice([-1, 1], far) * 75
        told = funnel(excess, np.full(units, 9.0), np.full(units, 30.0), 0.1)
        taus.append(told.tau)
        look = told.q <= 0.1
        false.append(look[far:].sum() / max(look.sum(), 1))
        found.append(look[:far].all())
    assert np.mean(false) < 0.1 + 2 * np.std(false) / len(false) ** 0.5
    assert np.mean(found) > 0.75
    assert np.mean(taus) == pytest.approx(spread, rel=0.15, abs=0.05)


def cases(seed=1, effect=(), size=900, facts=3, squads=False):
    """Fines by item and facts, lognormal around; `effect`: (officer, log factor) pairs."""
    rng, effect = np.random.default_rng(seed), dict(effect)
    rows = []
    for k in range(size):
        pool = OFFICERS[4 * int(rng.integers(4)) :][:4] if squads else OFFICERS
        team = tuple(str(name) for name in rng.choice(pool, 2, replace=False))
        item, times = int(rng.integers(5)), int(rng.integers(facts))
        fine = (
            500
            * (1 + item)
            * (1 + times)
            * np.exp(rng.normal(0, 0.4) + sum(effect.get(name, 0) for name in team))
        )
        rows.append(penalty(f"p{k}", f"i.t{item}", team, {"times": times}, fine))
    return rows


def penalty(name, item="i.t", team=("a", "b"), facts=None, fine=100.0, department="d"):
    day = dt.date(2025, 1, 1)
    return Penalty(name, "e", item, department, team, facts or {}, day, "ordinary", float(fine))


def looked_at(found, level):
    return [one.name for one in found.levels[level] if one.look]


def test_the_harsh_and_the_mild_are_found_with_their_direction():
    found = compare(cases(effect=(("o02", 0.7), ("o11", -0.6))), POLICY, officers())
    assert sorted(looked_at(found, "officer")) == ["o02", "o11"]
    told = {one.name: one for one in found.levels["officer"]}
    assert told["o02"].lo < np.exp(0.7) < told["o02"].hi
    assert told["o11"].lo < np.exp(-0.6) < told["o11"].hi
    assert told["o02"].lo > 1 > told["o11"].hi
    assert found.shares.by_chance == pytest.approx(1 / 201)
    assert found.shares.officers > 0.03


@pytest.mark.slow
def test_the_partner_of_the_harsh_is_not_told():
    told = [
        set(
            looked_at(
                compare(cases(s, (("o02", 0.9),), squads=True), POLICY, officers()), "officer"
            )
        )
        for s in range(8)
    ]
    assert all("o02" in some for some in told)
    assert sum(len(some - {"o02"}) for some in told) <= 2


def test_one_officer_does_not_make_a_squad_and_a_whole_squad_is_told():
    found = compare(cases(effect=(("o02", 0.9),)), POLICY, officers())
    assert looked_at(found, "squad") == []
    whole = tuple((name, 0.2) for name in OFFICERS[:4])
    found = compare(cases(effect=whole, size=3000, squads=True), POLICY, officers())
    assert "s0" in looked_at(found, "squad")


@pytest.mark.slow
def test_alike_cases_fined_alike_tell_nothing():
    told = [looked_at(compare(cases(seed=s), POLICY, officers()), "officer") for s in range(30, 40)]
    assert sum(bool(some) for some in told) <= 3
    values = [compare(cases(seed=s, size=300), POLICY).shares for s in range(12)]
    assert kstest([one.by_chance for one in values], "uniform").pvalue > 0.001
    assert abs(np.mean([one.officers for one in values])) < 0.01
    assert all(one.facts + one.officers + one.rest == pytest.approx(1) for one in values)


def test_who_is_harsh_only_where_they_lead_is_told_as_lead_and_the_second_is_not():
    rows = [
        msgspec.structs.replace(one, fine=one.fine * (2.5 if one.officers[0] == "o02" else 1))
        for one in cases(seed=2)
    ]
    found = compare(rows, POLICY, officers())
    assert looked_at(found, "lead") == ["o02"]
    assert not set(looked_at(found, "officer")) - {"o02"}


def test_a_department_with_dear_items_is_not_taken_for_harsh():
    rows = [
        msgspec.structs.replace(one, department="a" if one.item < "i.t2" else "b")
        for one in cases(seed=3)
    ]
    assert compare(rows, POLICY, officers()).levels["department"] == ()


def spared(seed, friends=6, factor=0.2):
    """`o03` fines a few enterprises a fifth of what is usual where they lead."""
    rng = np.random.default_rng(seed)
    rows = [msgspec.structs.replace(one, enterprise=f"e{rng.integers(300)}") for one in cases(seed)]
    led = sorted({one.enterprise for one in rows if one.officers[0] == "o03"})
    some = set(rng.choice(led, friends, replace=False))
    return some, [
        msgspec.structs.replace(one, fine=one.fine * factor)
        if one.officers[0] == "o03" and one.enterprise in some
        else one
        for one in rows
    ]


def test_who_spares_friends_is_told_with_the_cases_to_read():
    some, rows = spared(5)
    found = compare(rows, POLICY, officers())
    assert [one.officer for one in found.sparing if one.look] == ["o03"]
    one = found.sparing[0]
    assert one.lead
    assert len(one.low) > 3 * one.expected
    assert some <= {low.enterprise for low in one.low}
    by_id = {case.id: case for case in rows}
    assert all(low.fine == by_id[low.case].fine < low.usual / 1.5 for low in one.low)


@pytest.mark.slow
def test_where_nobody_is_spared_hardly_anybody_is_told():
    found = [compare(spared(seed, 0)[1], POLICY, officers()) for seed in range(40, 52)]
    assert sum(any(one.look for one in some.sparing) for some in found) <= 3
    assert sum(any(one.look for one in some.friends) for some in found) <= 3


def test_an_enterprise_spared_again_and_again_is_told():
    rows = [msgspec.structs.replace(one, enterprise=f"e{k}") for k, one in enumerate(cases(seed=6))]
    mine = [k for k, one in enumerate(rows) if one.officers[0] == "o03"][:5]
    for k in mine:
        rows[k] = msgspec.structs.replace(rows[k], enterprise="friend", fine=rows[k].fine / 5)
    told = [one for one in compare(rows, POLICY, officers()).friends if one.look]
    assert [(one.officer, one.enterprise) for one in told] == [("o03", "friend")]
    assert all(one.times < 0.5 for one in told)


def test_a_single_enterprise_under_a_single_lead_has_none_to_be_held_against():
    rows = [msgspec.structs.replace(one, officers=("a",)) for one in cases(size=60)]
    (one,) = compare(rows, POLICY).friends
    assert (one.enterprise, one.q, one.look) == ("e", 1.0, False)


@pytest.mark.slow
@settings(max_examples=10)
@given(st.integers(0, 1000), st.floats(0.01, 100))
def test_the_currency_changes_nothing_that_is_told(seed, factor):
    rows = cases(seed, size=200)
    dear = [msgspec.structs.replace(one, fine=one.fine * factor) for one in rows]
    for one, other in zip(
        compare(rows, POLICY).levels["officer"],
        compare(dear, POLICY).levels["officer"],
        strict=True,
    ):
        assert one.z == pytest.approx(other.z, abs=0.01)
        assert one.times == pytest.approx(other.times, rel=0.01)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ({"times": 2}, {"times": 2}, True),
        ({"times": 2}, {"times": 3}, False),
        ({"area": 100.0}, {"area": 120.5}, True),
        ({"area": 100.0}, {"area": 300.0}, False),
        ({"a": 1, "b": True}, {"b": True, "a": 1}, True),
        ({"harm": True}, {"harm": 1}, False),
        ({"harm": False}, {}, False),
        ({"sum": -100.0}, {"sum": 100.0}, False),
        ({"kind": "minor"}, {"kind": "major"}, False),
    ],
)
def test_what_is_alike(one, other, alike):
    kinds = [kind(penalty("p", facts=facts), POLICY.penalties) for facts in (one, other)]
    assert (kinds[0] == kinds[1]) is alike
    json.loads(kinds[0].split(" ", 1)[1])


def test_pairs_are_of_other_officers_far_apart_and_each_case_is_in_one():
    rows = [
        penalty("a", team=("x", "y"), fine=0),
        penalty("b", team=("x", "z"), fine=9000),
        penalty("c", team=("v", "w"), fine=8000),
        penalty("d", team=("v", "u"), fine=500),
        penalty("e", team=("t", "s"), fine=550),
        penalty("alone", item="i.other", fine=1e6),
    ]
    found = pairs(like_cases(rows, POLICY.penalties), POLICY.penalties)
    assert [(one.lower.id, one.higher.id) for one in found] == [("a", "c"), ("d", "b")]
    assert found[0].ratio == pytest.approx(8100 / 100)


@settings(max_examples=20)
@given(st.integers(0, 1000))
def test_pairs_keep_to_the_policy(seed):
    policy = POLICY.penalties
    found = pairs(like_cases(cases(seed, size=150), policy), policy)
    used = [case.id for one in found for case in (one.lower, one.higher)]
    assert len(used) == len(set(used))
    assert len(found) <= policy.pairs
    for one in found:
        assert kind(one.lower, policy) == kind(one.higher, policy) == one.kind
        assert not set(one.lower.officers) & set(one.higher.officers)
        assert one.ratio >= policy.least_ratio


def test_nothing_to_compare_is_said_and_no_error():
    found = compare([penalty("a"), penalty("b", item="i.u")], POLICY)
    assert (found.comparable, found.shares, found.pairs) == (0, None, ())
    assert set(found.levels.values()) == {()}
    same = compare([penalty(f"p{k}", team=(OFFICERS[k % 16],)) for k in range(50)], POLICY)
    assert same.shares is None
    assert same.levels["officer"] == ()
