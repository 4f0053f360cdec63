"""The desk: who may lock what, and what comes next for whom."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient
from web_house import HOUR, NOW, FakeNode

from databases import Databases
from lianzhi.chain.measure import Order
from lianzhi.chain.policy import MOST_LEASES, CasePolicy
from lianzhi.chain.roles import ROLES
from lianzhi.office.actor import Actor
from lianzhi.office.complaints import Complaint
from lianzhi.office.decisions import DecisionRequest
from lianzhi.office.second_looks import SecondLooks
from lianzhi.store import desk
from lianzhi.store.process_tables import decision, look_due, measure, review
from process_house import ProcessHouse, mute

LINE = re.compile(r'<li><a href="([^"]+)">[^<]*</a> <b class="num">(\d+)</b></li>')
SignIn = Callable[..., TestClient]


@pytest.fixture
def url(databases: Databases, tmp_path: Path) -> str:
    return databases.url(tmp_path)


@pytest.fixture
def house(node: FakeNode, tmp_path: Path) -> ProcessHouse:
    """Offices that share the node's record and its policy, of which nothing is drawn by lot."""
    house = ProcessHouse(node.engine, tmp_path, node.ledger)
    house.policy = shares(house.policy, 0.0, 0.0)
    mine = node.proceedings
    mine.office, mine.decisions, mine.redress = house.office, house.decisions, house.redress
    mine.second_looks = SecondLooks(house.office)
    return house


def shares(policy: CasePolicy, sampled: float, golden: float) -> CasePolicy:
    share = {"second_review_share": sampled, "golden_share": golden}
    return msgspec.structs.replace(policy, desk=msgspec.structs.replace(policy.desk, **share))


def capped(policy: CasePolicy, **caps: int) -> CasePolicy:
    return msgspec.structs.replace(policy, desk=msgspec.structs.replace(policy.desk, **caps))


def pile_ons(house: ProcessHouse, count: int) -> list[str]:
    return [
        house.pile_on(about=f"victim{n}", first=100 * n, at=NOW - HOUR + n) for n in range(count)
    ]


def taken(client: TestClient) -> str:
    """Where the next piece of work is."""
    answer = client.post("/desk/next")
    assert answer.status_code == 303
    return answer.headers["location"]


def holder(node: FakeNode, item: str) -> str | None:
    with node.engine.connect() as connection:
        return desk.holder(connection, item, NOW)


def started(client: TestClient, item: str) -> TestClient:
    """The client, after it has started work on an item."""
    answer = client.post("/desk/take", data={"item": item, "next": "/desk"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    return client


def drawn(house: ProcessHouse, case: str, by: str = "li") -> str:
    """A decision on a case that is drawn for a second look."""
    before, house.policy = house.policy, shares(house.policy, 1.0, 0.0)
    made = house.decisions.decide(case, mute(house.token("f1")), Actor(by), NOW - HOUR // 2)
    house.policy = before
    return made


def test_nobody_locks_what_is_not_theirs_to_do(
    node: FakeNode, house: ProcessHouse, signed_in: SignIn
) -> None:
    (case,) = pile_ons(house, 1)
    reviewer, hearer, auditor = signed_in("reviewer"), signed_in("appeals"), signed_in("auditor")
    made = house.decisions.decide(case, mute(house.token("f1")), Actor("reviewer-0"), NOW)
    appeal = house.redress.file(made, "affected", "f1", "no", NOW)
    for client in (reviewer, auditor):
        assert client.post("/desk/take", data={"item": appeal}).status_code == 404
        assert client.get(f"/appeals/{appeal}").status_code == 200
        assert holder(node, appeal) is None
    for page in (f"/cases/{case}", f"/cases/{case}/decide", f"/desk/looks/{made}"):
        auditor.get(page)
    reviewer.get(f"/desk/looks/{made}")
    assert auditor.post("/desk/take", data={"item": case}).status_code == 404
    assert reviewer.post("/desk/take", data={"item": made}).status_code == 404
    assert holder(node, case) is None
    assert holder(node, made) is None
    assert taken(auditor) == "/desk"
    assert taken(hearer) == f"/appeals/{appeal}"
    assert holder(node, appeal) == "appeals-1"


def test_a_closed_case_is_not_locked(
    node: FakeNode, house: ProcessHouse, signed_in: SignIn
) -> None:
    (case,) = pile_ons(house, 1)
    house.casework.close_case(case, "settled", "They stopped.", Actor("li"), NOW)
    client = signed_in("reviewer")
    assert client.get(f"/cases/{case}/decide").status_code == 200
    assert client.post("/desk/take", data={"item": case}).status_code == 404
    assert holder(node, case) is None


def test_opening_a_page_takes_no_lease(
    node: FakeNode, house: ProcessHouse, signed_in: SignIn
) -> None:
    (case,) = pile_ons(house, 1)
    made = drawn(house, case)
    appeal = house.redress.file(made, "affected", "f1", "no", NOW)
    client = signed_in("reviewer", "appeals")
    for item, page in (
        (case, f"/cases/{case}/decide"),
        (appeal, f"/appeals/{appeal}"),
        (made, f"/desk/looks/{made}"),
    ):
        shown = client.get(page)
        assert shown.status_code == 200
        assert 'action="/desk/take"' in shown.text
        assert holder(node, item) is None
        started(client, item)
        assert 'action="/desk/give-back"' in client.get(page).text
        assert holder(node, item) == "reviewer-appeals-0"


def test_a_page_that_starts_by_itself_is_told_who_works_on_it(
    node: FakeNode, house: ProcessHouse, signed_in: SignIn
) -> None:
    (case,) = pile_ons(house, 1)
    one, two = signed_in("reviewer"), signed_in("reviewer")
    sent = {"item": case, "next": f"/cases/{case}/decide"}
    told = [
        client.post("/desk/take", data=sent, headers={"HX-Request": "true"}).text
        for client in (one, two)
    ]
    assert ["give-back" in text for text in told] == [True, False]
    assert "reviewer-0" in told[1]
    assert 'id="decide" disabled' in two.get(f"/cases/{case}/decide").text
    assert two.post("/desk/take", data=sent | {"next": "//elsewhere"}).headers["location"] == "/"


def test_nobody_locks_more_than_a_handful(
    node: FakeNode, house: ProcessHouse, signed_in: SignIn
) -> None:
    cases, client = pile_ons(house, MOST_LEASES + 2), signed_in("reviewer")
    for case in cases:
        started(client, case)
        node.clock += 1
    held = [case for case in cases if holder(node, case) == "reviewer-0"]
    assert held == cases[2:]


def test_of_two_who_ask_for_work_at_once_each_gets_their_own(
    node: FakeNode, house: ProcessHouse, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases, client, find = pile_ons(house, 2), signed_in("reviewer"), desk.next_case
    first = find(node.engine, "reviewer-0", NOW)
    assert first is not None

    def late(*asked: object) -> str | None:
        found = find(*asked)  # type: ignore[arg-type]
        desk.take(node.engine, first, "wang", NOW, NOW + HOUR // 4)  # wang was faster
        return found

    monkeypatch.setattr(desk, "next_case", late)
    assert taken(client) == f"/cases/{(*{*cases} - {first},)[0]}"


def test_two_do_not_hold_the_same_look(
    node: FakeNode, house: ProcessHouse, signed_in: SignIn
) -> None:
    (case,) = pile_ons(house, 1)
    made = drawn(house, case)
    one, two = signed_in("reviewer"), signed_in("reviewer")
    assert one.get(f"/desk/looks/{made}").status_code == 200
    started(one, made)
    refused = two.get(f"/desk/looks/{made}", headers={"accept": "application/json"})
    assert (refused.status_code, refused.json()["rule"]) == (409, "not_leased")
    judged = two.post(f"/desk/looks/{made}", data={"key": "mute"})
    assert (judged.status_code, judged.json()["rule"]) == (409, "not_leased")
    assert one.post(f"/desk/looks/{made}", data={"key": "mute"}).status_code == 303
    judged = two.post(f"/desk/looks/{made}", data={"key": "mute"})
    assert (judged.status_code, judged.json()["rule"]) == (409, "look_due")
    assert [row["by"] for row in house.rows(review)] == ["reviewer-0"]


def test_a_look_is_for_neither_who_decided_nor_who_confirmed(
    node: FakeNode, house: ProcessHouse, signed_in: SignIn
) -> None:
    one, two = pile_ons(house, 2)
    house.policy = shares(house.policy, 1.0, 0.0)
    order = Order(key="close", subjects=(house.token("f1"),), to="follower")
    asking = DecisionRequest(orders=(order,), facts="why", ground="harassment")
    made = house.decisions.decide(one, asking, Actor("li", may_severe=True), NOW - HOUR)
    assert not house.rows(look_due), "not before it is in effect"
    senior = signed_in("senior")
    house.decisions.confirm(made, Actor("senior-0", may_severe=True), NOW - HOUR)
    assert desk.next_look(node.engine, "li", NOW, False) is None
    assert desk.next_look(node.engine, "senior-0", NOW, False) is None
    assert desk.next_look(node.engine, "zhao", NOW, False) == made
    later = drawn(house, two)
    assert taken(senior) == f"/desk/looks/{later}"


def test_a_look_at_a_golden_decision_is_the_one_that_was_due(
    node: FakeNode, house: ProcessHouse
) -> None:
    (case,) = pile_ons(house, 1)
    made, looks = drawn(house, case), node.proceedings.second_looks
    looks.mark(made, True, Actor("wang"), NOW)
    looks.hold(made, True, "mute", "", Actor("zhao"), NOW)
    assert [row["kind"] for row in house.rows(review)] == ["golden"]
    assert not house.rows(look_due)
    assert desk.next_look(node.engine, "wang", NOW, False) is None


def test_what_was_overturned_is_no_longer_known_to_be_right(
    node: FakeNode, house: ProcessHouse
) -> None:
    (case,) = pile_ons(house, 1)
    made = house.decisions.decide(case, mute(house.token("f1")), Actor("li"), NOW)
    node.proceedings.second_looks.mark(made, True, Actor("wang"), NOW)
    assert desk.next_look(node.engine, "zhao", NOW, True) == made
    house.decisions.reverse(made, (), "I was wrong.", Actor("li"), NOW)
    assert [row["golden"] for row in house.rows(decision)] == [True]
    assert desk.next_look(node.engine, "zhao", NOW, True) is None


def test_a_case_that_is_decided_comes_back_when_something_is_new(
    node: FakeNode, house: ProcessHouse
) -> None:
    (case,) = pile_ons(house, 1)

    def waits() -> bool:
        return desk.next_case(node.engine, "li", NOW) == case

    assert waits()
    made = house.decisions.decide(case, mute(house.token("f1")), Actor("wang"), NOW)
    assert not waits()
    complaint = Complaint(category="insult", channel="phone", about="victim0")
    one = house.complaints.receive(complaint, "li", NOW)
    house.complaints.join(one, case, "li", NOW)
    assert waits()
    house.decisions.decide(case, mute(house.token("f2")), Actor("wang"), NOW + 1)
    assert not waits()
    upheld = house.redress.file(made, "affected", "f1", "no", NOW + 2)
    house.redress.answer(upheld, "upheld", (), "It was none.", Actor("zhao"), NOW + 3)
    assert not waits()
    house.decisions.reverse(made, (), "I was wrong.", Actor("wang"), NOW + 4)
    assert waits()


def test_a_decision_that_awaits_its_second_person_keeps_its_case_back(
    node: FakeNode, house: ProcessHouse
) -> None:
    (case,) = pile_ons(house, 1)
    wang, zhao = (Actor(name, may_severe=True) for name in ("wang", "zhao"))
    order = Order(key="close", subjects=(house.token("f1"),), to="follower")
    asking = DecisionRequest(orders=(order,), facts="why", ground="harassment")
    made = house.decisions.decide(case, asking, wang, NOW)
    assert desk.next_case(node.engine, "wang", NOW) is None
    house.decisions.refuse(made, "A week is enough.", zhao, NOW)
    assert desk.next_case(node.engine, "wang", NOW) == case
    made = house.decisions.decide(case, asking, wang, NOW + 1)
    house.decisions.confirm(made, zhao, NOW + 1)
    assert desk.next_case(node.engine, "wang", NOW) is None


def test_what_a_rule_decides_leaves_the_rest_to_people(node: FakeNode, house: ProcessHouse) -> None:
    (case,) = pile_ons(house, 1)
    rule = Actor("bullying.pile_on/mute/follower", person=False, rule=True)
    house.decisions.decide(case, mute(house.token("f1")), rule, NOW)
    assert desk.next_case(node.engine, "li", NOW) == case


def test_a_backlog_of_looks_stands_before_no_case(
    node: FakeNode, house: ProcessHouse, signed_in: SignIn
) -> None:
    *decided, waiting = pile_ons(house, 6)
    looks = {f"/desk/looks/{drawn(house, case)}" for case in decided}
    client = signed_in("reviewer")
    assert taken(client) == f"/cases/{waiting}"
    house.policy = shares(house.policy, 1.0, 0.0)
    assert taken(client) in looks
    house.policy = shares(house.policy, 0.0, 0.0)
    house.casework.close_case(waiting, "settled", "They stopped.", Actor("reviewer-0"), NOW)
    assert taken(client) in looks, "what else"


def test_nothing_is_handed_out_while_a_rest_is_due(
    node: FakeNode, house: ProcessHouse, signed_in: SignIn
) -> None:
    one, two = pile_ons(house, 2)
    client, li = signed_in("reviewer"), Actor("reviewer-0")
    house.policy = capped(house.policy, cases_per_day=1)
    house.casework.close_case(one, "settled", "They stopped.", li, NOW)
    assert taken(client) == "/desk"
    assert holder(node, two) is None
    house.policy = capped(house.policy, cases_per_day=2)
    assert taken(client) == f"/cases/{two}"


def waiting(client: TestClient) -> dict[str, int]:
    """Each list that the desk links to, and how much it says is on it."""
    return {unescape(url): int(n) for url, n in LINE.findall(client.get("/desk").text)}


def test_each_number_on_the_desk_is_the_length_of_its_list(
    node: FakeNode, house: ProcessHouse, signed_in: SignIn
) -> None:
    cases = pile_ons(house, 5)
    every = signed_in("reviewer", "senior", "appeals")
    me = Actor("reviewer-senior-appeals-0", may_severe=True)
    for n, by in enumerate((me, Actor("wang", may_severe=True))):
        order = Order(key="close", subjects=(house.token("f1"),), to="follower")
        asking = DecisionRequest(orders=(order,), facts="why", ground="harassment")
        house.decisions.decide(cases[n], asking, by, NOW)
    long_ago = NOW - 20 * 24 * HOUR
    for n, (by, at) in enumerate(((me, NOW), (Actor("li"), NOW), (Actor("li"), long_ago))):
        made = house.decisions.decide(cases[2 + n], mute(house.token("f1")), by, at)
        house.redress.file(made, "affected", "f1", "no", at)
    by_hand = mute(*house.tokens("f1", "f2", "f3"), mode="manual")
    made = house.decisions.decide(cases[4], by_hand, Actor("li"), NOW - HOUR)
    one, two, _ = (row["id"] for row in house.rows(measure, decision=made))
    house.measures.applied(one, "li", NOW - HOUR)
    for each in (one, two):  # the first is to be undone, the second was never done
        house.measures.lift(each, "He said sorry.", Actor("li"), NOW)
    node.casework.assign_case(cases[0], me.name, "li", NOW)
    numbers = waiting(every)
    assert len(numbers) == 8
    for url, number in numbers.items():
        if url != "/revisits":
            assert len(re.findall(r'<tr class="row">', every.get(url).text)) == number, url
    assert [n for url, n in numbers.items() if "by_hand" in url] == [2]
    assert [n for url, n in numbers.items() if "/appeals" in url] == [2, 1]
    assert [n for url, n in numbers.items() if "/decisions" in url] == [1]


def test_the_desk_counts_only_what_the_person_may_do(
    node: FakeNode, house: ProcessHouse, signed_in: SignIn
) -> None:
    lists = {role: {url.split("?")[0] for url in waiting(signed_in(role))} for role in ROLES}
    assert "/decisions" in lists["senior"]
    assert "/appeals" in lists["appeals"]
    assert not {"/decisions", "/appeals"} & lists["reviewer"]
    assert "/cases" in lists["reviewer"]
    assert "/cases" not in lists["appeals"]
    assert not lists["viewer"] | lists["admin"] | lists["auditor"]
