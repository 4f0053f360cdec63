import csv
import json

import pytest
from click.testing import CliRunner
from made_inspections import officers, town
from test_strictness import cases

from lianzhi.domains.enforcement.commands.draw import draw
from lianzhi.domains.enforcement.commands.rank import rank
from lianzhi.domains.enforcement.commands.strictness import strictness


def sheet(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)
    return str(path)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    history, _ = town(strict=(("o03", 3.2),))

    def row(one, **named):
        return {**{name: getattr(one, name) for name in one.__struct_fields__}, **named}

    return {
        "enterprises": sheet(
            folder / "enterprises.csv", [row(o) for o in history.enterprises.values()]
        ),
        "inspections": sheet(
            folder / "inspections.csv",
            [
                row(o, officers=";".join(o.officers), violations=";".join(o.violations))
                for o in history.inspections
            ],
        ),
        "penalties": sheet(
            folder / "penalties.csv",
            [
                row(o, officers=";".join(o.officers), facts=json.dumps(o.facts))
                for o in cases(effect=(("o02", 0.8),))
            ],
        ),
        "officers": sheet(
            folder / "officers.csv",
            [
                row(o, certificate=f"c{o.id}", certificate_until="2027-12-31")
                for o in officers().values()
            ],
        ),
    }


def call(command, *args):
    return CliRunner().invoke(command, list(map(str, args)), catch_exceptions=False)


def given(files, *names):
    return [part for name in names for part in (f"--{name}", files[name])]


PLAN = (
    *(
        "--id",
        "2026-Q3",
        "--total",
        12,
        "--share",
        "high=2",
        "--share",
        "all=1",
        "--lots",
        "high=3",
    ),
    *(
        "--cap",
        9,
        "--day",
        "2026-06-01",
        "--until",
        "2026-09-30",
        "--public",
        "lottery of 2026-07-10",
    ),
    *("--public-on", "2026-07-10", "--reveal-until", "2026-07-12"),
)


def planned(files, folder, tmp_path, *more):
    tiers = sheet(
        tmp_path / "tiers.csv", [{"enterprise": f"e{k:03}", "stratum": "high"} for k in range(60)]
    )
    some = given(files, "enterprises", "officers", "inspections")
    return call(
        draw, "plan", folder, *some, "--tiers", tiers, *PLAN, "--secret", tmp_path / "key", *more
    )


def test_a_draw_from_plan_to_the_citizens_check(files, tmp_path):
    folder = tmp_path / "published"
    made = planned(files, folder, tmp_path)
    assert made.exit_code == 0, made.output
    digest = made.output.split()[-1]
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    shown = call(draw, "reveal", folder, "--secret", tmp_path / "key", "--public", "03 07 11")
    assert shown.exit_code == 0
    found = json.loads((folder / "draw.json").read_text())
    assert [one["stratum"] for one in found["inspections"]].count("high") == 8
    elsewhere = ("--digest", digest, "--recorded", "2026-07-01", "--public", "03 07 11")
    good = call(draw, "verify", folder, *elsewhere, "--json")
    assert good.exit_code == 0
    assert all(one["holds"] for one in json.loads(good.output))
    assert call(draw, "verify", folder, "--public", "03 07 12").exit_code == 1
    roster = folder / "enterprises.csv"
    roster.write_text(roster.read_text().replace("e000,high,3", "e000,high,1"))
    edited = call(draw, "verify", folder, *elsewhere)
    assert edited.exit_code == 1
    assert "the roster of enterprises is not the one" in edited.output.replace("\n", " ")


def test_a_secret_among_what_is_published_and_a_row_that_is_wrong_are_refused(files, tmp_path):
    folder = tmp_path / "published"
    told = planned(files, folder, tmp_path, "--secret", folder / "key")
    assert told.exit_code == 3
    assert "which is published" in told.output
    bad = sheet(tmp_path / "bad.csv", [{"id": "e1", "staff": "many"}])
    told = planned(files, folder, tmp_path, "--enterprises", bad)
    assert told.exit_code == 3
    assert "bad.csv line 2: staff is 'many'" in told.output
    assert not folder.exists()


def test_called_wrongly(files, tmp_path):
    assert planned(files, tmp_path / "f", tmp_path, "--share", "high=lots").exit_code == 2
    assert planned(files, tmp_path / "f", tmp_path, "--day", "today").exit_code == 2


def test_a_folder_that_holds_no_draw_is_refused(tmp_path):
    (tmp_path / "plan.json").write_text("{}")
    told = call(draw, "verify", tmp_path)
    assert told.exit_code == 3
    assert "plan.json" in told.output


def test_rank_tells_both_figures_and_writes_everybody(files, tmp_path):
    out = tmp_path / "rank.json"
    some = given(files, "enterprises", "inspections")
    told = call(rank, *some, "--until", "2025-12-01", "--out", out)
    assert told.exit_code == 0
    for word in ("naive", "adjusted", "own list", "o03: odds of a finding", "Cramér"):
        assert word in told.output
    found = json.loads(out.read_text())
    assert len(found["ranked"]) == 300
    gains = found["gains"]["gains"]
    assert gains["naive"]["all"]["days"] > gains["adjusted"]["all"]["days"]


def test_strictness_tells_whom_to_look_at(files):
    names = ("enterprises", "inspections", "penalties", "officers")
    told = call(strictness, *given(files, *names), "--since", "2024-12-01", "--json")
    assert told.exit_code == 0
    found = json.loads(told.output)
    assert [one["officer"] for one in found["inspectors"]["compared"] if one["look"]] == ["o03"]
    assert [o["name"] for o in found["penalties"]["levels"]["officer"] if o["look"]] == ["o02"]
    shown = call(strictness, *given(files, *names), "--since", "2024-12-01")
    assert "●" in shown.output
    assert "Read the files" in shown.output


def test_rows_left_out_are_told_and_the_exit_code_is_1(files, tmp_path):
    lines = open(files["inspections"], encoding="utf-8").read()  # noqa: SIM115, PTH123
    bad = tmp_path / "inspections.csv"
    bad.write_text(lines + "x,e001,not a day,fire,random,o01,\n", "utf-8")
    told = call(strictness, *given(files, "enterprises"), "--inspections", bad)
    assert told.exit_code == 1
    assert "day is 'not a day'" in told.output
    few = tmp_path / "few.csv"
    few.write_text("\n".join(lines.splitlines()[:50]), "utf-8")
    told = call(rank, *given(files, "enterprises"), "--inspections", few, "--until", "2026-01-01")
    assert told.exit_code == 3
    assert "give 200 or more" in told.output
