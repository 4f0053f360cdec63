"""Inspections of many providers: drawn from the registry, urged, and read by their audits."""

import datetime as dt

import pytest
from algorithm_house import REGISTERED, TODAY, Algorithms
from click.testing import CliRunner

from lianzhi.cli.main import main
from lianzhi.domains.algorithms.queries import tables, views
from lianzhi.domains.algorithms.rules.inspecting import roster
from lianzhi.office.campaigns import Campaigns
from lianzhi.stats.verdict import Verdict

OTHERS = ("甲公司", "乙公司", "丙公司")


@pytest.fixture
def house(tmp_path) -> Algorithms:
    house = Algorithms(tmp_path)
    for provider in OTHERS:
        house.desk.registry.register(**{**REGISTERED, "provider": provider}, by="li")
    return house


def campaign(house: Algorithms) -> tuple[Campaigns, str]:
    desk = Campaigns(house.desk.office.chain, lambda: house.now, house.home)
    plan = desk.open(
        by="ann", title="算法抽查", kinds="algorithms", first=TODAY, last=TODAY + dt.timedelta(60),
        outcome="差距", denominator="算法", controls="", neighbours="", places="", watch_weeks=4,
        effort="", words="年度抽查",
    )  # fmt: skip
    return desk, plan


def listed(house: Algorithms, plan: str) -> list:
    with house.desk.office.reading() as connection:
        campaigns = house.desk.office.chain.queries.campaigns
        return views.inspection(connection, campaigns, plan).rows


def names(house: Algorithms, unit) -> str:
    with house.desk.office.reading() as connection:
        return roster(tables.algorithm.every(connection), unit)


def test_from_the_draw_to_findings_by_provider(house) -> None:
    desk, plan = campaign(house)
    draw = desk.draws.plan(
        by="ann", plan=plan, roster=names(house, "provider"), count=4, source="双色球",
        on=TODAY + dt.timedelta(1), reveal_until=TODAY + dt.timedelta(2), body="platform",
        due=TODAY + dt.timedelta(10), words="报送审计数据",
    )  # fmt: skip
    assert listed(house, plan) == []
    house.on(TODAY + dt.timedelta(1))
    desk.draws.reveal(draw, by="ann", public="1 2 3")
    audited = next(row for row in listed(house, plan) if row.task.name == REGISTERED["provider"])
    desk.reply(audited.task.id, by="li", words="已报送")
    case = house.audit(4000, 0.2).case
    house.on(TODAY + dt.timedelta(11))
    desk.tick()
    rows = listed(house, plan)
    assert [row.task.status for row in rows] == ["late", "late", "late", "replied"]
    (found,) = (row for row in rows if row.task.status == "replied")
    assert found.verdicts == {Verdict.CONFIRMED.value: 1}
    assert [file.id for file in found.rectifications] == [case]
    assert all(len(row.task.urged) == 1 for row in rows[:3])


def test_who_has_ended_cannot_be_drawn(house) -> None:
    house.desk.registry.end(house.algorithm, "li", day=None)
    assert [line.partition(" | ")[0] for line in names(house, "provider").splitlines()] == sorted(
        OTHERS
    )
    assert names(house, "algorithm").splitlines()[0].endswith("| ranking")


def test_the_command_wants_a_campaign_or_a_roster() -> None:
    asked = CliRunner().invoke(main, ["algorithms", "inspections"])
    assert asked.exit_code == 2
    assert "--roster" in asked.output
