"""The pages on the lexicon: a word is tried, added in shadow, and switched by a person."""

import re
from pathlib import Path
from unittest.mock import Mock

import pytest
from starlette.testclient import TestClient
from web_house import FakeNode

from lianzhi.jobs.trial import Sample, Trial
from lianzhi.office.actor import Actor
from lianzhi.office.lexicons import Lexicons
from lianzhi.office.views import LexiconTerm
from lianzhi.office.wordings import Wording
from lianzhi.record.entry import Draft
from lianzhi.store import lexicon as stored
from lianzhi.store.office_queries import QUERIES
from lianzhi.text import assess
from lianzhi.text.lexicon.lexicons import LexiconError
from lianzhi.web.console.excerpts import AROUND
from lianzhi.web.console.pages import lexicons as pages

TYPED = {
    "term": "灯塔水",
    "kind": "insult",
    "sense": "code word",
    "strength": "clear",
    "innocent": "灯塔水域\r\n灯塔水位",
    "examples": "她就是灯塔水",
}
WORDING = Wording(kind="insult", term="灯塔水", sense="code word", weight=0.9, aimed=0.9)
ANN = Actor("ann")


def terms(node: FakeNode) -> list[LexiconTerm]:
    with node.engine.connect() as connection:
        return stored.terms(connection)


def test_a_word_is_tried_then_added_in_shadow_then_switched(node: FakeNode, signed_in) -> None:
    reviewer, senior = signed_in("reviewer"), signed_in("senior")
    assert 'name="strength"' in reviewer.get("/lexicons/new").text
    size = len(terms(node))
    tried = reviewer.post("/lexicons/new", data=TYPED)
    assert tried.status_code == 200
    assert "<mark" in tried.text
    assert "灯塔水位" in tried.text, "what was typed stays in the form"
    assert len(terms(node)) == size, "nothing is added by trying"

    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', tried.text))
    sent = {name: hidden[name] for name in TYPED}
    made = reviewer.post("/lexicons", data=sent | {"reason": "in reports"})
    assert made.status_code == 303
    (term,) = terms(node)
    assert made.headers["location"] == f"/lexicons/{term.id}?done=added"
    assert (term.status, term.added_by, term.weight) == ("shadow", "reviewer-0", 0.9)
    assert term.innocent == ("灯塔水域", "灯塔水位")
    page = senior.get(f"/lexicons/{term.id}").text
    for said in (
        "in reports",
        "reviewer-0",
        "她就是灯塔水",
        "<mark",
        f'"/lexicons/{term.id}/switch"',
    ):
        assert said in page
    assert f'"/lexicons/{term.id}/switch"' not in reviewer.get(f"/lexicons/{term.id}").text

    def switch(client: TestClient, to: str, reason: str) -> int:
        sent = {"to": to, "reason": reason}
        return client.post(f"/lexicons/{term.id}/switch", data=sent).status_code

    assert switch(reviewer, "active", "no false alarms") == 403
    assert switch(senior, "active", "no false alarms") == 303
    assert "insult" in assess("她就是灯塔水", node.lexicons.lexicon).kinds
    assert "no false alarms" in senior.get(f"/lexicons/{term.id}").text
    assert switch(senior, "active", "again") == 409
    assert switch(senior, "gone", "x") == 422
    assert switch(senior, "retired", " ") == 422
    assert switch(senior, "retired", "over") == 303
    assert f'"/lexicons/{term.id}/switch"' not in senior.get(f"/lexicons/{term.id}").text
    assert [one.status for one in terms(node)] == ["retired"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "rudeness"),
        ("kind", "innocent"),
        ("strength", "utter"),
        ("term", "\u200b"),
        ("term", "{p}灯塔"),
        ("term", "长" * 65),
        ("term", "a\x00b"),
        ("sense", "a\nb"),
        ("innocent", "灯塔水域\n{x}"),
        ("examples", "她就是灯塔水" + "长" * 1000),
    ],
)
def test_what_cannot_be_taken_is_refused_and_kept_in_the_form(
    node: FakeNode, signed_in, field: str, value: str
) -> None:
    client = signed_in("reviewer")
    for path in ("/lexicons/new", "/lexicons"):
        answer = client.post(path, data=TYPED | {field: value, "reason": "x"})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert "她就是灯塔水" in answer.text
    assert terms(node) == []


def test_remarks_tell_what_a_word_collides_with(signed_in) -> None:
    sent = TYPED | {"term": "操", "innocent": ""}
    answer = signed_in("reviewer").post("/lexicons/new", data=sent)
    assert answer.text.count("<li>") >= 2
    assert "remarks" in answer.text


def test_no_more_terms_than_fit_are_added(node: FakeNode, signed_in, monkeypatch) -> None:
    monkeypatch.setattr("lianzhi.office.lexicons.MOST_TERMS", 0)
    answer = signed_in("reviewer").post("/lexicons", data=TYPED | {"reason": "x"})
    assert answer.status_code == 422
    assert terms(node) == []


def test_what_is_typed_is_never_markup(node: FakeNode, signed_in) -> None:
    client = signed_in("reviewer")
    odd = TYPED | {"term": "<b>怪", "sense": "<i>", "examples": "<script>"}
    tried = client.post("/lexicons/new", data=odd)
    client.post("/lexicons", data=odd | {"reason": "<u>"})
    (term,) = terms(node)
    for text in (tried.text, client.get("/lexicons").text, client.get(f"/lexicons/{term.id}").text):
        assert not re.search("<b>怪|<i>|<script>|<u>", text)


def shown(page: str) -> list[str]:
    return re.findall(r'<td><span class="quote" lang="zh">([^<]+)</span></td>', page)


def test_entries_are_found_by_kind_and_part(node: FakeNode, signed_in) -> None:
    client = signed_in("viewer")
    first = shown(client.get("/lexicons").text)
    assert len(first) == pages.ROWS
    later = shown(client.get("/lexicons", params={"after": pages.ROWS}).text)
    assert len(later) == pages.ROWS
    assert not set(first) & set(later)
    found = shown(client.get("/lexicons", params={"q": "傻 逼", "kind": "insult"}).text)
    assert found
    assert all("傻逼" in term for term in found)
    assert "傻乎乎" in shown(client.get("/lexicons", params={"q": "傻", "kind": "innocent"}).text)
    assert shown(client.get("/lexicons", params={"q": "没有这样的词"}).text) == []
    assert client.get("/lexicons", params={"after": -1}).status_code == 422
    assert 'href="/lexicons/new"' not in client.get("/lexicons").text
    assert 'href="/lexicons/new"' in signed_in("reviewer").get("/lexicons").text


def test_a_folder_that_cannot_be_used_is_told(node: FakeNode, signed_in, tmp_path: Path) -> None:
    folder = tmp_path / "words"
    folder.mkdir()
    node.lexicons = Lexicons(node.ledger, QUERIES.lexicons, folder, node.now)
    (folder / "own.toml").write_text("kind = <b>", "utf-8")
    client, broken = signed_in("viewer"), '<li><a href="/lexicons"'
    assert broken not in client.get("/live").text
    node.lexicons.look()
    assert broken in client.get("/live").text
    page = client.get("/lexicons").text
    assert "own.toml: " in page
    assert "<b>" not in page


def test_versions_are_listed_with_who_changed_them(node: FakeNode, signed_in) -> None:
    node.lexicons.add(WORDING, "x", ANN, node.clock)
    page = signed_in("viewer").get("/lexicons").text
    assert page.count(node.lexicons.lexicon.version) == 2
    assert ">ann<" in page


def test_a_term_that_this_version_cannot_read_is_shown_and_can_be_retired(
    node: FakeNode, signed_in, monkeypatch
) -> None:
    says = {"kind": "rudeness", "term": "怪", "sense": "", "weight": 0.8, "aimed": 0.8}
    payload = {"term": "old", "by": "ann", "says": {**says, "innocent": []}}
    node.ledger.append([Draft("term.added", "old", node.clock, payload)])
    monkeypatch.setattr(node.live, "try_out", Mock(side_effect=LexiconError("own: kind")))
    client = signed_in("senior")
    assert client.get("/lexicons/old").status_code == client.get("/lexicons").status_code == 200
    sent = {"to": "active", "reason": "x"}
    assert client.post("/lexicons/old/switch", data=sent).status_code == 422
    assert client.post("/lexicons/old/switch", data=sent | {"to": "retired"}).status_code == 303


def test_only_so_many_words_are_tried_at_a_time(node: FakeNode, signed_in) -> None:
    made = node.lexicons.add(WORDING, "x", ANN, node.clock)
    client: TestClient = signed_in("reviewer")
    with pages._trials.enter() as one, pages._trials.enter() as two:
        assert one
        assert two
        assert client.get(f"/lexicons/{made}").status_code == 503
        answer = client.post("/lexicons/new", data=TYPED)
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
    assert client.get(f"/lexicons/{made}").status_code == 200


def test_a_long_comment_is_cut_around_the_word(node: FakeNode, signed_in, monkeypatch) -> None:
    text = "前" * 500 + "灯塔水" + "后" * 500
    sample = Sample(7, node.clock, text, 2, ((500, 503),), flagged=False, would=True)
    found = Trial(10, node.clock, 2, 2, 2, (sample,))
    monkeypatch.setattr(node.live, "try_out", lambda *_: found)
    page = signed_in("reviewer").post("/lexicons/new", data=TYPED).text
    cut = ("前" * AROUND, "后" * AROUND)
    assert re.search(f"…{cut[0]}<mark[^>]*>灯塔水</mark>{cut[1]}…", page)
