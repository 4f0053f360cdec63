"""Calibration: worlds keep what they must, what is put in is known, and figures add up."""

from pathlib import Path

import numpy as np
import pytest

from lianzhi.accounts.action import ActionError
from lianzhi.accounts.groups import Group, Member, Settings
from lianzhi.accounts.kernel import Actions
from lianzhi.domains.astroturf.calibration.measure import compare, measure
from lianzhi.domains.astroturf.calibration.worlds import (
    Habit,
    World,
    habits,
    shuffled,
    with_groups,
)
from made_actions import MINUTE, life

EASY = Habit("easy", 6, 4, MINUTE, 1.0, "own", "new")


def test_a_shuffled_world_keeps_how_often_accounts_act_and_what_objects_draw() -> None:
    actions = life(1)
    world = shuffled(actions, np.random.default_rng(1))
    assert np.array_equal(np.bincount(world.account), np.bincount(actions.account))
    assert np.array_equal(world.object, actions.object)
    assert np.array_equal(world.time, actions.time)
    assert not np.array_equal(world.account, actions.account)


@pytest.mark.parametrize("accounts", ["own", "new"])
@pytest.mark.parametrize("objects", ["own", "new"])
def test_a_group_acts_as_its_habit_says(accounts: str, objects: str) -> None:
    actions = life(1)
    habit = Habit("h", 7, 5, 10 * MINUTE, 1.0, accounts, objects)
    made = with_groups(actions, [habit], np.random.default_rng(2))
    ((name, who),) = made.groups
    assert (name, len(who)) == ("h", 7)
    assert (min(who) >= 1500) == (accounts == "new")
    joint = Actions(*(column[-35:] for column in made.actions))
    assert (joint.object.min() >= 800) == (objects == "new")
    for begin in range(0, 35, 7):
        one = joint.where(np.arange(begin, begin + 7))
        assert set(one.account.tolist()) == who
        assert len(set(one.object.tolist())) == 1
        assert np.ptp(one.time) <= 10 * MINUTE


def test_half_of_them_take_part_where_the_habit_says_so() -> None:
    habit = Habit("h", 100, 50, MINUTE, 0.5, "new", "new")
    actions = life(1)
    made = with_groups(actions, [habit], np.random.default_rng(2))
    joint = made.actions.account.size - actions.account.size - 300
    assert 2300 < joint < 2700


def test_the_same_seed_gives_the_same_figures_and_easy_groups_are_found() -> None:
    actions = life(1)
    one, two = (measure(actions, [EASY], Settings(), worlds=6, seed=3) for _ in range(2))
    assert one == two
    assert one.worlds == 6
    assert (one.empty, one.false) == (0, 0)
    assert 0.3 < one.empty_most < 0.5  # six worlds say little
    (row,) = one.rows
    assert (row.groups, row.share, row.precision) == (6, 1, 1)
    assert row.accounts > 0.95


def found(*who: int) -> Group:
    return Group(tuple(Member(one, 0.9, 2) for one in who), (), -9.0, (MINUTE,))


def test_a_group_is_false_unless_half_of_it_was_put_in() -> None:
    none = np.zeros(0, np.int64)
    made = World(
        Actions(none, none, none, none), (("a", frozenset(range(5))), ("b", frozenset({7, 8})))
    )
    seen = compare(made, [found(0, 1, 2, 9), found(3, 10), found(4, 11, 12)])
    assert (seen.detected, seen.false) == (3, 1)
    assert seen.recalled == (("a", 1, 5, 4, 2), ("b", 0, 2, 0, 0))
    assert compare(World(made.actions, ()), [found(0, 1)]).false == 1


def test_habits_are_shipped_and_may_be_ones_own(tmp_path: Path) -> None:
    assert len({habit.name for habit in habits()}) == len(habits()) >= 5
    path = tmp_path / "habits.toml"
    good = 'name="n"\nsize=5\ntimes=2\njitter="60s"\npart=1.0\naccounts="own"\nobjects="new"\n'
    path.write_text(f"[[habit]]\n{good}")
    assert habits(path) == [Habit("n", 5, 2, 60_000, 1.0, "own", "new")]
    for old, new, said in (
        ("size=5", "size=1", "habit 1: size is 1"),
        ("size=5", "size=true", "habit 1: size is True"),
        ("part=1.0", "part=0", "habit 1: part is 0"),
        ('"60s"', '"60"', "'60': give a length of time"),
        ('name="n"\n', "", "habit 1: name is None"),
        ('name="n"', 'name="n"\nmood="x"', "habit 1: 'mood' is no field"),
        ("[[habit]]", "[[habit]", "give a file of [[habit]] tables"),
    ):
        path.write_text(f"[[habit]]\n{good}".replace(old, new))
        with pytest.raises(ActionError) as refused:
            habits(path)
        assert said in str(refused.value)


@pytest.mark.slow
def test_hardly_anything_is_false_over_many_worlds() -> None:
    """A false discovery rate beyond the nominal one by .03 would show in 120 worlds."""
    actions = life(5, count=4000)
    some = [EASY, Habit("half", 10, 5, 10 * MINUTE, 0.5, "own", "own")]
    report = measure(actions, some, Settings(), worlds=120, seed=1)
    assert report.empty_most <= report.nominal + 0.03
    assert report.false_most <= report.nominal + 0.03
