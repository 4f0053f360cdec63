"""`lianzhi astroturf ratings | ranking`: files in, items out, what is no rating set aside."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from lianzhi.cli.main import main
from made_ratings import BEGIN, DAY, Rows, calm, joined, rows, within


def run(*words: object, verb: str = "ratings") -> Result:
    return CliRunner().invoke(main, ["astroturf", verb, *map(str, words)])


def attacked() -> Rows:
    draw = np.random.default_rng(3)
    return joined(calm(), rows(9000 + np.arange(50), 7, 1.0, within(draw, 50, 60, 48)))


def wrote(path: Path, made: Rows) -> Path:
    account, item, rating, time = made
    names = {
        "account": [f"u{one}" for one in account.tolist()],
        "item": [f"film{one}" for one in item.tolist()],
        "rating": rating.tolist(),
        "time": (time / 1000).tolist(),
    }
    if path.suffix == ".parquet":
        pq.write_table(pa.table(names), path)
    elif path.suffix == ".csv":
        lines = zip(*names.values(), strict=True)
        path.write_text("".join(f"{','.join(map(str, one))}\n" for one in (names, *lines)))
    else:
        some = (dict(zip(names, one, strict=True)) for one in zip(*names.values(), strict=True))
        path.write_text("".join(f"{json.dumps(one)}\n" for one in some))
    return path


@pytest.mark.parametrize("ending", ["csv", "parquet", "ndjson"])
def test_every_item_is_told_with_the_reasons(tmp_path: Path, ending: str) -> None:
    out = tmp_path / "items.ndjson"
    result = run(wrote(tmp_path / f"ratings.{ending}", attacked()), "--out", out)
    assert result.exit_code == 0, result.output
    assert "4,050 ratings of 40 items by 450 accounts" in result.stdout
    assert "film7" in result.stdout
    told = {one["item"]: one for one in map(json.loads, out.read_text().splitlines())}
    assert len(told) == 40
    film = told["film7"]
    assert film["ratings"] == 150
    assert film["flags"] == ["burst", "throwaway"]
    assert film["interval"][0] < film["robust"] < film["interval"][1]
    assert film["robust"] > film["mean"] + 0.4
    burst = film["evidence"][0]
    assert burst["levels"][0]["seen"] >= 50 > 5 > burst["levels"][0]["expected"]
    assert burst["expected_by_chance"] < 1e-10
    less = {one["account"] for one in burst["accounts"]}
    assert {f"u{9000 + one}" for one in range(50)} <= less
    assert all(one["weight"] < 0.2 and one["rating"] == 1 for one in burst["accounts"])
    assert told["film1"]["flags"] == told["film1"]["evidence"] == []
    assert told["film1"]["counted"] == 100


def test_ratings_before_a_release_are_flagged(tmp_path: Path) -> None:
    path = wrote(tmp_path / "ratings.csv", calm())
    items = tmp_path / "films.csv"
    moment = BEGIN // 1000 + 10 * DAY // 1000
    items.write_text(f"item,released\nfilm3,{moment}\nfilm4,1\nnever_rated,{moment}\nfilm5,soon\n")
    result = run(path, "--items", items, "--json")
    assert result.exit_code == 1
    assert "1 rows are no actions" in result.stderr
    (aside,) = map(json.loads, (tmp_path / "films.csv.rejected.ndjson").read_text().splitlines())
    assert (aside["row"], aside["column"]) == (5, "released")
    told = {one["item"]: one for one in json.loads(result.stdout)["items"]}
    assert [name for name, one in told.items() if one["flags"]] == ["film3"]
    (early,) = told["film3"]["evidence"]
    assert early["kind"] == "before_release"
    assert early["ratings"] == 100 - told["film3"]["counted"] == len(early["accounts"])


def test_rows_that_are_no_ratings_are_set_aside_and_later_ones_count(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("who,item,stars,time\na,x,5,100\nb,x,five,100\na,x,3,200\nc,x,4,100\n")
    result = run(path, "--columns", "account=who,rating=stars", "--json")
    assert result.exit_code == 1
    assert "1 ratings were replaced" in result.stderr
    report = json.loads(result.stdout)
    assert (report["rows"], report["actions"], report["rejected"]) == (4, 3, 1)
    assert report["items"][0]["mean"] == 3.5
    (aside,) = map(json.loads, (tmp_path / "r.csv.rejected.ndjson").read_text().splitlines())
    assert (aside["row"], aside["column"]) == (3, "stars")


@pytest.mark.parametrize(
    ("name", "text", "words", "said"),
    [
        ("r.csv", "account,item,time\n", (), "no column 'rating'"),
        ("r.csv", "account,item,rating,time\n", ("--out", "x.csv"), "written as .ndjson"),
        ("r.csv", "account,item,rating,time\n", ("--out", "r.csv"), "give another place"),
        ("r.csv", "account,item,rating,time\n", ("--columns", "film=x"), "rating=COLUMN"),
        ("r.csv", "account,item,rating,time\n", ("--items", "i.csv"), "item and released"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    name: str, text: str, words: tuple[str, ...], said: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(text)
    Path("i.csv").write_text("film,day\nx,1\n")
    result = run(name, *words)
    assert result.exit_code == 3
    assert said in result.stderr


def test_a_file_without_ratings_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("account,item,rating,time\n")
    result = run(path)
    assert result.exit_code == 0, result.output
    assert "0 ratings of 0 items" in result.stdout


def test_a_list_stands_beside_itself_without_what_was_bought(tmp_path: Path) -> None:
    out = tmp_path / "list.ndjson"
    result = run(wrote(tmp_path / "likes.csv", attacked()), "--out", out, verb="ranking")
    assert result.exit_code == 0, result.output
    assert "4,050 actions on 40 items; 1 items have flags" in result.stdout
    told = {one["item"]: one for one in map(json.loads, out.read_text().splitlines())}
    film = told["film7"]
    assert (film["rank"], film["actions"], film["accounts"]) == (1, 150, 150)
    assert film["organic"] == pytest.approx(100, abs=5)
    assert film["coordinated_share"] == pytest.approx(1 / 3, abs=0.03)
    assert film["flags"][0] == "burst"
    assert {f"u{9000 + one}" for one in range(50)} == set(film["evidence"][0]["accounts"])
    assert told["film1"]["organic"] == 100
    assert run(tmp_path / "likes.csv", "--json", verb="ranking").exit_code == 0


@pytest.mark.parametrize("verb", ["ratings", "ranking"])
def test_a_group_is_told_with_what_it_did(tmp_path: Path, verb: str) -> None:
    draw = np.random.default_rng(2)
    army = 9000 + np.arange(8)
    parts = [rows(army, item, 1.0, within(draw, 8, 4 * item, 1)) for item in range(1, 15)]
    path = wrote(tmp_path / "a.csv", joined(calm(), *parts))
    told = {one["item"]: one for one in json.loads(run(path, "--json", verb=verb).stdout)["items"]}
    found = [one for one in told["film3"]["evidence"] if one["kind"] == "group"]
    assert found
    assert found[0]["together"] >= 8
    assert found[0]["expected_by_chance"] < 1e-6
