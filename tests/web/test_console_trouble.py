"""What people see when something goes wrong: a page or a notice in words, never a document."""

import re

import msgspec
import pytest
from starlette.testclient import TestClient

from lianzhi.web.app import create_app
from lianzhi.web.console import error_page
from lianzhi.web.console.words import words

BROWSER = {"Accept": "text/html,application/xhtml+xml", "Accept-Language": "zh"}
JSON = "application/problem+json"


def told(answer, status, key, language="zh"):
    """The page with these words, in this status; returns the addresses that it leads to."""
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert f'<html lang="{language}"' in answer.text
    for part in ("title", "mend"):
        assert words(language).gettext(f"error.{key}.{part}") in answer.text
    return re.findall(r'<a class="button[^"]*" href="([^"]*)"', answer.text)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_address_that_asks_too_often_is_told_to_wait(node, settings, language):
    slow = create_app(node, msgspec.structs.replace(settings, client_rate=0.001, client_burst=1.0))
    with TestClient(slow, headers=BROWSER | {"Accept-Language": language}) as client:
        client.get("/login")
        answer = client.get("/cases?status=all")
        assert told(answer, 429, 429, language) == ["/cases?status=all", "/"]
        assert int(answer.headers["retry-after"]) > 0
        assert answer.headers["content-security-policy"]
        plain = client.get("/v1/cases")
        assert (plain.status_code, plain.headers["content-type"]) == (429, JSON)


def test_a_host_that_is_not_served_gets_a_page_that_does_not_repeat_it(client):
    answer = client.get("/", headers=BROWSER | {"Host": "evil.example"})
    assert told(answer, 400, 400) == []
    assert "evil" not in answer.text


@pytest.mark.parametrize("host", ["[", "a/v1/x", "ü", ""])
def test_no_host_name_breaks_the_refusal(client, host):
    answer = client.get("/cases", headers=BROWSER | {"Host": host.encode()})
    assert told(answer, 400, 400) == []


def test_a_form_that_is_too_large_leads_back_to_its_page(node, settings):
    small = create_app(node, msgspec.structs.replace(settings, max_body=500))
    referer = {"Referer": "http://testserver/cases/c1?q=a&done=noted"}
    with TestClient(small, headers=BROWSER | referer) as client:
        answer = client.post("/cases/c1/note", data={"text": "x" * 600})
        assert told(answer, 413, 413) == ["/cases/c1?q=a", "/"]
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        parts = (b"text=" + b"x" * 300 for _ in range(2))
        assert told(client.post("/cases/c1/note", content=parts, headers=form), 413, 413)


@pytest.mark.parametrize(
    "referer", ["", "https://evil.example/cases", "http://testserver//evil.example", "http://["]
)
def test_no_way_leads_to_another_site(signed_in, referer):
    client = signed_in("viewer")
    answer = client.post("/cases/c1/assign", headers=BROWSER | {"Referer": referer})
    assert told(answer, 403, 403) == ["/"]
    answer = client.get("//evil.example/x", headers=BROWSER)
    assert told(answer, 404, 404) == ["/"]


def test_the_way_back_keeps_what_its_page_was_asked(signed_in):
    referer = {"Referer": "http://testserver/cases?path=x&query=y"}
    answer = signed_in("viewer").post("/cases/c1/assign", headers=BROWSER | referer)
    assert told(answer, 403, 403) == ["/cases?path=x&amp;query=y", "/"]


def test_a_session_that_ended_says_that_the_step_was_not_taken(client, signed_in):
    headers = BROWSER | {"Referer": "http://testserver/cases/c1"}
    stale = client.post("/cases/c1/note", data={"text": "x", "csrf": "old"}, headers=headers)
    assert told(stale, 403, 401) == ["/login?next=%2Fcases%2Fc1"]
    reviewer = signed_in("reviewer")
    before = dict(reviewer.cookies)
    reviewer.post("/logout")
    reviewer.cookies.update(before)
    ended = reviewer.post("/cases/c1/note", data={"text": "x"}, headers=headers)
    assert told(ended, 401, 401) == ["/login?next=%2Fcases%2Fc1"]


def test_a_token_that_does_not_fit_asks_to_load_the_page_again(signed_in):
    client = signed_in("reviewer")
    headers = BROWSER | {"X-CSRF-Token": "of another tab", "Referer": "http://testserver/record"}
    answer = client.post("/record/verify", headers=headers)
    assert told(answer, 403, 403) == ["/record", "/"]


def test_a_crash_has_a_page_with_the_id_and_nothing_else(node, signed_in):
    def crash(*asked: object, **named: object) -> None:
        raise RuntimeError("secret detail")

    node.quarantine.list = crash
    answer = signed_in("viewer").get("/quarantine", headers=BROWSER)
    assert told(answer, 500, 500) == ["/quarantine", "/"]
    assert answer.headers["x-request-id"] in answer.text
    assert "secret" not in answer.text


def test_a_crash_of_the_database_has_the_page_as_well(node, signed_in, monkeypatch):
    client = signed_in("viewer")
    monkeypatch.setattr(node, "engine", None)
    assert told(client.get("/", headers=BROWSER), 500, 500) == ["/"]


def test_a_wrong_method_reads_like_a_wrong_address(client):
    assert told(client.get("/logout", headers=BROWSER), 405, 404) == ["/"]


def test_htmx_gets_a_notice_for_the_page_that_is_open(node, signed_in):
    node.live.pulse = None
    client = signed_in("viewer")
    answer = client.get("/live", headers={"HX-Request": "true", "Accept-Language": "en"})
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith("text/html")
    assert (answer.headers["hx-retarget"], answer.headers["hx-reswap"]) == ("#told", "innerHTML")
    assert "<html" not in answer.text
    assert words("en").gettext("error.500.title") in answer.text
    api = client.get("/v1/nowhere", headers={"HX-Request": "true"})
    assert api.headers["content-type"] == JSON


def test_programs_get_the_document_everywhere(client):
    for path in ("/nowhere", "/v1/nowhere", "/static/none.css"):
        assert client.get(path).headers["content-type"] == JSON, path
    assert client.get("/v1/nowhere", headers=BROWSER).headers["content-type"] == JSON


def test_a_status_without_words_of_its_own_has_some(client):
    assert 418 not in error_page.STATUSES
    found = error_page.trouble(_request("GET"), 418, "/x")
    assert found == {"code": 0, "ways": [("again", "/x"), ("home", "/")]}


def _request(method):
    from fastapi import Request

    return Request({"type": "http", "method": method, "headers": [], "path": "/x"})


def test_forgetting_a_group_of_no_case_has_the_house_s_page(signed_in):
    answer = signed_in("reviewer").post(
        "/cases/none/forget", data={"reason": "it is over"}, headers=BROWSER
    )
    told(answer, 404, 404)


def test_a_line_break_in_a_reason_counts_once(signed_in):
    reason = "x" * 1000 + "\r\n" * 500 + "y" * 500  # 2000 characters, as who types counts them
    answer = signed_in("reviewer").post("/cases/none/forget", data={"reason": reason})
    assert answer.status_code == 404, "the reason is taken; there is no such case"
