"""Pages of visits and inspections, without a browser's scripts."""

import re
import uuid
from urllib.parse import parse_qs, urlsplit

import pytest
from enforcement_house import START
from visit_web import Console, opened

from lianzhi.domains.enforcement.lists import languages

DAY = START.isoformat()
#: French and English write these alike.
SAME = ("title", "round")


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("visits")) as node:
        yield node


@pytest.fixture(scope="module")
def li(node):
    return Console(node, "li")


@pytest.fixture(scope="module")
def ann(node):
    return Console(node, "ann", "ar,en;q=0.8")


def code(node):
    return node.desks["enforcement"].visits.code("E0001", START)


def sent(node, who, **more):
    said = {"draft": str(uuid.uuid4()), "enterprise": "E0001", "day": DAY, "code": code(node),
            "reason": "request", "officers": "li,wang", "observers": "ann"} | more  # fmt: skip
    return who.post("/enforcement/visit", **said)


def test_beginning_leads_to_the_checklist_and_keeps_what_it_is_about_off_the_server(node, li):
    answer = li.post(
        "/enforcement/visit/begin", code=code(node), officers=["li", "wang"], observers="ann"
    )
    assert answer.status_code == 303
    where = urlsplit(answer.headers["location"])
    assert (where.path, where.query) == ("/enforcement/visit/walk", "type=restaurant")
    about = {name: value for name, (value,) in parse_qs(where.fragment).items()}
    assert about.pop("draft")
    assert about == {"enterprise": "E0001", "day": DAY, "reason": "random", "code": code(node),
                     "officers": "li,wang", "observers": "ann"}  # fmt: skip


def test_a_visit_that_may_not_be_held_does_not_begin(node, li):
    answer = li.post("/enforcement/visit/begin", enterprise="E0001", officers="li")
    assert answer.status_code == 409
    told = " ".join(answer.json()["said"])
    assert "第四十二条" in told
    assert "54号" in told
    unknown = li.post("/enforcement/visit/begin", enterprise="E9999", officers="li")
    assert (unknown.status_code, unknown.json()["rule"]) == (422, "enterprise")


def test_the_walk_names_no_party_and_no_colleague(node, li, ann):
    for who in (li, ann):
        page = who.get("/enforcement/visit/walk?type=restaurant").text
        for name in ("江月", "E0001", "wang"):
            assert name not in page


def test_an_observer_reads_it_in_arabic_and_has_no_control_for_a_violation(li, ann):
    page = ann.get("/enforcement/visit/walk?type=restaurant").text
    assert 'dir="rtl"' in page
    assert "ممر سيارات الإطفاء سالك" in page
    assert "第二十八条" in page  # the legal item stands there, whatever is read
    assert 'value="violation"' not in page
    assert 'value="violation"' in li.get("/enforcement/visit/walk?type=restaurant").text
    assert "voie" in ann.get("/enforcement/visit/walk?type=restaurant&lang=fr").text.lower()
    assert ann.get("/enforcement/visit/walk?type=restaurant&lang=xx").status_code == 404


@pytest.mark.parametrize("tongue", sorted({*languages.load().languages} - {"en"}))
def test_the_page_speaks_every_language_of_the_lines(tongue):
    catalogue = languages.load()
    said, english = catalogue.phrases(tongue), catalogue.phrases("en")
    assert said.keys() == english.keys()
    assert [key for key in said if said[key] == english[key] and key not in SAME] == []
    assert {*re.findall(r"{\w+}", "".join(said.values()))} == {"{n}", "{of}", "{user}"}


def test_what_officers_send_is_on_the_record_and_leads_to_a_case(node, li):
    draft = str(uuid.uuid4())
    marks = {"mark.fire.fire_lane": "violation", "note.fire.fire_lane": "停了三辆车",
             "mark.fire.gas": "reported",
             "by.fire.gas": "ann", "mark.fire.hoods": "good"}  # fmt: skip
    answer = sent(node, li, draft=draft, minutes="25", **marks).json()
    assert sent(node, li, draft=draft, minutes="25", **marks).json() == answer
    page = li.get(f"/enforcement/inspections/{answer['inspection']}").text
    request = f"/requests/{answer['requests'][0]}"
    for told in ("停了三辆车", "江月餐馆", "用时 25 分钟", "燃气管路", request):
        assert told in page
    link = "/enforcement/penalties/new?item=fire.lane_blocked&amp;enterprise=E0001&amp;inspection="
    assert link + answer["inspection"] in page
    listed = li.get("/enforcement/inspections?reason=request").text
    assert listed.count(answer["inspection"]) == 1
    assert answer["inspection"] not in li.get("/enforcement/inspections?reason=revisit").text
    assert answer["inspection"] not in li.get("/enforcement/inspections?department=market").text


def test_a_forged_violation_of_an_observer_is_refused_with_the_article(node, ann):
    size = node.ledger.size
    answer = sent(node, ann, **{"mark.fire.gas": "violation"})
    assert answer.status_code == 409
    assert answer.json()["rule"] == "no_observer"
    assert "第四十二条" in " ".join(answer.json()["said"])
    forged = sent(node, ann, **{"mark.fire.gas": "violation", "by.fire.gas": "li"})
    assert forged.status_code == 409
    assert node.ledger.size == size


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"mark.fire.gas": "splendid"}, 422),
        ({"mark.fire.gas": "good", "day": "yesterday"}, 422),
        ({"mark.fire.gas": "good", "reason": "envy"}, 422),
        ({"mark.fire.gas": "good", "draft": "1"}, 422),
        ({"mark.fire.gas": "good", "code": "LZ1"}, 409),
        ({"mark.fire.gas": "good", "note.fire.gas": "x" * 2001}, 422),
        ({}, 422),
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_nothing(node, li, more, status):
    size = node.ledger.size
    assert sent(node, li, **more).status_code == status
    assert node.ledger.size == size


def test_who_may_what(node, li, ann):
    chief, reader = Console(node, "chief"), Console(node, "reader")
    assert code(node) in chief.get("/enforcement/visit/sheets?enterprise=E0001").text
    assert li.get("/enforcement/visit/sheets?enterprise=E0001").status_code == 403
    assert chief.get("/enforcement/visit").status_code == 403
    assert reader.get("/enforcement/inspections").status_code == 200
    assert ann.get("/enforcement/inspections").status_code == 403
    assert reader.get("/enforcement/inspections/none").status_code == 404


def test_the_script_that_works_offline_is_served_where_its_scope_is(li):
    answer = li.get("/enforcement/visit-worker.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
