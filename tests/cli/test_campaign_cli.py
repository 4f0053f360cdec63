"""`lianzhi campaign judge` reads weekly counts and says what can be said."""

import datetime as dt
import json
from pathlib import Path

import pytest
from bench.campaign_world import Nature, world
from click.testing import CliRunner, Result

from lianzhi.cli.campaign import campaign

FIRST = dt.date(2024, 1, 1)


def day(week: int) -> str:
    return str(FIRST + dt.timedelta(weeks=week))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = world((21, 1), Nature(neighbours=1), effect=0.6, after=8, returns=0)
    rows = zip(
        made.outcome,
        made.exposure,
        made.control,
        made.control_exposure,
        made.neighbours["n0"],
        strict=True,
    )
    lines = ["week,outcome,exposure,control,control_exposure,neighbour.n0"]
    lines += [
        f"{day(n)},{y:.0f},{e:.4f},{c:.0f},{ce:.4f},{k:.0f}"
        for n, (y, e, c, ce, k) in enumerate(rows)
    ]
    path = tmp_path / "weeks.csv"
    path.write_text("\n".join(lines))
    return path


def run(file: Path, *options: str) -> Result:
    return CliRunner().invoke(campaign, ["judge", str(file), *options])


def test_a_fall_is_told_in_both_languages(file: Path) -> None:
    zh = run(file, "--start", day(112), "--end", day(124), "--language", "zh")
    assert zh.exit_code == 0
    assert "检出情况：下降。" in zh.output
    assert "危害本身：无法判断。" in zh.output
    en = run(file, "--start", day(112), "--end", day(124), "--language", "en")
    assert "What was detected fell." in en.output
    assert "Neighbours: " in en.output
    assert "After the end: a rebound, first seen in the week of" in en.output
    assert "行动结束后：出现反弹" in zh.output
    assert "judged." not in zh.output + en.output


def test_json_has_the_figures(file: Path) -> None:
    result = json.loads(
        run(file, "--start", day(112), "--end", day(124), "--level", "0.9", "--json").output
    )
    assert (result["detected"], result["harm"], result["level"]) == ("fell", "cant_say", 0.9)
    assert result["change"]["lo"] < result["change"]["value"] < result["change"]["hi"] < 1
    assert day(124) <= result["rebound_seen"] < day(132)
    assert result["moved"]["shown"] is False
    assert set(result["says"]) == {"zh", "en"}


def test_a_change_of_the_detector_is_not_comparable(file: Path) -> None:
    result = json.loads(run(file, "--start", day(112), "--change", day(114), "--json").output)
    assert (result["detected"], result["change"]) == ("not_comparable", None)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("week,outcome", "week,counts", "the column outcome is missing"),
        ("control,", "controls,", "the column is 'controls'; give one of week, outcome"),
        (f"{day(3)},", f"{day(4)},", f"week is {day(4)}, {day(3)} is next"),
        (f"\n{day(5)},", f"\n{day(5)},-1", "outcome is '-1"),
    ],
)
def test_a_table_that_is_no_series_is_refused(file: Path, old, new, fault) -> None:
    file.write_text(file.read_text().replace(old, new, 1))
    result = run(file, "--start", day(112))
    assert result.exit_code == 3
    assert fault in result.output


def test_a_start_outside_the_file_is_refused(file: Path) -> None:
    result = run(file, "--start", "2031-01-01")
    assert result.exit_code == 3
    assert "2031-01-01 is outside the file; give a day from 2024-01-01" in result.output


def test_an_end_before_the_start_is_refused(file: Path) -> None:
    result = run(file, "--start", day(112), "--end", day(100))
    assert result.exit_code == 3
    assert f"ends with --end {day(100)}, before it starts; give a later week" in result.output


def test_a_table_without_rows_is_refused(file: Path) -> None:
    file.write_text("week,outcome\n")
    assert "there are 0 weeks; give 1 to 1040" in run(file, "--start", day(0)).output
