"""Whom a decision concerns reads its reasons by a link, contests it, and reads the answer there."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from web_house import NOW, FakeNode

from lianzhi.office.actor import Actor
from lianzhi.office.complaints import Complaint
from lianzhi.store import accounts
from lianzhi.store.process_tables import appeal
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings
from process_house import DAY, HOUR, ProcessHouse, mute

LI, WANG = Actor("li"), Actor("wang", may_severe=True)


class Town:
    """A platform, a desk that has muted three accounts, and a phone."""

    def __init__(self, home: Path) -> None:
        self.node = FakeNode(home)
        self.house = ProcessHouse(self.node.engine, home, self.node.ledger)
        self.case = self.house.pile_on(at=NOW - HOUR)
        process = self.node.proceedings
        aunt = Complaint(category="insult", channel="web", reporter="aunt", about="victim")
        report = process.complaints.receive(aunt, "web", NOW)
        process.complaints.join(report, self.case, "li", NOW)
        asking = mute(*self.house.tokens("f1", "f2", "f3"))
        self.decision = process.decisions.decide(self.case, asking, LI, NOW)
        free = {"client_rate": 1e6, "client_burst": 1e6}
        self.phone = TestClient(
            create_app(self.node, Settings(hosts=("testserver",), **free)),
            follow_redirects=False,
            headers={"accept": "text/html"},
        )
        _, token = accounts.add_key(self.node.ledger, "platform", ("report",), NOW, "test")
        self.key = {"Authorization": f"Bearer {token}"}

    def asked(self, account: str, party: str = "affected", **more: Any) -> Any:
        said = {"decision": self.decision, "account": account, "party": party, "language": "en"}
        return self.phone.post("/v1/appeal-links", json=said | more, headers=self.key)

    def link(self, account: str, party: str = "affected", **more: Any) -> str:
        answer = self.asked(account, party, **more)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["url"]).removeprefix("http://testserver")

    def form(self, url: str) -> dict[str, str]:
        page = self.phone.get(url).text
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
        return {name: unescape(value) for name, value in found}

    def send(self, url: str, reason: str = "It was a joke.") -> Any:
        return self.phone.post(url, data=self.form(url) | {"reason": reason})


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    yield made
    assert not made.phone.cookies
    made.node.engine.dispose()


def words(page: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", page))


def test_the_reasons_then_the_receipt_then_the_answer(town: Town) -> None:
    url = town.link("f1")
    page = words(town.phone.get(url).text)
    assert "Mute" in page
    assert "He wrote it three times." in page
    assert "until 2027-05-24" in page, "180 days"
    assert "Restriction" in page or "restriction" in page
    assert not re.search(r"\b(f2|f3|victim|aunt|li)\b", page), "nobody else is named"
    filed = town.send(url)
    assert filed.status_code == 303
    receipt = filed.headers["location"]
    assert "2026-12-10" in town.phone.get(receipt).text, "by when"
    assert town.phone.get(url).headers["location"].split("?")[0] == receipt.split("?")[0]
    (row,) = town.house.rows(appeal)
    assert town.node.vault.text(row["index"], "reason") == "It was a joke."
    redress = town.node.proceedings.redress
    redress.answer(row["id"], "overturned", (), "A witness agrees.", WANG, NOW + HOUR)
    town.node.clock += 40 * DAY
    answered = words(town.phone.get(receipt).text)
    assert "has been taken back" in answered
    assert "A witness agrees." in answered
    assert not re.search(r"\b(f1|f2|victim|aunt|li|wang)\b", answered)


def test_in_chinese(town: Town) -> None:
    url = town.link("f1", language="zh")
    page = town.phone.get(url).text
    assert "与您有关的决定" in page
    assert "认定的事实" in page
    receipt = town.phone.get(town.send(url).headers["location"])
    assert "我们收到了您的申诉" in receipt.text


@pytest.mark.parametrize(("account", "party"), [("aunt", "reporter"), ("victim", "harmed")])
def test_who_reported_or_was_harmed_sees_what_was_done_to_nobody_by_name(
    town: Town, account: str, party: str
) -> None:
    url = town.link(account, party)
    page = words(town.phone.get(url).text)
    assert re.search(r"Mute\s+× 3", page)
    assert "He wrote it three times." not in page, "the facts are told to whom they concern"
    assert not re.search(r"\b(f1|f2|f3|aunt|victim|li)\b", page)
    assert town.send(url, "A mute is too little.").status_code == 303


def test_two_taps_make_one_appeal(town: Town) -> None:
    url, again = town.link("f1"), town.link("f1")
    form = town.form(url) | {"reason": "It was a joke."}
    first, second = (town.phone.post(url, data=form).headers["location"] for _ in range(2))
    assert first.split("?")[0] == second.split("?")[0]
    assert town.phone.get(again).headers["location"].split("?")[0] == first.split("?")[0]
    assert len(town.house.rows(appeal)) == 1


def test_an_appeal_without_words_is_asked_for_them(town: Town) -> None:
    url = town.link("f1")
    answer = town.send(url, "  ")
    assert answer.status_code == 422
    assert "a few words are enough" in answer.text
    assert town.house.rows(appeal) == []


def test_an_appeal_that_is_too_long_or_too_soon_keeps_its_words(town: Town) -> None:
    url = town.link("f1")
    words = "\r\n".join(["Because."] * 400) + "x" * 410
    again = town.send(url, words)
    assert again.status_code == 422
    assert "9 characters too long" in again.text
    assert words.replace("\r\n", "\n") in unescape(again.text)
    assert town.house.rows(appeal) == []
    assert town.send(url, words[:-9]).status_code == 303, "a line break counts once"
    (row,) = town.house.rows(appeal)
    assert len(town.node.vault.text(row["index"], "reason")) == 4000


def test_who_is_no_party_gets_no_link_and_no_page(town: Town) -> None:
    for account, party in (("stranger", "affected"), ("f1", "harmed"), ("f1", "reporter")):
        answer = town.asked(account, party)
        assert (answer.status_code, answer.json()["errors"][0]["value"]) == (409, account)
    assert town.asked("f1", decision="d_none").status_code == 404
    assert town.node.vault.known(["stranger"]) == {}, "asking makes nobody known"


def test_the_time_to_contest_runs_out(town: Town) -> None:
    town.node.clock += 181 * DAY
    url = town.link("f1")
    page = town.phone.get(url).text
    assert "time to contest this decision has run out" in page
    assert "<form" not in page


def test_the_form_needs_the_token_of_its_page(town: Town) -> None:
    url = town.link("f1")
    assert town.phone.post(url, data={"reason": "x"}).status_code == 403
    assert town.phone.post(url, data={"reason": "x", "csrf": "y"}).status_code == 403
    assert town.house.rows(appeal) == []


def test_a_link_is_gone_when_its_account_is_erased(town: Town) -> None:
    from lianzhi.store import pending_links

    url = town.link("f1")
    pending_links.erase(town.node.engine, town.node.ledger.signer.seal_key, "f1")
    assert town.phone.get(url).status_code == 404
