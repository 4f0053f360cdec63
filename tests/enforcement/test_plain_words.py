"""What stands plainly on the record is ids and words of tables: free text about people does not."""

import pytest
from enforcement_house import FACTS, ITEM, START
from requests_web import Console, Town
from supervised import FILE, changed

from lianzhi.domains.enforcement.desk import import_rows
from lianzhi.domains.enforcement.desk.office import draft
from lianzhi.domains.enforcement.queries import views
from lianzhi.tabular.folder import Folder
from lianzhi.tabular.reading import ReadTable

SAID = "举报人李四 320400199001011234"
FILED = {"item": ITEM, "enterprise": "E0002", "officers": ["li", "wang"], "words": "堵塞"} | {
    f"fact.{name}": str(value).lower() for name, value in FACTS.items()
}


@pytest.fixture
def town(tmp_path):
    with Town(tmp_path) as town:
        yield town


def payloads(town, kind):
    entries = town.node.ledger.entries(0, town.node.ledger.size)
    return [
        town.node.ledger.payload(one.index) for one in entries if one.kind == f"enforcement.{kind}"
    ]


def inspected(town, enterprise):
    """An inspection of an enterprise, from another system; its id."""
    said = {"inspection": "I-1", "enterprise": town.desk.office.token(enterprise), "day": START,
            "department": "fire", "checklist": "shop", "reason": "random", "officers": ["li"],
            "observers": [], "scanned_in": True, "minutes": 9, "violations": [],
            "by": "x"}  # fmt: skip
    with town.desk.office.batch() as batch:
        batch.append([draft("inspection.imported", "I-1", town.now, said)])
    return "I-1"


def published(town, facts, **more):
    """A published decision against the person of E0002 that came in with these facts."""
    days = {"act_day": START, "filed": START, "decided": START, "published": START}
    row = changed(
        FILE, id="P1", enterprise="E0002", item=ITEM, department="fire", officers=("li", "wang"),
        inspection=None, facts=facts, list="ordinary", **days, **more,
    )  # fmt: skip
    town.desk.history.take(Folder({"penalties": ReadTable((row,))}, ()), "chief")
    return row


# -- filing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "/spot"])
@pytest.mark.parametrize(
    ("said", "rule"),
    [({"inspection": SAID}, "inspection"), ({"inspection": "I-1"}, "inspection"),
     ({"fact.harm": SAID}, "fact_value"), ({"fact.days": "320400199001011234"}, "fact_value")],
)  # fmt: skip
def test_ids_and_facts_that_nobody_knows_are_refused(town, path, said, rule):
    inspected(town, "E0001")  # of another party
    spot = {"kind": "document", "place": "x", "defence": "x", "receipt": "x"} if path else {}
    files = {"file": ("a.txt", b"a")} if path else None
    answer = Console(town, "li").post(f"/enforcement/penalties{path}", files, **FILED | spot | said)
    assert answer.status_code == 422
    told = {"inspection": "没有对该当事人的这次检查", "fact_value": "请从裁量基准给出的值中选"}
    assert told[rule] in answer.text
    assert payloads(town, "penalty.filed") + payloads(town, "penalty.spot_filed") == []


def test_a_case_that_came_of_an_inspection_of_the_party_names_it(town):
    inspected(town, "E0002")
    answer = Console(town, "li").post("/enforcement/penalties", **FILED, inspection="I-1")
    assert answer.status_code == 303
    assert payloads(town, "penalty.filed")[0]["inspection"] == "I-1"


def test_where_a_recording_lies_is_a_text(town):
    li = Console(town, "li")
    case = li.post("/enforcement/penalties", **FILED).headers["location"].split("?")[0]
    where = "//nas/李四-320400199001011234-讯问.mp4"
    said = {"kind": "recording", "where": where, "sha256": "a" * 64, "words": "讯问录像"}
    assert li.post(f"{case}/evidence", **said).status_code == 303
    (told,) = payloads(town, "penalty.evidence_added")
    assert "李四" not in str(told)
    assert told["elsewhere"] is True
    assert where in li.get(case).text
    step = views.story(town.node.ledger, case.split("/")[-1])[-1]
    assert step.texts["name"] == where


# -- what came in ---------------------------------------------------------------------------------


@pytest.mark.parametrize("facts", [{"harm": SAID}, {"harm": "minor"}, {SAID: True}])
def test_who_may_be_a_person_is_not_named_and_facts_of_no_table_are_not_shown(town, facts):
    published(town, facts)
    page = town.anybody().get("/enforcement/public/decisions/P1").text
    assert "欧阳建国" not in page
    assert "欧阳某" in page
    assert "320400199001011234" not in page
    assert ("危害后果" in page.split("<h2>")[1]) is (facts == {"harm": "minor"})
    assert "欧阳建国" not in town.anybody().get("/enforcement/public").text


def test_a_unit_that_is_said_to_be_one_is_named(town):
    published(town, {"harm": "minor", "subject": "unit"})
    assert "欧阳建国" in town.anybody().get("/enforcement/public/decisions/P1").text


GOOD = {"subject": "unit", "harm": "none", "days": 3, "first_time": True, "amount": 12_000,
        "age": 17, "capable": True}  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "day", "rule"),
    [(GOOD, START, ""), ({}, None, ""), ({"harm": "none"}, None, ""), ({}, START, "subject"),
     ({"harm": SAID}, None, "fact"), ({"subject": SAID}, None, "fact"),
     ({SAID: True}, None, "fact"), ({"days": 320400199001011234}, None, "fact"),
     ({"days": -1}, None, "fact"), ({"amount": 13_800_000_000}, None, "fact"),
     ({"age": True}, None, "fact"), ({"harm": ["none"]}, None, "fact"),
     ({"days": {SAID: 1}}, None, "fact"), ({"amount": SAID}, None, "fact")],
)  # fmt: skip
def test_facts_of_a_row_are_those_that_tables_know(town, facts, day, rule):
    row = changed(FILE, item=ITEM, facts=facts, published=day)
    found = import_rows.unrecordable(row, town.desk.office.rules)
    assert (found[2].rule if found else "") == rule
    if found:
        assert found[0] == "facts"
        assert all(found[2].text(language) for language in ("zh", "en"))


def test_a_row_with_free_words_among_its_facts_is_refused_with_the_mend(town):
    head = "id,enterprise,item,department,officers,facts,act_day,filed\n"
    body = head + "".join(
        f'{name},E0002,{ITEM},fire,li;wang,"{{""harm"": ""{harm}""}}",2026-01-01,2026-01-02\n'
        for name, harm in (("P1", SAID), ("P2", "minor"))
    )
    chief = Console(town, "chief")
    files = {"files": ("penalties.csv", body.encode())}
    preview = chief.post("/enforcement/import", files, whole="1").headers["location"]
    assert "请改用裁量基准里的写法" in chief.get(preview).text
    assert chief.post(f"{preview}/confirm").status_code == 303
    assert [one["file"]["id"] for one in payloads(town, "penalty.imported")] == ["P2"]
