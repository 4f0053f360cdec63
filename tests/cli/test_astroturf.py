"""`lianzhi astroturf`: files in, files out, what is no action set aside."""

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from lianzhi.cli.main import main
from made_actions import life, with_group

HEAD = "object_id,account_id,content_id,timestamp_share"
#: a and b meet twice on x and y, c meets a once, d is alone, e acts only once.
ROWS = [
    *("x,a,a1,100", "x,b,b1,130", "y,a,a2,500", "y,b,b2,500", "x,c,c1,155", "z,c,c2,100"),
    *("z,d,d1,900", "z,d,d2,990", "x,e,e1,120"),
]


def run(*words: object, verb: str = "coordinate") -> Result:
    return CliRunner().invoke(main, ["astroturf", verb, *map(str, words)])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "shares.csv"
    made.write_text("\n".join([HEAD, *ROWS, ""]))
    return made


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("engine", ["duckdb", "numpy"])
def test_files_have_the_columns_of_coortweet(path: Path, tmp_path: Path, engine: str) -> None:
    out = {name: tmp_path / f"{name}.csv" for name in ("pairs", "edges", "clusters", "bursts")}
    words = [word for name, one in out.items() for word in (f"--{name}", one)]
    result = run(path, "--engine", engine, *words)
    assert result.exit_code == 0, result.output
    assert "9 actions of 9 rows; 3 edges, 3 accounts in clusters, 4 pairs" in result.stdout
    assert rows(out["pairs"]) == [
        ["object_id", "content_id", "content_id_y", "time_delta", "account_id", "account_id_y"],
        ["x", "a1", "b1", "30", "a", "b"],
        ["x", "a1", "c1", "55", "a", "c"],
        ["x", "b1", "c1", "25", "b", "c"],
        ["y", "a2", "b2", "0", "a", "b"],
    ]
    assert rows(out["edges"])[0] == [
        *("from", "to", "weight", "avg_time_delta"),
        *("n_content_id", "n_content_id_y", "edge_symmetry_score"),
    ]
    assert rows(out["edges"])[1] == ["a", "b", "2", "15.0", "2", "2", "1.0"]
    assert {row[1] for row in rows(out["clusters"])[1:]} == {"1"}
    assert len(rows(out["bursts"])) == 1


@pytest.mark.parametrize("ending", ["parquet", "ndjson"])
def test_other_forms_hold_the_same(path: Path, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"edges.{ending}"
    assert run(path, "--edges", out).exit_code == 0
    if ending == "parquet":
        (first, *_) = pq.read_table(out).to_pylist()
    else:
        first = json.loads(out.read_text().splitlines()[0])
    assert (first["from"], first["to"], first["weight"], first["avg_time_delta"]) == (
        "a",
        "b",
        2,
        15,
    )


def test_rows_that_are_no_actions_are_set_aside_and_told(path: Path, tmp_path: Path) -> None:
    with path.open("a") as file:
        file.write("x,f,f1,yesterday\nx,a,a1,100\n")
    result = run(path, "--json")
    assert result.exit_code == 1
    counts = json.loads(result.stdout)
    assert counts == {
        "rows": 11, "actions": 9, "repeated": 1, "rejected": 1,
        "edges": 3, "viral": 0, "clusters": 3,
    }  # fmt: skip
    (line,) = (tmp_path / "shares.csv.rejected.ndjson").read_text().splitlines()
    assert json.loads(line)["row"] == 11
    assert json.loads(line)["column"] == "timestamp_share"


def test_columns_may_have_other_names(tmp_path: Path) -> None:
    path = tmp_path / "likes.csv"
    path.write_text("who,what,when\nu,x,1000\nv,x,1900\nu,y,5000\nv,y,5500\n")
    words = ("--columns", "account=who,object=what,time=when,content=", "--time-unit", "ms")
    result = run(path, *words, "--window", "1s")
    assert result.exit_code == 0, result.output
    assert "1 edges, 2 accounts in clusters" in result.stdout


def test_a_crowd_is_told(tmp_path: Path) -> None:
    path, out = tmp_path / "views.csv", tmp_path / "bursts.csv"
    rows_ = [f"film,u{n},{n % 2}-{n},{60 + n % 60}" for n in range(100)]
    path.write_text("\n".join([HEAD, *rows_, ""]))
    result = run(path, "--min-participation", 1, "--viral", 50, "--bursts", out)
    assert "1 bursts of more than 50 accounts in one window: not paired" in result.stdout
    assert "No two accounts acted together so often" in result.stdout
    assert rows(out)[1] == ["film", "60", "119", "100", "100"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--window", "60"), "'60': give a length of time"),
        (("--engine", "sqlite"), "engine 'sqlite': give duckdb, numpy or spark://HOST:PORT"),
        (("--columns", "account=who"), "no column 'who'; its columns: object_id"),
        (("--edges", "edges.xls"), ".xls; give one of .csv"),
        (("--memory", "much"), "write it as 2GB"),
        (("--edges", "/nowhere/at/all.csv"), "give a place that can be written to"),
    ],
)
def test_what_cannot_be_done_is_told_with_the_mend(
    path: Path, words: tuple[str, ...], said: str
) -> None:
    result = run(path, *words)
    assert result.exit_code == 3
    assert said in result.output


def test_no_file_is_written_over_what_is_read(path: Path) -> None:
    before = path.read_bytes()
    result = run(path, "--edges", path)
    assert result.exit_code == 3
    assert "it is read or written already" in result.output
    assert path.read_bytes() == before


@pytest.fixture
def busy(tmp_path: Path) -> Path:
    """Ten days of life, and six accounts that share four links within a minute."""
    actions = with_group(life(1), range(700, 706), range(300, 304))
    made = tmp_path / "busy.csv"
    with made.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["account_id", "object_id", "content_id", "timestamp_share"])
        for account, thing, content, time in zip(*map(np.ndarray.tolist, actions), strict=True):
            writer.writerow([f"u{account}", f"o{thing}", f"c{content}", time / 1000])
    return made


def test_groups_are_told_with_their_evidence(busy: Path, tmp_path: Path) -> None:
    out = tmp_path / "groups.ndjson"
    result = run(busy, "--out", out, verb="groups")
    assert result.exit_code == 0, result.output
    assert "6,024 actions; 1 groups of 6 accounts" in result.stdout
    (group,) = map(json.loads, out.read_text().splitlines())
    assert {member["account"] for member in group["members"]} == {f"u{n}" for n in range(700, 706)}
    assert all(member["probability"] > 0.5 for member in group["members"])
    assert {joint["object"] for joint in group["joint"]} == {f"o{n}" for n in range(300, 304)}
    first = group["joint"][0]
    assert first["since"].startswith("1970-01-02T00:00:")
    assert first["since"] <= first["until"] < "1970-01-02T00:01:01"
    assert group["expected_by_chance"] < 1e-6
    told = json.loads(run(busy, "--json", verb="groups").stdout)
    assert told["groups"] == [group]
    assert told["actions"] == 6024


def test_no_groups_are_told_where_there_are_none(path: Path) -> None:
    result = run(path, verb="groups")
    assert result.exit_code == 0
    assert "Nobody acts together beyond chance, or too seldom to tell." in result.stdout


@pytest.mark.slow
def test_calibration_tells_what_would_be_false_and_found(busy: Path, tmp_path: Path) -> None:
    habits = tmp_path / "habits.toml"
    habits.write_text(
        '[[habit]]\nname = "six, four times"\nsize = 6\ntimes = 4\njitter = "60s"\npart = 1.0\n'
        'accounts = "own"\nobjects = "own"\n'
    )
    words = ("--worlds", 60, "--habits", habits)
    result = run(busy, *words, verb="calibrate")
    assert result.exit_code == 0, result.output
    assert (
        "60 placebo worlds without groups: something found in 0.0% (at most 4.9%" in result.stdout
    )
    assert "six, four times" in result.stdout
    few = run(busy, "--worlds", 20, "--habits", habits, "--json", verb="calibrate")
    assert few.exit_code == 1  # too few to promise anything
    assert json.loads(few.stdout)["rows"][0]["share"] == 1.0


@pytest.mark.parametrize(
    ("verb", "words", "said"),
    [
        ("groups", ("--windows", "60s,soon"), "'soon': give a length of time"),
        ("groups", ("--out", "groups.csv"), "it is written as .ndjson"),
        ("calibrate", (), "fewer than 20 accounts; give more data"),
    ],
)
def test_what_cannot_be_looked_for_is_told(
    path: Path, verb: str, words: tuple[str, ...], said: str
) -> None:
    result = run(path, *words, verb=verb)
    assert result.exit_code == 3
    assert said in result.output


def test_stored_events_become_actions_in_which_groups_are_found(tmp_path: Path) -> None:
    home, events, out = tmp_path / "home", tmp_path / "events.ndjson", tmp_path / "a.parquet"
    actions = with_group(life(1), range(700, 706), range(300, 304))
    rows_ = zip(*map(np.ndarray.tolist, actions), strict=True)
    lines = [
        {
            "id": f"e{content}", "source": "s", "kind": "like", "actor": f"u{account}",
            "object": f"v{thing}", "time": 1_760_000_000_000 + time,
        }
        for account, thing, content, time in sorted(rows_, key=lambda row: row[3])
    ]  # fmt: skip
    lines.append({**lines[-1], "id": "pm", "kind": "private_message", "target": "u9", "text": "hi"})
    events.write_text("".join(json.dumps(line) + "\n" for line in lines))
    watched = CliRunner().invoke(main, ["watch", str(events), "--home", str(home)])
    assert watched.exit_code == 0, watched.output
    result = run("--home", home, "--out", out, verb="actions")
    assert result.exit_code == 0, result.output
    assert "6,024 actions" in result.stdout
    first = pq.read_table(out).to_pylist()[0]
    assert first["object_id"].startswith("on:v")
    assert first["content_id"].startswith("s/e")
    told = json.loads(run(out, "--json", verb="groups").stdout)
    (group,) = told["groups"]
    assert {member["account"] for member in group["members"]} == {f"u{n}" for n in range(700, 706)}
    later = run("--home", home, "--out", out, "--since", "2025-10-15", verb="actions")
    assert later.exit_code == 0
    assert 0 < len(pq.read_table(out)) < 6024


def test_actions_need_a_deployment_and_a_name(tmp_path: Path) -> None:
    result = run("--home", tmp_path / "none", "--out", tmp_path / "a.parquet", verb="actions")
    assert result.exit_code == 3
    assert "there is no deployment" in result.output


def test_names_are_shown_as_they_are_and_never_as_markup(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    odd = ("[/b]", "[red]x", "\x1b]0;owned\x07")
    rows_ = [f"{thing},{name},{thing}{n},{100 + n}" for thing in "pq" for n, name in enumerate(odd)]
    path.write_text("\n".join([HEAD, *rows_, ""]))
    result = run(path)
    assert result.exit_code == 0, result.output
    assert "[/b]" in result.stdout
    assert "[red]x" in result.stdout
    assert "\x1b]0" not in result.stdout


def test_what_an_earlier_run_set_aside_does_not_stay(path: Path, tmp_path: Path) -> None:
    stale = tmp_path / "shares.csv.rejected.ndjson"
    stale.write_text("{}\n")
    assert run(path).exit_code == 0
    assert not stale.exists()
