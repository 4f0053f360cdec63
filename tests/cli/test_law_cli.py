"""`lianzhi law`: deadlines with every day that was passed over, periods, and what may be cited."""

import re

import msgspec
import pytest
from click.testing import CliRunner

from lianzhi.cli.main import main

HOLIDAYS = "# years: 2027\ndate,kind,name\n2027-01-01,holiday,元旦\n"


def law(*args, env=None):
    return CliRunner().invoke(main, ["law", *args], env={"LC_ALL": "C", **(env or {})})


def told(*args):
    said = law(*args, "--json")
    assert said.exit_code == 0, said.output
    return msgspec.json.decode(said.stdout)


def test_a_deadline_over_the_spring_festival():
    said = told("deadline", "penalty.serve", "2022-01-24")
    assert (said["last_day"], said["over"]) == ("2022-02-07", "2022-02-08T00:00+08:00")
    assert said["warn_from"] == "2022-01-29"
    (festival,) = said["passed"]
    assert (festival["first"], festival["last"], festival["days"]) == (
        "2022-01-31", "2022-02-06", 7
    )  # fmt: skip
    assert (festival["why"], festival["name"]) == ("holiday", "Spring Festival")
    assert said["period"]["basis"] == "penalty_law.service"


def test_people_see_each_step_and_a_strip_of_weeks():
    lines = law("deadline", "penalty.serve", "2022-01-24").stdout.splitlines()
    weeks = [line.split() for line in lines if line[:5] in ("2022-",)]
    assert weeks == [
        ["2022-01-24", "S", *"123456"],
        ["2022-01-31", *"·······"],
        ["2022-02-07", "7*"],
    ]
    assert any("Administrative Penalty Law, Article 61(1)" in line for line in lines)
    assert any(line.split()[:2] == ["last", "day"] and "2022-02-07 Mo" in line for line in lines)
    chinese = law("deadline", "penalty.serve", "2022-01-24", env={"LC_ALL": "zh_CN.UTF-8"}).stdout
    assert "春节 (7日)" in chinese
    assert "7个工作日" in chinese


def test_standing_still_and_extension_are_told():
    given = ("coercion.seizure", "2022-01-05", "--extend", "30")
    said = told("deadline", *given, "--suspend", "2022-01-10..2022-01-14")
    assert (said["last_day"], said["extended"]) == ("2022-03-11", [{"number": 30, "unit": "day"}])
    assert [(one["why"], one["days"]) for one in said["passed"]] == [("suspended", 5)]
    drawn = law("deadline", *given, "--suspend", "2022-01-10..2022-01-14").stdout
    assert "2022-01-10 = = = = = 5 6" in " ".join(drawn.split())


def test_an_end_in_the_holiday_moves_on():
    said = told("deadline", "penalty.pay", "2022-01-20")
    assert (said["due"], said["last_day"]) == ("2022-02-04", "2022-02-07")
    assert "2022-02-04 Fr → 2022-02-07 Mo" in law("deadline", "penalty.pay", "2022-01-20").stdout


def test_hours_need_a_time_and_years_are_drawn_in_part():
    said = told("deadline", "coercion.report", "2022-01-31T15:00")
    assert said["over"] == "2022-02-01T15:00+08:00"
    assert told("deadline", "coercion.report", "2022-01-31T07:00Z")["over"] == said["over"]
    drawn = law("deadline", "penalty.limitation", "2024-02-29").stdout
    assert "…" in drawn
    assert len(drawn.splitlines()) < 40


def test_a_year_that_is_not_known_needs_a_file(tmp_path):
    asked = ("deadline", "penalty.serve", "2026-12-29")
    said = law(*asked)
    assert said.exit_code == 3
    assert "the holidays of 2027 are not known" in said.stderr
    assert "--holidays FILE" in said.stderr
    file = tmp_path / "h.csv"
    file.write_text(HOLIDAYS, "utf-8")
    assert told(*asked, "--holidays", str(file))["last_day"] == "2027-01-08"
    file.write_text(HOLIDAYS + "2027-02-30,holiday\n", "utf-8")
    bad = law(*asked, "--holidays", str(file))
    assert (bad.exit_code, "h.csv: row 4: date is '2027-02-30'" in bad.stderr) == (3, True)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("penalty.serves", "2022-01-24"), "no such key; near it: penalty.serve"),
        (("penalty.serve", "2020-01-24"), "no effect on 2020-01-24"),
        (("penalty.serve", "soon"), "'soon'; write a day"),
        (("coercion.report", "2022-01-31"), "give the time"),
        (("penalty.serve", "2022-01-24", "--extend", "3"), "may not be extended"),
        (("penalty.serve", "2022-01-24", "--suspend", "2022-01-25"), "write like"),
        (("coercion.seizure", "2022-01-24", "--extend", "31"), "allows 30"),
    ],
)
def test_a_wrong_call_is_refused_with_the_mend(args, said):
    found = law("deadline", *args)
    assert found.exit_code == 2
    assert said in " ".join(found.stderr.split())


def test_periods_are_listed_by_day_or_from_a_file(tmp_path):
    rows = [msgspec.json.decode(line) for line in law("periods", "--json").stdout.splitlines()]
    assert {"penalty.decide", "reconsideration.decide"} <= {row["key"] for row in rows}
    before = law("periods", "--on", "2023-12-31", "--json").stdout
    known = {row["key"]: row for row in map(msgspec.json.decode, before.splitlines())}
    assert known["reconsideration.decide"]["effective_until"] == "2023-12-31"
    assert "penalty.decide" in known
    assert "penalty.decide" not in law("periods", "--on", "2021-07-14", "--json").stdout
    table = law("periods").stdout
    assert re.search(r"penalty\.decide +90 days +authority", table)
    assert "the text was not read" in table
    file = tmp_path / "p.toml"
    file.write_text("period = 1", "utf-8")
    assert law("periods", "--periods", str(file)).exit_code == 3


def test_what_may_be_cited():
    said = told("cite", "fire_law.penalty_exits", "--on", "2024-05-01")
    assert said["citable"]
    assert said["basis"]["fines"][0] == {"subject": "unit", "from": 5000, "to": 50000}
    shown = law("cite", "fire_law.penalty_exits", "--on", "2024-05-01").stdout
    assert "unit 5,000-50,000 yuan" in shown
    assert "占用、堵塞、封闭疏散通道" in shown
    refused = law("cite", "penalty_law.limitation", "--on", "2021-07-14")
    assert refused.exit_code == 1
    assert "takes effect on 2021-07-15" in refused.stdout
    assert law("cite", "a.b", "--on", "soon").exit_code == 2


def test_which_version_judges_an_act():
    asked = ("cite", "fire_law.penalty_exits", "--acted", "2024-01-01")
    assert told(*asked, "--on", "2024-05-01")["why"] == "same"
    unread = law(
        "cite", "public_order.insult", "--acted", "2025-12-01", "--on", "2026-02-01", "--json"
    )
    assert unread.exit_code == 1
    assert msgspec.json.decode(unread.stdout)["why"] == "unread"
    assert law(*asked, "--on", "2023-05-01").exit_code == 2
