"""A user reports by a link: at most three taps, no sign-in, no cookie, once."""

import errno
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from web_house import HOUR, FakeNode

from lianzhi.office.complaints import Complaint
from lianzhi.store import pending_links
from lianzhi.store.process_tables import report
from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings
from lianzhi.web.public.page import Sends

MINUTE = 60_000
LINK = {"reporter": "aunt", "subject": "u7", "content": "post/99"}
Make = Callable[..., str]


@pytest.fixture
def phone(app: FastAPI) -> Any:
    """A browser without scripts and cookies."""
    with TestClient(app, follow_redirects=False, headers={"accept": "text/html"}) as client:
        yield client
        assert not client.cookies


@pytest.fixture
def link(client: TestClient, bearer: Callable[..., dict[str, str]]) -> Make:
    """Has the platform make a link; gives its path."""
    key = bearer("report")

    def make(**said: Any) -> str:
        answer = client.post("/v1/report-links", json=LINK | said, headers=key)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["url"]).removeprefix("http://testserver")

    return make


def links_of(page: str) -> dict[str, str]:
    """The things that can be tapped, by what they say."""
    found = re.findall(r'<a class="tap" href="([^"]+)">([^<]+)</a>', page)
    return {unescape(text): unescape(url) for url, text in found}


def form_of(page: str) -> dict[str, str]:
    """The form of a page, as it is sent when nothing is filled in."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in found}


def action_of(page: str) -> str:
    """Where the form of a page is sent."""
    (found,) = re.findall(r'<form method="post" action="([^"]+)">', page)
    return unescape(found)


def written_in(page: str) -> str:
    """What stands in the field for words."""
    (found,) = re.findall(r"<textarea[^>]*>([^<]*)</textarea>", page)
    return unescape(found)


def reports(node: FakeNode) -> list[dict[str, Any]]:
    with node.engine.connect() as connection:
        return [dict(row) for row in connection.execute(report.select()).mappings()]


def sent(phone: TestClient, path: str, **more: str) -> str:
    """Send the form of a page; the address of the receipt."""
    page = phone.get(path)
    assert page.status_code == 200, page.text
    answer = phone.post(path.split("?", maxsplit=1)[0], data=form_of(page.text) | more)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_three_taps_and_a_receipt(phone: TestClient, node: FakeNode, link: Make) -> None:
    url = link(language="en")
    what = phone.get(url)
    who = phone.get(links_of(what.text)["Someone insults or humiliates me"])
    last = phone.get(links_of(who.text)["Me"])
    assert 'name="young"' in last.text
    answer = phone.post(url, data=form_of(last.text) | {"words": "  again and again  "})
    receipt = phone.get(answer.headers["location"])
    (row,) = reports(node)
    assert (row["category"], row["channel"], row["status"]) == ("insult", "web", "waiting")
    assert (row["about"], row["minor"]) == (row["reporter"], False)
    assert node.vault.text(row["index"], "words") == "again and again"
    assert node.vault.text(row["index"], "content") == "post/99"
    assert receipt.status_code == 200
    shown = row["id"].removeprefix("r_").upper()
    assert "-".join((shown[:4], shown[4:8], shown[8:])) in receipt.text
    for number in ("110", "12355", "12377"):
        assert f'href="tel:{number}"' in receipt.text
    assert "2026-12-02" in receipt.text, "by when there is an answer"
    assert "close private messages" in receipt.text, "the reporter is the harmed"
    for page in (what, who, last, receipt):
        assert "set-cookie" not in page.headers
        assert "<script" not in page.text
        assert not re.search(r"\b(aunt|u7|post/99)\b", page.text), "no page names anybody"
    assert node.intake.batches[0][1] == "reports", "the detectors see it"


@pytest.mark.parametrize(
    ("said", "category", "who", "about", "minor"),
    [
        ({"about": "u1"}, "threat", None, "u1", False),
        ({"about": "u1", "minor": True}, "threat", None, "u1", True),
        ({"minor": True}, "threat", None, None, True),
        ({}, "threat", "other", None, False),
        ({}, "threat", "child", None, True),
        ({}, "minor", None, None, True),
        ({}, "fraud", None, None, False),
    ],
)
def test_what_is_known_is_not_asked(
    phone: TestClient, node: FakeNode, link: Make, said, category, who, about, minor
) -> None:
    page = phone.get(f"{link(**said)}?class={category}")
    if who is not None:
        assert "<form" not in page.text
        ways = {url.split("who=")[1].split("&")[0]: url for url in links_of(page.text).values()}
        page = phone.get(ways[who])
    assert "<form" in page.text
    answer = phone.post(page.url.path, data=form_of(page.text))
    assert answer.status_code == 303
    (row,) = reports(node)
    assert (row["about"] and node.vault.account(row["about"]), row["minor"]) == (about, minor)


def test_a_child_that_reports_for_itself_says_so(
    phone: TestClient, node: FakeNode, link: Make
) -> None:
    sent(phone, f"{link()}?class=insult&who=me", young="true")
    (row,) = reports(node)
    assert row["minor"]
    assert row["about"] == row["reporter"]


def test_two_taps_make_one_report(phone: TestClient, node: FakeNode, link: Make) -> None:
    url = link(about="u1")
    page = phone.get(f"{url}?class=insult").text
    first = phone.post(url, data=form_of(page)).headers["location"]
    second = phone.post(url, data=form_of(page)).headers["location"]
    opened = phone.get(url).headers["location"]
    assert first.split("?")[0] == second.split("?")[0] == opened.split("?")[0]
    assert len(reports(node)) == 1
    assert len(node.intake.batches) == 1, "the detectors see it once, too"


def test_of_two_taps_at_the_same_moment_one_counts(node: FakeNode) -> None:
    key = node.ledger.signer.seal_key
    identity = pending_links.make(node.engine, key, "report", LINK, ["aunt"], node.now() + HOUR)
    said = Complaint(category="insult", channel="web", reporter="aunt", subject="u7")

    def once(connection: Any, made: str) -> str | None:
        return pending_links.use(connection, identity, made)

    asked = (said, "web", node.now(), once)
    assert node.reports.receive(*asked) == node.reports.receive(*asked)
    assert len(reports(node)) == 1


def test_what_is_routed_on_says_who_is_competent(
    phone: TestClient, node: FakeNode, link: Make
) -> None:
    url = link(language="zh")
    page = phone.get(url).text
    ours, elsewhere = page.split("<details")
    assert "有人骂我" in ours
    assert "有人在骗钱" in elsewhere
    send = phone.get(links_of(elsewhere)["有人在骗钱"]).text
    assert "公安机关（110）；12377 诈骗类" in send
    receipt = phone.get(sent(phone, f"{url}?class=fraud")).text
    assert "公安机关（110）；12377 诈骗类" in receipt
    assert "The police" not in receipt
    assert [row["outcome"] for row in reports(node)] == ["routed"]
    assert node.intake.batches == [], "nothing is judged here"


def test_a_link_ends(phone: TestClient, node: FakeNode, link: Make) -> None:
    url = link(about="u1", expires_minutes=5)
    page = phone.get(f"{url}?class=insult").text
    node.clock += 5 * MINUTE
    for answer in (phone.get(url), phone.post(url, data=form_of(page))):
        assert answer.status_code == 404
        assert 'href="tel:110"' in answer.text
    assert reports(node) == []
    assert pending_links.sweep(node.engine, node.now()) == 1


def test_the_receipt_outlives_the_link(phone: TestClient, node: FakeNode, link: Make) -> None:
    receipt = sent(phone, f"{link(about='u1', language='en')}?class=insult")
    (row,) = reports(node)
    node.clock += 30 * 24 * HOUR
    pending_links.sweep(node.engine, node.now())
    assert "We have your report" in phone.get(receipt).text
    complaints = node.proceedings.complaints
    complaints.answer(row["id"], "handled", "Both sides have talked.", "li", node.now())
    page = phone.get(receipt).text
    assert "dealt with in another way" in page
    assert "Both sides have talked." in page
    assert not re.search(r"\b(aunt|u1|u7|li)\b", re.sub(r"<[^>]+>", "", page))


def test_who_does_not_accept_the_answer_asks_for_another(
    phone: TestClient, node: FakeNode, link: Make
) -> None:
    receipt = sent(phone, f"{link(about='u1', language='en')}?class=insult")
    (row,) = reports(node)
    assert "<form" not in phone.get(receipt).text
    complaints = node.proceedings.complaints
    complaints.answer(row["id"], "not_upheld", "Nothing was found.", "li", node.now())
    page = form_of(phone.get(receipt).text)
    assert phone.post(receipt, data={"reason": "x"}).status_code == 403
    empty = phone.post(receipt, data=page | {"reason": " "})
    assert empty.status_code == 422
    answer = phone.post(receipt, data=page | {"reason": "Look at the second picture."})
    assert answer.status_code == 303
    page = phone.get(answer.headers["location"]).text
    assert "Another person will look at it again" in page
    assert "<form" not in page
    (row,) = reports(node)
    assert (row["status"], row["first_by"]) == ("waiting", "li")


def test_no_form_is_taken_without_the_token_of_its_page(
    phone: TestClient, node: FakeNode, link: Make
) -> None:
    url, other = link(about="u1"), link(about="u1")
    page = form_of(phone.get(f"{url}?class=insult").text)
    foreign = form_of(phone.get(f"{other}?class=insult").text)["csrf"]
    for csrf in ("", "x", foreign):
        assert phone.post(url, data=page | {"csrf": csrf}).status_code == 403
    assert phone.post(url, data={"class": "insult"}).status_code == 403
    assert reports(node) == []


@pytest.mark.parametrize("change", ["x", "", ".x", "/x"])
def test_a_token_that_we_did_not_sign_leads_nowhere(
    phone: TestClient, link: Make, change: str
) -> None:
    url = link()
    wrong = f"/report/{change}" if not change.startswith((".", "/")) else url + change
    assert phone.get(wrong).status_code == 404
    token = url.removeprefix("/report/")
    assert phone.get(f"/appeal/{token}").status_code == 404, "each purpose has its own"
    assert phone.get(f"/receipt/{token}").status_code == 404
    assert phone.get(f"/report/{token.split('.')[0]}").status_code == 404


def test_erasing_somebody_ends_the_links_that_name_them(
    phone: TestClient, node: FakeNode, link: Make
) -> None:
    url, kept = link(about="u1"), link(reporter="other", about="u2", subject="u9")
    page = phone.get(f"{url}?class=insult").text
    assert pending_links.erase(node.engine, node.ledger.signer.seal_key, "u1") == 1
    assert phone.get(url).status_code == 404
    assert phone.post(url, data=form_of(page)).status_code == 404
    assert phone.get(kept).status_code == 200
    assert reports(node) == []


def test_too_many_at_once_of_one_account_are_asked_to_wait(
    node: FakeNode, bearer: Callable[..., dict[str, str]]
) -> None:
    free = {"hosts": ("testserver",), "client_rate": 1e6, "client_burst": 1e6, "key_cached": 0.0}
    app = create_app(node, Settings(**free, sends_of_person=2))
    with TestClient(app, follow_redirects=False) as phone:
        for n in range(3):
            said = {"reporter": "aunt", "about": "u1", "language": "en"}
            made = phone.post("/v1/report-links", json=said, headers=bearer("report")).json()
            url = made["url"].removeprefix("http://testserver")
            page = phone.get(f"{url}?class=insult").text
            answer = phone.post(url, data=form_of(page) | {"words": "again & again"})
            assert answer.status_code == (303 if n < 2 else 429)
        assert answer.headers["retry-after"] != "0"
        assert "minutes" in answer.text
        assert 'href="tel:110"' in answer.text
        assert written_in(answer.text) == "again & again", "nothing has to be written twice"
        assert form_of(answer.text) == form_of(page)
        assert len(reports(node)) == 2
        assert phone.get(url).status_code == 200, "the link is not used up"


def test_a_whole_school_may_report_from_one_address() -> None:
    sends = Sends(Settings())
    assert [sends.wait(f"pupil{n}") for n in range(1000)] == [None] * 1000


@pytest.mark.parametrize(
    ("of_link", "asked", "accept", "title"),
    [
        ("zh", "", "en", "发生了什么"),
        ("en", "", "zh-CN", "What happened?"),
        (None, "", "zh-CN", "发生了什么"),
        (None, "", "fr", "What happened?"),
        ("zh", "?lang=en", "zh-CN", "What happened?"),
    ],
)
def test_the_language_is_the_one_asked_for_else_the_links_else_the_browsers(
    phone: TestClient, link: Make, of_link, asked, accept, title
) -> None:
    page = phone.get(link(language=of_link) + asked, headers={"accept-language": accept})
    assert title in page.text


def test_the_language_stays_through_all_pages(phone: TestClient, link: Make) -> None:
    url = link(language="zh", about="u1")
    page = phone.get(f"{url}?lang=en").text
    send = phone.get(links_of(page)["Someone threatens me"]).text
    receipt = phone.post(action_of(send), data=form_of(send)).headers["location"]
    assert "We have your report" in phone.get(receipt).text


LINES = "\r\n".join(["骂" * 99] * 20)


def test_a_line_break_counts_once_as_it_does_in_the_browser(
    phone: TestClient, node: FakeNode, link: Make
) -> None:
    words = LINES + "骂"
    plain = words.replace("\r\n", "\n")
    assert len(plain) == 2000 < len(words)
    sent(phone, f"{link(about='u1')}?class=insult", words=f"\r\n {words}\r\n")
    (row,) = reports(node)
    assert node.vault.text(row["index"], "words") == plain


def test_what_is_too_long_is_shown_again_with_help_and_can_be_sent_shortened(
    phone: TestClient, node: FakeNode, link: Make
) -> None:
    page = phone.get(f"{link()}?class=insult&who=me&lang=zh")
    words = {"words": LINES + "骂" * 4, "young": "true"}
    again = phone.post(action_of(page.text), data=form_of(page.text) | words)
    assert again.status_code == 422
    assert "超出了 3 个字" in again.text
    assert written_in(again.text) == words["words"].replace("\r\n", "\n")
    assert 'name="young" value="true" checked' in again.text
    assert 'href="tel:110"' in again.text
    assert 'hreflang="en"' not in again.text, "the way to another language would lose it"
    shorter = {"words": written_in(again.text)[:2000], "young": "true"}
    final = phone.post(action_of(again.text), data=form_of(again.text) | shorter)
    assert final.status_code == 303
    assert "我们收到了您的举报" in phone.get(final.headers["location"]).text
    assert [row["minor"] for row in reports(node)] == [True]


def told(answer: Any, status: int, title: str) -> list[str]:
    """A page in the public frame with this title and whom to call; where its buttons lead."""
    assert answer.status_code == status
    assert f"<h1>{title}</h1>" in answer.text
    assert 'href="tel:110"' in answer.text
    assert "set-cookie" not in answer.headers
    ways = re.findall(r'href="([^"#?]*)[^"]*"', answer.text)
    assert not {"/", "/login"} & {*ways}, "nobody is sent to the console"
    return [unescape(way) for way in re.findall(r'<a class="tap main" href="([^"]*)"', answer.text)]


@pytest.mark.parametrize("purpose", ["report", "appeal"])
def test_what_is_refused_leads_back_to_its_own_page(phone: TestClient, purpose: str) -> None:
    path = f"/{purpose}/some.token"
    stale = phone.post(f"{path}?lang=en", data={"class": "insult", "csrf": "of another page"})
    assert told(stale, 403, "That did not work") == [f"{path}?lang=en"]
    large = phone.post(f"{path}?lang=zh", data={"words": "x" * 2_000_000})
    assert told(large, 413, "没有成功") == [f"{path}?lang=zh"]


def test_every_trouble_of_a_public_page_is_told_in_its_frame(
    node: FakeNode, phone: TestClient, link: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = link(about="u1", language="en")
    page = phone.get(f"{url}?class=insult&lang=en").text
    path = f"{url}?lang=en"
    assert told(phone.get(f"{path}&class={'x' * 200}"), 422, "That did not work") == [path]
    assert told(phone.put(path), 405, "This link can no longer be used") == []
    nowhere = phone.get("/receipt/x/y?lang=en")
    assert told(nowhere, 404, "This link can no longer be used") == []
    monkeypatch.setattr(node.reports, "receive", lambda *_: 1 / 0)
    broken = phone.post(action_of(page), data=form_of(page))
    assert told(broken, 500, "Something broke on our side") == [path]
    assert broken.headers["x-request-id"] in broken.text
    monkeypatch.setattr(node.reports, "receive", _full)
    full = phone.post(action_of(page), data=form_of(page))
    assert told(full, 503, "Something broke on our side") == [path]
    slow = create_app(node, Settings(hosts=("testserver",), client_rate=0.001, client_burst=1.0))
    with TestClient(slow, headers={"accept": "text/html"}) as other:
        other.get("/receipt/x")
        wait = other.get("/receipt/x?lang=en")
        assert told(wait, 429, "Please wait a little") == ["/receipt/x?lang=en"]
        assert int(wait.headers["retry-after"]) > 0


def _full(*_: Any) -> str:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_programs_get_the_document_of_a_public_page_too(client: TestClient) -> None:
    answer = client.post("/report/x", data={"class": "insult"})
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_else_an_address_asks_stays_in_the_other_language(
    phone: TestClient, link: Make
) -> None:
    page = phone.get(f"{link(language='en')}?path=x&request=y&class=insult")
    assert page.status_code == 200
    (other,) = re.findall(r'<a class="tool" href="([^"]+)"', page.text)
    assert unescape(other).endswith("?path=x&request=y&class=insult&lang=zh")


@pytest.mark.parametrize(
    "wrong",
    [{"expires_minutes": 1441}, {"expires_minutes": 0}, {"language": "fr"}, {"name": "x"}],
)
def test_what_a_link_cannot_be(client: TestClient, bearer, wrong) -> None:
    answer = client.post("/v1/report-links", json=LINK | wrong, headers=bearer("report"))
    assert answer.status_code == 422


def test_a_class_that_is_none_is_asked_again(phone: TestClient, node: FakeNode, link: Make) -> None:
    url = link(about="u1")
    assert "<form" not in phone.get(f"{url}?class=nonsense").text
    form = form_of(phone.get(f"{url}?class=insult").text)
    assert phone.post(url, data=form | {"class": "nonsense"}).status_code == 404
    assert reports(node) == []
