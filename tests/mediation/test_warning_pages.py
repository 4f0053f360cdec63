"""Warnings from an import to the list, at the shell and on pages, in both languages."""

import json
import time

import pytest
from click.testing import CliRunner
from mediation_house import opened

from consoles import Console
from lianzhi.chain.life import IllegalStepError
from lianzhi.cli.main import main
from lianzhi.config import Config
from lianzhi.domains.enforcement.refusals import explain as explain_of_others
from lianzhi.domains.mediation.queries.tables import projections
from lianzhi.domains.mediation.refusals import RefusedError, explain
from lianzhi.jobs.node import Node

HEADER = (
    "id,party,field,office,opened,due,objections,issues,notice_missing,signature_refused,disputed\n"
)
ROWS = (
    "K1,甲公司,customs_tax,HZ,2026-01-05,2026-03-04,2,origin;value,false,true,true\n"
    "K2,乙公司,customs_other,HZ,2026-02-20,,0,,true,false,false\n"
    "K3,丙公司,customs_other,HZ,2026-02-20,,0,,false,false,false\n"
)


@pytest.fixture
def node(tmp_path):
    with opened(tmp_path / "home") as node:
        yield node


@pytest.fixture
def desk(node):
    return node.desks["mediation"]


def folder(tmp_path, text, name="in"):
    path = tmp_path / name
    path.mkdir(exist_ok=True)
    (path / "cases.csv").write_text(text, "utf-8")
    return path


def take(desk, path):
    return desk.imports.take(desk.imports.read(path), "lead")


def test_the_list_shows_cases_by_their_points_with_reasons(node, desk, tmp_path):
    assert take(desk, folder(tmp_path, HEADER + ROWS)) == {"cases": 3}
    page = Console(node, "rec").get("/mediation/warnings").text.split("<main")[1]
    assert page.index("K1") < page.index("K2") < page.index("K3")
    assert "提出异议 2 次" in page
    assert "甲公司" in page
    english = Console(node, "lead", "en").get("/mediation/warnings?level=watch").text
    assert "The notice is missing" in english
    assert "K1" not in english.split("<main")[1]
    assert "mediation_point" not in english


def test_a_warning_adds_its_points_up_and_leads_to_the_remedies(node, desk, tmp_path):
    take(desk, folder(tmp_path, HEADER + ROWS))
    page = Console(node, "rec", "en").get("/mediation/warnings/K1").text.split("<main")[1]
    assert "Classification, origin or value at issue: 2" in page
    assert desk.warnings.get("K1").score == 9.0  # 3 + 3 + 2 + 1
    assert "9.0" in page
    assert "/mediation/routes?field=customs_tax" in page
    assert Console(node, "rec").get("/mediation/warnings/K9").status_code == 404


def test_a_dismissal_needs_a_reason_and_ends_the_warning(node, desk, tmp_path):
    path = folder(tmp_path, HEADER + ROWS)
    take(desk, path)
    console = Console(node, "rec")
    refused = console.post("/mediation/warnings/K2/dismiss", words=" ")
    assert refused.status_code == 422
    assert "请写明不再关注的理由" in refused.text
    assert console.post("/mediation/warnings/K2/dismiss", words="已当面解释").status_code == 303
    assert "已当面解释" in console.get("/mediation/warnings/K2").text
    assert "K2" not in console.get("/mediation/warnings").text.split("<main")[1]
    with pytest.raises(IllegalStepError) as caught:
        desk.warnings.dismiss("K2", "again", "rec")
    assert "dismissed" in explain(caught.value, "en")["detail"]
    again = desk.imports.read(path)
    (problem,) = again.errors
    assert (problem.line, problem.column, problem.value) == (3, "id", "K2")
    assert "dealt with" in problem.mend


def test_only_those_who_may_see_and_import(node, desk, tmp_path):
    take(desk, folder(tmp_path, HEADER + ROWS))
    for name in ("reader", "sen"):
        console = Console(node, name)
        assert console.get("/mediation/warnings").status_code == 403
        assert console.get("/mediation/warnings/K1").status_code == 403
        assert console.post("/mediation/warnings/K1/dismiss", words="x").status_code == 403
    assert Console(node, "rec").get("/mediation/import").status_code == 403
    assert desk.warnings.get("K1").status == "open"


def test_an_import_again_takes_only_what_is_new(desk, tmp_path):
    take(desk, folder(tmp_path, HEADER + ROWS))
    more = HEADER + ROWS.replace(
        "K3,丙公司,customs_other,HZ,2026-02-20,,0", "K3,丙公司,customs_other,HZ,2026-02-20,,3"
    )
    read = desk.imports.read(folder(tmp_path, more))
    assert (len(read.reads["cases"].rows), read.reads["cases"].same) == (1, 2)
    desk.imports.take(read, "lead")
    assert desk.warnings.get("K3").score == 4.5
    assert desk.warnings.counts("status") == {"open": 3}


def test_fines_of_a_later_import_are_ranked_among_those_on_record(desk, tmp_path):
    header = "id,party,field,office,opened,item,fine\n"
    rows = "".join(f"F{n},甲,civil,HZ,2026-02-20,A,{100 + n}\n" for n in range(20))
    take(desk, folder(tmp_path, header + rows))
    take(desk, folder(tmp_path, header + rows + "F99,乙,civil,HZ,2026-02-20,A,900\n"))
    (point,) = desk.warnings.get("F99").points
    assert (point.key, round(point.value, 1)) == ("fine_percentile", 97.6)


def test_bad_rows_are_told_and_good_rows_kept(desk, tmp_path):
    bad = "K4,,customs_tax,HZ,2026-01-05,,0,,false,false,\nK5,丁,taxes,HZ,2026-01-05,,0,,,,\n"
    bad += "K/6,戊,civil,HZ,2026-01-05,,0,,,,\nK7,己,civil,HZ,2026-01-05,2026-01-04,0,,,,\n"
    read = desk.imports.read(folder(tmp_path, HEADER + ROWS + bad))
    told = [(problem.line, problem.column) for problem in read.errors]
    assert told[:3] == [(5, "party"), (6, "field"), (7, "id")]
    assert told[3][0] == 8
    assert len(read.reads["cases"].rows) == 3


def test_files_are_looked_through_on_a_page_before_they_come_in(node, desk):
    console = Console(node, "lead")
    assert "编号" in console.get("/mediation/import").text
    sent = console.client.post(
        "/mediation/import",
        data={"csrf": console.token, "whole": "1"},
        files=[("files", ("案件.csv", (HEADER + ROWS).encode(), "text/csv"))],
        headers=console.headers,
    )
    assert sent.status_code == 303, sent.text
    preview = console.get(sent.headers["location"])
    assert preview.status_code == 200
    assert "甲公司" in preview.text
    assert desk.warnings.counts("status") == {}
    assert console.post(f"{sent.headers['location']}/confirm").status_code == 303
    assert desk.warnings.counts("status") == {"open": 3}


def test_pages_of_the_list_follow_one_another(node, desk, tmp_path):
    rows = "".join(f"N{n:03},甲{n},civil,HZ,2026-02-20,,{n % 4},,,,\n" for n in range(120))
    take(desk, folder(tmp_path, HEADER + rows))
    seen, cursor = [], ""
    while True:
        page = desk.warnings.page("open", "", cursor)
        seen += [warning.id for warning in page.rows]
        if not (cursor := page.cursor):
            break
    assert len(seen) == len({*seen}) == 120
    console = Console(node, "rec")
    assert "cursor=" in console.get("/mediation/warnings").text


def test_a_cursor_that_was_tampered_with_is_refused(node, desk, tmp_path):
    take(desk, folder(tmp_path, HEADER + ROWS))
    assert Console(node, "rec").get("/mediation/warnings?cursor=x%20y").status_code == 404


def test_an_erased_party_is_named_nowhere(node, desk, tmp_path):
    take(desk, folder(tmp_path, HEADER + ROWS))
    desk.warnings.dismiss("K1", "甲公司撤回异议", "rec")
    node.erasure.erase("甲公司")
    page = Console(node, "rec").get("/mediation/warnings/K1").text
    assert "甲公司" not in page


def test_the_tables_are_rebuilt_from_the_record(node, desk, tmp_path):
    take(desk, folder(tmp_path, HEADER + ROWS))
    desk.warnings.dismiss("K2", "已解释", "rec")
    before = [desk.warnings.get(key) for key in ("K1", "K2", "K3")]
    (projection,) = projections()
    with node.ledger.batch() as batch:
        projection.clear(batch.connection)
        for entry in node.ledger.entries():
            projection.apply(batch.connection, entry, node.ledger.payload(entry.index) or {})
    assert [desk.warnings.get(key) for key in ("K1", "K2", "K3")] == before


def test_a_year_of_cases_comes_in_within_five_seconds(desk, tmp_path):
    rows = "".join(
        f"Y{n:04},企业{n % 90},customs_tax,HZ,2026-01-05,2026-04-05,{n % 3},,,,\n"
        for n in range(800)
    )
    path = folder(tmp_path, HEADER + rows)
    started = time.perf_counter()
    assert take(desk, path) == {"cases": 800}
    assert time.perf_counter() - started < 5


def test_the_shell_ranks_a_file_and_shows_what_the_weights_are_worth(tmp_path):
    path = folder(tmp_path, HEADER + ROWS) / "cases.csv"
    call = ["mediation", "warnings", str(path), "--on", "2026-03-02", "--home", str(tmp_path / "h")]
    ran = CliRunner().invoke(main, call)
    assert ran.exit_code == 0, ran.output
    assert "Objections: 2" in ran.output
    assert "100.0% (20.7% - 100.0%)" in ran.output
    told = json.loads(CliRunner().invoke(main, [*call, "--json"]).output)
    assert [case["id"] for case in told["cases"]] == ["K1", "K2", "K3"]
    assert [each["disputed"] for each in told["levels"]] == [0, 0, 1]
    assert not (tmp_path / "h").exists()
    path.write_text(HEADER + ROWS + "K4,,civil,HZ,2026-01-05,,0,,,,\n", "utf-8")
    assert CliRunner().invoke(main, call).exit_code == 1


def test_the_shell_puts_a_folder_on_the_record(tmp_path):
    path, home = folder(tmp_path, HEADER + ROWS), tmp_path / "home"
    with opened(home):
        pass
    (home / "config.toml").write_text('domains = ["mediation"]\n', "utf-8")
    call = ["mediation", "import", str(path), "--home", str(home), "--json"]
    ran = CliRunner().invoke(main, call)
    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.output)["taken"] == {"cases": 3, "disputes": 0}
    dismiss = ["mediation", "warning", "dismiss", "K2", "--words", "已解释", "--home", str(home)]
    assert CliRunner().invoke(main, dismiss).exit_code == 0
    with Node(home, Config(domains=("mediation",))) as node:
        assert node.desks["mediation"].warnings.get("K2").status == "dismissed"


def test_a_refusal_of_one_domain_is_not_worded_by_another():
    assert explain_of_others(RefusedError("dismissal", "words is empty"), "en") is None
