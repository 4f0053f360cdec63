"""Second looks measure agreement on what was drawn, or is known to be right: on nothing else."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from databases import Databases, with_tables
from lianzhi.chain.life import IllegalStepError
from lianzhi.office.actor import Actor
from lianzhi.office.second_looks import SecondLooks
from lianzhi.store import desk
from lianzhi.store.process_tables import decision, look_due, review
from process_house import HOUR, LI, START, WANG, ZHAO, ProcessHouse, mute


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[ProcessHouse]:
    engine = with_tables(databases.url(tmp_path))
    yield ProcessHouse(engine, tmp_path)
    engine.dispose()


@pytest.fixture
def looks(house: ProcessHouse) -> SecondLooks:
    return SecondLooks(house.office)


def decide(house: ProcessHouse, share: float) -> str:
    """A decision that is drawn by lot, or not."""
    drawn = msgspec.structs.replace(house.policy.desk, second_review_share=share)
    house.policy = msgspec.structs.replace(house.policy, desk=drawn)
    return house.decisions.decide(house.pile_on(), mute(house.token("f1")), LI, START)


def refused(looks: SecondLooks, made: str, by: Actor) -> str:
    with pytest.raises(IllegalStepError) as error:
        looks.hold(made, True, "mute", "", by, START + HOUR)
    return error.value.rule


def test_nobody_picks_what_is_judged_again(house: ProcessHouse, looks: SecondLooks) -> None:
    made = decide(house, 0.0)
    assert refused(looks, made, WANG) == "look_due"
    looks.mark(made, True, WANG, START)
    assert looks.hold(made, True, "mute", "", WANG, START + HOUR)
    assert [row["kind"] for row in house.rows(review)] == ["golden"]


def test_what_was_drawn_is_judged_again_once(house: ProcessHouse, looks: SecondLooks) -> None:
    made = decide(house, 1.0)
    assert [row["decision"] for row in house.rows(look_due)] == [made]
    assert refused(looks, made, LI) == "another_person"
    assert not looks.hold(made, False, "", "", WANG, START + HOUR)
    assert not house.rows(look_due)
    assert refused(looks, made, WANG) == "another_person"
    assert refused(looks, made, ZHAO) == "look_due"
    assert [(row["by"], row["kind"]) for row in house.rows(review)] == [("wang", "sample")]


def test_who_decided_does_not_say_that_it_was_right(
    house: ProcessHouse, looks: SecondLooks
) -> None:
    made = decide(house, 0.0)
    with pytest.raises(IllegalStepError) as error:
        looks.mark(made, True, LI, START)
    assert error.value.rule == "another_person"
    house.decisions.reverse(made, (), "I was wrong.", LI, START + HOUR)
    with pytest.raises(IllegalStepError) as error:
        looks.mark(made, True, WANG, START + HOUR)
    assert error.value.rule == "status"
    assert [row["golden"] for row in house.rows(decision)] == [False]


def test_a_mark_is_taken_back_whatever_became_of_it(
    house: ProcessHouse, looks: SecondLooks
) -> None:
    made = decide(house, 0.0)
    looks.mark(made, True, WANG, START)
    house.decisions.reverse(made, (), "I was wrong.", LI, START + HOUR)
    assert refused(looks, made, ZHAO) == "look_due"
    looks.mark(made, False, ZHAO, START + HOUR)
    assert [row["golden"] for row in house.rows(decision)] == [False]


def test_whoever_looks_first_keeps_others_out(house: ProcessHouse, looks: SecondLooks) -> None:
    made = decide(house, 1.0)
    later = START + HOUR
    assert desk.take(house.engine, made, "zhao", later, later + HOUR) == "zhao"
    assert refused(looks, made, WANG) == "not_leased"
    assert looks.hold(made, True, "mute", "", ZHAO, later)
