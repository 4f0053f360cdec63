"""The queue of reports, one report, reports by phone, and opening a case from one."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient
from web_house import HOUR, FakeNode

from lianzhi.chain.receipt import number
from lianzhi.office.complaints import Complaint
from lianzhi.office.conclusions import Conclusion
from lianzhi.office.views import Act
from lianzhi.store.process_tables import report
from process_house import ProcessHouse

SignedIn = Callable[[str], TestClient]


@pytest.fixture
def li(signed_in: SignedIn) -> TestClient:
    client = signed_in("reviewer")
    client.headers |= {"accept": "text/html", "accept-language": "en"}
    client.follow_redirects = True
    return client


@pytest.fixture
def house(node: FakeNode) -> ProcessHouse:
    return ProcessHouse(node.engine, node.home, node.ledger)


def take(node: FakeNode, reporter: str | None = "aunt", **said: Any) -> str:
    whole = {"category": "insult", "channel": "api", "about": "girl", "subject": "rude", **said}
    return node.reports.receive(Complaint(reporter=reporter, **whole), "key:x", node.now())


def rows(page: str) -> list[str]:
    """What each row of a list says."""
    found = re.findall(r'<tr class="row">(.*?)</tr>', page, re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found]


def status(node: FakeNode, identity: str) -> tuple[str, str | None]:
    with node.engine.connect() as connection:
        row = connection.execute(report.select().where(report.c.id == identity)).mappings().one()
    return row["status"], row["outcome"]


def test_minors_first_then_the_most_urgent_and_the_same_once(
    li: TestClient, node: FakeNode
) -> None:
    for n in range(3):
        take(node, f"a{n}", words="x")
    take(node, "b", category="self_harm_urging", about="old")
    node.clock += HOUR // 2
    take(node, "c", about="kid", minor=True)
    told = rows(li.get("/reports").text)
    assert [re.search(r"(girl|old|kid)", row)[1] for row in told] == ["kid", "old", "girl"]  # type: ignore[index]
    assert "Minor" in told[0]
    assert re.search(r"rude 3 ", told[2])
    assert "answer in 7 days" in told[0]
    node.clock += 8 * 24 * HOUR
    assert all("Overdue" in row for row in rows(li.get("/reports").text))


def test_filters_and_pages(li: TestClient, node: FakeNode) -> None:
    made = [take(node, f"a{n}", about=f"u{n}", minor=n % 2 == 0) for n in range(60)]
    first = li.get("/reports").text
    following = re.search(r'href="(/reports\?[^"]*cursor[^"]*)"', first)
    assert following
    more = li.get(following[1].replace("&amp;", "&")).text
    shown = re.findall(r'href="/reports/(r_\w+)"', first + more)
    assert sorted(set(shown)) == sorted(made)
    assert len(rows(more)) == 10
    node.proceedings.complaints.answer(made[0], "handled", "done", "li", node.now())
    assert len(rows(li.get("/reports?status=answered").text)) == 1
    assert len(rows(li.get("/reports?status=all&about=u0").text)) == 1
    assert len(rows(li.get("/reports?about=rude").text)) == 50
    assert li.get("/reports?cursor=nonsense").status_code == 422


def test_a_report_with_all_that_is_known(li: TestClient, node: FakeNode) -> None:
    for n in range(4):
        earlier = take(node, about=f"x{n}")
        node.proceedings.complaints.answer(earlier, "not_upheld", "no", "li", node.now())
    identity = take(node, words="他一直骂她", content="post/7")
    page = li.get(f"/reports/{identity}").text
    for told in ("他一直骂她", "post/7", "aunt", "girl", "rude", number(identity)):
        assert told in page
    assert "0 of 4 earlier reports held (95% interval 0 % to 49 %)" in page
    assert "did not find what the rules forbid" in page, "what its author would read"
    assert li.get("/reports/r_none").status_code == 404


def test_an_answer_that_names_somebody_is_refused_and_kept(li: TestClient, node: FakeNode) -> None:
    identity = take(node)
    said = {"outcome": "not_upheld", "reason": "@rude has apologised"}
    refused = li.post(f"/reports/{identity}/answer", data=said)
    assert refused.status_code == 409
    assert "The reason names somebody" in refused.text
    assert "@rude has apologised</textarea>" in refused.text
    assert status(node, identity) == ("waiting", None)
    said["reason"] = "They have apologised."
    assert "Answered; its author is told." in li.post(f"/reports/{identity}/answer", data=said).text
    assert status(node, identity) == ("answered", "not_upheld")
    assert li.post(f"/reports/{identity}/answer", data=said).status_code == 409


@pytest.mark.parametrize("outcome", ["upheld", "routed", "nonsense"])
def test_what_cannot_be_answered_by_hand(li: TestClient, node: FakeNode, outcome: str) -> None:
    identity = take(node)
    answer = li.post(f"/reports/{identity}/answer", data={"outcome": outcome, "reason": "x"})
    assert answer.status_code == 422
    assert status(node, identity) == ("waiting", None)


def test_routing_on(li: TestClient, node: FakeNode) -> None:
    identity = take(node)
    page = li.post(f"/reports/{identity}/route", data={"class": "fraud"}).text
    assert "told who is competent" in page
    assert "The police (110)" in page
    assert status(node, identity) == ("answered", "routed")
    other = take(node)
    assert li.post(f"/reports/{other}/route", data={"class": "insult"}).status_code == 422


def test_joining_an_open_case_about_the_same_person(
    li: TestClient, node: FakeNode, house: ProcessHouse
) -> None:
    case = house.find({"rude": "inciter"}, about="girl", at=node.now() - HOUR)
    other = house.find({"x": "inciter"}, about="boy", at=node.now() - HOUR)
    mine, unknown, foreign = take(node), take(node, about=None), take(node, about="cat")
    page = li.get(f"/reports/{mine}").text
    assert f'value="{case}"' in page
    assert f'value="{other}"' not in page
    assert f'value="{case}"' in li.get(f"/reports/{unknown}").text, "the account acted in it"
    assert "No open case is about this person." in li.get(f"/reports/{foreign}").text
    assert "Put with the case" in li.post(f"/reports/{mine}/join", data={"case": case}).text
    assert status(node, mine) == ("joined", None)
    assert f"/cases/{case}" in li.get(f"/reports/{mine}").text
    refused = li.post(f"/reports/{foreign}/join", data={"case": case})
    assert refused.status_code == 409
    assert status(node, foreign) == ("waiting", None)
    assert li.post(f"/reports/{foreign}/join", data={"case": "none"}).status_code == 404


def test_a_report_by_phone_and_the_number_that_is_read_aloud(
    li: TestClient, node: FakeNode, house: ProcessHouse
) -> None:
    case = house.find({"rude": "inciter"}, about="girl", at=node.now() - HOUR)
    said = {
        "class": "threat",
        "words": "他说要来学校找我",
        "contact": "138 0000 0000",
        "about": " girl ",
        "minor": "true",
        "case": case,
    }
    page = li.post("/reports/new", data=said)
    assert page.status_code == 200
    identity = page.url.path.rsplit("/", 1)[1]
    assert "Read this number to the caller:" in page.text
    assert number(identity) in page.text
    assert "138 0000 0000" in page.text
    with node.engine.connect() as connection:
        row = connection.execute(report.select()).mappings().one()
    assert (row["channel"], row["reporter"], row["minor"], row["case"]) == (
        *("phone", None, True, case),
    )
    assert node.vault.text(row["index"], "contact") == "138 0000 0000"
    assert "138 0000" not in str(node.ledger.payload(row["index"])), "the record does not hold it"
    for typed in (number(identity), number(identity).lower().replace("-", " "), identity):
        assert li.get("/search", params={"q": typed}).url.path == f"/reports/{identity}"
    assert li.get("/search", params={"q": "2222-2222-2222"}).url.path == "/cases"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"class": "nonsense"}, "Choose what is reported."),
        ({"words": "", "about": ""}, "Write down what was said"),
        ({"case": "none"}, "There is no such case"),
        ({"about": "boy", "case": "girls"}, "about somebody else"),
        ({"class": "fraud", "case": "girls"}, "about somebody else"),
    ],
)
def test_what_a_clerk_got_wrong_is_told_and_nothing_typed_is_lost(
    li: TestClient, node: FakeNode, house: ProcessHouse, change: dict[str, str], told: str
) -> None:
    case = house.find({"rude": "inciter"}, about="girl", at=node.now() - HOUR)
    said = {"class": "threat", "words": "typed words", "about": "girl", "contact": "138", **change}
    said["case"] = case if said.get("case") == "girls" else said.get("case", "")
    page = li.post("/reports/new", data=said)
    assert page.status_code == 422
    assert told in page.text
    assert "138" in page.text
    with node.engine.connect() as connection:
        assert connection.execute(report.select()).all() == []


def test_opening_a_case_takes_what_the_person_ticked(
    li: TestClient, node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    told: list[Conclusion] = []

    def acts(about: str, actors: Any, at: int) -> list[Act]:
        asked.append((about, list(actors)))
        return [
            Act(7, node.now() - HOUR, "rude", "comment", "滚"),
            Act(8, 0, "rude", "mention", None),
        ]

    def conclude(said: Conclusion, by: str, at: int) -> str:
        told.append(said)
        assert by.startswith("reviewer")
        return "c0ffee"

    monkeypatch.setattr(node.conclusions, "acts", acts)
    monkeypatch.setattr(node.conclusions, "conclude", conclude)
    identity = take(node)
    take(node, "b", subject="ruder")
    page = li.get(f"/reports/{identity}/case").text
    assert asked == [("girl", ["rude", "ruder"])]
    assert '<input type="checkbox" name="acts" value="7">' in page
    assert '<blockquote class="quote">滚</blockquote>' in page
    li.get(f"/reports/{identity}/case", params={"about": "girl", "accounts": "a b，c"})
    assert asked[1] == ("girl", ["a b", "c"])
    form = {
        "about": "girl",
        "accounts": ["rude", "ruder"],
        "roles": ["inciter", "follower"],
        "acts": ["7"],
        "words": " He calls on others. ",
        "reach": "alike",
    }
    li.follow_redirects = False
    assert li.post(f"/reports/{identity}/case", data=form).headers["location"] == "/cases/c0ffee"
    (said,) = told
    assert said.roles == {"rude": "inciter", "ruder": "follower"}
    assert (list(said.acts), said.report, said.reach) == ([7], identity, "alike")
    assert (said.words, said.minor) == ("He calls on others.", False)
    assert li.post(f"/reports/{identity}/case", data=form | {"roles": ["boss"]}).status_code == 422
    assert (
        li.post(f"/reports/{identity}/case", data=form | {"roles": ["inciter"]}).status_code == 422
    )


def test_who_may_only_look_is_shown_no_button(signed_in: SignedIn, node: FakeNode) -> None:
    client, identity = signed_in("viewer"), take(node)
    page = client.get(f"/reports/{identity}")
    assert page.status_code == 200
    assert f"/reports/{identity}/" not in page.text
    assert "/reports/new" not in client.get("/reports").text
    assert client.get("/reports/new").status_code == 403
    assert client.get(f"/reports/{identity}/case").status_code == 403
    for act in ("join", "answer", "route", "case"):
        said = {"case": "c", "outcome": "handled", "class": "fraud", "about": "girl", "reason": "x"}
        assert client.post(f"/reports/{identity}/{act}", data=said).status_code == 403
    assert client.post("/reports/new", data={"class": "insult", "words": "x"}).status_code == 403
    assert status(node, identity) == ("waiting", None)
