import json

import pytest
from click.testing import CliRunner

from lianzhi.domains.enforcement.commands import enforcement

SMALL = ("--enterprises", "40", "--officers", "10", "--grids", "6", "--months", "3")


def run(*words):
    return CliRunner().invoke(enforcement, ["town", *map(str, words)])


def test_it_writes_the_files_and_the_answers(tmp_path):
    done = run("--out", tmp_path / "t", *SMALL, "--answers", tmp_path / "key.json", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["rows"]["enterprises"] == 40
    assert {path.name for path in (tmp_path / "t").iterdir()} == {
        *("enterprises.csv", "officers.csv", "observers.csv", "grids.geojson", "requests.csv"),
        *("inspections.csv", "penalties.csv", "permits.csv", "departments.csv", "items.csv"),
    }
    key = json.loads((tmp_path / "key.json").read_text("utf-8"))
    assert {one["key"]: len(one["ids"]) for one in key["anomalies"]} == {
        name: one["count"] for name, one in told["planted"].items()
    }


def test_people_get_a_table(tmp_path):
    done = run("--out", tmp_path, *SMALL)
    assert "strict_inspector" in done.output
    assert "检查尺度过严" in done.output


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        assert run("--out", tmp_path / name, *SMALL, "--seed", 5).exit_code == 0
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


@pytest.mark.parametrize(
    ("words", "planted"),
    [
        (("--clean",), set()),
        (("--plant", "no_scan", "--plant", "favours"), {"no_scan", "favours"}),
        (("--plant", "no_scan", "--plant", "favours", "--without", "favours"), {"no_scan"}),
    ],
)
def test_what_is_planted_can_be_chosen(tmp_path, words, planted):
    done = run("--out", tmp_path, *SMALL, *words, "--json")
    assert set(json.loads(done.stdout)["planted"]) == planted


@pytest.mark.parametrize(
    "words", [("--clean", "--plant", "no_scan"), ("--grids", "3"), ("--plant", "bribery")]
)
def test_what_makes_no_sense_is_called_wrongly(tmp_path, words):
    assert run("--out", tmp_path, *words).exit_code == 2


def test_strengths_can_be_set(tmp_path):
    file = tmp_path / "weak.toml"
    file.write_text("[no_scan]\ncount = 400\n[favours]\non = false\n", "utf-8")
    done = run("--out", tmp_path, *SMALL, "--strengths", file, "--json")
    planted = json.loads(done.stdout)["planted"]
    assert "favours" not in planted
    assert planted["no_scan"]["count"] == round(400 * 40 * 3 / 24_000)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[bribery]\non = true\n", "bribery: give tables named as anomalies are: strict_inspector"),
        ("[no_scan]\ncount = -1\n", "[no_scan]: Expected `int` >= 0 - at `$.count`"),
        ("[no_scan]\nsize = 1\n", "[no_scan]: Object contains unknown field `size`"),
        ("[over_cap]\nleast = 9\n", "[over_cap]: least is 9, above most, 5"),
        ("no_scan", "give TOML in UTF-8"),
        ("#" * 70_000, "larger than 65,536 bytes"),
    ],
)
def test_strengths_that_make_no_sense_are_refused(tmp_path, text, said):
    file = tmp_path / "strengths.toml"
    file.write_text(text, "utf-8")
    done = run("--out", tmp_path / "town", *SMALL, "--strengths", file)
    assert done.exit_code == 1
    assert said in done.output
    assert not (tmp_path / "town").exists()


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("here")
    done = run("--out", tmp_path / "file" / "town", *SMALL)
    assert done.exit_code == 1  # 3 under `lianzhi`, which gives refusals their code
    assert "give another place by --out" in done.output
