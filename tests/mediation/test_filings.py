"""The public form: a party files without an account and follows the number; staff take it in or
refer it to the right forum. The public state tells steps, and nothing of what was said."""

import re
import uuid

import pytest
from dispute_house import opened
from starlette.testclient import TestClient

from consoles import Console
from lianzhi.chain.life import IllegalStepError
from lianzhi.domains.mediation.desk.filings import Sent, number_of
from lianzhi.domains.mediation.refusals import RefusedError, explain

FORM = "/mediation/public/dispute"
STATE = "/mediation/public/state"
GIVEN = {"party": "王小明", "other": "某区市场监管所", "words": "第一次标签不合格就罚了五千元。"}
SECRET = "底线是四万二千元"


@pytest.fixture
def node(databases, tmp_path):
    with opened(tmp_path / "home") as node:
        yield node


@pytest.fixture
def desk(node):
    return node.desks["mediation"]


@pytest.fixture
def outside(node):
    """Somebody without an account."""
    return TestClient(node.app, base_url="http://localhost", follow_redirects=False)


def hidden(page):
    return {
        name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("csrf", "once")
    }


def send(outside, lang="en", **given):
    page = outside.get(FORM, params={"lang": lang}).text
    return outside.post(f"{FORM}?lang={lang}", data=hidden(page) | GIVEN | given)


def filed(desk, **given):
    return desk.filings.send(Sent(**GIVEN | given), "zh", str(uuid.uuid4()))


def take_in(desk, identity, by="rec"):
    return desk.filings.take_in(
        identity, by, field="civil", cause="price", office="某店", officer="", amount=0
    )


def state(outside, identity, lang="en"):
    return outside.get(STATE, params={"number": number_of(identity), "lang": lang}).text


@pytest.mark.parametrize(("lang", "said"), [("en", "We have it"), ("zh", "已收到")])
def test_a_party_files_and_follows_the_number_without_an_account(outside, desk, lang, said):
    sent = send(outside, lang, minor="1", contact="13800000000")
    assert sent.status_code == 303, sent.text
    page = outside.get(sent.headers["location"]).text
    assert said in page
    assert "filing." not in re.sub(r"<[^>]*>", "", page)
    (filing,) = desk.filings.every("waiting")
    assert filing.minor
    assert number_of(filing.id) in page
    for private in GIVEN.values():
        assert private not in page
    assert not outside.cookies


def test_sending_once_more_files_nothing_anew(outside, desk):
    fields = hidden(outside.get(FORM).text) | GIVEN
    assert {outside.post(FORM, data=fields).headers["location"] for _ in range(3)}.__len__() == 1
    assert desk.filings.waiting() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"party": " "}, {"words": ""}, {"other": "x" * 201}, {"website": "spam"}, {"field": "x"}],
)
def test_a_wrong_form_comes_back_with_its_text(outside, desk, wrong):
    sent = send(outside, **wrong)
    assert sent.status_code == 422
    assert 'role="alert"' in sent.text
    assert "refused." not in sent.text
    if "words" not in wrong:
        assert GIVEN["words"] in sent.text
    assert desk.filings.waiting() == 0


def test_without_the_token_of_the_form_nothing_is_taken(outside, desk):
    assert outside.post(FORM, data=GIVEN).status_code == 403
    assert desk.filings.waiting() == 0


def test_who_sends_too_much_has_to_wait(outside, desk):
    answers = [send(outside).status_code for _ in range(60)]
    assert answers[0] == 303
    assert answers[-1] == 429


def test_an_unknown_number_is_no_page(outside):
    assert outside.get(STATE, params={"number": "0000"}).status_code == 404
    assert outside.get(STATE).status_code == 200


def test_the_state_tells_steps_and_nothing_of_what_was_said(outside, desk):
    identity = filed(desk, contact="13800000000")
    assert "Waiting" in state(outside, identity)
    dispute = take_in(desk, identity)
    desk.disputes.assign(dispute, "rec", mediator="med")
    desk.sessions.open(dispute, "med")
    desk.sessions.note(dispute, "med", words=SECRET)
    desk.sessions.offer(dispute, "med", words=f"{SECRET}，各半")
    assert "In mediation" in state(outside, identity)
    desk.sessions.close(dispute, "med")
    desk.agreements.agree(
        dispute, "med", terms="2026-03-02 退还八百元", amount=800, oral=False, day=None
    )
    desk.agreements.keep(dispute, "med", term=1, day=None)
    for status in ("Agreed", None):
        page = state(outside, identity).split("<main")[1]
        for private in (
            SECRET,
            "退还八百元",
            "800",
            "med<",
            "13800000000",
            *GIVEN.values(),
        ):
            assert private not in page
        if status:
            assert status in page
            desk.agreements.settle(dispute, "med", words="已履行")
    assert "Settled" in state(outside, identity)
    assert "已履行" not in state(outside, identity, "zh")


def test_staff_take_it_in_in_the_partys_words(node, desk):
    identity = filed(desk, field="civil", known=None)
    console = Console(node, "rec", "en")
    assert "Filed by parties 1" in re.sub(r"\s+", " ", console.get("/mediation/disputes").text)
    assert "王小明" in console.get("/mediation/filings").text
    page = console.get(f"/mediation/filings/{identity}").text
    assert GIVEN["words"] in page
    sent = console.post(
        f"/mediation/filings/{identity}/take_in",
        field="civil",
        cause="price",
        office="某店",
        amount="0",
    )
    assert sent.status_code == 303, sent.text
    filing = desk.filings.get(identity)
    dispute = desk.disputes.get(filing.dispute)
    assert node.ledger.vault.text(dispute.index, "words") == GIVEN["words"]
    assert dispute.party == filing.party
    with pytest.raises(IllegalStepError) as caught:
        take_in(desk, identity)
    assert explain(caught.value, "zh")["status"] == 409
    assert len(desk.learning.disputes()) == 1


def test_it_is_referred_to_the_right_forum_only(node, outside, desk):
    identity = filed(desk, field="administrative")
    refer = desk.filings.refer
    with pytest.raises(RefusedError) as caught:
        refer(
            identity,
            "rec",
            field="administrative",
            remedy="reconsideration",
            forum="trader",
            words="x",
        )
    assert "government" in explain(caught.value, "en")["detail"]
    with pytest.raises(RefusedError):
        refer(identity, "rec", field="civil", remedy="reconsideration", forum="", words="x")
    assert desk.filings.waiting() == 1
    sent = Console(node, "rec").post(
        f"/mediation/filings/{identity}/refer", field="administrative", remedy="reconsideration",
        forum="local_government", words="请在期限内向区政府申请复议。",
    )  # fmt: skip
    assert sent.status_code == 303, sent.text
    page = state(outside, identity)
    assert "请在期限内向区政府申请复议。" in page
    assert "the government of the same level" in page


def test_who_may_read_filings(node, desk):
    identity = filed(desk)
    for name in ("reader", "med", "sen"):
        assert Console(node, name).get("/mediation/filings").status_code == 403
        assert Console(node, name).get(f"/mediation/filings/{identity}").status_code == 403
        assert Console(node, name).post(f"/mediation/filings/{identity}/refer").status_code == 403


def test_erasing_the_party_erases_what_they_sent(node, outside, desk):
    identity = filed(desk)
    node.erasure.erase("王小明")
    page = Console(node, "rec").get(f"/mediation/filings/{identity}").text
    for private in GIVEN.values():
        assert private not in page
    with pytest.raises(RefusedError) as caught:
        take_in(desk, identity)
    assert caught.value.rule == "filing_erased"
    assert number_of(identity) in state(outside, identity)
