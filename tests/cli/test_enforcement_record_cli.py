"""`lianzhi enforcement import load` and `export`: exit codes, and what is left on the record."""

import json

import pytest
from click.testing import CliRunner

from lianzhi.cli.main import main

REGISTER = "id,name,industry,grid,lon,lat\nE1,江月楼,restaurant,G01,120.28,31.91\n"
OFFICERS = "id,name,squad,department,certificate,certificate_until\nli,李,S1,fire,A-1,2030-01-01\n"
INSPECTIONS = (
    "id,enterprise,day,department,list,reason,officers,scanned_in\n"
    "I1,E1,2026-03-02,fire,fire,random,li,true\n"
    "I2,E7,2026-03-02,fire,fire,random,li,true\n"
)


@pytest.fixture
def run(tmp_path):
    def call(*args, typed=None):
        words = [*args, "--home", str(tmp_path / "home")]
        return CliRunner().invoke(main, words, input=typed)

    assert call("user", "add", "chief", "--role", "leader", "--stdin", typed="correct horse battery"
                ).exit_code == 0  # fmt: skip
    return call


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "enterprises.csv").write_text(REGISTER, "utf-8")
    (folder / "officers.csv").write_text(OFFICERS, "gb18030")
    (folder / "inspections.csv").write_text(INSPECTIONS, "utf-8")
    return folder


def told(result):
    return json.loads(result.stdout)


def test_good_rows_come_in_and_bad_ones_are_told(run, folder, tmp_path):
    strict = run("enforcement", "import", "load", str(folder), "--json", "--strict")
    assert (strict.exit_code, sum(told(strict)["taken"].values())) == (1, 0)
    first = run("enforcement", "import", "load", str(folder), "--json")
    assert first.exit_code == 1
    taken = {kind: count for kind, count in told(first)["taken"].items() if count}
    assert taken == {"officers": 1, "enterprises": 1, "inspections": 1}
    assert [(one["line"], one["value"]) for one in told(first)["errors"]] == [(3, "E7")]

    again = run("enforcement", "import", "load", str(folder))
    assert again.exit_code == 1
    assert "on the record already" in again.output
    (folder / "inspections.csv").unlink()
    assert run("enforcement", "import", "load", str(folder)).exit_code == 0

    out = tmp_path / "out"
    counts = run("enforcement", "export", str(out), "--json")
    assert told(counts)["inspections"] == 1
    assert (out / "enterprises.csv").read_text("utf-8").splitlines()[1].startswith("E1,江月楼,")
    assert run("record", "verify").exit_code == 0
    assert run("enforcement", "export", str(out)).exit_code == 3
    sheets = run("enforcement", "export", str(tmp_path / "sheets"), "--xlsx")
    assert sheets.exit_code == 0
    assert (tmp_path / "sheets" / "steps.xlsx").is_file()


def test_without_a_deployment_nothing_is_done(folder, tmp_path):
    for words in (["import", "load", str(folder)], ["export", str(tmp_path / "out")]):
        result = CliRunner().invoke(main, ["enforcement", *words, "--home", str(tmp_path / "none")])
        assert result.exit_code == 3
        assert "there is no deployment" in result.output
    assert not (tmp_path / "out").exists()
