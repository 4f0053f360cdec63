"""`lianzhi enforcement grid`: check, route, draw."""

import csv
import json

import pytest
from click.testing import CliRunner
from lxml import etree

from lianzhi.cli.main import Main
from lianzhi.domains.enforcement.commands.grid import grid
from made_grids import SOUTH, UNIT, WEST, collection, feature, square

ONE, TWO = square(WEST, SOUTH), square(WEST + 100_000, SOUTH)
HEAD = "id,received_at,channel,category,grid,lon,lat,disposed_at\n"


def run(*words):
    return CliRunner().invoke(Main(commands={"grid": grid}), ["grid", *map(str, words)])


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "grids.geojson"
    made.write_bytes(collection(feature("n1", ONE, squad="east"), feature("n2", TWO, squad="west")))
    return made


@pytest.fixture
def bad(tmp_path):
    made = tmp_path / "bad.geojson"
    made.write_bytes(collection(feature("n1", ONE), feature("n2", square(WEST + 50_000, SOUTH))))
    return made


def asked(tmp_path, *rows):
    made = tmp_path / "requests.csv"
    made.write_text(HEAD + "".join(f"{row}\n" for row in rows), "utf-8")
    return made


def at(x, y):
    return f"{(WEST + x) / UNIT},{(SOUTH + y) / UNIT}"


def test_sound_grids_pass_and_bad_ones_end_with_one(path, bad):
    sound = run("check", path)
    assert sound.exit_code == 0, sound.output
    assert "2 grids of 2 squads; 0 faults" in sound.stdout
    found = run("check", bad)
    assert found.exit_code == 1
    assert "overlap" in found.stdout
    told = json.loads(run("check", bad, "--json").stdout)
    assert told["problems"][0]["ids"] == ["n1", "n2"]
    assert len(told["problems"][0]["at"]) == 2


def test_every_row_is_routed_and_bad_rows_are_set_aside(path, tmp_path):
    requests = asked(
        tmp_path,
        f"r1,2026-03-02T09:00:00+08:00,app,food,,{at(50_000, 50_000)},",
        "r2,,hotline,stalls,n2,,,",
        "r3,,app,food,,1.0,2.0,",
        "r4,,app,food,,north,2.0,",
        "r1,,app,food,n1,,,",
        "r5,yesterday,app,food,n1,,,",
        "r6,,app",
    )
    out = tmp_path / "routes.csv"
    result = run("route", path, "--requests", requests, "--out", out, "--language", "en")
    assert result.exit_code == 1
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    assert [(row["id"], row["first"], row["squad"], row["grid"]) for row in rows] == [
        ("r1", "squad", "east", "n1"), ("r2", "squad", "west", "n2"), ("r3", "desk", "", ""),
    ]  # fmt: skip
    assert rows[2]["rules"] == "category;no_grid;to_desk;priority"
    assert "It lies in no grid" in rows[2]["why"]
    aside = [json.loads(line) for line in (tmp_path / "routes.csv.rejected.ndjson").open()]
    assert [one["line"] for one in aside] == [5, 6, 7, 8]
    assert "line 5: lon is 'north'" in result.stderr
    told = run("route", path, "--requests", requests, "--out", out, "--json").stdout
    assert json.loads(told) == {"routed": 3, "rejected": 4, "first": {"desk": 1, "squad": 2}}


def test_nothing_is_routed_by_bad_grids(bad, tmp_path):
    out = tmp_path / "routes.csv"
    result = run("route", bad, "--requests", asked(tmp_path, "r1,,app,food,n1,,,"), "--out", out)
    assert result.exit_code == 3
    assert "overlap" in result.stderr
    assert not out.exists()


def test_a_map_counts_what_is_open(path, tmp_path):
    requests = asked(
        tmp_path,
        f"r1,,app,food,,{at(50_000, 50_000)},",
        "r2,,app,food,n1,,,",
        f"r3,,app,food,,{at(50_000, 50_000)},2026-03-02T09:00:00+08:00",
        "r4,,app,food,,1.0,2.0,",
    )
    out = tmp_path / "map.svg"
    result = run("draw", path, "--out", out, "--requests", requests, "--language", "en")
    assert result.exit_code == 0, result.output
    titles = etree.parse(out).xpath(
        "//s:path/s:title/text()", namespaces={"s": "http://www.w3.org/2000/svg"}
    )
    assert titles == ["网格n1 (n1), east; 2 open", "网格n2 (n2), west; 0 open"]


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"id,category\n", "columns grid, lon, lat are missing"), (b"\xff\xfe", "UTF-8"),
     (b'id,category,grid,lon,lat\n"', "CSV"), (b"", "missing")],
)  # fmt: skip
def test_a_file_that_is_no_table_ends_with_three(path, tmp_path, data, said):
    requests = tmp_path / "requests.csv"
    requests.write_bytes(data)
    result = run("route", path, "--requests", requests, "--out", tmp_path / "out.csv")
    assert result.exit_code == 3
    assert said in result.stderr


def test_a_command_that_would_write_over_its_input_is_called_wrongly(path, tmp_path):
    requests = asked(tmp_path)
    result = run("route", path, "--requests", requests, "--out", requests)
    assert result.exit_code == 2
    assert requests.read_text("utf-8") == HEAD
