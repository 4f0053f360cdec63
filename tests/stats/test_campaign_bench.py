"""The benchmark of campaigns in short: verdicts in worlds of which the truth is known."""

import pytest
from bench.campaigns import SCENARIOS, delays, displacements, rebounds, verdicts

from lianzhi.stats.campaign.verdict import Verdict

WITHOUT_EFFECT = [
    name for name, (_, effect) in SCENARIOS.items() if not effect and "*limit*" not in name
]


@pytest.mark.parametrize("name", WITHOUT_EFFECT)
def test_a_world_without_effect_seldom_falls(name: str) -> None:
    make, _ = SCENARIOS[name]
    made = [make(number, scenario=70)[1] for number in range(40)]
    assert sum(each.detected is Verdict.FELL for each in made) <= 4


def test_a_fall_is_found_where_the_page_says_that_it_is_detectable() -> None:
    make, effect = SCENARIOS["fall of 40 %"]
    made = [make(number, scenario=71)[1] for number in range(40)]
    able = [
        each.detected is Verdict.FELL
        for each in made
        if each.change and each.change.detectable_fall <= effect
    ]
    assert len(able) > 10
    assert sum(able) >= 0.7 * len(able)


@pytest.mark.parametrize("part", [displacements, delays, rebounds])
def test_each_table_has_its_rows(part) -> None:
    header, *rows = part(3)
    assert header.startswith("| ")
    assert len(rows) >= 2
    assert all(row.startswith("| ") and row.endswith(" |") for row in rows)


def test_verdicts_have_a_row_for_each_scenario() -> None:
    assert len(list(verdicts(1))) == len(SCENARIOS) + 1
