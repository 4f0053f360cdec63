"""A short history whose figures can be counted on fingers; `tell` puts it on the record.

Three cases, A to C, opened on START. A: three followers are muted; one is put right on appeal, one
appeal is turned down, a report is upheld. B: mass reporting, found to be nothing. C: the person is
protected, a rule mutes one, a decision in shadow, one by hand; it waits.
"""

import msgspec

from lianzhi.chain.measure import Order
from lianzhi.chain.protection import CHANNELS, Terms
from lianzhi.office.actor import Actor
from lianzhi.office.complaints import Complaint
from lianzhi.office.decisions import DecisionRequest
from lianzhi.office.second_looks import SecondLooks
from process_house import DAY, HOUR, LI, START, WANG, ZHAO, ProcessHouse, mute

MINUTE = 60_000
RULE = "bullying.pile_on/mute/follower"
END = START + 30 * DAY


def report(house: ProcessHouse, category: str, by: str, about: str | None, at: int) -> str:
    complaint = Complaint(category=category, channel="web", reporter=by, about=about)
    return house.complaints.receive(complaint, "key", at)


def case_a(house: ProcessHouse) -> tuple[str, str]:
    """Returns the case and its decision."""
    case = house.pile_on(about="ann")
    one = report(house, "insult", "r1", "ann", START + MINUTE)
    house.complaints.join(one, case, "li", START + 2 * MINUTE)
    followers = house.tokens("f1", "f2", "f3")
    made = house.decisions.decide(case, mute(*followers), LI, START + HOUR)
    with house.ledger.batch() as batch:
        for row in house.rows_of(made):
            house.measures.delivered(batch, row["id"], 1, START + HOUR + 5 * MINUTE)
    first = house.redress.file(made, "affected", "f1", "It was a joke.", START + 2 * HOUR)
    second = house.redress.file(made, "affected", "f2", "So what.", START + 3 * HOUR)
    house.redress.answer(first, "overturned", (), "It was.", WANG, START + 10 * HOUR)
    house.redress.answer(second, "upheld", (), "No.", WANG, START + 20 * DAY)  # late by five days
    house.measures.lapse(START + 25 * HOUR)
    house.casework.close_case(case, "settled", "They stopped.", LI, START + 3 * DAY)
    house.casework.revisit(case, False, "Calm.", LI, START + 10 * DAY + HOUR)
    return case, made


def case_b(house: ProcessHouse) -> tuple[str, str]:
    case = house.find({}, about="bob", kind="bullying.report_flood", stage="warn", first=50)
    none = DecisionRequest(orders=(), facts="Nothing in it.", ground="harassment")
    made = house.decisions.decide(case, none, LI, START + 2 * HOUR)
    house.casework.close_case(case, "false_positive", "mass reporting", LI, START + 5 * HOUR)
    return case, made


def case_c(house: ProcessHouse) -> tuple[str, str]:
    case = house.pile_on(about="cleo", first=100)
    house.protections.grant(
        "cleo", Terms(CHANNELS, START + 3 * DAY), "li", case, START + 10 * MINUTE
    )
    rule = Actor(RULE, person=False)
    automatic = mute(house.token("f1"))
    automatic = DecisionRequest(
        orders=automatic.orders, facts="f", ground="harassment", rule=RULE, category="insult"
    )
    made = house.decisions.decide(case, automatic, rule, START + 30 * MINUTE)
    house.decisions.decide(case, mute(house.token("f2"), mode="shadow"), LI, START + HOUR)
    house.decisions.decide(case, mute(house.token("f3"), mode="manual"), LI, START + 2 * HOUR)
    return case, made


def tell(house: ProcessHouse) -> None:
    house.rows_of = lambda made: [
        row for row in house.rows(measures_table()) if row["decision"] == made
    ]
    policy = house.policy
    desk = msgspec.structs.replace(policy.desk, second_review_share=1.0)
    house.policy = msgspec.structs.replace(policy, desk=desk)  # all are drawn
    _, a = case_a(house)
    _, b = case_b(house)
    house.policy = policy
    _, c = case_c(house)
    looks = SecondLooks(house.office)
    assert looks.hold(a, True, "mute", "", ZHAO, START + 4 * DAY)
    assert not looks.hold(b, True, "mute", "", ZHAO, START + 4 * DAY)
    looks.mark(c, True, WANG, START + 4 * DAY)
    assert looks.hold(c, True, "mute", "", ZHAO, START + 5 * DAY)
    report(house, "threat", "r2", None, START + DAY)  # never answered
    report(house, "gambling", "r3", None, END + DAY)  # after the period


def tangle(house: ProcessHouse) -> None:
    """What is not one for one: reports sent on, two looks at one decision, two visits of one case,
    an appeal about several measures, one of which is another's."""
    for n in range(3):
        sent = {"category": "fraud", "channel": "web", "route": "police"}
        house.complaints.receive(Complaint(reporter=f"r{n}", **sent), "key", START)
    report(house, "abuse", "r9", None, START)
    case = house.pile_on()
    made = house.decisions.decide(case, mute(*house.tokens("f1")), LI, START + 1)
    looks = SecondLooks(house.office)
    looks.mark(made, True, WANG, START + 2)
    looks.hold(made, True, "mute", "", Actor("chen"), START + 3)
    looks.hold(made, False, "", "", ZHAO, START + 4)
    other = house.pile_on(about="v2", first=100)
    (item,) = house.acts(other, "f2")
    orders = (
        Order(key="mute", hours=24, subjects=house.tokens("f1"), to="follower"),
        Order(key="limit", hours=24, subjects=house.tokens("f1"), to="follower"),
        Order(key="limit", hours=24, subjects=house.tokens("loud"), to="repeater"),
        Order(key="hide", hours=24, items=(item,)),
    )
    asked = DecisionRequest(orders=orders, facts="He wrote it.", ground="harassment")
    contested = house.decisions.decide(other, asked, LI, START + 5)
    filed = house.redress.file(contested, "affected", "f1", "No.", START + 6)
    house.redress.answer(filed, "overturned", (), "So.", WANG, START + 7)
    for n in (10, 20):
        house.casework.close_case(case, "settled", "So.", WANG, START + n)
        house.casework.revisit(case, False, "", WANG, START + n + 1)
        if n == 10:
            house.casework.reopen_case(case, "Again.", WANG, START + n + 2)


def measures_table():
    from lianzhi.store.process_tables import measure

    return measure
