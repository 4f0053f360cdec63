"""Chains of harm as the record shows them: linked cases, what stands there, what people saw."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from lianzhi.chain.harm_chain import HarmChain
from lianzhi.chain.link import Related, links
from lianzhi.store import harm_chains
from lianzhi.store.ledger import open_ledger
from lianzhi.store.read_model import projections
from process_house import DAY, HOUR, START, WANG, ProcessHouse, mute


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> ProcessHouse:
    return ProcessHouse(engine, tmp_path, open_ledger(engine, tmp_path, "test", projections()))


def chain(house: ProcessHouse, case: str, most: int = harm_chains.MOST) -> HarmChain:
    with house.engine.connect() as connection:
        found = harm_chains.chain_of(connection, case, house.policy, most)
    assert found is not None
    return found


def began(house: ProcessHouse, since: int, until: int) -> list[tuple[str, ...]]:
    with house.engine.connect() as connection:
        chains = harm_chains.chains(connection, since, until, house.policy)
        return [tuple(case.id for case in each.cases) for each in chains]


def statuses(chain: HarmChain) -> dict[str, str]:
    return {each.tier.key: each.status for each in chain.tiers}


def linked(house: ProcessHouse) -> tuple[str, str]:
    """A pile-on, and a later one in which one of its accounts takes part."""
    first = house.pile_on()
    second = house.find({"loud": "follower"}, about="somebody", at=START + DAY, first=50)
    house.ledger.append(links(first, (), [Related(case=second, people=1)], START + DAY))
    return first, second


def test_linked_cases_are_one_chain_whichever_is_asked_for(house: ProcessHouse) -> None:
    first, second = linked(house)
    alone = house.find({"other": "follower"}, about="else", at=START + 2 * DAY, first=70)
    assert [case.id for case in chain(house, second).cases] == [first, second]
    assert chain(house, first) == chain(house, second)
    assert began(house, START, START + 9 * DAY) == [(first, second), (alone,)]


def test_a_chain_belongs_to_the_period_in_which_its_first_case_was_opened(
    house: ProcessHouse,
) -> None:
    first, second = linked(house)
    assert began(house, START, START + HOUR) == [(first, second)]
    assert began(house, START + HOUR, START + 9 * DAY) == []


def test_measures_that_stand_are_told_at_their_tier_until_they_are_taken_back(
    house: ProcessHouse,
) -> None:
    case = house.pile_on()
    decision = house.decisions.decide(case, mute(house.token("loud"), to="repeater"), WANG, START)
    told = {each.tier.key: dict(each.measures) for each in chain(house, case).tiers}
    assert told["accounts"] == {"mute": 1}
    assert statuses(chain(house, case))["accounts"] == "dealt"
    house.decisions.reverse(decision, (), "it was a joke", WANG, START + HOUR)
    assert statuses(chain(house, case))["accounts"] == "untouched"


def test_a_false_positive_is_in_no_chain_and_leads_nowhere(house: ProcessHouse) -> None:
    first, second = linked(house)
    house.casework.close_case(first, "false_positive", "a film quiz", WANG, START + 2 * DAY)
    with house.engine.connect() as connection:
        assert harm_chains.chain_of(connection, first, house.policy) is None
    assert [case.id for case in chain(house, second).cases] == [second]


def test_what_a_person_saw_at_a_tier_stands_in_the_chain(house: ProcessHouse) -> None:
    first, second = linked(house)
    house.casework.look_at_tier(second, "payouts", True, "two transfers a week", "li", START + DAY)
    house.casework.look_at_tier(first, "tools", False, "asked the app store", "li", START + DAY)
    told = statuses(chain(house, first))
    assert (told["payouts"], told["tools"]) == ("untouched", "looked")
    house.ledger.rebuild()
    assert statuses(chain(house, first)) == told


def test_a_look_at_no_tier_or_without_words_is_refused(house: ProcessHouse) -> None:
    case = house.pile_on()
    with pytest.raises(ValueError, match="tier is 'bosses'; give one of recruiting, tools"):
        house.casework.look_at_tier(case, "bosses", True, "x", "li", START)
    with pytest.raises(ValueError, match="say where you looked"):
        house.casework.look_at_tier(case, "tools", True, " ", "li", START)


def test_a_long_chain_is_read_up_to_its_nearest_cases(house: ProcessHouse) -> None:
    first = house.pile_on()
    for n in range(1, 9):
        later = START + n * HOUR
        other = house.find({"loud": "follower"}, about=f"victim{n}", at=later, first=50 * n)
        house.ledger.append(links(first, (), [Related(case=other, people=1)], later))
    assert len(chain(house, first).cases) == 9
    assert len(chain(house, first, most=4).cases) == 4
