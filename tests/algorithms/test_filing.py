"""Clocks of filings, with last days counted by hand on the calendar of 2025 and 2026."""

import datetime as dt
import json

import pytest
from click.testing import CliRunner

from lianzhi.domains.algorithms.commands import algorithms
from lianzhi.domains.algorithms.filing.clocks import FilingClock, filing_clocks, shipped_law
from lianzhi.law.periods import UnknownPeriodError

DAY = dt.date


@pytest.mark.parametrize(
    ("step", "since", "last"),
    [
        # Monday 2 March 2026: 3, 4, 5, 6, 9, 10, 11, 12, 13, 16.
        ("file", DAY(2026, 3, 2), DAY(2026, 3, 16)),
        # Friday 26 September 2025: Sunday 28 is worked; 1 to 8 October are off, Saturday 11 is
        # worked: 28, 29, 30, 9, 10, 11, 13, 14, 15, 16.
        ("change", DAY(2025, 9, 26), DAY(2025, 10, 16)),
        # Tuesday 3 June 2025: 4 to 6, 9 to 13, 16 to 20, 23 to 27, 30, 1.
        ("cancel", DAY(2025, 6, 3), DAY(2025, 7, 1)),
        # Thursday 3 July 2025: 4; 7 to 11; 14 to 18; 21 to 25; 28 to 1; 4 to 8; 11 to 14.
        ("examine", DAY(2025, 7, 3), DAY(2025, 8, 14)),
    ],
)
def test_last_days_counted_by_hand(step, since: dt.date, last: dt.date) -> None:
    (clock,) = filing_clocks({step: since}, {}, shipped_law())
    assert clock.last_day == last
    assert clock.state(last) == "running"
    assert clock.state(last + dt.timedelta(1)) == "overdue"
    (done,) = filing_clocks({step: since}, {step: last}, shipped_law())
    assert done.state(last + dt.timedelta(99)) == "in_time"
    late = done._replace(done=last + dt.timedelta(1))
    assert isinstance(late, FilingClock)
    assert late.state(last) == "late"


def test_before_the_provisions_there_is_no_period() -> None:
    with pytest.raises(UnknownPeriodError):
        filing_clocks({"file": DAY(2022, 2, 28)}, {}, shipped_law())


def test_a_step_is_not_done_before_it_begins() -> None:
    with pytest.raises(ValueError, match="done of file is 2026-03-01; give a day from 2026-03-02"):
        filing_clocks({"file": DAY(2026, 3, 2)}, {"file": DAY(2026, 3, 1)}, shipped_law())


def test_the_command_names_last_day_and_article() -> None:
    asked = ["filing", "--today", "2026-03-17", "--launched", "2026-03-02"]
    ran = CliRunner().invoke(algorithms, [*asked, "--json"])
    assert ran.exit_code == 1
    assert json.loads(ran.output) == {
        "step": "file", "since": "2026-03-02", "last_day": "2026-03-16",
        "articles": ["24(1)"], "state": "overdue", "done": None,
    }  # fmt: skip
    ran = CliRunner().invoke(algorithms, [*asked, "--filed", "2026-03-16", "--language", "zh"])
    assert ran.exit_code == 0
    assert "最迟 2026-03-16，已按期办理" in ran.output
    assert "第二十四条第一款" in ran.output
    assert CliRunner().invoke(algorithms, [*asked[:3]]).exit_code == 2
    assert CliRunner().invoke(algorithms, [*asked[:3], "--filed", "2026-03-16"]).exit_code == 2
