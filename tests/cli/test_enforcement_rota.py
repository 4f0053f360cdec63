"""`lianzhi enforcement rota`: faults of a file before it is sent in."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from lianzhi.cli.main import Main
from lianzhi.domains.enforcement.commands.rota import rota

GOOD = """
officers = [{ id = "an", squad = "east", certificate_until = 2027-01-01 }]
[[patterns]]
officer = "an"
weekdays = [1]
since = 2026-03-01
begins = "08:00"
ends = "18:00"
"""
GAP = """
[[covers]]
squad = "east"
weekdays = [1]
begins = "08:00"
ends = "20:00"
least = 1
"""


def run(*words):
    return CliRunner().invoke(Main(commands={"rota": rota}), ["rota", *map(str, words)])


@pytest.fixture
def write(tmp_path):
    def written(text):
        path = tmp_path / "rota.toml"
        path.write_text(text, "utf-8")
        return path

    return written


def test_a_sound_rota_passes(write):
    done = run(write(GOOD), "--since", "2026-03-02")
    assert done.exit_code == 0, done.output
    assert done.output == "1 officers; 0 faults in 28 days\n"


def test_faults_are_told_with_their_times(write):
    done = run(write(GOOD + GAP), "--since", "2026-03-02", "--days", "7")
    assert done.exit_code == 1
    assert "2026-03-02 18:00" in done.output
    assert "east has 0 of 1 officers" in done.output
    told = json.loads(run(write(GOOD + GAP), "--since", "2026-03-02", "--json").output)
    assert told["officers"] == 1
    assert [one["kind"] for one in told["faults"]] == ["gap"] * 4


def test_what_is_no_rota_ends_with_the_reason(write):
    done = run(write("officers = 7"), "--since", "2026-03-02")
    assert done.exit_code == 3
    assert "officers" in done.output
    assert "mend it" in done.output
    assert run(write(GOOD), "--since", "soon").exit_code == 2


def test_the_example_of_the_documentation_is_sound(write):
    text = (Path(__file__).parents[2] / "docs" / "dispatch.md").read_text("utf-8")
    example = text.split("```toml\n")[1].split("```")[0]
    done = run(write(example), "--since", "2026-11-02")
    assert (done.exit_code, done.output) == (0, "3 officers; 0 faults in 28 days\n")


@pytest.mark.parametrize("day", ["9999-12-20", "0001-01-01"])
def test_days_far_away_are_refused(write, day):
    assert run(write(GOOD), "--since", day).exit_code == 2
