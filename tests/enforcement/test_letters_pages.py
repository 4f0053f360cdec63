import datetime as dt
import re

import pytest
from supervision_web import TODAY, opened

from consoles import Console
from lianzhi.domains.enforcement.desk.office import RefusedError, draft
from lianzhi.domains.enforcement.queries import views
from lianzhi.law.clock import midnight

PLACE = "/enforcement/letters"


@pytest.fixture
def node(tmp_path):
    with opened(tmp_path) as node:
        yield node


@pytest.fixture
def desk(node):
    return node.desks["enforcement"]


def sent(console, **more):
    said = {
        "kind": "opinion_request",
        "sender": "S1",
        "recipient": "S2",
        "words": "请出具意见",
    } | more
    answer = console.post(PLACE, **said)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].split("?")[0]


def test_a_letter_goes_out_is_received_and_answered(node):
    wang, mei = Console(node, "wang"), Console(node, "mei")
    place = sent(wang)
    page = wang.get(place).text
    assert "请出具意见" in page
    assert "还有 7 个工作日" in page
    assert mei.post(f"{place}/receive", receipt="二中队收 17 号").status_code == 303
    answered = mei.post(f"{place}/answer", result="accepted", words="需要许可")
    assert answered.status_code == 303
    page = wang.get(place).text
    assert "需要许可" in page
    assert "二中队收 17 号" in page
    assert "还有" not in page.split("<main")[1]


def test_departments_write_to_squads_as_well(node):
    place = sent(Console(node, "chief"), sender="fire", recipient="S2", kind="support_request")
    assert "还有 5 个工作日" in Console(node, "mei").get(place).text


def test_late_answers_are_told(node, desk):
    place = sent(Console(node, "wang"))
    node.time.now = midnight(dt.date(2026, 7, 20)) + 36_000_000
    desk.tick()  # says so on the record, in nobody's name
    console = Console(node, "mei", "en")
    assert "5 days late" in console.get(place).text
    assert "5 days late" in console.get(PLACE).text
    console.post(f"{place}/receive", receipt="17")
    console.post(f"{place}/answer", result="refused", words="not ours")
    page = console.get(place).text
    assert "answered late" in page
    assert "not ours" in page


def test_a_reminder_is_on_the_record(node):
    console = Console(node, "wang")
    place = sent(console)
    assert console.post(f"{place}/remind").status_code == 303
    assert "催办" in console.get(place).text.split('id="steps"')[1]


def test_supervision_letters_come_from_supervisors_only(node):
    said = {
        "kind": "supervision_opinion", "recipient": "S1", "ref": "P2",
        "facts": "逾期送达三天", "basis": "监督办法第二十条",
    }  # fmt: skip
    place = sent(Console(node, "sup"), sender="S2", **said)  # in whose name is not theirs to say
    page = Console(node, "sup").get(place).text
    assert "执法监督机构 → S1 中队" in page
    assert all(text in page for text in ("逾期送达三天", "监督办法第二十条", "请出具意见"))
    for lacking, told in (("facts", "查明的事实"), ("basis", "依据")):
        bad = Console(node, "sup").post(PLACE, words="x", **{**said, lacking: " "})
        assert bad.status_code == 422
        assert told in bad.text
    assert 'href="/enforcement/penalties/P2"' in page
    refused = Console(node, "chief").post(PLACE, sender="supervision", words="x", **said)
    assert refused.status_code == 403
    assert "supervision_opinion" not in Console(node, "chief").get(f"{PLACE}/new").text


@pytest.mark.parametrize(
    ("by", "powers", "rule"),
    [("wang", [], "own_letter"), ("li", [], "not_addressee"), ("li", ["lead"], "not_addressee"),
     ("law", [], "not_addressee"), ("sup", ["supervise"], "not_addressee"), ("mei", [], ""),
     ("chief", ["lead"], "")],
)  # fmt: skip
def test_the_body_that_it_is_addressed_to_receives_it(desk, by, powers, rule):
    made = desk.letters.send("opinion_request", "S1", "S2", "", "请出具意见", "wang")
    if not rule:
        desk.letters.receive(made, "17", by, powers)
        return
    with pytest.raises(RefusedError) as caught:
        desk.letters.receive(made, "17", by, powers)
    assert caught.value.rule == rule


@pytest.mark.parametrize(
    ("name", "sender", "status"),
    [("wang", "S1", 303), ("wang", "fire", 303), ("wang", "S2", 422), ("wang", "market", 422),
     ("wang", "supervision", 422), ("chief", "fire", 303), ("chief", "supervision", 422),
     ("sup", "supervision", 303), ("sup", "S1", 422), ("law", "S1", 422)],
)  # fmt: skip
def test_who_writes_does_so_in_the_name_of_their_own_body(node, name, sender, status):
    recipient = "health" if sender != "health" else "fire"
    said = {"kind": "opinion_request", "sender": sender, "recipient": recipient, "words": "x"}
    assert Console(node, name).post(PLACE, **said).status_code == status


def test_the_form_offers_the_bodies_that_one_may_write_for(node):
    def offered(name):
        page = Console(node, name).get(f"{PLACE}/new").text
        field = page.partition('name="sender"')[2].partition("</select>")[0]
        return set(re.findall('value="([^"]+)"', field))

    assert offered("wang") == {"S1", "fire"}
    assert offered("sup") == {"supervision"}
    assert {"S1", "S2", "fire", "health"} <= offered("chief")
    assert offered("law") == set()
    page = Console(node, "law").get(f"{PLACE}/new").text
    assert "你不在任何中队或者部门的执法人员名册里" in page
    assert "<form" not in page.split("<main")[1].split("</main>")[0]


def test_only_the_addressee_is_offered_to_answer(node):
    place = sent(Console(node, "wang"))
    assert "/receive" in Console(node, "mei").get(place).text
    for name in ("law", "li", "sup"):
        assert "/receive" not in Console(node, name).get(place).text
        refused = Console(node, name).post(f"{place}/receive", receipt="17")
        assert (refused.status_code, "收函单位" in refused.text) == (422, True)


def test_the_number_of_receipt_is_a_text_and_not_on_the_record(node, desk):
    place = sent(Console(node, "wang"), ref="P2")
    Console(node, "mei").post(f"{place}/receive", receipt="王五 13700000000 签收")
    told = [step for step in views.story(node.ledger, place.split("/")[-1])
            if step.kind == "letter.received"]  # fmt: skip
    assert told[0].texts["receipt"] == "王五 13700000000 签收"
    assert "王五" not in str(told[0].payload)
    assert "王五 13700000000 签收" in Console(node, "mei").get(place).text


def test_an_older_receipt_is_read_still(node, desk):
    made = sent(Console(node, "wang")).split("/")[-1]
    said = {"letter": made, "day": TODAY, "by": "mei", "receipt": "二中队收 17 号"}
    with desk.office.batch() as batch:
        batch.append([draft("letter.received", made, node.time.now, said)])
    assert "二中队收 17 号" in Console(node, "mei").get(f"{PLACE}/{made}").text


def test_an_answer_comes_after_the_receipt(node):
    place = sent(Console(node, "wang"))
    answer = Console(node, "mei").post(f"{place}/answer", result="accepted", words="x")
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"recipient": "nobody"}, 404), ({"recipient": "S1"}, 422), ({"ref": "nothing"}, 404),
     ({"kind": "gift"}, 404), ({"words": ""}, 422)],
)  # fmt: skip
def test_a_letter_that_makes_no_sense_is_refused(node, fields, status):
    said = {"kind": "opinion_request", "sender": "S1", "recipient": "S2", "words": "x"} | fields
    assert Console(node, "wang").post(PLACE, **said).status_code == status


def test_the_list_is_filtered_by_how_letters_stand(node):
    wang, mei = Console(node, "wang"), Console(node, "mei")
    place = sent(wang)
    assert place in wang.get(f"{PLACE}?status=sent").text
    mei.post(f"{place}/receive", receipt="17")
    assert place not in wang.get(f"{PLACE}?status=sent").text
    assert place in wang.get(PLACE).text
    mei.post(f"{place}/answer", result="accepted", words="x")
    assert place not in wang.get(PLACE).text
    assert place in wang.get(f"{PLACE}?status=answered").text


def test_readers_read_and_write_nothing(node):
    place = sent(Console(node, "wang"))
    reader = Console(node, "reader")
    assert reader.get(place).status_code == 200
    assert "<form" not in reader.get(place).text.split("<main")[1].split("</main>")[0]
    assert reader.get(f"{PLACE}/new").status_code == 403
    assert reader.post(f"{place}/remind").status_code == 403


def test_a_case_leads_to_a_letter_about_it(node):
    console = Console(node, "wang")
    assert f'href="{PLACE}/new?ref=P2"' in console.get("/enforcement/penalties/P2").text
    assert 'value="P2"' in console.get(f"{PLACE}/new?ref=P2").text
