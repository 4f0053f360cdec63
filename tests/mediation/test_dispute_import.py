"""Disputes from a year's register: good rows come in, wrong ones are told by line and column."""

import datetime as dt
import time

import pytest
from click.testing import CliRunner
from dispute_house import opened

from consoles import Console
from lianzhi.cli.main import main
from lianzhi.domains.mediation.refusals import RefusedError

HEADER = (
    "id,party,field,office,received,cause,mediator,assigned,settled,closed,outcome,officer,"
    "satisfaction,words\n"
)
ROWS = (
    "A1,甲公司,customs_tax,HZ,2025-03-01,value,med,2025-03-02,2025-03-20,2025-04-01,settled,,5,多缴了税\n"
    "A2,乙,civil,丙,2025-04-01,contract,med,2025-04-02,,2025-05-01,not_settled,,,\n"
    "A3,丁,civil,戊,2026-02-01,neighbours,,,,,,,,噪声\n"
)


@pytest.fixture
def node(tmp_path):
    with opened(tmp_path / "home") as node:
        yield node


@pytest.fixture
def desk(node):
    return node.desks["mediation"]


def folder(tmp_path, text):
    path = tmp_path / "in"
    path.mkdir(exist_ok=True)
    (path / "disputes.csv").write_text(text, "utf-8")
    return path


def test_a_register_comes_in_and_an_open_dispute_goes_on(node, desk, tmp_path):
    read = desk.imports.read(folder(tmp_path, HEADER + ROWS))
    assert read.errors == ()
    assert desk.imports.take(read, "lead") == {"disputes": 3}
    first, second, third = (desk.disputes.get(key) for key in ("A1", "A2", "A3"))
    assert (first.status, first.outcome, first.satisfaction) == (
        "closed",
        "settled",
        {"outcome": 5},
    )
    assert (first.settled, first.closed) == (dt.date(2025, 3, 20), dt.date(2025, 4, 1))
    assert (second.outcome, second.settled, third.status) == ("not_settled", None, "received")
    assert "多缴了税" in Console(node, "rec").get("/mediation/disputes/A1").text
    desk.disputes.assign("A3", "rec", mediator="med")
    desk.revisits.reopen("A2", "rec", words="又起争议")
    desk.disputes.assign("A2", "rec", mediator="mao")
    assert desk.disputes.get("A2").mediators == ("med", "mao")
    with pytest.raises(RefusedError):
        desk.revisits.visit("A2", "rec", answers={}, words="")


def test_the_same_file_again_brings_nothing_and_a_changed_row_is_refused(desk, tmp_path):
    path = folder(tmp_path, HEADER + ROWS)
    desk.imports.take(desk.imports.read(path), "lead")
    again = desk.imports.read(path)
    assert (again.reads["disputes"].rows, again.reads["disputes"].same) == ((), 3)
    changed = folder(
        tmp_path, HEADER + ROWS.replace("A2,乙,civil,丙,2025-04-01", "A2,乙,civil,己,2025-04-01")
    )
    (problem,) = desk.imports.read(changed).errors
    assert (problem.line, problem.column, problem.value) == (3, "id", "A2")


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("B/1,甲,civil,丙,2025-04-01,,,,,,,,,", "id"),
        ("B2,,civil,丙,2025-04-01,,,,,,,,,", "party"),
        ("B3,甲,weather,丙,2025-04-01,,,,,,,,,", "field"),
        ("B4,甲,civil,丙,2025-04-01,,med,2025-04-02,,2025-05-01,,,,", "outcome"),
        ("B5,甲,civil,丙,2025-04-01,,med,2025-04-02,,2025-05-01,settled,,,", "settled"),
        ("B6,甲,civil,丙,2025-04-01,,med,2025-04-02,,2025-05-01,not_settled,med,,", "mediator"),
        ("B7,甲,civil,丙,2025-04-01,,,,,2025-05-01,not_settled,,,", "assigned"),
        ("B8,甲,civil,丙,2025-04-01,,med,2025-04-02,,2025-05-01,not_settled,,4,", "satisfaction"),
        ("B9,甲,civil,丙,2026-03-03,,,,,,,,,", "received"),
        ("B10,甲,civil,丙,2025-04-01,,med,2025-03-02,,,,,,", ""),
        ("B11,甲,civil,丙,2025-04-01,,,,,,,,9,", "satisfaction"),
    ],
)
def test_a_wrong_row_is_told_and_the_good_ones_are_kept(desk, tmp_path, row, column):
    read = desk.imports.read(folder(tmp_path, HEADER + ROWS + row + "\n"))
    assert len(read.reads["disputes"].rows) == 3
    assert {problem.line for problem in read.errors} == {5}
    if column:
        assert column in {problem.column for problem in read.errors}
    for problem in read.errors:
        assert problem.mend
        assert "table_fault." not in str(problem.as_dict("en"))


def test_a_year_of_disputes_comes_in_within_five_seconds(desk, tmp_path):
    rows = "".join(
        f"Y{n:04},企业{n % 90},civil,HZ,2025-01-05,contract,med,2025-01-06,2025-01-20,2025-02-05,"
        f"settled,,{1 + n % 5},合同纠纷{n}\n"
        for n in range(800)
    )
    path = folder(tmp_path, HEADER + rows)
    started = time.perf_counter()
    assert desk.imports.take(desk.imports.read(path), "lead") == {"disputes": 800}
    assert time.perf_counter() - started < 5


def test_the_shell_takes_a_folder_in_and_leaves_wrong_rows_out(tmp_path):
    home = tmp_path / "home"
    with opened(home):
        pass
    (home / "config.toml").write_text('domains = ["mediation"]\n', "utf-8")
    path = folder(tmp_path, HEADER + ROWS + "B2,,civil,丙,2025-04-01,,,,,,,,,\n")
    call = ["mediation", "import", str(path), "--home", str(home)]
    ran = CliRunner().invoke(main, call)
    assert ran.exit_code == 1, ran.output
    assert "party" in ran.output
    assign = ["mediation", "dispute", "assign", "A3", "--mediator", "med", "--home", str(home)]
    ran = CliRunner().invoke(main, assign)
    assert ran.exit_code == 0, ran.output
