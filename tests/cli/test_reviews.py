"""`lianzhi astroturf reviews`: families and adverts of a file, with what is no row set aside."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lianzhi.cli.main import main

COLUMNS = "account=user,object=shop,time=at"
ADVERT = "本群招人写好评，一条四块，当天结，想做的私聊我"
MADE = "{}号桌的{}太惊艳了，老板亲自下厨，全城找不出第二家，强烈推荐大家来试试"


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["astroturf", "reviews", *map(str, words)])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "reviews.csv"
    with made.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["user", "shop", "said", "at"])
        for n in range(60):
            said = "质量很好物流很快下次再来" if n % 2 else chr(0x4E00 + 37 * n) * 12
            out.writerow([f"u{n}", f"shop{n % 12}", said, 1_790_000_000 + 9000 * n])
        for n in range(12):
            said = MADE.format(n + 3, "面汤菜茶酒肉鱼饭饼粥"[n % 10])
            out.writerow([f"a{n}", "shop3", said, 1_790_100_000 + 60 * n])
        out.writerow(["x", "shop1", ADVERT, 1_790_000_000])
    return made


def test_a_family_and_an_advert_are_found_with_the_evidence(path: Path, tmp_path: Path) -> None:
    out, adverts = tmp_path / "families.ndjson", tmp_path / "adverts.ndjson"
    result = run(
        path, "--text-column", "said", "--columns", COLUMNS, "--out", out, "--adverts", adverts
    )
    assert result.exit_code == 0, result.output
    assert "73 texts; 1 families on one target each, 1 adverts" in result.stdout
    (family,) = map(json.loads, out.read_text("utf-8").splitlines())
    assert family["target"] == "shop3"
    assert family["accounts"] == sorted(f"a{n}" for n in range(12))
    assert family["rows"] == list(range(62, 74))
    assert family["burst"]["accounts"] == 12
    assert family["since"] == "2026-09-22T18:00:00Z"
    (advert,) = map(json.loads, adverts.read_text("utf-8").splitlines())
    assert (advert["row"], advert["account"], advert["kind"]) == (74, "x", "recruiting")
    assert all(span["entry"] and span["end"] <= len(ADVERT) for span in advert["spans"])


def test_rows_that_cannot_be_read_are_set_aside(path: Path) -> None:
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write("y,shop1,,1790000000\r\nz,shop1,不错,never\r\n")
    result = run(path, "--text-column", "said", "--columns", COLUMNS, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["rejected"] == 2
    aside = path.with_name("reviews.csv.rejected.ndjson").read_text("utf-8").splitlines()
    told = list(map(json.loads, aside))
    assert [(one["row"], one["column"]) for one in told] == [(75, "said"), (76, "at")]


def test_a_column_that_is_not_there_is_named(path: Path) -> None:
    result = run(path, "--text-column", "body", "--columns", COLUMNS)
    assert result.exit_code == 3
    assert "'body'" in result.stderr
    assert "said" in result.stderr


def test_other_forms_of_output_are_refused(path: Path, tmp_path: Path) -> None:
    result = run(
        path, "--text-column", "said", "--columns", COLUMNS, "--out", tmp_path / "found.csv"
    )
    assert result.exit_code == 3
    assert ".ndjson" in result.stderr
