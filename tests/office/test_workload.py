"""Nobody judges too much: whatever is judged counts, and every judging step asks."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from databases import Databases, with_tables
from lianzhi.chain.life import IllegalStepError
from lianzhi.chain.measure import Order
from lianzhi.office.actor import Actor
from lianzhi.office.complaints import Complaint
from lianzhi.office.decisions import DecisionRequest
from lianzhi.office.second_looks import SecondLooks
from lianzhi.store import desk
from process_house import DAY, HOUR, LI, START, WANG, ZHAO, ProcessHouse, mute

MINUTE = 60_000
Step = Callable[[ProcessHouse, int], None]


@pytest.fixture
def house(databases: Databases, tmp_path: Path) -> Iterator[ProcessHouse]:
    engine = with_tables(databases.url(tmp_path))
    house = ProcessHouse(engine, tmp_path)
    cap(house, second_review_share=1.0)
    yield house
    engine.dispose()


def cap(house: ProcessHouse, **more: float) -> None:
    changed = msgspec.structs.replace(house.policy.desk, **more)
    house.policy = msgspec.structs.replace(house.policy, desk=changed)


def done(house: ProcessHouse, who: str, until: int = START + DAY) -> int:
    with house.engine.connect() as connection:
        return desk.done_between(connection, who, START, until)


def proposed(house: ProcessHouse, case: str) -> str:
    order = Order(key="close", subjects=(house.token("f1"),), to="follower")
    asking = DecisionRequest(orders=(order,), facts="why", ground="harassment")
    return house.decisions.decide(case, asking, LI_SEVERE, START)


LI_SEVERE = Actor("li", may_severe=True)


def _decide(house: ProcessHouse, case: str) -> Step:
    return lambda house, at: _void(house.decisions.decide(case, mute(house.token("f1")), WANG, at))


def _confirm(house: ProcessHouse, case: str) -> Step:
    made = proposed(house, case)
    return lambda house, at: house.decisions.confirm(made, WANG, at)


def _refuse(house: ProcessHouse, case: str) -> Step:
    made = proposed(house, case)
    return lambda house, at: house.decisions.refuse(made, "no", WANG, at)


def _answer(house: ProcessHouse, case: str) -> Step:
    made = house.decisions.decide(case, mute(house.token("f1")), LI, START)
    filed = house.redress.file(made, "affected", "f1", "no", START)
    return lambda house, at: house.redress.answer(filed, "overturned", (), "yes", WANG, at)


def _look(house: ProcessHouse, case: str) -> Step:
    made, looks = house.decisions.decide(case, mute(house.token("f1")), LI, START), house.office
    return lambda house, at: _void(SecondLooks(looks).hold(made, True, "mute", "", WANG, at))


def _close(house: ProcessHouse, case: str) -> Step:
    return lambda house, at: house.casework.close_case(case, "settled", "calm", WANG, at)


def _void(_: object) -> None:
    pass


STEPS = (_decide, _confirm, _refuse, _answer, _look, _close)


@pytest.mark.parametrize("prepare", STEPS, ids=lambda one: one.__name__)
def test_each_judging_step_counts_once_and_waits_for_the_rest(
    house: ProcessHouse, prepare: Callable[[ProcessHouse, str], Step]
) -> None:
    step = prepare(house, house.pile_on())
    cap(house, cases_per_day=0)
    with pytest.raises(IllegalStepError) as refused:
        step(house, START + HOUR)
    assert refused.value.rule == "not_spent"
    cap(house, cases_per_day=120)
    step(house, START + HOUR)
    assert done(house, "wang") == 1
    assert done(house, "wang", START + HOUR - 1) == 0


def test_a_decision_that_answers_reports_counts_once_and_an_answer_of_its_own_too(
    house: ProcessHouse,
) -> None:
    case = house.pile_on()
    said = Complaint(category="insult", channel="phone", about="victim")
    for _ in range(3):
        house.complaints.join(house.complaints.receive(said, "wang", START), case, "wang", START)
    house.decisions.decide(case, mute(house.token("f1")), WANG, START + HOUR)
    assert done(house, "wang") == 1
    one = house.complaints.receive(said, "wang", START + HOUR)
    house.complaints.answer(one, "not_upheld", "It names no one.", "wang", START + 2 * HOUR)
    assert done(house, "wang") == 2
    routed = Complaint(category="fraud", channel="phone", route="police")
    house.complaints.receive(routed, "wang", START + 3 * HOUR)
    assert done(house, "wang") == 2, "routed on at once, without judging"


def test_what_a_rule_decides_is_nobodys_work(house: ProcessHouse) -> None:
    rule = Actor("a rule", person=False, rule=True)
    house.decisions.decide(house.pile_on(), mute(house.token("f1")), rule, START + HOUR)
    assert done(house, "a rule") == 0


def test_after_many_in_a_row_of_any_kind_a_rest_is_due(house: ProcessHouse) -> None:
    cap(house, rest_after=3)
    cases = [house.pile_on(about=f"victim{n}", first=100 * n) for n in range(4)]
    house.decisions.decide(cases[0], mute(house.token("f1")), ZHAO, START)
    for n in (1, 2):
        at = START + n * MINUTE
        house.casework.close_case(cases[n], "false_positive", "nothing", ZHAO, at)
    with pytest.raises(IllegalStepError) as refused:
        house.casework.close_case(cases[3], "settled", "calm", ZHAO, START + 3 * MINUTE)
    assert refused.value.rule == "not_spent"
    house.casework.close_case(cases[3], "settled", "calm", ZHAO, START + 12 * MINUTE)


def test_it_can_be_rebuilt_from_the_record(house: ProcessHouse) -> None:
    for prepare, about in zip(STEPS, "abcdef", strict=True):
        case = house.pile_on(about=about, first=100 * ord(about))
        prepare(house, case)(house, START + HOUR + ord(about))
    before = {who: done(house, who) for who in ("li", "wang")}
    assert before["wang"] == len(STEPS)
    house.ledger.rebuild()
    assert {who: done(house, who) for who in ("li", "wang")} == before
