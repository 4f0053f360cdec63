import json

import pytest
from click.testing import CliRunner

from lianzhi.cli.law_surcharge import law_surcharge


def run(line):
    return CliRunner().invoke(law_surcharge, line.split())


def told(line):
    done = run(f"{line} --json")
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


FINE = "--fine 5000 --served 2026-01-05"


def test_capped_after_forty_days():
    found = told(f"{FINE} --paid 2026-03-01")
    assert (found["due"], found["late_days"], found["amount"]) == (["2026-01-20"], 40, "5000.00")
    assert found["capped_on"] == "2026-02-23"
    assert found["basis"]["cap"].startswith("《中华人民共和国行政处罚法》第七十二条")


def test_a_last_day_on_a_holiday_moves_on_as_the_clock_counts_it():
    served = "--fine 5000 --served 2026-02-01"  # the 15th day after lies in the Spring Festival
    assert told(f"{served} --paid 2026-02-24")["due"] == ["2026-02-24"]
    assert told(f"{served} --paid 2026-02-24")["amount"] == "0.00"
    assert told(f"{served} --paid 2026-02-25")["amount"] == "150.00"
    late = told("--fine 5000 --served 2026-01-02 --until 2026-01-31")  # due on Saturday the 17th
    assert (late["due"], late["late_days"]) == (["2026-01-19"], 12)


def test_a_year_of_which_no_holidays_are_known_is_asked_for(tmp_path):
    line = "--fine 5000 --served 2026-12-18 --paid 2027-01-05"
    assert "--holidays FILE" in run(line).output
    assert told(f"{line} --due 2027-01-04")["amount"] == "150.00"
    file = tmp_path / "2027.csv"
    file.write_text("# years: 2027\n2027-01-01,holiday\n2027-01-02,holiday\n", "utf-8")
    assert told(f"{line} --holidays {file}")["due"] == ["2027-01-04"]
    file.write_text("2027-01-01,feast\n", "utf-8")
    assert "kind is 'feast'" in run(f"{line} --holidays {file}").output


def test_suspended_and_paid_in_parts():
    found = told(
        f"{FINE} --paid 2026-03-01 --suspend 2026-02-01..2026-02-10 --payment 2026-02-15=2000"
    )
    assert found["amount"] == "3660.00"
    assert found["suspended_days"] == 10


def test_in_time_costs_nothing():
    assert told(f"{FINE} --paid 2026-01-20")["amount"] == "0.00"


def test_instalments_and_deferral():
    parts = "--part 2026-02-01=2500 --part 2026-03-01=2500"
    assert told(f"{FINE} {parts} --until 2026-02-03")["amount"] == "150.00"
    assert told(f"{FINE} --due 2026-02-01 --until 2026-02-01")["amount"] == "0.00"


def test_people_see_the_stretches():
    shown = run(f"{FINE} --until 2026-02-03 --suspend 2026-01-30..").output
    assert "不计" in shown
    assert "未缴 unpaid 5,000.00" in shown
    assert "第七十三条第三款" in shown


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (FINE, "--paid or --until"),
        (f"{FINE} --paid 2026-03-01 --until 2026-03-01", "one of them"),
        (f"{FINE} --paid 1.3.2026", "write a day like"),
        ("--fine x --served 2026-01-05 --paid 2026-03-01", "write yuan like"),
        (f"{FINE} --paid 2026-03-01 --payment 500", "write day and yuan"),
        (f"{FINE} --paid 2026-03-01 --suspend 2026-02-01", "write days like"),
        (f"{FINE} --until 2026-03-01 --part 2026-02-01=1", "the fine is 5000"),
        (f"{FINE} --until 2026-03-01 --due 2026-02-01 --part 2026-02-01=5000", "leave --due out"),
    ],
)
def test_called_wrongly(line, said):
    done = run(line)
    assert done.exit_code == 2
    assert said in done.output


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--fine 5000 --served 2020-01-05 --paid 2026-03-01", "no rule on late fines"),
        ("--fine 0 --served 2026-01-05 --until 2026-03-01", "above 0"),
        (f"{FINE} --paid 2026-03-01 --suspend 2026-02-10..2026-02-01", "ends before it begins"),
    ],
)
def test_could_not(line, said):
    done = run(line)
    assert done.exit_code == 3
    assert said in done.output
