"""Attention: sessions, nights and breaks counted by hand, and intervals by people."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from lianzhi.domains.algorithms.commands import algorithms
from lianzhi.stats.clustered_ratio import ratio_of_sums

# Person a: 09:00-09:10 by choice, 09:12-09:32 autoplay with a prompt, next at 09:34 (not obeyed);
# b, a minor: 21:50-22:10, then 23:00-01:00 (over 120 minutes that day) with a prompt, obeyed.
EVENTS = """user,time,seconds,autoplay,minor,prompt
a,2026-05-01 09:00:00,600,0,0,0
a,2026-05-01 09:12:00,1200,1,0,1
a,2026-05-01 09:34:00,60,1,0,0
a,2026-05-01 12:00:00,600,1,0,0
b,2026-05-01 21:50:00,1200,0,1,0
b,2026-05-01 23:00:00,7200,0,1,1
,2026-05-01 23:00:00,7200,0,1,1
b,soon,60,0,1,0
"""
MAP = "user: user\ntime: time\nseconds: seconds\nautoplay: autoplay\nminor: minor\nprompt: prompt\n"


def measured(folder: Path, events: str = EVENTS, text: str = MAP) -> dict:
    (folder / "events.csv").write_text(events)
    (folder / "map.yaml").write_text(text)
    asked = ["attention", str(folder / "events.csv"), "--map", str(folder / "map.yaml"), "--json"]
    ran = CliRunner().invoke(algorithms, [*asked, "--out", str(folder / "out")])
    assert ran.exit_code == 0, ran.output
    fields = json.loads(ran.output)
    assert json.loads((folder / "out" / "attention.json").read_bytes()) == fields
    return fields


def test_figures_counted_by_hand(tmp_path: Path) -> None:
    fields = measured(tmp_path)
    assert (fields["people"], fields["events"], fields["left_out"]) == (2, 6, 2)
    values = {name: figure["value"] for name, figure in fields["figures"].items()}
    assert values == pytest.approx(
        {
            "minutes_a_day": (41 + 140) / 2,
            "minutes_a_session": (41 + 140) / 4,
            "long_sessions": 1 / 4,
            "autoplay_share": 31 / 181,
            "minors_night": 120.0,  # by the hour at which a thing began
            "minors_over_cap": 1.0,
            "prompts_obeyed": 1 / 2,
            "session_after_autoplay": 10.0,
            "session_after_choice": (31 + 20 + 120) / 3,
        }
    )


def test_figures_without_their_column_are_left_out(tmp_path: Path) -> None:
    fields = measured(tmp_path, text="user: user\ntime: time\nseconds: seconds\n")
    assert list(fields["figures"]) == ["minutes_a_day", "minutes_a_session", "long_sessions"]


def test_an_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    head, *rows = EVENTS.splitlines()
    turned = "\n".join([head, *reversed(rows)]) + "\n"
    assert measured(tmp_path) == measured(tmp_path, turned)


def test_an_interval_by_people_holds_the_ratio_as_often_as_it_says() -> None:
    dice = np.random.default_rng(5)
    held = 0
    for _ in range(2000):
        below = dice.poisson(4, 60) + 1
        share = dice.beta(2, 6, 60)
        ratio = ratio_of_sums(dice.binomial(below, share), below)
        held += ratio.interval.lo <= 0.25 <= ratio.interval.hi
    assert held / 2000 == pytest.approx(0.95, abs=0.02)


def test_a_ratio_of_nothing_and_of_one_person() -> None:
    assert ratio_of_sums([1], [0]).people == 0
    assert ratio_of_sums([1], [2]).interval == (float("-inf"), float("inf"))
    with pytest.raises(ValueError, match="give 0 or more"):
        ratio_of_sums([1], [-1])


def test_survival_of_sessions_and_reports_in_both_languages(tmp_path: Path) -> None:
    fields = measured(tmp_path)
    choice = {point["minutes"]: point["value"] for point in fields["survival"]["choice"]}
    assert (choice[0], choice[30], choice[120], choice[180]) == (1.0, 2 / 3, 1 / 3, 0.0)
    auto = {point["minutes"]: point["value"] for point in fields["survival"]["autoplay"]}
    assert (auto[10], auto[15]) == (1.0, 0.0)
    page = (tmp_path / "out" / "report.zh.html").read_text("utf-8")
    assert "<svg" in page
    assert "algorithms_" not in page
    assert (tmp_path / "out" / "report.en.pdf").read_bytes().startswith(b"%PDF-")
