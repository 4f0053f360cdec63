import datetime as dt
from collections import Counter
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from lianzhi.domains.enforcement.inspection import draw as drawing
from lianzhi.domains.enforcement.inspection.policy import latest
from lianzhi.domains.enforcement.inspection.roster import (
    Candidate,
    Certified,
    Rosters,
    eligible,
    from_town,
)
from lianzhi.domains.enforcement.inspection.rows import Enterprise, Inspection, Officer
from lianzhi.record.lots import DrawError, Public, allot

POLICY = latest().draw
UNTIL = dt.date(2026, 9, 30)
PUBLIC = Public(source="lottery of 2026-07-10, numbers ascending", on=dt.date(2026, 7, 10))
SECRET = bytes(range(32))


def candidate(k, **named):
    given = {"stratum": "high" if k % 3 == 0 else "low", "lots": 1, "inspected": 0, "cap": 2}
    return Candidate(id=f"e{k:03}", **{**given, "last_pair": (), **named})


def officer(k, until=dt.date(2027, 1, 1), conflicts=()):
    return Certified(f"o{k:02}", until, tuple(conflicts))


def rosters(enterprises=30, officers=6):
    return Rosters.of(map(candidate, range(enterprises)), map(officer, range(officers)))


def plan(some, strata=None, secret=SECRET, name="2026-Q3"):
    return drawing.plan(
        name,
        some,
        strata or {"high": 3, "low": 4},
        secret,
        PUBLIC,
        UNTIL,
        dt.date(2026, 7, 12),
        POLICY,
    )


def drawn(some, public="03 07 11", **named):
    made = plan(some, **named)
    opened = drawing.reveal(made, named.get("secret", SECRET), public)
    return made, opened, drawing.draw(made, opened, some, POLICY)


def verdicts(*args, **named):
    return {one.key: one.holds for one in drawing.verify(*args, POLICY, **named)}


def test_anybody_draws_the_same_again_and_every_check_holds():
    some = rosters()
    made, opened, found = drawn(some)
    again = msgspec.json.decode(msgspec.json.encode(made), type=drawing.Plan)
    held = verdicts(
        *(again, opened, Rosters.of(reversed(some.enterprises), reversed(some.officers)), found),
        digest=made.digest(),
        recorded=dt.date(2026, 7, 9),
        public="03 07 11",
    )
    assert set(held.values()) == {True}
    assert Counter(one.stratum for one in found.inspections) == {"high": 3, "low": 4}


def test_the_rule_is_fixed_for_ever():
    """Computed once by the rule as its docstring says it, with hashlib alone."""
    made, _, found = drawn(rosters())
    from hashlib import blake2b, sha256

    def joined(*parts):
        return b"".join(len(p).to_bytes(8, "big") + p for p in parts)

    seed = sha256(
        joined(b"lianzhi-draw-1", bytes.fromhex(made.digest()), SECRET, b"03 07 11")
    ).digest()
    assert found.seed == seed.hex()
    lots = {
        f"e{k:03}": blake2b(
            joined(b"lot", b"high", f"e{k:03}".encode(), b"0"), key=seed, digest_size=32
        ).digest()
        for k in range(0, 30, 3)
    }
    high = {one.enterprise for one in found.inspections if one.stratum == "high"}
    assert high == set(sorted(lots, key=lots.get)[:3])


def test_what_is_not_given_is_not_checked():
    some = rosters()
    held = verdicts(*drawn(some)[:2], some, drawn(some)[2])
    assert [held[key] for key in ("recorded", "in_time", "public")] == [None] * 3


def test_grinding_the_secret_would_work_and_is_seen():
    some = rosters()
    made, _, honest = drawn(some, strata={"low": 1})
    friend = honest.inspections[0].enterprise
    for n in range(1, 200):
        other = n.to_bytes(32, "big")
        ground, opened, found = drawn(some, strata={"low": 1}, secret=other)
        if found.inspections[0].enterprise != friend:
            break
    assert found.inspections[0].enterprise != friend  # a second plan spares whom one likes
    with pytest.raises(DrawError, match="not the one that the plan committed to"):
        drawing.reveal(made, other, "03 07 11")
    assert verdicts(ground, opened, some, found, digest=made.digest())["recorded"] is False


def test_another_public_value_is_seen_by_whoever_looks_it_up():
    some = rosters()
    made, opened, found = drawn(some, public="04 05 06")
    held = verdicts(made, opened, some, found, public="03 07 11")
    assert held["public"] is False
    assert held["drawn_again"] is True


def test_a_plan_recorded_once_the_value_was_known_is_late():
    some = rosters()
    assert verdicts(*drawn(some)[:2], some, drawn(some)[2], recorded=PUBLIC.on)["in_time"] is False


@pytest.mark.parametrize(
    "edit",
    [
        lambda some: some._replace(enterprises=some.enterprises[1:]),
        lambda some: some._replace(
            enterprises=(*some.enterprises[:-1], candidate(29, lots=9)),
        ),
        lambda some: some._replace(officers=(*some.officers[:-1], officer(5, conflicts=["e001"]))),
        lambda some: some._replace(officers=(*some.officers, officer(6))),
    ],
)
def test_a_roster_edited_after_the_plan_is_seen(edit):
    some = rosters()
    made, opened, found = drawn(some)
    held = verdicts(made, opened, edit(some), found)
    assert held["drawn_again"] is False


def test_a_published_outcome_that_was_edited_is_seen():
    some = rosters()
    made, opened, found = drawn(some)
    first, *rest = found.inspections
    swapped = drawing.DrawnInspection("e029", first.stratum, first.officers)
    edited = msgspec.structs.replace(found, inspections=(swapped, *rest))
    assert verdicts(made, opened, some, edited)["published"] is False


def test_silence_and_a_second_plan_are_seen():
    some = rosters()
    first, second = plan(some), plan(some, secret=b"x" * 32)
    late = dt.date(2026, 7, 13)
    assert drawing.withheld([first, second], [second.digest()], late) == [
        (first.digest(), "silent"),
        (second.digest(), "again"),
    ]
    assert drawing.withheld([first], [], dt.date(2026, 7, 12)) == []


def test_who_may_not_take_part_is_out_with_the_reason():
    some = Rosters.of(
        [candidate(0, inspected=2), candidate(1, last_pair=("o00", "o01")), candidate(2)],
        [officer(0), officer(1), officer(2, UNTIL - dt.timedelta(days=1)), officer(3, None)],
    )
    able = eligible(some, UNTIL)
    assert [one.id for one in able.enterprises] == ["e002"]
    assert able.excluded == {
        "e000": "capped",
        "e001": "no_pair",
        "o02": "expired",
        "o03": "uncertified",
    }


def test_a_certificate_that_ends_on_the_last_day_is_good():
    some = Rosters.of([candidate(0)], [officer(0, UNTIL), officer(1, UNTIL)])
    assert len(eligible(some, UNTIL).officers) == 2


def test_too_many_are_refused_before_there_is_a_seed():
    with pytest.raises(DrawError, match=r"stratum low: 21 of 20"):
        plan(rosters(), {"low": 21})
    with pytest.raises(DrawError, match="stratum middle"):
        plan(rosters(), {"middle": 1})


def test_a_short_secret_an_id_twice_and_days_out_of_order_are_refused():
    with pytest.raises(DrawError, match="secret has 3 bytes"):
        plan(rosters(), secret=b"abc")
    with pytest.raises(DrawError, match="e001 is on the roster twice"):
        Rosters.of([candidate(1), candidate(1)], [])
    with pytest.raises(DrawError, match="give them in this order"):
        drawing.plan("x", rosters(), {}, SECRET, PUBLIC, UNTIL, dt.date(2026, 7, 9), POLICY)


@settings(max_examples=40)
@given(st.data())
def test_every_inspection_has_two_who_may_go_and_the_load_is_even(data):
    ids = [f"e{k:03}" for k in range(12)]
    officers = [
        officer(k, conflicts=sorted(data.draw(st.sets(st.sampled_from(ids), max_size=3))))
        for k in range(data.draw(st.integers(4, 7)))
    ]
    pairs = st.lists(
        st.sampled_from([one.id for one in officers]), min_size=2, max_size=2, unique=True
    )
    some = Rosters.of(
        [candidate(k, stratum="all", last_pair=tuple(sorted(data.draw(pairs)))) for k in range(12)],
        officers,
    )
    count = len(eligible(some, UNTIL).enterprises)
    _, _, found = drawn(
        some, strata={"all": count}, secret=data.draw(st.binary(min_size=32, max_size=32))
    )
    known = {one.id: one for one in officers}
    last = {one.id: set(one.last_pair) for one in some.enterprises}
    assert len({one.enterprise for one in found.inspections}) == count
    for one in found.inspections:
        first, second = one.officers
        assert first != second
        assert not any(one.enterprise in known[name].conflicts for name in one.officers)
        assert {first, second} != last[one.enterprise]


def test_without_conflicts_loads_differ_by_one_at_most():
    some = rosters(90, 7)
    _, _, found = drawn(some, strata={"high": 20, "low": 45})
    load = Counter(name for one in found.inspections for name in one.officers)
    assert max(load.values()) - min(load.values()) <= 1


def counts(some, strata, draws, key):
    found = Counter()
    for n in range(draws):
        found.update(key(drawn(some, strata=strata, public=f"value {n}")[2]))
    return found


@pytest.mark.slow
def test_over_many_seeds_everybody_is_drawn_alike():
    some = rosters(24, 4)
    found = counts(some, {"low": 4}, 3000, lambda out: [one.enterprise for one in out.inspections])
    assert len(found) == 16
    assert chisquare(list(found.values())).pvalue > 1e-4
    pairs = counts(some, {"low": 1}, 1500, lambda out: [tuple(sorted(out.inspections[0].officers))])
    assert len(pairs) == 6
    assert chisquare(list(pairs.values())).pvalue > 1e-4


@pytest.mark.slow
def test_over_many_seeds_lots_weigh_as_in_an_urn():
    lots = [1, 2, 3, 4]
    some = Rosters.of(
        [candidate(k, stratum="all", lots=n) for k, n in enumerate(lots)], map(officer, range(2))
    )
    draws = 4000

    def order(out):
        return [out.inspections[0].enterprise]

    found = counts(some, {"all": 1}, draws, order)
    expected = [draws * n / 10 for n in lots]
    assert chisquare([found[f"e{k:03}"] for k in range(4)], expected).pvalue > 1e-4
    two = counts(some, {"all": 2}, draws, lambda out: [one.enterprise for one in out.inspections])
    share = [
        n / 10 + sum(m / 10 * n / (10 - m) for j, m in enumerate(lots) if j != k)
        for k, n in enumerate(lots)
    ]
    for k, part in enumerate(share):  # successive draws without replacement
        assert abs(two[f"e{k:03}"] - draws * part) < 4.5 * (draws * part * (1 - part)) ** 0.5


@given(
    st.integers(0, 500),
    st.dictionaries(st.text("abc", min_size=1, max_size=2), st.fractions(0, 9), min_size=1),
)
def test_shares_add_up_and_each_is_within_one(total, shares):
    if sum(shares.values()) == 0:
        with pytest.raises(DrawError):
            allot(total, shares)
        return
    found = allot(total, shares)
    whole = sum(shares.values())
    assert sum(found.values()) == total
    assert all(
        abs(found[name] - total * Fraction(part) / whole) < 1 for name, part in shares.items()
    )


def test_rosters_of_a_town_count_this_years_inspections_and_the_last_pair():
    day = dt.date(2026, 6, 1)
    rows = [
        Inspection("a", "e1", dt.date(2025, 12, 30), "", "", ("o1", "o2"), ()),
        Inspection("b", "e1", dt.date(2026, 3, 1), "", "", ("o3", "o1"), ()),
        Inspection("c", "e1", dt.date(2026, 6, 2), "", "", ("o9",), ()),
    ]
    some = from_town(
        [Enterprise("e1", "", "", 1, None), Enterprise("e2", "", "", 1, None)],
        [Officer("o1", "", "", day)],
        rows,
        day,
        cap=2,
        tiers={"e2": "high"},
        lots={"high": 3},
        conflicts={"o1": ("e2",)},
    )
    one, two = some.enterprises
    assert (one.stratum, one.lots, one.inspected, one.last_pair) == ("all", 1, 1, ("o1", "o3"))
    assert (two.stratum, two.lots, two.inspected, two.last_pair) == ("high", 3, 0, ())
    assert some.officers[0].conflicts == ("e2",)
