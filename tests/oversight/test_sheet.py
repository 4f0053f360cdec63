"""The assessment sheet: what was shown, what was not, and what nobody looked at."""

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from oversight_house import LEAD, OTHER, TODAY, Oversight

from lianzhi.cli.main import main
from lianzhi.domains.oversight.queries import views
from lianzhi.domains.oversight.rules.sheet import Row, sheet

FAILED = "私信可关 | 不符合\n评论可限 | met\n一键防护有效 | 是\n"


@pytest.fixture
def house(tmp_path: Path) -> Oversight:
    return Oversight(tmp_path)


def rows(house: Oversight) -> dict[str, Row]:
    with house.desk.office.reading() as connection:
        instructions = views.of_platform(connection, house.platform)
    duties = house.desk.office.policy()[1].duties
    shown = sheet(duties, instructions)
    assert [row.duty for row in shown] == [*duties]
    return {row.duty.key: row for row in shown}


def test_a_duty_nobody_looked_at_is_not_met(house: Oversight) -> None:
    house.draft()
    assert {row.state for row in rows(house).values()} == {"unseen"}, "a draft tells nothing"


def test_from_asked_over_failed_to_shown(house: Oversight) -> None:
    identity = house.issued()
    row = rows(house)["protection"]
    assert (row.state, row.day, row.instruction) == ("open", TODAY, identity)
    house.reply(identity)
    house.probe(identity, FAILED)
    assert rows(house)["protection"].state == "failed"
    house.reply(identity)
    assert rows(house)["protection"].state == "failed", "a reply shows nothing"
    house.on(TODAY + dt.timedelta(1))
    house.probe(identity)
    assert rows(house)["protection"].state == "open", "it passed, and nobody has closed it"
    house.close(identity)
    row = rows(house)["protection"]
    assert (row.state, row.day) == ("shown", TODAY + dt.timedelta(1))
    assert [each.id for each in row.history] == [identity]
    assert rows(house)["complaints"] == row._replace(
        duty=rows(house)["complaints"].duty, state="unseen", day=None, instruction="", history=()
    )


def test_a_failed_probe_says_nothing_of_a_duty_that_a_draw_shows(house: Oversight) -> None:
    identity = house.replied("letter", "protection", "complaints")
    house.probe(identity, FAILED)
    assert (rows(house)["protection"].state, rows(house)["complaints"].state) == ("failed", "open")


def test_what_runs_outweighs_what_was_closed_later(house: Oversight) -> None:
    first = house.replied()
    house.probe(first, FAILED)
    second = house.replied()
    house.probe(second)
    house.close(second)
    row = rows(house)["protection"]
    assert (row.state, row.instruction) == ("failed", first)
    assert [each.id for each in row.history] == [second, first]


def test_an_overturned_order_shows_nothing_and_stays_in_the_history(house: Oversight) -> None:
    identity = house.replied("order")
    redress = house.desk.instruction_redress
    redress.contest(identity, LEAD, words="没有依据")
    redress.overturn(identity, OTHER, words="证据不足")
    row = rows(house)["protection"]
    assert (row.state, row.instruction) == ("unseen", "")
    assert [each.status for each in row.history] == ["overturned"]


def test_the_command_tells_a_failed_duty_by_its_exit_code(house: Oversight) -> None:
    (house.home / "config.toml").write_text(
        'origin = "test/record"\ndomains = ["oversight"]', "utf-8"
    )
    identity = house.replied()

    def run(*given: str) -> Result:
        words = ["oversight", "sheet", *given, "--home", str(house.home)]
        return CliRunner().invoke(main, words)

    first = run(house.platform)
    assert first.exit_code == 0, first.output
    house.probe(identity, FAILED)
    result = run(house.platform, "--json")
    lines = {line["duty"]: line for line in map(json.loads, result.output.splitlines())}
    assert (result.exit_code, lines["protection"]["state"]) == (1, "failed")
    assert lines["warning_model"] == {
        "duty": "warning_model", "state": "unseen", "day": None, "instruction": "",
    }  # fmt: skip
    assert "Re-check failed" in run(house.platform).output
    wrong = run("nobody")
    assert (wrong.exit_code, "no platform" in wrong.output) == (3, True)
