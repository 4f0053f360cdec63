"""Anybody reports without an account, and follows by number: status, never words or people."""

import re

import pytest
from requests_web import Console, Town

from lianzhi.web.app import create_app
from lianzhi.web.core.settings import Settings

PAGE = "/enforcement/public/report"
FOLLOW = "/enforcement/public/requests"
GOOD = {"category": "litter", "words": "河边堆了垃圾", "place": "桥头", "contact": "13800000000"}


class Citizen:
    """A browser without session, script or cookie."""

    def __init__(self, town, language="zh"):
        self.client = town.anybody()
        self.headers = {"accept": "text/html", "accept-language": language}
        page = self.get(PAGE).text
        self.hidden = {
            name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("csrf", "once")
        }

    def get(self, path):
        """A page."""
        return self.client.get(path, headers=self.headers)

    def send(self, **said):
        """The form."""
        data = {**self.hidden, **GOOD, **said}
        return self.client.post(PAGE, data=data, headers=self.headers)


@pytest.fixture
def town(tmp_path):
    with Town(tmp_path) as town:
        yield town


def number(answer):
    """Under which it was taken in."""
    assert answer.status_code == 303, answer.text
    return re.search(r"number=(\w+)", answer.headers["location"])[1]


@pytest.mark.parametrize(("language", "title"), [("zh", "反映问题"), ("en", "Report a problem")])
def test_the_form_needs_neither_account_nor_cookie_nor_script(town, language, title):
    answer = Citizen(town, language).get(PAGE)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert "<script" not in answer.text
    assert f"<h1>{title}</h1>" in answer.text
    fields = set(re.findall(r'<(?:input|select|textarea)[^>]* id="(\w+)"', answer.text))
    assert fields == set(re.findall(r'<label for="(\w+)"', answer.text))
    assert PAGE in Citizen(town).get("/enforcement/public").text


def test_it_becomes_a_request_whose_contact_only_the_bureau_reads(town):
    citizen = Citizen(town)
    answer = citizen.send(grid="G3")
    made = number(answer)
    one = town.request(made)
    assert (one.channel, one.grid, one.status) == ("app", "G3", "received")
    assert "13800000000" not in one.reporter
    assert "13800000000" in Console(town, "desk").get(f"/enforcement/requests/{made}").text
    page = citizen.get(answer.headers["location"])
    assert made in page.text
    assert "已经收到" in page.text
    assert "已收到" in page.text
    assert not re.search("13800000000|河边堆了垃圾|桥头", page.text)
    assert "set-cookie" not in page.headers


def test_nobody_has_to_say_who_they_are(town):
    made = number(Citizen(town).send(contact=""))
    assert town.request(made).reporter == ""


def test_its_page_tells_what_becomes_of_it_and_what_was_published(town):
    made = number(Citizen(town).send())
    town.desk.requests.accept(made, "desk")
    page = Citizen(town, "en").get(f"{FOLLOW}?number={made}").text
    assert "accepted" in page
    assert "Next step by" in page
    town.desk.requests.publish(made, "垃圾已清运", "desk")
    assert "垃圾已清运" in Citizen(town).get(f"{FOLLOW}?number={made}").text


def test_a_form_that_is_sent_twice_counts_once(town):
    citizen = Citizen(town)
    assert number(citizen.send()) == number(citizen.send())


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"category": "nothing"}, "请从列表中选择类别"),
        ({"grid": "G99"}, "G99"),
        ({"words": " "}, "请写明情况"),
        ({"words": "字" * 4001}, "4000"),
        ({"contact": "1" * 201}, "200"),
        ({"website": "http://spam.example"}, "请勿填写"),
        ({"once": "x"}, "重新开始"),
    ],
)
def test_what_is_refused_is_shown_again_with_why_and_what_was_typed(town, wrong, told):
    citizen = Citizen(town)
    before = town.node.ledger.size
    answer = citizen.send(**wrong)
    assert answer.status_code == 422
    assert re.search(rf'role="alert"[^>]*>[^<]*{told}', answer.text)
    assert 'value="桥头"' in answer.text
    assert town.node.ledger.size == before


def test_what_is_typed_is_escaped(town):
    answer = Citizen(town).send(place='"><b>x</b>', category="")
    assert "<b>x</b>" not in answer.text


def test_a_form_without_its_token_is_refused_in_the_public_frame(town):
    before = town.node.ledger.size
    answer = Citizen(town).send(csrf="x")
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert "/login" not in answer.text
    assert town.node.ledger.size == before


def test_one_address_may_send_so_much_and_is_then_told_when_to_come_back(town):
    town.app = create_app(town.node, Settings(sends_of_address=2))
    for _ in range(2):
        number(Citizen(town).send())
    answer = Citizen(town).send()
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert "河边堆了垃圾" in answer.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_number_that_is_none_is_told_kindly(town, language):
    answer = Citizen(town, language).get(f"{FOLLOW}?number=%3Cb%3Enone")
    assert answer.status_code == 404
    assert "&lt;b&gt;none" in answer.text
    assert 'role="search"' in answer.text
