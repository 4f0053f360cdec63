"""The version in force at an event's time judges it, from the first millisecond of its day."""

import math

from lianzhi.chain.policy import Dated

NEWER = 1_793_577_600_000  # 2026-11-02T00:00:00Z
POLICY = Dated([("2026-11-02", "new"), ("2026-11-01", "old")])


def test_a_version_is_in_force_from_its_day_on() -> None:
    assert POLICY.at(NEWER - 1) == ("2026-11-01", "old")
    assert POLICY.at(NEWER) == ("2026-11-02", "new")
    assert POLICY.latest() == ("2026-11-02", "new")


def test_what_came_before_the_first_version_is_judged_by_it() -> None:
    assert POLICY.at(0) == ("2026-11-01", "old")


def test_the_next_version_starts_where_the_answer_changes() -> None:
    assert POLICY.next_start(0) == NEWER
    assert POLICY.next_start(NEWER - 1) == NEWER
    assert POLICY.next_start(NEWER) == math.inf
