import json

import pytest
from click.testing import CliRunner

from lianzhi.domains.enforcement.commands import enforcement

OFFICERS = """id,name,squad,department,certificate,certificate_until
O1,李,S1,fire,c1,2027-12-31
O2,王,S1,fire,c2,2026-03-31
"""
PLACES = """id,name,industry,grid,lon,lat
E1,江月餐馆,restaurant,G1,121,31
"""
VISITS = """id,enterprise,day,department,list,reason,officers,scanned_in
I1,E1,2026-03-02,fire,fire,risk,O1;O2,true
I2,E1,2026-04-01,fire,fire,risk,O1;O2,true
"""


def run(*words):
    return CliRunner().invoke(enforcement, ["audit", *map(str, words)])


@pytest.fixture
def town(tmp_path):
    for name, text in (("officers", OFFICERS), ("enterprises", PLACES), ("inspections", VISITS)):
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("lang", "said"), [("zh", "检查时执法证无效"), ("en", "No good certificate at the inspection")]
)
def test_it_asks_in_the_readers_language(town, lang, said):
    done = run(town, "--lang", lang)
    assert done.exit_code == 1
    assert said in done.stdout
    assert "I2" in done.stdout
    assert "2026-03-31" in done.stdout
    assert "I1  " not in done.stdout


def test_a_folder_with_nothing_to_ask_is_done(town):
    (town / "inspections.csv").write_text(VISITS.replace("2026-04-01", "2026-03-30"), "utf-8")
    assert run(town).exit_code == 0


def test_json_says_everything(town):
    out = town / "found.json"
    done = run(town, "--json", "--out", out)
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert json.loads(out.read_text("utf-8")) == told
    assert told["day"] == "2026-04-01"
    one = next(one for one in told["monitors"] if one["alerts"])
    (alert,) = one["alerts"]
    assert alert["ids"] == ["I2"]
    assert alert["basis"] == "penalty_law.two_officers"
    assert {*alert["says"]} == {"zh", "en"}
    few = next(one for one in told["monitors"] if one["monitor"] == "strictness")
    assert few["unjudged"] == 1
    assert few["reason"]["code"] == "few"
    assert {*few["reason"]["says"]} == {"zh", "en"}
    assert "至少需要" in run(town, "--lang", "zh").output


def test_the_bureaus_own_rules_take_the_place_of_the_shipped_ones(town, tmp_path):
    assert run(town, "--policy", tmp_path / "none").exit_code == 2
    own = tmp_path / "own"
    (own / "visits").mkdir(parents=True)
    (own / "visits" / "2026-01-01.toml").write_text("cap = 1\n", "utf-8")
    done = run(town, "--policy", own)
    assert done.exit_code == 3
    assert "2026-01-01.toml" in done.output


def test_until_when_the_files_tell_can_be_said(town):
    (town / "penalties.csv").write_text(
        "id,enterprise,item,department,officers,facts,act_day,filed\n"
        "P1,E1,fire.exit_blocked,fire,O1;O2,{},2026-03-02,2026-03-03\n", "utf-8",
    )  # fmt: skip
    assert "decided_late" not in _asked(run(town, "--json"))
    assert "decided_late" in _asked(run(town, "--json", "--on", "2026-06-02"))
    assert run(town, "--on", "soon").exit_code == 2


def _asked(done):
    told = json.loads(done.stdout)
    return {one["monitor"] for one in told["monitors"] if one["alerts"]}


def test_rows_that_are_left_out_are_counted(town):
    (town / "inspections.csv").write_text(
        VISITS + "I3,E9,2026-04-02,fire,x,risk,O1,true\n", "utf-8"
    )
    assert json.loads(run(town, "--json").stdout)["left_out"] == 1


def test_a_folder_without_rows_could_not_be_judged(tmp_path):
    done = run(tmp_path)
    assert done.exit_code == 3
    assert "import check" in done.output
