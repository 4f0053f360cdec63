"""`lianzhi biosecurity surveil`: a file of counts in, a file of bounds and alarms out."""

import csv
import datetime as dt
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lianzhi.cli.main import main

METHODS = ("ears-c1", "ears-c2", "ears-c3", "farrington", "farrington-flexible", "bayes", "rki")
COUNTS = [4, 5, 6] * 80 + [40]


def surveil(file: Path, *words: str) -> Result:
    out = file.with_name("out.csv")
    return CliRunner().invoke(
        main, ["biosecurity", "surveil", str(file), "--out", str(out), *words]
    )


def rows(file: Path) -> list[dict[str, str]]:
    with file.with_name("out.csv").open() as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def by_index(tmp_path: Path) -> Path:
    path = tmp_path / "counts.csv"
    path.write_text("idx,observed\n" + "".join(f"{n},{c}\n" for n, c in enumerate(COUNTS, 1)))
    return path


@pytest.fixture
def by_date(tmp_path: Path) -> Path:
    path = tmp_path / "weeks.csv"
    start = dt.date(2020, 1, 6)
    lines = [f"{start + dt.timedelta(weeks=n)},{count}\n" for n, count in enumerate(COUNTS)]
    path.write_text("date,observed\n" + "".join(lines))
    return path


@pytest.mark.parametrize("method", [each for each in METHODS if each != "ears-c3"])
def test_an_outbreak_is_told_by_every_method(by_index: Path, by_date: Path, method: str) -> None:
    for file in (by_index, by_date):
        done = surveil(file, "--method", method)
        assert done.exit_code == 0, done.output
        *_, last = rows(file)
        assert (last["idx"], last["observed"], last["alarm"]) == ("241", "40", "1")
        assert float(last["upperbound"]) < 40
        assert last["date"] == ("" if file is by_index else "2024-08-12")


def test_c3_tells_of_an_outbreak_the_time_after(by_index: Path) -> None:
    with by_index.open("a") as file:
        file.write("242,5\n")
    assert surveil(by_index, "--method", "ears-c3").exit_code == 0
    assert [row["alarm"] for row in rows(by_index)][-2:] == ["0", "1"]


def test_a_range_and_parameters_are_passed_on(by_index: Path) -> None:
    words = ("--range", "230:241", "--alpha", "0.01", "--no-periods", "10", "--limit54", "100,4")
    done = surveil(by_index, "--method", "farrington-flexible", *words)
    assert done.exit_code == 0, done.output
    assert [row["idx"] for row in rows(by_index)] == [str(n) for n in range(230, 242)]
    assert {(row["upperbound"], row["alarm"]) for row in rows(by_index)} == {("", "0")}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "give date or idx, and observed"),
        ("idx,count\n1,2\n", "give date or idx, and observed"),
        ("idx,observed\n", "there are no rows"),
        ("idx,observed\n1,2\n2,x\n", "counts.csv:3: observed is 'x'; give a whole number"),
        ("idx,observed\n1,2\n2,-1\n", "counts.csv:3: observed is '-1'"),
        ("idx,observed\n1,2\n2,inf\n", "counts.csv:3: observed is 'inf'"),
        (
            "idx,observed\n1,2\n3,1\n",
            "counts.csv:3: 3 does not follow 1, 2 is next; give every time",
        ),
        ("date,observed\n2020-01-06,2\n2020-13-01,1\n", "give YYYY-MM-DD"),
        (
            "date,observed\n2020-01-06,2\n2020-01-13,1\n2020-01-27,1\n",
            "counts.csv:4: 2020-01-27 does not follow 2020-01-13, 2020-01-20 is next",
        ),
        ("idx,observed\n1,2\n2,1\n", "7 times before it are needed"),
    ],
)
def test_a_file_that_is_no_series_is_told_with_its_mend(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "counts.csv"
    path.write_text(text)
    done = surveil(path, "--method", "ears-c1")
    assert done.exit_code == 3
    assert message in done.stderr
    assert not path.with_name("out.csv").exists()


def test_an_option_of_another_method_is_refused(by_index: Path) -> None:
    done = surveil(by_index, "--method", "ears-c1", "--no-periods", "10")
    assert done.exit_code == 2
    assert "--no-periods is no option of ears-c1" in done.stderr
    done = surveil(by_index, "--method", "ears-c1", "--range", "9")
    assert done.exit_code == 2
    assert "give two times, such as 209:312" in done.stderr
