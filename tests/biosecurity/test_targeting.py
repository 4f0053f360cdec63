"""Targeting keeps to its budget, follows risk, looks everywhere, and beats uniform sampling."""

import json
from pathlib import Path

import pytest
from bench.targeting import compare, historic, targeted, uniform
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from lianzhi.cli.main import main
from lianzhi.domains.biosecurity.figure_tables import ChannelResult
from lianzhi.domains.biosecurity.targeting import targets


@st.composite
def results(draw):
    rows = []
    for period in range(draw(st.integers(1, 4))):
        for channel in range(draw(st.integers(1, 5))):
            available = draw(st.integers(0, 200))
            inspected = draw(st.integers(0, available))
            hits = draw(st.integers(0, inspected))
            rows.append(ChannelResult(f"{period}", f"c{channel}", inspected, hits, available))
    return rows


@given(results(), st.integers(1, 300), st.floats(0, 1), st.integers(0, 5))
def test_the_budget_is_spent_within_what_there_is(rows, budget, explore, seed):
    plan = targets(rows, budget, explore, seed=seed)
    assert plan == targets(list(reversed(rows)), budget, explore, seed=seed)
    total = min(budget, sum(channel.available for channel in plan))
    assert sum(channel.inspections for channel in plan) == total
    assert sum(channel.explore for channel in plan) == round(explore * total)
    for channel in plan:
        assert 0 <= channel.explore <= channel.inspections <= channel.available
        assert 0 <= channel.lo <= channel.rate <= channel.hi <= 1


def history(first: int, second: int) -> list[ChannelResult]:
    """Hits of mail in two spans of ten periods; freight finds 2 of 100 in each."""
    rows = []
    for period in range(20):
        hits = first if period < 10 else second
        rows.append(ChannelResult(f"{period:02}", "mail", 100, hits, 1000))
        rows.append(ChannelResult(f"{period:02}", "freight", 100, 2, 1000))
    return rows


def test_inspections_follow_risk_and_still_look_elsewhere():
    mail, freight = targets(history(20, 20), 500, explore=0.2)
    assert (mail.name, mail.inspections, freight.inspections) == ("mail", 450, 50)
    assert mail.lo < 0.2 < mail.hi


def test_what_is_long_past_counts_less():
    by_name = {c.name: c for c in targets(history(20, 0), 500, half_life=2)}
    assert by_name["freight"].exploit > by_name["mail"].exploit
    assert by_name["mail"].rate < 0.02


def test_a_channel_without_a_past_is_tried():
    rows = [*history(3, 3), ChannelResult("19", "new", 0, 0, 1000)]
    by_name = {c.name: c for c in targets(rows, 500)}
    assert by_name["new"].hi - by_name["new"].lo > 2 * (by_name["mail"].hi - by_name["mail"].lo)
    assert by_name["new"].exploit > 50


@pytest.mark.slow
def test_it_finds_more_than_uniform_sampling_and_than_the_past():
    """In ports that a simulator without shared code or constants makes."""
    plans = {"uniform": uniform, "historic": historic, "targeted": targeted(0.2)}
    hits = compare("changing", plans, 8)
    assert (hits["targeted"] > hits["uniform"]).all()
    assert (hits["targeted"] / hits["historic"]).mean() > 1.2
    alike = compare("alike", plans, 8)
    assert (alike["targeted"] / alike["uniform"]).mean() == pytest.approx(1, abs=0.06)


def test_the_command_states_what_is_explored(tmp_path: Path):
    file = tmp_path / "channels.csv"
    lines = [f"{r.period},{r.channel},{r.inspected},{r.hits},{r.available}" for r in history(9, 9)]
    file.write_text("时期,渠道,查验数,检出数,待检数\n" + "\n".join(lines))
    words = ["biosecurity", "target", str(file), "--budget", "300"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    assert "20 % of the inspections are spread evenly" in done.output
    plan = json.loads(CliRunner().invoke(main, [*words, "--json"]).output)
    assert [row["name"] for row in plan] == ["mail", "freight"]
    assert sum(row["inspections"] for row in plan) == 300
    assert "平均分配" in CliRunner().invoke(main, [*words, "--language", "zh"]).output


def test_impossible_rows_are_named():
    with pytest.raises(ValueError, match="mail in 1: 5 hits of 4 inspected"):
        targets([ChannelResult("1", "mail", 4, 5, 10)], 10)
    with pytest.raises(ValueError, match=r"explore 1\.5"):
        targets(history(1, 1), 10, explore=1.5)
