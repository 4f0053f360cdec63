"""Groups: who acts together is found with the evidence; nobody is whom chance brings together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianzhi.accounts.bursts import CROWD, cut
from lianzhi.accounts.explanations import Explainer
from lianzhi.accounts.groups import Group, Settings, groups
from lianzhi.accounts.kernel import Actions
from made_actions import DAY, MINUTE, life, with_group


def members(group: Group) -> set[int]:
    return {member.account for member in group.members}


@settings(max_examples=100)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(0, 400)), max_size=40
    ),
    window=st.sampled_from([1, 7, 60]),
)
def test_what_is_a_window_apart_is_in_one_burst(
    rows: list[tuple[int, int, int]], window: int
) -> None:
    account, thing, time = np.array(rows, np.int64).reshape(-1, 3).T
    found = cut(Actions(account, thing, np.arange(time.size), time), window)
    inside = [
        (int(found.object[n]), set(found.account[begin:end].tolist()))
        for n, (begin, end) in enumerate(zip(found.bounds[:-1], found.bounds[1:], strict=True))
    ]
    for who, what, when in rows:
        for other, on, later in rows:
            if on == what and who != other and abs(later - when) <= window:
                assert any(thing == what and {who, other} <= some for thing, some in inside)
    for (what, some), since in zip(inside, found.since.tolist(), strict=True):
        there = {w for w, on, at in rows if on == what and since <= at < since + 2 * window}
        assert some == there
        assert len(some) > 1


@pytest.mark.parametrize("kind", [np.int64, np.uint64])
def test_bursts_are_the_same_however_large_the_numbers_of_names_are(kind: type[np.integer]) -> None:
    rng, factor = np.random.default_rng(1), 1 << 40
    account, thing, content, time = (rng.integers(0, most, 400) for most in (30, 9, 300, 9000))
    plain = cut(Actions(account, thing, content, time), 60)
    wide = (column.astype(kind) * kind(factor) for column in (account, thing, content))
    found = cut(Actions(*wide, time), 60)
    assert plain.size.size > 50
    assert np.array_equal(found.since, plain.since)
    assert np.array_equal(found.bounds, plain.bounds)
    for name in ("object", "account", "content"):
        assert (getattr(found, name) // kind(factor)).tolist() == getattr(plain, name).tolist()


def test_a_crowd_is_no_burst() -> None:
    count = CROWD + 1
    none = np.zeros(count, np.int64)
    crowd = Actions(np.arange(count), none, np.arange(count), none)
    assert cut(crowd, MINUTE).size.size == 0
    assert cut(crowd.where(np.arange(CROWD)), MINUTE).size.tolist() == [CROWD]


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_found_where_everybody_acts_alone(seed: int) -> None:
    assert groups(life(seed)) == []


@pytest.mark.parametrize("days", [1, 2])
def test_who_comes_and_goes_on_the_same_days_is_no_group(days: int) -> None:
    """Each account lives a day or two of a hundred, and then acts alone."""
    draw = np.random.default_rng(6)
    account = np.repeat(np.arange(2000), 10)
    time = (draw.integers(0, 100, 2000)[account] + draw.random(20_000) * days) * DAY
    thing = np.minimum((draw.pareto(1.1, 20_000) * 20).astype(np.int64), 2000)
    assert groups(Actions(account, thing, np.arange(20_000), time.astype(np.int64))) == []


def test_who_keeps_hours_is_no_group() -> None:
    draw = np.random.default_rng(7)
    account = np.repeat(np.arange(2000), 10)
    hour = draw.integers(0, 24, 2000)[account] + draw.random(20_000)
    time = draw.integers(0, 100, 20_000) * DAY + hour * 3_600_000
    thing = np.minimum((draw.pareto(1.1, 20_000) * 20).astype(np.int64), 2000)
    assert groups(Actions(account, thing, np.arange(20_000), time.astype(np.int64))) == []


def test_a_large_group_is_found() -> None:
    who = range(1500, 1900)
    (found,) = groups(with_group(life(1), who, range(300, 305)))
    assert len(members(found) & set(who)) == 400


@pytest.mark.parametrize(
    ("size", "times", "jitter"),
    [(5, 2, MINUTE), (10, 2, MINUTE), (5, 4, 10 * MINUTE), (8, 4, 30 * MINUTE)],
)
@pytest.mark.parametrize("busy", [True, False])
def test_who_acts_together_is_found(size: int, times: int, jitter: int, busy: bool) -> None:
    first = 100 if busy else 1500
    who = range(first, first + size)
    (found,) = groups(with_group(life(1), who, range(300, 300 + times), jitter=jitter))
    assert members(found) >= set(who)
    assert len(members(found)) <= size + 1
    assert {joint.object for joint in found.joint} >= set(range(300, 300 + times))
    assert found.log_e < np.log(0.05)
    assert all(member.times >= times - 1 for member in found.members if member.account in who)


def test_half_of_them_at_a_time_is_enough() -> None:
    who, things = range(700, 710), range(300, 308)
    (found,) = groups(with_group(life(1), who, things, jitter=10 * MINUTE, part=0.5))
    assert len(members(found) & set(who)) >= 8
    assert len(members(found) - set(who)) <= 1


def test_two_groups_are_two() -> None:
    one = with_group(life(1), range(700, 706), range(300, 304))
    both = with_group(one, range(800, 809), range(400, 403), first=5 * DAY)
    found = groups(both)
    assert sorted(map(len, map(members, found))) == [6, 9]
    assert [group.log_e for group in found] == sorted(group.log_e for group in found)


def test_the_same_is_found_in_any_order_of_rows() -> None:
    actions = with_group(life(2), range(700, 707), range(300, 304))
    order = np.random.default_rng(3).permutation(actions.time.size)
    assert groups(actions.where(order)) == groups(actions)


def test_who_has_acted_since_is_found_as_in_the_whole() -> None:
    one = with_group(life(1), range(700, 706), range(300, 304))
    both = with_group(one, range(800, 809), range(400, 403), first=5 * DAY)
    early, late = sorted(groups(both), key=lambda group: group.joint[-1].since)
    assert groups(both, since=early.joint[-1].since + DAY) == [late]
    assert groups(both, since=late.joint[-1].since + DAY) == []
    assert groups(both, since=0) == groups(both)


def test_other_windows_may_be_asked_for() -> None:
    actions = with_group(life(1), range(700, 710), range(300, 304), jitter=20 * MINUTE)
    assert groups(actions, Settings(windows=(1000,))) == []
    assert len(groups(actions, Settings(windows=(30 * MINUTE,)))) == 1


def test_nothing_to_look_at() -> None:
    none = np.zeros(0, np.int64)
    assert groups(Actions(none, none, none, none)) == []
    assert groups(life(1, count=1)) == []


def explained(actions: Actions) -> set[str]:
    (group,) = groups(actions)
    return set(Explainer(actions).explain(group).reasons)


def test_explanations_name_what_else_it_may_be() -> None:
    who = range(700, 708)
    apart = {"every": DAY + 5 * 3_600_000}
    # Objects on which many act, at other times: nothing else explains it.
    assert explained(with_group(life(1), who, range(6), **apart)) == set()
    assert explained(with_group(life(1), who, range(2000, 2006), **apart)) == {"own_objects"}
    assert "schedule" in explained(with_group(life(1), who, range(6), every=DAY))
    assert "one_day" in explained(with_group(life(1), who, range(6), every=3_600_000))


def test_who_reads_the_same_at_the_same_time_by_habit_is_explained_by_interest() -> None:
    """Fans of a few objects on which nobody else acts much, all day long."""
    draw = np.random.default_rng(4)
    count = 900
    fans, things = draw.integers(1500, 1530, count), draw.integers(900, 906, count)
    often = Actions(fans, things, np.arange(count), draw.integers(0, 10 * DAY, count))
    both = Actions(*map(np.concatenate, zip(life(1), often, strict=True)))
    for group in groups(both):
        assert {"interest", "own_objects"} & set(Explainer(both).explain(group).reasons)


def test_two_passers_by_who_meet_again_are_not_named_with_a_group() -> None:
    """They came by when the group was there, and to one more thing together by chance."""
    named: set[int] = set()
    for seed in range(6):
        actions = with_group(life(seed), range(1600, 1609), range(3), jitter=MINUTE)
        first = np.flatnonzero((actions.account == 1600) & (actions.object == 1))
        at = int(actions.time[first[0]])
        rows = [
            (1, at + 90_000),
            (1, at + 120_000),
            (799, at + 30 * MINUTE),
            (799, at + 50 * MINUTE),
        ]
        passers = Actions(
            np.array([1700, 1701, 1700, 1701]),
            np.array([thing for thing, _ in rows]),
            actions.content.size + np.arange(4),
            np.array([when for _, when in rows]),
        )
        whole = Actions(*(np.concatenate(both) for both in zip(actions, passers, strict=True)))
        for one in groups(whole):
            named |= {member.account for member in one.members}
    assert set(range(1600, 1609)) <= named
    assert not {1700, 1701} & named
