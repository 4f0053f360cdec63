"""Parts: who leads, who is run for it, who merely joins in; in worlds where that is known."""

from collections import Counter

import numpy as np
import pytest

from lianzhi.accounts.groups import Group, groups
from lianzhi.accounts.kernel import Actions
from lianzhi.chain.finding import Role
from lianzhi.domains.astroturf import policy
from lianzhi.domains.astroturf.detection.parts import parts
from made_actions import DAY, MINUTE, life

RULES = policy.load().latest()[1].parts
LEADER, RUN, PAID = 2000, range(2001, 2007), range(2007, 2011)


def army(seed: int, *, leads: bool = True, times: int = 10) -> tuple[Group, Actions]:
    """One account begins, six do nothing else, four live as others do and come three times in
    four."""
    draw = np.random.default_rng(seed)
    rows: list[tuple[int, int, int]] = []
    for place in range(times):
        begin = DAY // 2 + place * 19 * 60 * MINUTE
        for who in (LEADER, *RUN, *PAID):
            if who in PAID and draw.random() > 0.75:
                continue
            late = 0 if leads and who == LEADER else int(draw.integers(1000, 4 * MINUTE))
            rows.append((who, 30 + place, begin + late))
    for who in (LEADER, *PAID):
        for _ in range(25):
            rows.append((who, int(draw.integers(800)), int(draw.integers(10 * DAY))))
    some = life(seed)
    who, what, when = (np.array(column) for column in zip(*rows, strict=True))
    account, thing, time = (
        np.concatenate(both)
        for both in ((some.account, who), (some.object, what), (some.time, when))
    )
    actions = Actions(account, thing, np.arange(time.size), time)
    found, *_ = groups(actions)
    return found, actions


def told(seed: int, **how: int | bool) -> dict[int, Role]:
    group, actions = army(seed, **how)  # type: ignore[arg-type]
    return parts(group, actions, RULES)


def test_parts_are_what_they_were_made() -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for seed in range(8):
        for account, role in told(seed).items():
            kind = "leader" if account == LEADER else "run" if account in RUN else "paid"
            seen[kind, role] += 1
    right = seen["leader", "organiser"] + seen["run", "operator"] + seen["paid", "paid_follower"]
    assert right >= 0.9 * seen.total(), seen
    assert not seen["run", "organiser"] + seen["paid", "organiser"], seen
    assert not seen["paid", "operator"], seen


def test_where_nobody_leads_nobody_is_called_an_organiser() -> None:
    for seed in range(20, 28):
        assert "organiser" not in told(seed, leads=False).values()


@pytest.mark.parametrize("times", [3])
def test_too_little_seen_says_nothing(times: int) -> None:
    assert set(told(1, times=times).values()) == {"participant"}
