"""Mediators from form and file to the list, their acts, and who suits at the shell."""

import json

import pytest
from click.testing import CliRunner
from dispute_house import opened, received

from consoles import Console
from lianzhi.chain.life import IllegalStepError
from lianzhi.cli.main import main
from lianzhi.domains.mediation.refusals import RefusedError, explain

HEADER = "id,fields,most_open,rooms,languages,legal_until,psychology_until,employers,offices\n"
ROWS = (
    "ann,customs_tax;customs_other,5,centre,zh;en,2027-12-31,,甲公司,\n"
    "bob,civil;consumer,3,front_line,zh,2026-06-30,2026-06-30,,HZ\n"
)


@pytest.fixture
def node(databases, tmp_path):
    with opened(tmp_path / "home") as node:
        yield node


@pytest.fixture
def desk(node):
    return node.desks["mediation"]


def folder(tmp_path, text):
    path = tmp_path / "in"
    path.mkdir(exist_ok=True)
    (path / "mediators.csv").write_text(text, "utf-8")
    return path


def take(desk, path):
    return desk.mediator_import.take(desk.mediator_import.read(path), "lead")


FORM = {"id": "cid", "fields": ["civil", "consumer"], "languages": ["zh"], "most_open": "4"}


def test_a_mediator_is_registered_changed_and_retired_on_pages(node, desk):
    console = Console(node, "lead", "en")
    assert "No mediators yet" in console.get("/mediation/mediators").text
    sent = console.post("/mediation/mediators", **FORM, employers="甲公司;乙公司", rooms="centre")
    assert sent.headers["location"] == "/mediation/mediators/cid?done=register"
    page = console.get("/mediation/mediators/cid").text.split("<main")[1]
    for text in ("甲公司", "乙公司", "Private disputes", "0 of 4 open"):
        assert text in page
    assert 'value="civil" checked' in page
    assert 'value="customs_tax" checked' not in page
    change = {**FORM, "fields": ["customs_tax"], "legal_until": "2027-01-31", "most_open": "2"}
    assert console.post("/mediation/mediators/cid/change", **change).status_code == 303
    mediator = desk.mediators.get("cid")
    assert (mediator.fields, mediator.most_open, mediator.employers) == (("customs_tax",), 2, ())
    assert console.post("/mediation/mediators/cid/retire", words=" ").status_code == 422
    assert console.post("/mediation/mediators/cid/retire", words="Moved away").status_code == 303
    page = console.get("/mediation/mediators/cid").text
    assert "Moved away" in page
    assert "/mediation/mediators/cid/change" not in page
    with pytest.raises(IllegalStepError) as caught:
        desk.mediators.retire("cid", "lead", words="again")
    assert "retired" in explain(caught.value, "en")["detail"]
    console.post("/mediation/mediators", **FORM)
    assert desk.mediators.get("cid").status == "active"


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("most_open", "0", "在办上限"),
        ("most_open", "201", "在办上限"),
        ("id", "a/b", "“/”"),
        ("employers", "甲 公司", "须回避企业"),
        ("fields", [], ""),
        ("fields", ["taxes"], ""),
        ("legal_until", "soon", ""),
    ],
)
def test_a_wrong_field_is_refused_with_its_mend(node, desk, field, value, told):
    sent = Console(node, "lead").post("/mediation/mediators", **{**FORM, field: value})
    assert sent.status_code in (409, 422)
    assert told in sent.text
    assert desk.mediators.every() == []


def test_only_those_who_may_see_and_register(node, desk, tmp_path):
    take(desk, folder(tmp_path, HEADER + ROWS))
    assert Console(node, "reader").get("/mediation/mediators").status_code == 403
    receptionist = Console(node, "rec")
    page = receptionist.get("/mediation/mediators").text
    assert "ann" in page
    assert "/mediation/mediators/import" not in page
    assert receptionist.post("/mediation/mediators", **FORM).status_code == 403
    assert receptionist.post("/mediation/mediators/ann/retire", words="x").status_code == 403
    assert receptionist.get("/mediation/mediators/import").status_code == 403
    assert receptionist.get("/mediation/mediators/nobody").status_code == 404


def test_a_file_comes_in_row_by_row_and_says_only_what_is_new(desk, tmp_path):
    starts = ("c/d,civil,3", "bob,civil,3", "eve,taxes,3", "fay,civil,0", ",civil,1")
    bad = "".join(f"{start},,,,,,\n" for start in starts)
    read = desk.mediator_import.read(folder(tmp_path, HEADER + ROWS + bad))
    told = [(problem.line, problem.column) for problem in read.errors]
    assert told == [(4, "id"), (5, "id"), (6, "fields"), (7, "most_open"), (8, "id")]
    assert desk.mediator_import.take(read, "lead") == {"mediators": 2}
    again = desk.mediator_import.read(folder(tmp_path, HEADER + ROWS.replace(",5,", ",6,")))
    assert (len(again.reads["mediators"].rows), again.reads["mediators"].same) == (1, 1)
    desk.mediator_import.take(again, "lead")
    assert desk.mediators.get("ann").most_open == 6
    desk.mediators.retire("ann", "lead", words="left")
    (problem,) = desk.mediator_import.read(folder(tmp_path, HEADER + ROWS)).errors
    assert (problem.line, problem.column) == (2, "id")
    assert "register them anew" in problem.mend


def test_a_file_is_looked_through_on_a_page(node, desk):
    console = Console(node, "lead")
    assert "须回避企业" in console.get("/mediation/mediators/import").text
    sent = console.client.post(
        "/mediation/mediators/import",
        data={"csrf": console.token, "whole": "1"},
        files=[("files", ("调解员.csv", (HEADER + ROWS).encode(), "text/csv"))],
        headers=console.headers,
    )
    assert sent.status_code == 303, sent.text
    assert "ann" in console.get(sent.headers["location"]).text
    assert console.post(f"{sent.headers['location']}/confirm").status_code == 303
    assert [each.id for each in desk.mediators.every()] == ["ann", "bob"]


def test_an_erased_enterprise_is_named_nowhere_and_still_excludes(node, desk, tmp_path):
    take(desk, folder(tmp_path, HEADER + ROWS))
    (token,) = desk.mediators.get("ann").employers
    node.erasure.erase("甲公司")
    assert "甲公司" not in Console(node, "lead").get("/mediation/mediators/ann").text
    assert desk.mediators.get("ann").employers == (token,)


def test_the_shell_ranks_with_reasons(tmp_path):
    home = tmp_path / "home"
    with opened(home):
        pass
    (home / "config.toml").write_text('domains = ["mediation"]\n', "utf-8")
    path, at = folder(tmp_path, HEADER + ROWS), ["--home", str(home)]
    ran = CliRunner().invoke(main, ["mediation", "import-mediators", str(path), "--json", *at])
    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.output)["taken"] == {"mediators": 2}
    receive = ["mediation", "dispute", "receive", "--party", "乙公司", "--field", "customs_tax"]
    receive += ["--cause", "origin", "--office", "HZ", "--language", "zh", "--words", "归类有误"]
    ran = CliRunner().invoke(main, [*receive, "--json", *at])
    assert ran.exit_code == 0, ran.output
    call = ["mediation", "match", json.loads(ran.output)["id"]]
    ran = CliRunner().invoke(main, [*call, *at])
    assert ran.exit_code == 0, ran.output
    assert "Registered for the field" in ran.output
    assert "Conflict of interest with the office: HZ" in ran.output
    wanted = [*call, "--certificate", "psychology", *at]
    told = json.loads(CliRunner().invoke(main, [*wanted, "--json"]).output)
    assert told["candidates"] == []
    assert [each["mediator"] for each in told["excluded"]] == ["ann", "bob"]
    assert CliRunner().invoke(main, wanted).exit_code == 1
    none = CliRunner().invoke(main, ["mediation", "match", "D0", *at])
    assert "there is no such dispute" in none.output
    register = ["mediation", "mediator", "register", "--id", "cid", "--fields", "civil"]
    register += ["--fields", "consumer", "--languages", "zh", "--most-open", "2"]
    ran = CliRunner().invoke(main, [*register, *at])
    assert ran.exit_code == 0, ran.output


def test_the_page_of_a_dispute_leads_to_who_suits_and_assigns(node, desk, tmp_path):
    take(desk, folder(tmp_path, HEADER + ROWS + "cid,customs_tax,4,,,2027-12-31,,,\n"))
    identity = received(desk, party="甲公司", office="HZ")
    console = Console(node, "rec", "en")
    address = f"/mediation/mediators/for/{identity}"
    assert address in console.get(f"/mediation/disputes/{identity}").text
    page = console.get(address).text.split("<main")[1]
    assert page.index("cid") < page.index("Excluded") < page.index("ann")
    assert "Conflict of interest with the party: 甲公司" in page
    assert "Conflict of interest with the office: HZ" in page
    assert console.post(f"/mediation/disputes/{identity}/assign", mediator="ann").status_code == 422
    assert console.post(f"/mediation/disputes/{identity}/assign", mediator="cid").status_code == 303
    assert desk.disputes.get(identity).mediator == "cid"
    assert desk.mediators.load() == {"cid": 1}
    assert "1 of 4 open" in console.get("/mediation/mediators").text
    assert "cid" not in [each.mediator for each in desk.mediators.ranking(identity).candidates]
    assert Console(node, "reader").get(address).status_code == 403
    assert console.get("/mediation/mediators/for/D0").status_code == 404


def test_a_refusal_names_the_field():
    error = RefusedError("mediator_reason", "words is empty", field="words")
    assert explain(error, "zh")["detail"] == "请写明停用理由"
